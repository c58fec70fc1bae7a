import assert from "node:assert/strict";
import test from "node:test";

import { ACTIONS } from "../../../../vidsort/server/page/static/actions.js";
import { Decisions } from "../../../../vidsort/server/page/static/decisions.js";
import { Outbox, inherit } from "../../../../vidsort/server/page/static/outbox.js";
import { includes, mayTakeBack, otherHands, refusalOf } from "../../../../vidsort/server/page/static/rights.js";

const VERA = { name: "vera", role: "viewer" };
const RITA = { name: "rita", role: "reviewer" };
const ADAM = { name: "adam", role: "admin" };

test("a role may do what is for itself, for those that may do less, and for all", () => {
  const roles = ["viewer", "reviewer", "admin"];
  for (const [has, role] of roles.entries()) {
    assert.ok(includes(role, undefined));
    for (const [needs, needed] of roles.entries()) assert.equal(includes(role, needed), has >= needs);
  }
});

test("what is not for somebody is said with whose it is, and what to do", () => {
  assert.equal(refusalOf(ADAM, "admin", "Retrain now"), null);
  assert.equal(refusalOf(RITA, "admin", "Retrain now"), "Retrain now is for an admin, and you are a reviewer: ask an admin.");
  assert.equal(refusalOf(VERA, "reviewer", "Sorting"), "Sorting is for a reviewer, and you are a viewer: ask an admin.");
});

test("every action names a role that there is, and who only watches may change nothing", () => {
  const free = Object.entries(ACTIONS).filter(([, action]) => !action.for).map(([name]) => name);
  for (const { for: role } of Object.values(ACTIONS)) assert.ok([undefined, "reviewer", "admin"].includes(role));
  for (const name of ["accept", "undo", "redo", "skip", "right", "autofile", "newFolder", "retrainNow", "look"]) {
    assert.ok(!free.includes(name), name);
  }
});

test("whose a move was is told where it was another one's", () => {
  const by = (account, browser) => otherHands({ account, by: browser }, RITA, "here");
  assert.equal(by("rita", "here"), null);
  assert.equal(by("rita", "there"), "in another browser");
  assert.equal(by("adam", "here"), "by adam");
  assert.equal(by(null, "there"), "in another browser");
  assert.equal(by(null, null), null);
});

test("an admin takes everything back, a reviewer the own moves of videos, a viewer nothing", () => {
  const own = { kind: "sort", account: "rita" };
  assert.ok(mayTakeBack(own, RITA));
  assert.ok(mayTakeBack({ ...own, kind: "move" }, RITA));
  for (const other of [{ ...own, account: "adam" }, { ...own, account: null }, { ...own, kind: "rename" }]) {
    assert.ok(!mayTakeBack(other, RITA));
    assert.ok(mayTakeBack(other, ADAM));
  }
  assert.ok(!mayTakeBack({ kind: "sort", account: "vera" }, VERA));
});

test("a decision that is not for somebody is not taken, and it is said why", () => {
  const told = [];
  const queue = { take: () => assert.fail("it left the queue") };
  const decisions = new Decisions({ queue, tell: { told: (text) => told.push(text) }, refusal: () => "no" });
  decisions.connect({ add: () => assert.fail("it was sent") });
  assert.equal(decisions.sort({ filename: "1.mp4" }, "food"), undefined);
  decisions.createFolder("new");
  assert.deepEqual(told, ["no", "no"]);
});

test("what one person did not send is never sent as another's", async () => {
  const kept = new Map([["vsx/ann/1", '[{"id":"a"}]'], ["vsx/ben/2", '[{"id":"b"}]']]);
  const storage = { setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key), getItem: (key) => kept.get(key) };
  const proxy = new Proxy(storage, { ownKeys: () => [...kept.keys()], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }) });
  const sent = [];
  const outbox = new Outbox({ storage: proxy, name: "vsx.7", send: async (entry) => sent.push(entry.id), done() {}, refused() {}, changed() {} });
  await inherit(outbox, "vsx/ben/", null);
  await outbox.settled();
  assert.equal(outbox.name, "vsx/ben/7");
  assert.deepEqual(sent, ["b"]);
  assert.deepEqual([...kept.keys()], ["vsx/ann/1"]);
});
