// What likely lies in the wrong folder, as cards.

import assert from "node:assert/strict";
import test from "node:test";
import { Misfiled, suspectCard } from "../../../../vidsort/server/page/static/misfiled.js";

const record = (number) => ({ filename: `${number}.mp4`, folder: "a", suggested: "b", own: 0.1, other: 0.8 });

// A page whose server answers by `call(method, path, body)`.
function page(call) {
  const told = [];
  const app = { view: "single", render: () => {}, hint: (text) => told.push(text), fail: (text) => told.push(text),
    show: (view) => (app.view = view), setFolders: () => {}, outbox: { settled: async () => {} },
    toasts: { say: (text) => told.push(text) }, announcer: { say: () => {} }, decisions: { note: () => {}, undo: () => told.push("undo") },
    api: { get: async () => ({ videos: [record(1), record(2)], reason: null }), call, post: (path) => call("POST", path) } };
  app.misfiled = new Misfiled(app);
  return { app, told, misfiled: app.misfiled };
}

const moved = async (_, __, { moves }) => ({ batch: "1", folders: [], outcomes: moves.map(({ filename }) => ({ filename, success: true })) });
const shown = ({ queue }) => queue.items.map((item) => item.filename);

test("the first guess is where it rather belongs, the second where it lies", () => {
  const { top_predictions: guesses, predicted_folder: first } = suspectCard(record(1));
  assert.deepEqual(guesses, [{ folder: "b", confidence: 0.8 }, { folder: "a", confidence: 0.1 }]);
  assert.equal(first, "b");
});

test("an undo comes after what was pressed before, and brings the card back", async () => {
  const { misfiled, told } = page(moved);
  await misfiled.open();
  misfiled.file("b");
  misfiled.undo();
  assert.deepEqual(shown(misfiled), ["2.mp4"]);
  await misfiled.settled;
  assert.deepEqual(told, ["1 video moved to b", "undo"]);
  misfiled.follow(new Map([["1.mp4", "a"]]));
  assert.deepEqual(shown(misfiled), ["1.mp4", "2.mp4"]);
  misfiled.follow(new Map([["1.mp4", "b"]]));
  assert.deepEqual(shown(misfiled), ["2.mp4"]);
});

test("its own folder says that it is right", async () => {
  const asked = [];
  const { misfiled } = page(async (_, path) => asked.push(path));
  await misfiled.open();
  misfiled.file("a");
  await misfiled.settled;
  assert.deepEqual(asked, ["api/misfiled/1.mp4/dismiss"]);
});

test("what the server refuses is on the cards again", async () => {
  const { misfiled, told } = page(() => Promise.reject(new Error("away")));
  await misfiled.open();
  misfiled.right();
  await misfiled.settled;
  assert.deepEqual(shown(misfiled), ["2.mp4", "1.mp4"]);
  assert.deepEqual(told, ["away"]);
});
