import assert from "node:assert/strict";
import test from "node:test";
import { covered } from "../../../../vidsort/server/page/static/blind.js";
import { groupByGuess, groupFound, groupProposed, inSight, layOut, markRange, neighbour } from "../../../../vidsort/server/page/static/grid_rows.js";

const video = (number, folder, confidence = 0.5) => ({ filename: `${number}.mp4`, predicted_folder: folder, confidence });
const SIZES = { columns: 4, headPx: 50, tilePx: 100, gapPx: 10 };
const many = (count, folder) => Array.from({ length: count }, (_, at) => video(at, folder, 1 - at / count));

test("groups are by guess, surest first, those without a guess last", () => {
  const groups = groupByGuess([video(1, "b", 0.2), video(2, null, 0), video(3, "a"), video(4, "b", 0.9)]);
  assert.deepEqual(groups.map((group) => [group.folder, group.items.map((item) => item.filename)]),
    [["a", ["3.mp4"]], ["b", ["4.mp4", "1.mp4"]], [null, ["2.mp4"]]]);
});

test("blind cards are a group of their own, in the order in which they came", () => {
  const groups = groupByGuess([{ ...video(2, null, 0), blind: true }, video(1, null, 0), { ...video(3, null, 0), blind: true }, video(4, "a")]);
  assert.deepEqual(groups.map((group) => [group.folder, group.items.map((item) => item.filename)]),
    [["a", ["4.mp4"]], [null, ["1.mp4"]], [null, ["2.mp4", "3.mp4"]]]);
  assert.notEqual(groups[1].title, groups[2].title);
});

test("a list of the server shows no guess of a blind card, and a sorted video of its name as it is", () => {
  const listed = [video(1, "a"), video(2, "b"), { ...video(2, "b"), folder: "c" }];
  const shown = covered(listed, new Set(["2.mp4"]));
  assert.deepEqual(shown.map((item) => [item.predicted_folder, item.confidence]), [["a", 0.5], [null, 0], ["b", 0.5]]);
});

test("what was found keeps its order: what is to be sorted first and as a whole, then what is filed", () => {
  const filed = (number, folder) => ({ ...video(number, null), folder });
  const groups = groupFound("Found")([filed(1, "b"), video(2, "a", 0.1), filed(3, "a"), video(4, "c", 0.9), filed(5, "b")]);
  assert.deepEqual(groups.map(({ title, items }) => [title, items.map((item) => item.filename)]),
    [["Found", ["2.mp4", "4.mp4"]], ["In b", ["1.mp4", "5.mp4"]], ["In a", ["3.mp4"]]]);
  assert.deepEqual(groups.map((group) => [group.isWhole ?? false, group.isThere ?? false, group.folder]),
    [[true, false, null], [false, true, null], [false, true, null]]);
  assert.deepEqual(groupFound("Found")([filed(1, "b")]).map((group) => group.title), ["In b"]);
});

test("what is filed is never marked along with others", () => {
  const items = [video(1, null), { ...video(2, null), folder: "a" }, video(3, null)];
  const marked = new Set(["1.mp4"]);
  markRange(marked, items, 0, 2);
  assert.deepEqual([...marked], ["1.mp4", "3.mp4"]);
});

test("every video has one place and no two rows overlap", () => {
  const { rows, height } = layOut([{ folder: "a", items: many(9, "a") }, { folder: "b", items: many(4, "b") }], SIZES);
  const tiles = rows.filter((row) => row.kind === "tiles");
  assert.deepEqual(tiles.map((row) => [row.from, row.to]), [[0, 4], [4, 8], [8, 9], [9, 13]]);
  rows.reduce((bottom, row) => {
    assert.equal(row.top, bottom);
    return row.top + row.height + 10;
  }, 0);
  assert.equal(height, rows.at(-1).top + 110);
});

test("of ten thousand videos only the rows in sight are shown", () => {
  const { rows, height } = layOut([{ folder: "a", items: many(10_000, "a") }], SIZES);
  const top = height / 2;
  const shown = inSight(rows, top, top + 800);
  assert.ok(shown.length <= 9);
  assert.ok(shown[0].top + shown[0].height >= top && shown.at(-1).top <= top + 800);
  assert.equal(inSight(rows, -100, -1).length, 0);
  assert.equal(inSight([], 0, 100).length, 0);
});

test("arrows go from tile to tile and keep the column", () => {
  const { rows } = layOut([{ folder: "a", items: many(6, "a") }, { folder: "b", items: many(4, "b") }], SIZES);
  assert.equal(neighbour(rows, 0, "ArrowLeft"), 0);
  assert.equal(neighbour(rows, 0, "ArrowRight"), 1);
  assert.equal(neighbour(rows, 3, "ArrowDown"), 5);
  assert.equal(neighbour(rows, 5, "ArrowDown"), 7);
  assert.equal(neighbour(rows, 7, "ArrowUp"), 5);
  assert.equal(neighbour(rows, 9, "ArrowRight"), 9);
  assert.equal(neighbour([], 0, "ArrowDown"), 0);
});

test("a range takes the state of where it began", () => {
  const items = many(6, "a");
  const marked = new Set(["4.mp4"]);
  markRange(marked, items, 4, 2);
  assert.deepEqual([...marked].sort(), ["2.mp4", "3.mp4", "4.mp4"]);
  markRange(marked, items, 5, 3);
  assert.deepEqual([...marked], ["2.mp4"]);
});

test("proposed groups keep what was typed, lose what is filed and have back what is taken back", () => {
  const videos = ["1", "2", "3"].map((filename) => ({ filename, folder: null }));
  const grouped = groupProposed([
    { name: "dogs", size: 4, videos: videos.slice(0, 2) }, { name: "Group 1", size: 1, videos: videos.slice(2) },
  ]);
  const [first] = grouped(videos);
  assert.deepEqual([first.folder, first.more, first.isNew], ["dogs", 2, true]);
  first.folder = "puppies";
  assert.deepEqual(grouped([videos[2]]).map((group) => group.folder), ["Group 1"]);
  assert.deepEqual(grouped(videos).map((group) => [group.folder, group.items.length]), [["puppies", 2], ["Group 1", 1]]);
});
