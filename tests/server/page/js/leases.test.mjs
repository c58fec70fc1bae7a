// The cards that this browser shows are leased before they come up; what others show leaves, but for the card on show.

import assert from "node:assert/strict";
import test from "node:test";
import { Leases, browserId } from "../../../../vidsort/server/page/static/leases.js";
import { Queue } from "../../../../vidsort/server/page/static/queue.js";

const LEASE_S = 60;
const name = (number) => `${number}.mp4`;

function leases(count, { isWhole = false, elsewhere = [] } = {}) {
  const queue = new Queue();
  queue.load(Array.from({ length: count }, (_, number) => ({ filename: name(number) })));
  queue.isWhole = isWhole;
  const clock = { now: 0 };
  const asked = [];
  const lost = [];
  const api = { post: async (path, { filenames }) => {
    assert.equal(path, "api/leases");
    asked.push(filenames);
    return { here: filenames.filter((each) => !elsewhere.includes(each)), elsewhere: filenames.filter((each) => elsewhere.includes(each)), lease_s: LEASE_S };
  } };
  const made = new Leases({ api, queue, lost: (filenames) => lost.push(...filenames), freed: () => {}, now: () => clock.now });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { queue, clock, asked, lost, leases: made, settled };
}

test("the next cards are asked for at once, and again only when few of them are sure", async () => {
  const made = leases(30);
  made.leases.follow();
  await made.settled();
  assert.deepEqual(made.asked, [[0, 1, 2, 3, 4, 5, 6, 7].map(name)]);
  for (let pressed = 0; pressed < 4; pressed += 1) {
    made.queue.take(name(pressed));
    made.leases.follow();
    await made.settled();
  }
  assert.equal(made.asked.length, 1);
  made.queue.take(name(4));
  made.leases.follow();
  await made.settled();
  assert.deepEqual(made.asked[1], [5, 6, 7, 8, 9, 10, 11, 12].map(name));
});

test("of the last of a pile no more are taken than come next", async () => {
  const made = leases(10, { isWhole: true });
  made.leases.follow();
  await made.settled();
  assert.deepEqual(made.asked, [[0, 1, 2, 3].map(name)]);
});

test("it is said again before it ends, and no more when nobody has been there for a minute", async () => {
  const made = leases(30);
  made.leases.follow();
  await made.settled();
  made.clock.now = 29_000;
  made.leases.follow();
  assert.equal(made.asked.length, 1);
  made.clock.now = 31_000;
  made.leases.follow();
  await made.settled();
  assert.equal(made.asked.length, 2);
  made.clock.now = 70_000;
  made.leases.follow();
  assert.equal(made.asked.length, 2);
  made.leases.touch();
  await made.settled();
  assert.equal(made.asked.length, 3);
});

test("what another browser shows leaves the queue, but never the card on show", async () => {
  const made = leases(30, { elsewhere: [name(0), name(2)] });
  made.leases.follow();
  await made.settled();
  assert.deepEqual(made.lost, [name(2)]);
});

test("a server that is away is not asked at every press", async () => {
  const made = leases(30);
  made.leases.api = { post: async () => { made.asked.push("failed"); throw new Error("away"); } };
  for (let times = 0; times < 3; times += 1) {
    made.leases.follow();
    await made.settled();
  }
  assert.deepEqual(made.asked, ["failed"]);
});

test("a browser keeps its id, and has one without storage, too", () => {
  const kept = new Map();
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  assert.match(browserId(storage), /^[0-9a-f]{16}$/);
  assert.equal(browserId(storage), browserId(storage));
  const warned = console.warn;
  console.warn = () => {};
  const none = { getItem: () => { throw new Error("forbidden"); } };
  assert.match(browserId(none), /^[0-9a-f]{16}$/);
  console.warn = warned;
});
