// Type a few letters of a folder's name; a name that is new makes the folder.

import { openDialog } from "./dialog.js";
import { figure, h } from "./dom.js";

const SHOWN = 50;

// The folders that fit what was typed, best first: beginning of the name, beginning of a word, anywhere, letters in
// order. Pure.
export function rank(folders, typed) {
  const wanted = typed.trim().toLocaleLowerCase();
  if (!wanted) return [...folders];
  const scored = folders.map((folder) => ({ folder, score: score(folder.name.toLocaleLowerCase(), wanted) }));
  return scored.filter(({ score }) => score < Infinity).sort((a, b) => a.score - b.score).map(({ folder }) => folder);
}

// The folders that fit, and a new one of this name where there is none of it, not even in other case. Pure.
export function optionsFor(folders, text) {
  const typed = text.trim();
  const isThere = folders.some((folder) => folder.name.toLocaleLowerCase() === typed.toLocaleLowerCase());
  const fitting = rank(folders, typed).slice(0, SHOWN);
  return typed && !isThere ? [...fitting, { name: typed, isNew: true }] : fitting;
}

function score(name, wanted) {
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  const at = name.indexOf(wanted);
  if (at > 0) return /[\s_\-.&]/.test(name[at - 1]) ? 2 : 3;
  let from = 0;
  for (const letter of wanted) {
    from = name.indexOf(letter, from) + 1;
    if (from === 0) return Infinity;
  }
  return 4;
}

// `choose(name)` for a folder that is there, `create(name)` for a new one.
export function openTypeahead({ folders, choose, create }) {
  let options = [];
  let at = 0;
  const input = h("input", { className: "field", role: "combobox", autocomplete: "off", spellcheck: false,
    "aria-expanded": "true", "aria-controls": "folder-options", "aria-autocomplete": "list", "aria-label": "Folder",
    placeholder: "Type a folder's name" });
  const list = h("div", { className: "options", id: "folder-options", role: "listbox", "aria-label": "Folders" });

  const pick = (option) => {
    dialog.close();
    if (option.isNew) create(option.name);
    else choose(option.name);
  };
  const select = (index) => {
    at = Math.max(0, Math.min(options.length - 1, index));
    [...list.children].forEach((element, place) => element.setAttribute("aria-selected", String(place === at)));
    const chosen = list.children[at];
    input.setAttribute("aria-activedescendant", chosen?.id ?? "");
    chosen?.scrollIntoView({ block: "nearest" });
  };
  const render = () => {
    options = optionsFor(folders, input.value);
    list.replaceChildren(...options.map((option, place) => h("div",
      { className: "option", role: "option", id: `folder-option-${place}`, onclick: () => pick(option) },
      h("span", { className: "name" }, option.isNew ? `Make “${option.name}” and file here` : option.name),
      h("span", { className: "count" }, option.isNew ? "new" : figure(option.count)))));
    select(0);
  };
  input.addEventListener("input", render);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) select(at + step);
    else if (event.key === "Enter" && options[at]) pick(options[at]);
    else return;
    event.preventDefault();
  });
  const dialog = openDialog("File in…", input, list);
  render();
  input.focus();
}
