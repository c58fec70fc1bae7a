import assert from "node:assert/strict";
import test from "node:test";
import { Agreement } from "../../../../vidsort/server/page/static/agreement.js";
import { count, figure, isolated, percent, spell, staysText } from "../../../../vidsort/server/page/static/dom.js";
import { describe, describeBack } from "../../../../vidsort/server/page/static/history.js";
import { paceText, troubleText } from "../../../../vidsort/server/page/static/pile.js";
import { chanceIn, learnedIn, outcome, overall, rightIn, stepShare } from "../../../../vidsort/server/page/static/retrain.js";
import { lineOf, wishOf } from "../../../../vidsort/server/page/static/looking.js";
import { inWords } from "../../../../vidsort/server/page/static/api.js";
import { direction } from "../../../../vidsort/server/page/static/swipe.js";
import { fitting, fold, offer } from "../../../../vidsort/server/page/static/typeahead.js";

test("times are told as a person would", () => {
  assert.deepEqual([0.2, 45, 60, 754, 3600, 4800].map(spell), ["1 s", "45 s", "1 min", "13 min", "1 h", "1 h 20 min"]);
  assert.equal(percent(0.914), "91%");
  assert.deepEqual([1, 0.996, 0.994, 0, 0.004, 0.006].map(percent), ["100%", ">99%", "99%", "0%", "<1%", "1%"]);
});

test("one stays where it is, and several where they are", () => {
  assert.equal(staysText(1), "1 stays where it is");
  assert.equal(staysText(2), "2 stay where they are");
  assert.equal(staysText(1, 3), "1 of 3 stays where it is");
  assert.equal(staysText(1200, 3000), "1,200 of 3,000 stay where they are");
});

test("the pace is told once there is one", () => {
  assert.equal(paceText(null), "");
  assert.equal(paceText({ per_hour: null }), "");
  assert.equal(paceText({ per_hour: 612.4, top1_accepted_share: 0.9, left_s: 1200 }), "612 an hour · 90% first guesses right · 20 min to go");
  assert.equal(paceText({ per_hour: 60, top1_accepted_share: null, left_s: null }), "60 an hour");
});

test("what was learned between two retrains is told in a few words", () => {
  assert.equal(learnedIn({}), "");
  assert.equal(learnedIn({ live: null }), "");
  assert.equal(learnedIn({ live: { labels: 0, since_model_id: "m" } }), "");
  assert.equal(learnedIn({ live: { labels: 1200, since_model_id: "m" } }), "learned from 1,200 since the last retrain");
  assert.equal(learnedIn({ live: { labels: 3, since_model_id: null } }), "learned from 3 so far");
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

const foldersOf = (...names) => names.map((name) => ({ name }));
const fit = (folders, typed) => fitting(folders, typed).map(({ folder }) => folder.name);
const offered = (folders, typed) => offer(folders, typed).options.map((option) => (option.isNew ? `+${option.name}` : option.name));
// What Enter would take.
const entered = (folders, typed) => {
  const { options, chosen } = offer(folders, typed);
  return chosen < 0 ? null : options[chosen].isNew ? `+${options[chosen].name}` : options[chosen].name;
};

test("the folder meant is the first: whole name, beginning, word, anywhere, letters in order", () => {
  const folders = foldersOf("encore", "c o r e", "hard core", "core two", "core", "dance");
  assert.deepEqual(fit(folders, "core"), ["core", "core two", "hard core", "encore", "c o r e"]);
  assert.deepEqual(fit(folders, "hard c"), ["hard core"]);
  assert.equal(fit(folders, " ").length, 6);
});

test("accents, case and letters that keyboards lack are folded", () => {
  assert.deepEqual(["Café", "CAFE\u0301", "Übung", "Straße", "Ænima", "Łódź", "Smørrebrød"].map(fold),
    ["cafe", "cafe", "ubung", "strasse", "aenima", "lodz", "smorrebrod"]);
  const folders = foldersOf("cafeteria", "Café", "Über", "पकी", "पका");
  assert.equal(entered(folders, "cafe"), "Café");
  assert.equal(entered(folders, "UBER"), "Über");
  assert.equal(entered(folders, "caf\u00e9"), "Café");
  // Marks that make another letter are no accents.
  assert.equal(entered(folders, "पका"), "पका");
});

test("Enter never files into a surprise", () => {
  const folders = foldersOf("dance", "passport", "sports car", "t e a");
  assert.equal(entered(folders, ""), null);
  assert.equal(entered(folders, "  "), null);
  // Inside a word, or letters in order: shown, but to be chosen.
  assert.deepEqual(offered(folders, "port"), ["passport", "sports car", "+port"]);
  assert.equal(entered(folders, "port"), null);
  assert.equal(entered(folders, "tea"), null);
  assert.equal(entered(folders, "car"), "sports car");
  assert.equal(entered(folders, "da"), "dance");
  assert.equal(entered(folders, "zoo"), "+zoo");
});

test("a name that is new can be made, but not beside a twin that differs in case only", () => {
  const folders = foldersOf("Dance", "dance hall");
  assert.deepEqual(offered(folders, " dan "), ["Dance", "dance hall", "+dan"]);
  assert.deepEqual(offered(folders, "dance"), ["Dance", "dance hall"]);
  assert.deepEqual(offered(folders, ""), ["Dance", "dance hall"]);
});

test("the name or number of a video makes no folder, a year or a date does", () => {
  for (const typed of ["7100000000000000001", "7100000000000000001.mp4", "IMG_1.MOV", "a.mp4"]) {
    assert.deepEqual(offered(foldersOf("dance"), typed), [], typed);
    assert.equal(entered(foldersOf("dance"), typed), null);
  }
  assert.deepEqual(offered(foldersOf("dance"), "2024"), ["+2024"]);
  assert.deepEqual(offered(foldersOf("dance"), "20240131"), ["+20240131"]);
  assert.deepEqual(offer(foldersOf("dance"), "2024", (typed) => typed === "2024").options, []);
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
  assert.equal(isolated("\u202egnp.mp4"), "[U+202E]gnp.mp4");
  assert.equal(isolated("a\u2069b.mp4"), "a[U+2069]b.mp4");
  assert.equal(isolated("\u202eסרט.mp4"), "\u2068[U+202E]סרט.mp4\u2069");
});

test("a cancelled job is no failure, and a failure is told without the name of a script", () => {
  const cancelled = outcome({ last_result: "Failed at train.py: cancelled; start it again", exit_code: 130, reason: "cancelled; start it again" });
  assert.equal(cancelled.state, "cancelled");
  assert.equal(outcome({ last_result: "Failed at train.py: x", exit_code: 130, reason: "interrupted: the server stopped" }).state, "interrupted");
  assert.match(cancelled.lines[0], /is kept/);
  const reason = "There is one folder only: make a second one.";
  assert.deepEqual(outcome({ last_result: `Failed at train.py: ${reason}`, step: "train", reason, exit_code: 6 }),
    { state: "bad", lines: ["Learn from the folders: There is one folder only: make a second one."] });
  assert.equal(outcome({ last_result: null }).state, null);
  assert.equal(outcome({ last_result: "success", accuracy: 0.9, accuracy_low: 0.8, chance: 0.5 }).state, "good");
});

test("a model that is no better than chance says so", () => {
  assert.equal(chanceIn({ accuracy: 0.9, accuracy_low: 0.8, chance: 0.5 }), null);
  assert.equal(chanceIn({ accuracy: 0.9, accuracy_low: 0.8 }), null);
  assert.match(chanceIn({ accuracy: 0.4, accuracy_low: 0.2, chance: 0.45 }), /no better than chance: .* right in 45%/);
  assert.match(chanceIn({ accuracy: 0.6, accuracy_low: 0.4, chance: 0.45 }), /not clearly better than chance/);
});

test("what the look at new videos is at is one line, and a press asks for what it says", () => {
  const idle = { running: false, pressed: false, done: 0, total: 0, left_s: null, not_looked_at: 0, about_s: null, failed: 0, reason: null };
  assert.deepEqual([lineOf(idle), wishOf(idle)], [null, null]);
  const waiting = { ...idle, not_looked_at: 240, about_s: 120 };
  assert.deepEqual([lineOf(waiting), wishOf(waiting)],
    ["240 videos were not looked at yet: look at them now (about 2 min)", "api/look"]);
  assert.equal(lineOf({ ...idle, not_looked_at: 1 }), "1 video was not looked at yet: look at it now");
  const byItself = { ...waiting, running: true, total: 3 };
  assert.deepEqual([lineOf(byItself), wishOf(byItself)], ["Looking at 3 new videos", null]);
  const pressed = { ...waiting, running: true, pressed: true, done: 12, total: 240, left_s: 60 };
  assert.deepEqual([lineOf(pressed), wishOf(pressed)], ["Looking at videos: 12 of 240, about 1 min left. Stop", "api/look/cancel"]);
  assert.match(lineOf({ ...idle, failed: 1, reason: "9.mp4: it is not a video file" }), /^1 new video gave nothing \(.*9\.mp4: it is not/);
});
