// What stands around the video on show: guesses, filmstrip, caption, name.

import { BLIND_TITLE } from "./blind.js";
import { h, isolated, percent, setRead, setText } from "./dom.js";
import { capText, shortcut } from "./keys.js";

const GUESSES = 3;
// The shape of what is unknown and will not be seen.
const UPRIGHT = [9, 16];

export class Card {
  #rows = [];
  #filename = null;
  // Filmstrips of the next videos, by filename.
  #strips = new Map();

  // `choose(folder)` files the video on show, where `rights` allow it; filmstrips come by `pictures`.
  constructor({ root, api, pictures, rights, choose }) {
    const find = (name) => root.querySelector(`[data-${name}]`);
    this.api = api;
    this.pictures = pictures;
    this.choose = choose;
    this.rights = rights;
    this.list = find("guesses");
    this.title = find("guess-title");
    this.tip = find("tip");
    this.strip = find("strip");
    this.caption = find("caption");
    this.file = find("file");
    this.card = find("card");
    this.note = find("note");
    this.star = find("star");
    this.strip.addEventListener("load", () => (this.strip.hidden = false));
    this.strip.addEventListener("error", () => (this.strip.hidden = true));
    for (let rank = 0; rank < GUESSES; rank += 1) this.#addRow(rank);
  }

  // `guessKeys` are those of the first, second and third guess; `tip` a hint or null.
  show(item, { guessKeys, tip, place, isStarred }) {
    const guesses = item?.top_predictions?.slice(0, GUESSES) ?? [];
    this.#rows.forEach((row, rank) => this.#fill(row, guesses[rank], guessKeys[rank]));
    setText(this.title, guesses.length ? item.question ?? "Where does it go?" : item?.blind ? BLIND_TITLE : "No guess yet: choose a folder");
    this.tip.hidden = !tip;
    setText(this.tip, tip ?? "");
    setText(this.caption, item?.caption ?? "");
    setRead(this.caption, "title", item?.caption ?? "");
    setText(this.file, item ? `${isolated(item.filename)} · ${place}` : "");
    this.star.setAttribute("aria-pressed", String(isStarred));
    if (item?.filename !== this.#filename) this.#turnTo(item);
  }

  // Gets the filmstrips of these videos, so that each is there before its video starts.
  prepare(items) {
    const names = new Set(items.map((item) => item.filename));
    for (const [name, strip] of this.#strips) {
      // That of the video on show has been got ready or is on its way.
      if (names.has(name) || name === this.#filename) continue;
      this.pictures.drop(strip);
      this.#strips.delete(name);
    }
    for (const name of names) {
      if (this.#strips.has(name)) continue;
      const strip = new Image();
      this.pictures.want(strip, this.api.strip(name));
      this.#strips.set(name, strip);
    }
  }

  // What stands in the picture's place or over it; null: nothing.
  say(text) {
    this.note.hidden = !text;
    setText(this.note, text ?? "");
  }

  // Width over height of the picture on show.
  shape(width, height) {
    if (width && height) this.card.style.setProperty("--ratio", String(width / height));
  }

  #turnTo(item) {
    this.#filename = item?.filename ?? null;
    this.strip.hidden = true;
    if (!item) return;
    // One that was got ready is there at once; any other shows when it has come, never that of the video before.
    const ready = this.#strips.get(item.filename);
    if (ready?.complete && ready.naturalWidth) {
      this.pictures.drop(this.strip);
      this.strip.src = ready.src;
      this.strip.hidden = !(this.strip.complete && this.strip.naturalWidth);
    } else this.pictures.want(this.strip, this.api.strip(item.filename), { isNext: true });
    if (item.playable === "none") this.shape(...(item.width ? [item.width, item.height] : UPRIGHT));
    else this.shape(item.width, item.height);
  }

  #addRow(rank) {
    const row = { cap: h("kbd", { "aria-hidden": "true" }), name: h("span", { className: "name" }), fill: h("i") };
    row.share = h("span", { className: "share" });
    row.button = h("button", { type: "button", className: "guess-button", onclick: () => this.choose(row.folder) },
      row.cap, row.name, row.share, h("span", { className: "bar", "aria-hidden": "true" }, row.fill));
    row.item = h("li", { hidden: true, dataset: { rank } }, row.button);
    this.#rows.push(row);
    this.list.append(row.item);
  }

  #fill(row, guess, key) {
    row.item.hidden = !guess;
    if (!guess) return;
    row.folder = guess.folder;
    row.button.ariaDisabled = String(!this.rights.may("reviewer"));
    setText(row.cap, capText(key));
    setText(row.name, guess.folder);
    setText(row.share, percent(guess.confidence));
    row.fill.style.setProperty("--share", String(guess.confidence));
    setRead(row.button, "title", guess.folder);
    row.button.setAttribute("aria-keyshortcuts", shortcut(key));
  }
}
