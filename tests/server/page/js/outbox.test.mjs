import assert from "node:assert/strict";
import test from "node:test";
import { Refused, Unreachable } from "../../../../vidsort/server/page/static/api.js";
import { Outbox, inherit, waitMs } from "../../../../vidsort/server/page/static/outbox.js";

class Storage {
  setItem(name, text) {
    this[name] = text;
  }

  getItem(name) {
    return Object.hasOwn(this, name) ? this[name] : null;
  }

  removeItem(name) {
    delete this[name];
  }
}

function outboxOf(send, storage = new Storage()) {
  const told = { done: [], refused: [] };
  const outbox = new Outbox({
    storage, name: "outbox.own", send, changed: () => outbox?.trouble && queueMicrotask(() => outbox.retryNow()),
    done: (entry) => told.done.push(entry.id), refused: (entry) => told.refused.push(entry.id),
  });
  return { outbox, told, storage };
}

test("decisions are sent one at a time and in order", async () => {
  const seen = [];
  let open = 0;
  const { outbox, told } = outboxOf(async (entry) => {
    open += 1;
    assert.equal(open, 1);
    await new Promise((resolve) => setTimeout(resolve));
    seen.push(entry.id);
    open -= 1;
  });
  for (const id of ["a", "b", "c"]) outbox.add({ id });
  await outbox.settled();
  assert.deepEqual(seen, ["a", "b", "c"]);
  assert.deepEqual(told.done, ["a", "b", "c"]);
});

test("a decision is stored before it is sent, and until the server has answered", async () => {
  const storage = new Storage();
  const { outbox } = outboxOf(async () => {
    const [kept] = JSON.parse(storage.getItem("outbox.own"));
    assert.deepEqual([kept.id, kept.attempts], ["a", 1]);
  }, storage);
  outbox.add({ id: "a" });
  assert.ok(storage.getItem("outbox.own"));
  await outbox.settled();
  assert.equal(storage.getItem("outbox.own"), null);
});

test("what cannot be reached is tried until it is, and nothing overtakes it", async () => {
  let failures = 3;
  const seen = [];
  const { outbox, told } = outboxOf(async (entry) => {
    if (entry.id === "a" && failures-- > 0) throw new Unreachable("away");
    seen.push(`${entry.id}${entry.attempts}`);
  });
  outbox.add({ id: "a" });
  outbox.add({ id: "b" });
  await outbox.settled();
  assert.deepEqual(seen, ["a4", "b1"]);
  assert.deepEqual(told.done, ["a", "b"]);
  assert.equal(outbox.trouble, null);
});

test("what is refused is told and leaves, the rest goes on", async () => {
  const { outbox, told } = outboxOf(async (entry) => {
    if (entry.id === "a") throw new Refused(409, "taken");
  });
  outbox.add({ id: "a" });
  outbox.add({ id: "b" });
  await outbox.settled();
  assert.deepEqual(told, { done: ["b"], refused: ["a"] });
});

test("what was never sent can be taken back, what was sent cannot", async () => {
  let release;
  const { outbox, told } = outboxOf(() => new Promise((resolve) => (release = resolve)));
  outbox.add({ id: "a" });
  outbox.add({ id: "b" });
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(outbox.withdraw("a"), false);
  assert.equal(outbox.withdraw("b"), true);
  release();
  await outbox.settled();
  assert.deepEqual(told.done, ["a"]);
});

test("an entry added while the last one is told is sent too", async () => {
  const sent = [];
  const outbox = new Outbox({
    storage: new Storage(), name: "o", changed() {}, refused() {},
    send: async (entry) => sent.push(entry.id),
    done: (entry) => entry.id === "a" && outbox.add({ id: "b" }),
  });
  outbox.add({ id: "a" });
  await outbox.settled();
  assert.deepEqual(sent, ["a", "b"]);
});

test("full storage loses nothing", async () => {
  const storage = { setItem() { throw new Error("full"); }, removeItem() {}, getItem: () => null };
  const { outbox, told } = outboxOf(async () => {}, storage);
  const warn = console.warn;
  console.warn = () => {};
  outbox.add({ id: "a" });
  await outbox.settled();
  console.warn = warn;
  assert.deepEqual(told.done, ["a"]);
});

test("a page takes over what a closed page left, and leaves what a live one holds", async () => {
  const storage = new Storage();
  storage.setItem("outbox.closed", JSON.stringify([{ id: "old", attempts: 1 }]));
  storage.setItem("outbox.live", JSON.stringify([{ id: "theirs", attempts: 0 }]));
  const held = new Set(["outbox.live"]);
  const locks = { request: (name, work) => (held.has(name) ? new Promise(() => {}) : Promise.resolve(work())) };
  const { outbox, told } = outboxOf(async () => {}, storage);
  await inherit(outbox, "outbox.", locks);
  await outbox.settled();
  assert.deepEqual(told.done, ["old"]);
  assert.ok(storage.getItem("outbox.live"));
  assert.equal(storage.getItem("outbox.closed"), null);
});

test("the waits grow, but the server is never back for two seconds without being asked", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 60].map((attempts) => waitMs(attempts, 1)), [250, 500, 1000, 1500, 1500, 1500]);
  assert.equal(waitMs(1, 0), 125);
});
