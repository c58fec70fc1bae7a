import assert from "node:assert/strict";
import test from "node:test";
import { ACTIONS, isFor } from "../../../../vidsort/server/page/static/actions.js";
import { assignFolderKeys, bindings, capText, conflict, isCommand, keysOf, meaning, readings, shortcut } from "../../../../vidsort/server/page/static/keys.js";

const press = (key, code = "", more = {}) => ({ key, code, shiftKey: false, ...more });
const folders = { soccer: "1", dance: "a" };
const means = (event, chosen) => meaning(event, bindings(chosen), folders);

test("a key is read by its character and by its place", () => {
  assert.deepEqual(readings(press("a", "KeyQ")), ["a", "q"]);
  assert.deepEqual(readings(press("я", "KeyZ")), ["я", "z"]);
  assert.deepEqual(readings(press(" ", "Space")), ["Space"]);
});

test("folders are reached on a French, a Russian and a number pad's keys", () => {
  assert.deepEqual(means(press("1", "Digit1")), { folder: "soccer" });
  assert.deepEqual(means(press("&", "Digit1")), { folder: "soccer" });
  assert.deepEqual(means(press("1", "Numpad1")), { folder: "soccer" });
  assert.deepEqual(means(press("ф", "KeyA")), { folder: "dance" });
});

test("the character wins over the place", () => {
  // On a French keyboard the key at the place of Q makes an a; the place of A makes a q.
  assert.deepEqual(means(press("a", "KeyQ")), { folder: "dance" });
});

test("Shift tells undo from redo, Caps Lock does not", () => {
  assert.deepEqual(means(press("z", "KeyZ")), { action: "undo" });
  assert.deepEqual(means(press("Z", "KeyZ", { shiftKey: true })), { action: "redo" });
  assert.deepEqual(means(press("Z", "KeyZ")), { action: "undo" });
});

test("slower, faster, help and type-ahead work by character and by place", () => {
  assert.deepEqual(means(press("<", "Comma", { shiftKey: true })), { action: "slower" });
  assert.deepEqual(means(press(">", "IntlBackslash", { shiftKey: true })), { action: "faster" });
  assert.deepEqual(means(press("?", "Minus", { shiftKey: true })), { action: "help" });
  assert.deepEqual(means(press("/", "Digit7", { shiftKey: true })), { action: "find" });
  assert.deepEqual(means(press("ю", "Slash")), { action: "find" });
});

test("Enter and F accept, also when F was changed", () => {
  assert.deepEqual(means(press("Enter", "Enter")), { action: "accept" });
  assert.deepEqual(means(press("j", "KeyJ"), { accept: "j" }), { action: "accept" });
  assert.deepEqual(means(press("Enter", "Enter"), { accept: "j" }), { action: "accept" });
  assert.equal(means(press("f", "KeyF"), { accept: "j" }), null);
});

test("each action has a name, a sentence and keys of its own, and Escape is no key to be changed", () => {
  const rows = Object.entries(ACTIONS);
  for (const [action, { label, does, act }] of rows) assert.ok(label && does && act, action);
  const keys = rows.flatMap(([, row]) => row.keys);
  assert.equal(new Set(keys).size, keys.length);
  assert.deepEqual(bindings({ leave: "k", sheet: "l" }).get("leave"), ["Escape"]);
  assert.deepEqual(bindings({ sheet: "l" }).get("sheet"), []);
});

test("the second and the third guess and retraining have keys", () => {
  const [second, third, retrain, now] = [press("d", "KeyD"), press("v", "KeyV"), press("r", "KeyR"),
    press("R", "KeyR", { shiftKey: true })].map((event) => means(event).action);
  assert.deepEqual([second, third, retrain, now], ["second", "third", "retrain", "retrainNow"]);
});

test("what is for one view is not for the other", () => {
  assert.deepEqual(["skip", "mark", "accept", "undo"].map((action) => isFor(action, "single")), [true, false, true, true]);
  assert.deepEqual(["skip", "mark", "accept", "undo"].map((action) => isFor(action, "grid")), [false, true, true, true]);
  assert.equal(isFor("accept", "welcome"), false);
});

test("keys are drawn for the eye and named for assistive technology", () => {
  assert.deepEqual(["Enter", "Shift+z", "ArrowUp", "q", "<"].map(capText), ["↵", "⇧Z", "↑", "Q", "<"]);
  assert.deepEqual(["Enter", "Shift+z", "ArrowUp", "q", "<"].map(shortcut), ["Enter", "Shift+Z", "ArrowUp", "Q", "<"]);
});

test("held keys, compositions, modifiers and dead keys are no commands", () => {
  assert.equal(isCommand(press("1")), true);
  for (const more of [{ repeat: true }, { isComposing: true }, { keyCode: 229 }, { ctrlKey: true }, { altKey: true },
    { metaKey: true }, { defaultPrevented: true }, { key: "Dead" }, { key: "Process" }]) {
    assert.equal(isCommand(press("1", "Digit1", more)), false, JSON.stringify(more));
  }
});

test("folders get 1 to 9 and then letters that no action has", () => {
  const names = Array.from({ length: 14 }, (_, at) => `folder ${String(at).padStart(2, "0")}`);
  const keys = Object.values(assignFolderKeys(names, {}, bindings()));
  assert.deepEqual(keys, [..."123456789", ..."etyuo"]);
  const all = Object.values(assignFolderKeys(Array.from({ length: 60 }, (_, at) => `${at}`), {}, bindings()));
  const actions = new Set(Object.values(ACTIONS).flatMap((action) => action.keys));
  assert.equal(new Set(all).size, all.length);
  assert.ok(all.every((key) => !actions.has(key)));
});

test("a folder's key stays its own when folders are added before it, or go and come back", () => {
  const first = assignFolderKeys(["food", "soccer"], {}, bindings());
  assert.deepEqual(assignFolderKeys(["art", "food", "soccer"], first, bindings()), { food: "1", soccer: "2", art: "3" });
  const without = assignFolderKeys(["food"], first, bindings());
  assert.equal(assignFolderKeys(["food", "soccer"], without, bindings()).soccer, "2");
});

test("a key follows its folder through rename, undo and redo", () => {
  const first = assignFolderKeys(["food", "sea"], {}, bindings());
  const renamed = assignFolderKeys(["food", "X"], first, bindings(), { sea: "X" });
  assert.deepEqual(renamed, { food: "1", X: "2" });
  const undone = assignFolderKeys(["food", "sea"], renamed, bindings(), { X: "sea" });
  assert.deepEqual(undone, { food: "1", sea: "2" });
  assert.deepEqual(assignFolderKeys(["food", "X"], undone, bindings(), { sea: "X" }), renamed);
});

test("a folder that takes another in keeps its own key, and the other gets its own back by undo", () => {
  const first = assignFolderKeys(["food", "sea"], {}, bindings());
  const merged = assignFolderKeys(["food"], first, bindings(), { sea: "food" });
  assert.deepEqual(keysOf(["food"], merged), { food: "1" });
  assert.deepEqual(assignFolderKeys(["food", "sea"], merged, bindings(), {}), first);
});

test("the key of a folder that has gone is free: it means nothing, is no conflict, and is given to a new folder", () => {
  const known = { food: "1", sea: "2", dance: "3" };
  const here = keysOf(["food", "dance"], known);
  assert.equal(meaning(press("2", "Digit2"), bindings(), here), null);
  assert.equal(conflict("2", bindings(), here, "food"), null);
  assert.deepEqual(assignFolderKeys(["art", "dance", "food"], known, bindings(), {}), { dance: "3", food: "1", art: "2" });
});

test("when keys run out, a new folder gets that of one that has gone", () => {
  const named = Array.from({ length: 40 }, (_, at) => `f${at}`);
  const full = assignFolderKeys(named, {}, bindings());
  const many = named.filter((name) => name in full);
  assert.ok(many.length < named.length);
  const next = assignFolderKeys([...many.slice(1), "new"], full, bindings());
  assert.equal(next.new, "1");
  assert.equal(next.f1, full.f1);
});

test("a key that another has is a conflict, its own is not", () => {
  assert.equal(conflict("z", bindings(), folders, "skip"), ACTIONS.undo.label);
  assert.equal(conflict("1", bindings(), folders, "skip"), "soccer");
  assert.equal(conflict("s", bindings(), folders, "skip"), null);
  assert.equal(conflict("1", bindings(), folders, "soccer"), null);
});

test("folder names of JavaScript's own words are only names", () => {
  const assigned = assignFolderKeys(["constructor", "toString", "__proto__"], {}, bindings());
  assert.deepEqual(Object.entries(assigned).map(([, key]) => key), ["1", "2", "3"]);
});

test("seconds and frames are reached by the places of brackets, where a keyboard has other letters there", () => {
  assert.deepEqual(means(press("ü", "BracketLeft")), { action: "back5" });
  assert.deepEqual(means(press("*", "BracketRight", { shiftKey: true })), { action: "frameOn" });
  assert.deepEqual(means(press("0", "Digit0")), { action: "restart" });
});
