import assert from "node:assert/strict";
import test from "node:test";
import { arrivals, filedByOthers, follower, namesWhatHasGone } from "../../../../vidsort/server/page/static/following.js";

const video = (filename, ...folders) => ({ filename, top_predictions: folders.map((folder) => ({ folder, confidence: 0.5 })) });
const state = (names, predictions) => ({
  away: null, folders: names.map((name) => ({ name, count: 1 })), heirs: {}, total: 2, retrain: { running: false }, predictions,
});

// A page as far as it is followed: `asked` counts how often its guesses were asked for anew.
function page(items, predictions) {
  const app = {
    asked: 0, folders: [], library: { exists: true, away: null }, view: "single", left: items.length, outbox: { entries: [] },
    queue: { items, index: 0, isWhole: true, current: items[0] },
    retraining: { update() {}, lookWhichPredicts() {} },
    looking: { update() {} },
    history: { refresh() {} },
    supply: { predictions, missing: async () => [], refresh: async () => void (app.asked += 1) },
    setFolders(folders) { app.folders = folders; },
    shownFolders: () => app.folders,
    render() {},
  };
  return app;
}

test("a guess of a folder that is not there is known", () => {
  const folders = [{ name: "dance" }, { name: "food" }];
  assert.equal(namesWhatHasGone(video("1.mp4", "dance", "food"), folders), false);
  assert.equal(namesWhatHasGone(video("1.mp4", "dance", "ballet"), folders), true);
  assert.equal(namesWhatHasGone(video("1.mp4"), folders), false);
});

test("guesses follow a renamed folder also where a state from before comes after the rename's answer", () => {
  const items = [video("1.mp4", "ballet"), video("2.mp4", "food")];
  const app = page(items, "new");
  const follow = follower(app);
  // The answer has brought the new guesses; the state on its way is older, and says what the page has seen since.
  follow(state(["ballet", "food"], "new"));
  assert.equal(app.asked, 0);
  follow(state(["dance", "food"], "old"));
  assert.equal(app.asked, 1);
  // What that brought are the guesses of then; the next state has folders that they do not name.
  items[0].top_predictions = [{ folder: "dance", confidence: 0.5 }];
  app.supply.predictions = "new";
  follow(state(["ballet", "food"], "new"));
  assert.equal(app.asked, 2);
});

test("nothing is asked for anew while everything is as it was", () => {
  const app = page([video("1.mp4", "dance"), video("2.mp4", "food")], "same");
  const follow = follower(app);
  for (let times = 0; times < 3; times += 1) follow(state(["dance", "food"], "same"));
  assert.equal(app.asked, 0);
});

test("what others filed leaves, what this browser did and what came back do not", () => {
  const move = (source, target, by, state = "done", kind = "sort") => ({ kind, source, target, state, by });
  const moves = [
    move("1.mp4", "food/1.mp4", "other"),
    move("2.mp4", "food/2.mp4", "me"),
    move("3.mp4", "food/3.mp4", null),
    move("4.mp4", "food/4.mp4", "other"),
    move("4.mp4", "food/4.mp4", "other", "undone"),
    move("food/5.mp4", "dance/5.mp4", "other", "done", "move"),
    move("food/6.mp4", "6.mp4", "other", "undone", "move"),
    move("food", "meals", "other", "done", "rename"),
  ];
  assert.deepEqual([...filedByOthers(moves, "me")], ["1.mp4", "3.mp4", "6.mp4"]);
});

test("what comes to an empty pile is told once, when it has guesses; what an undo brings back is not", () => {
  const told = arrivals();
  const states = [[3, "a"], [0, "a"], [2, "a"], [2, "b"], [2, "c"], [0, "c"], [1, "c", true], [1, "d"], [0, "d"], [4, "e"], [4, "f"]];
  assert.deepEqual(states.map(([total, predictions, isOnShow = false]) => told({ total, predictions }, isOnShow)), [0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 4]);
});
