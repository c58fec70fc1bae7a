import assert from "node:assert/strict";
import test from "node:test";
import { realisedText, summary } from "../../../../vidsort/server/page/static/autofile.js";
import { agreementText, hidden } from "../../../../vidsort/server/page/static/blind.js";
import { Queue } from "../../../../vidsort/server/page/static/queue.js";

const guessed = { filename: "1.mp4", predicted_folder: "sea", confidence: 0.9, top_predictions: [{ folder: "sea", confidence: 0.9 }] };

test("of a blind card no guess reaches the page, of any other all", () => {
  assert.equal(hidden(guessed), guessed);
  const card = hidden({ ...guessed, blind: true });
  assert.deepEqual([card.predicted_folder, card.confidence, card.top_predictions, card.filename], [null, 0, [], "1.mp4"]);
});

test("a blind card on show stays blind when new guesses come", () => {
  const queue = new Queue();
  queue.load([hidden({ ...guessed, blind: true })]);
  queue.refresh([guessed]);
  assert.equal(queue.current.predicted_folder, null);
});

test("what would be filed is said with what is expected to be wrong", () => {
  const answer = { moves: Array(118).fill({}), expected_wrong: 0.0212, upper_bound: 0.05, held: ["1.mp4"], left: 0 };
  assert.equal(summary(answer), "118 videos would be filed; about 2.5 of them wrong, 6 at the most. "
    + "1 more video stays in the pile as a blind card, to see whether that holds.");
  assert.equal(summary({ moves: [], held: [], left: 0 }), "Nothing is filed.");
});

test("what came of promises is said once there is something", () => {
  assert.equal(realisedText({ wrong: 0, checked: 0, low: 0, high: 1 }), "");
  assert.match(realisedText({ wrong: 1, checked: 20, low: 0.0026, high: 0.2 }), /Of 20 blind cards as sure as these 1 was wrong/);
});

test("agreement is said with and without seeing the guess", () => {
  assert.equal(agreementText(undefined), "");
  assert.equal(agreementText({ seen_agreed: 9, seen_count: 10, blind_agreed: 0, blind_count: 0 }), "");
  assert.equal(agreementText({ seen_agreed: 9, seen_count: 10, blind_agreed: 3, blind_count: 4 }),
    "agreed with 90% of 10 guesses seen, 75% of 4 unseen");
});
