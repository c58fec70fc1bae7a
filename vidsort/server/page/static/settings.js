// The help sheet, and the dialog in which keys and the order are chosen.

import { openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { ACTIONS } from "./actions.js";
import { capText, conflict, isCommand, readings } from "./keys.js";

const COLOURS = { "": "As the system has them", light: "Light", dark: "Dark" };
// The parts of the help, each with the view that its actions are for in the first place.
const PARTS = { "One video at a time": "single", "The grid": "grid", Everywhere: undefined };

export function openHelp({ bound, folderKeys }, rights) {
  const shown = [...bound].filter(([action, keys]) => keys.length && rights.may(ACTIONS[action].for));
  const part = (title, rows) => h("section", {}, h("h3", {}, title), ...rows);
  const parts = Object.entries(PARTS).map(([title, view]) => part(title, shown
    .filter(([action]) => ACTIONS[action].where?.[0] === view)
    .map(([action, keys]) => row(ACTIONS[action].does, keys))));
  if (rights.may("reviewer")) parts.push(part("Folders", [row("File in a folder; in the grid what is marked, or else what you point at", Object.values(folderKeys).slice(0, 9))]));
  const phone = h("p", { className: "form-note" },
    "On a phone: swipe right for the first guess, left for the second, up for all folders, down to undo.");
  openDialog("Keys", h("div", { className: "form" }, h("div", { className: "key-help" }, ...parts), phone)).classList.add("is-wide");
}

function row(label, keys) {
  return h("div", { className: "key-row" }, h("span", {}, label),
    h("span", { className: "keys" }, ...keys.map((key) => h("kbd", {}, capText(key)))));
}

// `preferences` has bound, folderKeys, values and set(changes); `folders` are names; `orders` are the options of the
// menu, of which the first holds while none is chosen; `reorder(order)` loads anew; `library` is what the server says of
// it, once it has; `parting` are the elements of who is signed in.
export function openSettings({ preferences, folders, orders, library, parting, reorder, changed }) {
  const order = h("select", { className: "field", onchange: () => reorder(order.value) }, orders);
  if (preferences.values.order) order.value = preferences.values.order;
  const colours = h("select", { className: "field", onchange: () => {
    preferences.set({ colours: colours.value || null });
    changed();
  } }, ...Object.entries(COLOURS).map(([value, text]) => h("option", { value }, text)));
  colours.value = preferences.values.colours ?? "";
  const note = h("p", { className: "form-note", role: "status" }, "Choose a key cap, then press the new key.");
  const list = h("div", { className: "key-list" });
  const state = { waiting: null };

  const render = () => {
    const actions = [...preferences.bound].filter(([action, keys]) => keys.length && !ACTIONS[action].isFixed)
      .map(([action, keys]) => ({ action, label: ACTIONS[action].label, key: keys[0] }));
    const own = folders.map((folder) => ({ folder, label: folder, key: preferences.keyOf(folder) }));
    const rows = (list) => list.map((each) => keyRow(each, state, () => {
      note.dataset.state = "";
      note.textContent = `Press the new key for “${each.label}”, or Escape.`;
    }));
    list.replaceChildren(h("h3", {}, "Folders"), ...rows(own), h("h3", {}, "Commands"), ...rows(actions));
  };
  const reset = h("button", { type: "button", className: "button", onclick: () => {
    preferences.set({ keys: {}, folder_keys: {} });
    preferences.seat(folders);
    changed();
    render();
  } }, "Reset keys");
  const dialog = openDialog("Keys and order",
    h("div", { className: "form" }, h("label", {}, "Order of review", order), h("label", {}, "Colours", colours), h("hr"), note, list,
      h("div", { className: "form-actions" }, reset), ...(library ? whereFrom(library) : []),
      ...(parting.length ? [h("hr"), ...parting] : [])));

  dialog.addEventListener("keydown", (event) => {
    if (!state.waiting || event.key === "Tab" || event.key === "Shift") return;
    const { each, button } = state.waiting;
    const said = event.key === "Escape" ? null : assign(preferences, each, event);
    event.preventDefault();
    event.stopPropagation();
    if (said) {
      note.dataset.state = said.isBad ? "bad" : "";
      note.textContent = said.text;
      if (said.isBad) return;
      preferences.seat(folders);
      changed();
    }
    const place = [...list.children].indexOf(button.closest(".key-row"));
    state.waiting = null;
    render();
    list.children[place]?.querySelector("button").focus();
  }, true);
  dialog.addEventListener("cancel", (event) => state.waiting && event.preventDefault());
  render();
}

// Which folder is the library, and what decides that.
function whereFrom({ data_dir: path, decided_by: origin, reason }) {
  const chosen = origin === "file" ? "It is the one that vidsort.toml names." : "It is the default: data_dir in vidsort.toml names another.";
  return [h("hr"), h("p", { className: "form-note" }, "Library: ", h("strong", {}, path)),
    h("p", { className: "form-note" }, reason ?? chosen)];
}

function keyRow(each, state, told) {
  const button = h("button", { type: "button", "aria-pressed": "false",
    "aria-label": `${each.key ? capText(each.key) : "–"}: key of ${each.label}, change` },
    h("kbd", {}, each.key ? capText(each.key) : "–"));
  button.addEventListener("click", () => {
    state.waiting?.button.setAttribute("aria-pressed", "false");
    state.waiting = { each, button };
    button.setAttribute("aria-pressed", "true");
    told();
  });
  return h("div", { className: "key-row" }, h("span", {}, each.label), button);
}

// Gives {text, isBad}.
function assign(preferences, { action, folder, label }, event) {
  const [key] = readings(event);
  if (!isCommand(event) || !key) return { isBad: true, text: "This key cannot be used: choose another." };
  const owner = conflict(key, preferences.bound, preferences.folderKeys, action ?? folder);
  if (owner) return { isBad: true, text: `${capText(key)} is the key of “${owner}”: choose another, or change that one first.` };
  if (action) preferences.set({ keys: { ...preferences.values.keys, [action]: key } });
  else preferences.set({ folder_keys: { ...preferences.values.folder_keys, [folder]: key } });
  return { isBad: false, text: `${capText(key)} is the key of “${label}” now.` };
}
