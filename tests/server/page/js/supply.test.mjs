// The queue is filled in the order that was chosen last, whichever answer comes last.

import assert from "node:assert/strict";
import test from "node:test";
import { Queue } from "../../../../vidsort/server/page/static/queue.js";
import { Supply } from "../../../../vidsort/server/page/static/supply.js";

function supply() {
  const answers = [];
  const queue = new Queue();
  const api = { get: (path) => new Promise((resolve) => answers.push({ path, give: (...names) => resolve({
    videos: names.map((filename) => ({ filename })), next_cursor: null, predictions: "" }) })) };
  const decisions = { pending: () => new Set(), postponed: () => new Set(), isOnItsWayBack: () => false };
  return { answers, queue, supply: new Supply({ api, queue, decisions, isOutdated: () => false, changed: () => {} }) };
}

const shown = (queue) => queue.items.map((item) => item.filename);

test("the server chooses the order while nobody has", async () => {
  const made = supply();
  const loaded = made.supply.load(null);
  assert.equal(made.answers[0].path, "api/queue?limit=50");
  made.answers[0].give("1.mp4");
  await loaded;
  assert.deepEqual(shown(made.queue), ["1.mp4"]);
});

test("of two orders chosen in haste the last one holds, also when its answer comes first", async () => {
  const made = supply();
  const loads = [made.supply.load("newest"), made.supply.load("unsure")];
  assert.deepEqual(made.answers.map(({ path }) => path), ["newest", "unsure"].map((order) => `api/queue?limit=50&order=${order}`));
  made.answers[1].give("2.mp4", "1.mp4");
  made.answers[0].give("1.mp4", "2.mp4");
  await Promise.all(loads);
  assert.deepEqual(shown(made.queue), ["2.mp4", "1.mp4"]);
});

test("a look at the old order that ends after another was chosen takes nothing away", async () => {
  const made = supply();
  const first = made.supply.load("newest");
  made.answers[0].give("1.mp4", "2.mp4");
  await first;
  const late = made.supply.refresh();
  const second = made.supply.load("unsure");
  made.answers[2].give("2.mp4", "1.mp4", "3.mp4");
  made.answers[1].give();
  await Promise.all([late, second]);
  assert.deepEqual(shown(made.queue), ["2.mp4", "1.mp4", "3.mp4"]);
});
