// What clicks, Shift and arrows mark.

import assert from "node:assert/strict";
import test from "node:test";
import { Selection } from "../../../../vidsort/server/page/static/grid_selection.js";

const many = (count, folder = null) => Array.from({ length: count }, (_, at) => ({ filename: `${at}`, folder }));
const marked = ({ marked: places }) => [...places].map((place) => Number(place.split("/").at(-1))).sort((a, b) => a - b);

test("a range takes the state of where it began", () => {
  const items = many(6);
  const chosen = new Selection();
  chosen.toggle(items, 4);
  chosen.reach(items, 2);
  assert.deepEqual(marked(chosen), [2, 3, 4]);
  chosen.toggle(items, 4);
  chosen.reach(items, 3);
  assert.deepEqual(marked(chosen), [2]);
});

test("steps with Shift mark what is passed, and take it back on the way back", () => {
  const items = many(40);
  const chosen = new Selection();
  chosen.toggle(items, 20);
  chosen.go(3);
  chosen.walk(items, 9);
  chosen.walk(items, 15);
  assert.deepEqual(marked(chosen), [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 20]);
  chosen.walk(items, 4);
  assert.deepEqual(marked(chosen), [3, 4, 20]);
  chosen.go(30);
  chosen.walk(items, 31);
  assert.deepEqual(marked(chosen), [3, 4, 20, 30, 31]);
});

test("steps go on from a tile that was just marked, as it is", () => {
  const items = many(6);
  const chosen = new Selection();
  chosen.toggle(items, 1);
  chosen.walk(items, 2);
  assert.deepEqual(marked(chosen), [1, 2]);
  chosen.toggle(items, 2);
  chosen.walk(items, 1);
  assert.deepEqual(marked(chosen), []);
});

test("without a marked tile a range goes from where one is", () => {
  const chosen = new Selection();
  chosen.go(2);
  chosen.reach(many(6), 4);
  assert.deepEqual(marked(chosen), [2, 3, 4]);
});

test("what is filed is never marked along with what is not, nor the other way round", () => {
  const items = [...many(2), { filename: "2", folder: "a" }, { filename: "3", folder: "a" }];
  const chosen = new Selection();
  chosen.toggle(items, 0);
  chosen.reach(items, 3);
  assert.deepEqual(marked(chosen), [0, 1]);
  chosen.clear();
  chosen.toggle(items, 3);
  chosen.reach(items, 0);
  assert.deepEqual(marked(chosen), [2, 3]);
});

test("all are marked, then none; a band adds to what was marked before", () => {
  const items = many(4);
  const chosen = new Selection();
  chosen.toggle(items, 1);
  chosen.all(items);
  assert.deepEqual(marked(chosen), [0, 1, 2, 3]);
  chosen.all(items);
  assert.deepEqual(marked(chosen), []);
  chosen.toggle(items, 0);
  const before = new Set(chosen.marked);
  chosen.band(before, items.slice(2));
  chosen.band(before, items.slice(3));
  assert.deepEqual(marked(chosen), [0, 3]);
});

test("marks stay with the videos that stay", () => {
  const items = many(5);
  const chosen = new Selection();
  chosen.toggle(items, 1);
  chosen.toggle(items, 3);
  chosen.keep(items.slice(2), 0);
  assert.deepEqual(marked(chosen), [3]);
  assert.equal(chosen.at, 0);
});
