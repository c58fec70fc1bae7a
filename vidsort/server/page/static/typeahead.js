// Type a few letters of a folder's name; a name that is new makes the folder.

import { openDialog } from "./dialog.js";
import { figure, h } from "./dom.js";

const SHOWN = 50;
// Letters that are no other letter with a mark.
const PLAIN = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };
// What a file is called, or the number that a downloader gives a video; a year or a date is no such number.
const VIDEO = /^\d{9,}$|\.(mp4|m4v|mov|webm|mkv|avi|3gp|ts|mpg|wmv)$/i;
// The last rank that Enter takes by itself: all letters typed begin the name or a word of it.
const SURE = 3;

// A name without case and accents, as it is typed on any keyboard. Pure.
export function fold(text) {
  const bare = text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  return bare.replace(/[ßæœøłđðþı]/g, (letter) => PLAIN[letter]).trim();
}

// The folders that fit what was typed as [{folder, rank}], best first: the whole name, the name but for accents, its
// beginning, the beginning of a word, anywhere, letters in order. Pure.
export function fitting(folders, typed) {
  const ranked = folders.map((folder) => ({ folder, rank: rankOf(folder.name, typed.trim()) }));
  return ranked.filter(({ rank }) => rank < Infinity).sort((a, b) => a.rank - b.rank);
}

// What is offered for what was typed: {options, chosen}. A new folder of this name is among them where there is none of
// it, not even in other case, and where it is no video's name. `chosen` is what Enter takes, -1 where that would be a
// surprise: nothing is typed, or no name begins with it. Pure.
export function offer(folders, text, isVideo = (typed) => VIDEO.test(typed)) {
  const typed = text.trim();
  const isThere = folders.some((folder) => folder.name.toLocaleLowerCase() === typed.toLocaleLowerCase());
  const fit = fitting(folders, typed).slice(0, SHOWN);
  const options = fit.map(({ folder }) => folder);
  if (typed && !isThere && !isVideo(typed)) options.push({ name: typed, isNew: true });
  const isSure = typed && (fit.length ? fit[0].rank <= SURE : options.length > 0);
  return { options, chosen: isSure ? 0 : -1 };
}

function rankOf(name, typed) {
  const [folded, wanted] = [fold(name), fold(typed)];
  if (!wanted) return 0;
  if (name.toLocaleLowerCase() === typed.toLocaleLowerCase()) return 0;
  if (folded === wanted) return 1;
  if (folded.startsWith(wanted)) return 2;
  const starts = [...folded.matchAll(/(?<![\p{L}\p{N}])[\p{L}\p{N}]/gu)].map((word) => word.index);
  if (starts.some((start) => folded.startsWith(wanted, start))) return SURE;
  if (folded.includes(wanted)) return 4;
  let from = 0;
  for (const letter of wanted) {
    from = folded.indexOf(letter, from) + 1;
    if (from === 0) return Infinity;
  }
  return 5;
}

// `choose(name)` for a folder that is there, `create(name)` for a new one where there may be one; `isVideo(name)` for names
// of videos; `newKey` makes a folder of any name.
export function openTypeahead({ folders, choose, create = null, isVideo = () => false, newKey = null, title = "File in…" }) {
  let options = [];
  let at = -1;
  const input = h("input", { className: "field", role: "combobox", autocomplete: "off", spellcheck: false,
    "aria-expanded": "true", "aria-controls": "folder-options", "aria-autocomplete": "list", "aria-label": "Folder",
    placeholder: "Type a folder's name" });
  const note = h("p", { className: "form-note", role: "status" });
  const list = h("div", { className: "options", id: "folder-options", role: "listbox", "aria-label": "Folders" });

  const pick = (option) => {
    dialog.close();
    if (option.isNew) create(option.name);
    else choose(option.name);
  };
  const select = (index) => {
    at = Math.min(options.length - 1, index);
    [...list.children].forEach((element, place) => element.setAttribute("aria-selected", String(place === at)));
    const chosen = list.children[at];
    input.setAttribute("aria-activedescendant", chosen?.id ?? "");
    chosen?.scrollIntoView({ block: "nearest" });
    note.textContent = at >= 0 ? "" : advice();
    note.hidden = at >= 0;
  };
  const advice = () => {
    const typed = input.value.trim();
    if (!typed) return "Type the beginning of a name, or choose with ↓.";
    if (create && isVideoName(typed)) return `${typed} is a video's name: to make a folder of it, press Escape and ${newKey}.`;
    return `No folder begins with “${typed}”: choose with ↓.`;
  };
  // Where none is made, no name is one of a new folder.
  const isVideoName = (typed) => !create || VIDEO.test(typed) || isVideo(typed);
  const render = () => {
    const offered = offer(folders, input.value, isVideoName);
    options = offered.options;
    list.replaceChildren(...options.map((option, place) => h("div",
      { className: "option", role: "option", id: `folder-option-${place}`, onclick: () => pick(option) },
      h("span", { className: "name", title: option.name }, option.isNew ? `Make “${option.name}” and file here` : option.name),
      h("span", { className: "count" }, option.isNew ? "new" : figure(option.count)))));
    select(offered.chosen);
  };
  input.addEventListener("input", render);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) select(Math.max(0, at + step));
    else if (event.key === "Enter") {
      if (options[at]) pick(options[at]);
    } else return;
    event.preventDefault();
  });
  const dialog = openDialog(title, input, note, list);
  render();
  input.focus();
}
