// Which key means what. Pure: takes what a KeyboardEvent has, gives the name of an action or a folder.
// A key is found by its character first, then by its place on the board, so 1 works on a French keyboard and
// Z on a Russian one.

import { ACTIONS } from "./actions.js";

const FOLDER_KEYS = [..."123456789", ..."qwertyuiopasdfghjklzxcvbnm"];
const ALL = "Ctrl+a";
const PLACES = { Slash: "/", Comma: ",", BracketLeft: "[", BracketRight: "]" };
const SHIFTED_PLACES = { Comma: "<", Period: ">", Slash: "?", BracketLeft: "{", BracketRight: "}" };

export function isLetter(key) {
  return key.length === 1 && key.toLowerCase() !== key.toUpperCase();
}

// The two readings of a key press, best first: its character, its place. Letters carry Shift, other characters
// do not, because on some keyboards Shift is what makes them. The command key of a Mac is its Ctrl.
export function readings(event) {
  const shift = (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.shiftKey ? "Shift+" : "");
  const found = [];
  if (event.key === " ") found.push("Space");
  else if (event.key?.length === 1) found.push(isLetter(event.key) ? shift + event.key.toLowerCase() : event.key);
  else if (event.key) found.push(event.key);
  const place = placeOf(event.code, event.shiftKey);
  if (place) found.push(isLetter(place) ? shift + place : place);
  return [...new Set(found)];
}

function placeOf(code = "", shift = false) {
  const match = /^(?:Key([A-Z])|(?:Digit|Numpad)([0-9]))$/.exec(code);
  if (match) return (match[1] ?? match[2]).toLowerCase();
  return (shift ? SHIFTED_PLACES : PLACES)[code];
}

// Whether a key press may be a command at all. Those with Ctrl are the browser's, but for the one that chooses all there, too.
export function isCommand(event) {
  const busy = event.repeat || event.isComposing || event.keyCode === 229 || event.defaultPrevented;
  const isOther = (event.ctrlKey || event.metaKey) && !readings(event).includes(ALL);
  return !busy && !isOther && !event.altKey && event.key !== "Process" && event.key !== "Dead";
}

// Keys that the focused element takes for itself.
export function isNative(event) {
  if (event.target.closest?.('input[type="range"]')) return /^(Arrow|Page|Home|End)/.test(event.key);
  return (event.key === "Enter" || event.key === " ") && event.target.closest?.("button, a, summary") !== null;
}

// The keys in force: the chosen ones in place of the first default; Enter and other extra defaults stay.
export function bindings(chosen = {}) {
  const bound = new Map();
  for (const [action, { keys, isFixed }] of Object.entries(ACTIONS)) {
    const [first, ...rest] = keys;
    const isChosen = typeof chosen[action] === "string" && first !== undefined && !isFixed;
    bound.set(action, isChosen ? [chosen[action], ...rest] : keys);
  }
  return bound;
}

// {action} or {folder} that a key press means, or null.
export function meaning(event, bound, folderKeys) {
  const byKey = new Map();
  for (const [folder, key] of Object.entries(folderKeys)) if (key) byKey.set(key, { folder });
  for (const [action, keys] of bound) for (const key of keys) byKey.set(key, { action });
  for (const reading of readings(event)) if (byKey.has(reading)) return byKey.get(reading);
  return null;
}

// Who has this key already: an action's label or a folder's name, or null.
export function conflict(key, bound, folderKeys, self) {
  for (const [action, keys] of bound) if (action !== self && keys.includes(key)) return ACTIONS[action].label;
  for (const [folder, own] of Object.entries(folderKeys)) if (own === key && folder !== self) return folder;
  return null;
}

// Every folder's key. Those it had stay its own, also under another name: `heirs` tells which folder took the place of
// one that has gone. New folders get the free keys in order. What has gone is remembered, since it may come back by
// undo, but its key is free. An action's key is never given.
export function assignFolderKeys(folders, known, bound, heirs = {}) {
  const remembered = new Map(Object.entries(known));
  for (const [gone, heir] of Object.entries(heirs)) {
    if (!remembered.has(gone) || remembered.has(heir)) continue;
    remembered.set(heir, remembered.get(gone));
    remembered.delete(gone);
  }
  const taken = new Set([...bound.values()].flat());
  const assigned = new Map();
  const give = (folder, key) => {
    if (!key || taken.has(key)) return;
    assigned.set(folder, key);
    taken.add(key);
  };
  for (const folder of folders) give(folder, remembered.get(folder));
  for (const folder of folders) if (!assigned.has(folder)) give(folder, FOLDER_KEYS.find((key) => !taken.has(key)));
  for (const [folder, key] of remembered) if (!assigned.has(folder)) give(folder, key);
  return Object.fromEntries(assigned);
}

// The keys of these folders alone: what has gone has none. Pure.
export function keysOf(folders, known) {
  return Object.fromEntries(folders.filter((folder) => Object.hasOwn(known, folder)).map((folder) => [folder, known[folder]]));
}

// How a key is drawn on a key cap.
export function capText(key) {
  const names = { Enter: "↵", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Space: "Space", Escape: "Esc",
    Home: "Home", End: "End", PageUp: "PgUp", PageDown: "PgDn", Backspace: "⌫", [ALL]: "Ctrl+A" };
  return names[key] ?? key.replace("Shift+", "⇧").toUpperCase();
}

// How a key is named for assistive technology (aria-keyshortcuts).
export function shortcut(key) {
  return key.replace(/^((?:Ctrl\+)?(?:Shift\+)?)(.)$/, (_, held, letter) => held.replace("Ctrl", "Control") + letter.toUpperCase());
}
