import assert from "node:assert/strict";
import test from "node:test";
import { Agreement } from "../../../../vidsort/server/page/static/agreement.js";
import { count, figure, isolated, percent, spell } from "../../../../vidsort/server/page/static/dom.js";
import { describe, describeBack } from "../../../../vidsort/server/page/static/history.js";
import { paceText, troubleText } from "../../../../vidsort/server/page/static/pile.js";
import { overall, rightIn, stepShare } from "../../../../vidsort/server/page/static/retrain.js";
import { inWords } from "../../../../vidsort/server/page/static/api.js";
import { direction } from "../../../../vidsort/server/page/static/swipe.js";
import { optionsFor, rank } from "../../../../vidsort/server/page/static/typeahead.js";

test("times are told as a person would", () => {
  assert.deepEqual([0.2, 45, 60, 754, 3600, 4800].map(spell), ["1 s", "45 s", "1 min", "13 min", "1 h", "1 h 20 min"]);
  assert.equal(percent(0.914), "91%");
  assert.deepEqual([1, 0.996, 0.994, 0, 0.004, 0.006].map(percent), ["100%", ">99%", "99%", "0%", "<1%", "1%"]);
});

test("the pace is told once there is one", () => {
  assert.equal(paceText(null), "");
  assert.equal(paceText({ per_hour: null }), "");
  assert.equal(paceText({ per_hour: 612.4, top1_accepted_share: 0.9, left_s: 1200 }), "612 an hour · 90% first guesses right · 20 min to go");
  assert.equal(paceText({ per_hour: 60, top1_accepted_share: null, left_s: null }), "60 an hour");
});

test("why something is not saved is told apart: away, in trouble, logged out", () => {
  assert.equal(troubleText(2, {}), "Server away: 2 kept, sent when it is back");
  assert.equal(troubleText(2, { status: 500 }), "Server in trouble: 2 kept, tried again");
  assert.match(troubleText(2, { status: 401 }), /^Logged out/);
});

test("numbers are written as the words around them, and one is no plural", () => {
  assert.deepEqual([1, 21862.4, 1234567].map(figure), ["1", "21,862", "1,234,567"]);
  assert.deepEqual([0, 1, 2, 1200].map((number) => count(number, "video")), ["0 videos", "1 video", "2 videos", "1,200 videos"]);
  assert.equal(paceText({ per_hour: 21862, top1_accepted_share: null, left_s: null }), "21,862 an hour");
});

test("what browsers say of a failed request is put into words", () => {
  for (const jargon of ["Failed to fetch", "NetworkError when attempting to fetch resource.", "Load failed"]) {
    const text = inWords(new TypeError(jargon));
    assert.ok(!text.includes(jargon), text);
    assert.match(text, /cannot be reached: see whether it runs/);
  }
  assert.match(inWords(new DOMException("signal timed out", "TimeoutError")), /more than 20 s/);
  assert.match(inWords(new SyntaxError("Unexpected token '<'")), /^Something else than vidsort/);
});

test("what was taken back is told the right way round", () => {
  assert.equal(describeBack({ kind: "rename", source: "sea", target: "X" }), "X is sea again");
  assert.equal(describeBack({ kind: "merge", source: "b/3.mp4", target: "a/3.mp4" }, 9), "b is a folder of its own again");
  assert.equal(describeBack({ kind: "remove", source: "b", target: "" }), "Empty folder b is there again");
  assert.equal(describeBack({ kind: "sort", source: "3.mp4", target: "a/3.mp4" }, 2), "2 videos → a");
});

test("the folder meant is the first: whole name, beginning, word, anywhere, letters in order", () => {
  const folders = ["scoring", "core", "hard core", "c o r e", "dance"].map((name) => ({ name }));
  assert.deepEqual(rank(folders, "core").map((folder) => folder.name), ["core", "hard core", "c o r e"]);
  assert.deepEqual(rank(folders, "sco").map((folder) => folder.name), ["scoring"]);
  assert.equal(rank(folders, " ").length, 5);
});

test("a name that is new can be made, but not beside a twin that differs in case only", () => {
  const folders = [{ name: "Dance" }, { name: "dance hall" }];
  const names = (typed) => optionsFor(folders, typed).map((option) => (option.isNew ? `+${option.name}` : option.name));
  assert.deepEqual(names(" dan "), ["Dance", "dance hall", "+dan"]);
  assert.deepEqual(names("dance"), ["Dance", "dance hall"]);
  assert.deepEqual(names(""), ["Dance", "dance hall"]);
});

test("swipes are far or fast, and go one way", () => {
  assert.equal(direction(100, 20, 400), "right");
  assert.equal(direction(-100, 20, 400), "left");
  assert.equal(direction(10, -90, 400), "up");
  assert.equal(direction(10, 90, 400), "down");
  assert.equal(direction(40, 0, 400), null);
  assert.equal(direction(40, 0, 50), "right");
  assert.equal(direction(10, 0, 1), null);
});

test("each kind of action is told in words", () => {
  const sort = { kind: "sort", source: "3.mp4", target: "a/3.mp4" };
  assert.equal(describe(sort), "3.mp4 → a");
  assert.equal(describe(sort, 2), "2 videos → a");
  assert.equal(describe({ kind: "merge", source: "b/3.mp4", target: "a/3.mp4" }, 9), "b merged into a");
  assert.equal(describe({ kind: "remove", source: "b", target: "" }), "Empty folder b removed");
  assert.equal(describe({ kind: "create", source: "", target: "b" }), "New folder b");
  assert.equal(describe({ kind: "rename", source: "b", target: "c" }), "b is now c");
});

test("the share of a job counts its three steps alike", () => {
  assert.equal(overall({ step_number: 2, steps: 3, done: 5, total: 10 }), 0.5);
  assert.equal(overall({}), 0);
  assert.equal(stepShare({ done: 3, total: 0 }), 0);
});

test("agreement is told from three decisions on, and is taken back by undo", () => {
  const kept = {};
  const storage = { getItem: (name) => kept[name] ?? null, setItem: (name, text) => (kept[name] = text) };
  const agreement = new Agreement(storage);
  agreement.count(null, "a");
  for (const chosen of ["a", "a", "b"]) agreement.count("a", chosen);
  assert.equal(agreement.of("a").level, "middle");
  agreement.count("a", "b", -1);
  assert.equal(agreement.of("a").level, "unknown");
  assert.deepEqual(new Agreement(storage).folders.get("a"), [2, 2]);
  kept["vidsort.agreement"] = "{damaged";
  assert.equal(new Agreement(storage).folders.size, 0);
});

test("how good a new model is: with what it is not of, and never 0% where nothing was tested", () => {
  assert.equal(rightIn({}), null);
  assert.equal(rightIn({ accuracy: null, accuracy_note: "not measured yet: sort more" }), "How good it is: not measured yet: sort more.");
  assert.equal(rightIn({ accuracy: 1, accuracy_low: 0.61, accuracy_high: 1, accuracy_note: "of a only" }),
    "Right in 100% (61% to 100%) of videos that it had not seen, of a only.");
});

test("a name turns no words around it, and what steers a text is shown by its code", () => {
  assert.equal(isolated("7.mp4"), "7.mp4");
  assert.equal(isolated("סרטון.mp4"), "\u2068סרטון.mp4\u2069");
  assert.equal(isolated("\u202egnp.mp4"), "\u2068\\u202egnp.mp4\u2069");
  assert.equal(isolated("a\u2069b.mp4"), "\u2068a\\u2069b.mp4\u2069");
});
