import assert from "node:assert/strict";
import test from "node:test";
import { Decisions } from "../../../../vidsort/server/page/static/decisions.js";

test("what the server tells of files beside a video that came back is told", () => {
  const told = [];
  const nothing = () => {};
  const tell = { told: (text) => told.push(text), turned: nothing, stale: nothing, changed: nothing };
  const decisions = new Decisions({ queue: null, tell });
  decisions.connect({ entries: [] });
  const moves = [{ state: "undone", source: "1.mp4" }];
  decisions.done({ id: "a", kind: "undo" }, { moves, told: ["1.json has gone.", "1.srt was changed."] });
  decisions.done({ id: "b", kind: "redo" }, { moves: [] });
  assert.deepEqual(told, ["1.json has gone.", "1.srt was changed."]);
});
