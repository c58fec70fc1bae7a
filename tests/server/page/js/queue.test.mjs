import assert from "node:assert/strict";
import test from "node:test";
import { Queue } from "../../../../vidsort/server/page/static/queue.js";

const video = (number, folder = null) => ({ filename: `${number}.mp4`, predicted_folder: folder });
const names = (queue) => queue.items.map((item) => item.filename.replace(".mp4", "")).join(" ");
const queueOf = (...numbers) => {
  const queue = new Queue();
  queue.load(numbers.map((number) => video(number)));
  return queue;
};

test("taking the video on show puts the next one on show", () => {
  const queue = queueOf(1, 2, 3);
  assert.equal(queue.take("1.mp4").filename, "1.mp4");
  assert.equal(queue.current.filename, "2.mp4");
  assert.equal(queue.take("1.mp4"), null);
});

test("behind the last card come those that were passed by", () => {
  const queue = queueOf(1, 2, 3);
  queue.forward();
  queue.forward();
  queue.take("3.mp4");
  assert.equal(queue.current.filename, "1.mp4");
});

test("taking a video before the one on show leaves that on show", () => {
  const queue = queueOf(1, 2, 3);
  queue.forward();
  queue.take("1.mp4");
  assert.equal(queue.current.filename, "2.mp4");
});

test("a refused video comes back next, an undone one at once", () => {
  const queue = queueOf(2, 3);
  queue.putBack(video(1), { show: false });
  assert.equal(names(queue), "2 1 3");
  queue.putBack(video(9), { show: true });
  assert.equal(queue.current.filename, "9.mp4");
});

test("a refused video comes back into an empty queue", () => {
  const queue = queueOf();
  queue.putBack(video(1), { show: false });
  assert.equal(queue.current.filename, "1.mp4");
});

test("a skipped video comes last, the only one stays", () => {
  const queue = queueOf(1, 2, 3);
  assert.equal(queue.skip().filename, "1.mp4");
  assert.equal(names(queue), "2 3 1");
  const single = queueOf(1);
  single.skip();
  assert.equal(single.current.filename, "1.mp4");
  assert.equal(queueOf().skip(), null);
});

test("what is put off is last of all, also of those that are not here yet", () => {
  const queue = queueOf(1, 2, 3);
  queue.isWhole = false;
  assert.equal(queue.skip().filename, "1.mp4");
  assert.equal(names(queue), "2 3");
  queue.append([video(4), video(1)]);
  assert.equal(names(queue), "2 3 4 1");
});

test("new predictions move neither the card on show nor the next one, nor change what they say", () => {
  const queue = new Queue();
  queue.load([video(1, "a"), video(2), video(3, "a"), video(4, "a")]);
  queue.refresh([video(4, "b"), video(3, "b"), video(2, "b"), video(1, "b")]);
  assert.equal(names(queue), "1 2 4 3");
  assert.deepEqual(queue.items.map((item) => item.predicted_folder), ["a", "b", "b", "b"]);
});

test("what is learned between two key presses gives no first guess to the card on show nor to the next one", () => {
  const queue = new Queue();
  queue.load([video(1), video(2), video(3), video(4)]);
  queue.refresh([video(3, "b"), video(2, "b"), video(1, "b"), video(4, "b")], () => false, false);
  assert.equal(names(queue), "1 2 3 4");
  assert.deepEqual(queue.items.map((item) => item.predicted_folder ?? null), [null, null, "b", "b"]);
});

test("videos that have gone leave, but never the one on show", () => {
  const queue = queueOf(1, 2, 3, 4);
  queue.forward();
  queue.drop(new Set(["1.mp4", "2.mp4", "4.mp4"]));
  assert.equal(names(queue), "2 3");
  assert.equal(queue.current.filename, "2.mp4");
});

test("no video is in the queue twice", () => {
  const queue = queueOf(1, 2);
  queue.append([video(2), video(3), video(3)]);
  assert.equal(names(queue), "1 2 3");
});

test("new predictions reach the card on show where what it shows no longer holds", () => {
  const queue = new Queue();
  queue.load([video(1, "gone"), video(2, "here"), video(3, "here")]);
  const fresh = [video(1, "new"), video(2, "other"), video(3, "other")];
  queue.refresh(fresh, (item) => item.predicted_folder === "gone");
  assert.deepEqual(queue.items.map((item) => item.predicted_folder), ["new", "here", "other"]);
});
