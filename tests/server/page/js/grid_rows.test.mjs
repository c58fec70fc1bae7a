import assert from "node:assert/strict";
import test from "node:test";
import { covered } from "../../../../vidsort/server/page/static/blind.js";
import { groupByGuess, groupFound, groupProposed, groupFolder, groupInOrder, inSight, layOut, neighbour, tilesIn } from "../../../../vidsort/server/page/static/grid_rows.js";

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

test("Home, End and pages lead as far as there are tiles", () => {
  const { rows } = layOut([{ folder: "a", items: many(30, "a") }], SIZES);
  assert.deepEqual(["Home", "End"].map((key) => neighbour(rows, 13, key)), [0, 29]);
  assert.deepEqual(["PageDown", "PageUp"].map((key) => neighbour(rows, 13, key, 2)), [21, 5]);
  assert.deepEqual(["PageDown", "PageUp"].map((key) => neighbour(rows, 13, key, 9)), [29, 1]);
  assert.equal(neighbour([], 0, "End"), 0);
});

test("a rectangle touches the tiles that it crosses, and no head", () => {
  const { rows } = layOut([{ folder: "a", items: many(6, "a") }], SIZES);
  const sizes = { columns: 4, width: 430, gapPx: 10 };
  assert.deepEqual(tilesIn(rows, { left: 0, top: 0, right: 430, bottom: 40 }, sizes), []);
  assert.deepEqual(tilesIn(rows, { left: 0, top: 70, right: 120, bottom: 80 }, sizes), [0, 1]);
  assert.deepEqual(tilesIn(rows, { left: 101, top: 70, right: 109, bottom: 300 }, sizes), []);
  assert.deepEqual(tilesIn(rows, { left: 330, top: 70, right: 340, bottom: 300 }, sizes), [3]);
});

test("an order of the pile is one group, but for blind cards, whose place would tell of them", () => {
  const items = [video(1, "b"), { ...video(2, null, 0), blind: true }, video(3, "a")];
  assert.deepEqual(groupInOrder("Newest")(items, 7).map(({ title, items: all, more }) => [title, all.length, more]),
    [["Newest", 2, 7], ["Blind: what do you see?", 1, undefined]]);
});

test("a folder has what lies in it now", () => {
  const items = ["a", "b", null, "a"].map((folder, number) => ({ ...video(number, null), folder }));
  assert.deepEqual(groupFolder("a")(items, 2).map((group) => [group.items.map((item) => item.filename), group.more]),
    [[["0.mp4", "3.mp4"], 2]]);
  assert.deepEqual(groupFolder("c")(items), []);
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
