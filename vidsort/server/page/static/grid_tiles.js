// The elements of the grid: heads of groups, and rows of tiles.

import { count, figure, h, isolated, percent, setRead } from "./dom.js";
import { placeOf } from "./grid_selection.js";
import { Hover } from "./hover.js";

export class Tiles {
  // `mark(at, isRange)` for the tile at this place, `aim` is told where the mouse is, and tells it where this `isPile()`,
  // `fileRest(group)` for the button of a head, `rename(group, name)` for what is typed into it, `noSet(id)` for a set that
  // is said to be none.
  constructor({ api, pictures, mark, aim, isPile, fileRest, rename, noSet }) {
    Object.assign(this, { api, pictures, mark, aim, fileRest, rename, noSet, hover: new Hover(api) });
    aim.told = (item) => this.#showAim(isPile() ? item : null);
  }

  head(group) {
    if (group.isNew) return this.#headOfNew(group);
    if (group.setId) return this.#headOfSet(group);
    const button = group.folder && h("button", { type: "button", className: "button", onclick: () => this.fileRest(group) },
      "File the rest", h("span", { className: "for-readers" }, ` in ${group.folder}`));
    const cell = h("div", { className: "group-head", role: "gridcell" },
      h("h2", {}, group.title), h("span", { className: "count" }, count(group.items.length + (group.more ?? 0), "video")), button || null);
    return h("div", { className: "grid-row", role: "row" }, cell);
  }

  #headOfSet(group) {
    const cell = h("div", { className: "group-head", role: "gridcell" }, h("h2", {}, group.title), h("span", { className: "count" }, "best first"),
      h("button", { type: "button", className: "button", onclick: () => this.noSet(group.setId) }, "Not duplicates"));
    return h("div", { className: "grid-row", role: "row" }, cell);
  }

  // Its name can be changed before the folder is made.
  #headOfNew(group) {
    const name = h("input", { className: "field group-name", value: group.folder, autocomplete: "off", spellcheck: false,
      maxlength: "120", "aria-label": "Name of the new folder" });
    name.addEventListener("input", () => this.rename(group, name.value));
    name.addEventListener("keydown", (event) => {
      if (event.isComposing || event.key !== "Enter") return;
      event.preventDefault();
      this.fileRest(group);
    });
    const number = group.more ? `${count(group.items.length, "video")} of ${figure(group.items.length + group.more)}` : count(group.items.length, "video");
    const cell = h("div", { className: "group-head is-new", role: "gridcell" }, name, h("span", { className: "count" }, number),
      h("button", { type: "button", className: "button", onclick: () => this.fileRest(group) }, "Make folder"));
    return h("div", { className: "grid-row", role: "row" }, cell);
  }

  // The tiles of these videos, of which the first has the place `from`.
  row(items, from, columns) {
    const element = h("div", { className: "grid-row", role: "row" }, ...items.map((item, place) => this.#tile(item, from + place)));
    element.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
    return element;
  }

  // `isChoice`: what is marked goes somewhere, rather than stays.
  paint(tile, item, { isMarked, isHere, isChoice, isStarred }) {
    tile.classList.toggle("is-marked", isMarked);
    tile.classList.toggle("is-choice", isChoice);
    tile.classList.toggle("is-at", isHere);
    tile.classList.toggle("has-star", isStarred);
    tile.setAttribute("aria-selected", String(isMarked));
    const mark = !isMarked ? "" : isChoice ? ", chosen" : ", marked as wrong";
    const guess = item.folder ? `in ${item.folder}` : item.predicted_folder ? guessOn(item) : "no guess";
    setRead(tile, "aria-label", `${isolated(item.filename)}, ${item.facts ? linesOf(item).join(" ") : guess}${isStarred ? ", with a star" : ""}${mark}`);
  }

  // A ring around what a folder's key would file, so that nobody has to guess.
  #showAim(item) {
    for (const tile of document.querySelectorAll("#vidsort .tile.is-aimed")) tile.classList.remove("is-aimed");
    if (item) document.getElementById(tileId(item))?.classList.add("is-aimed");
  }

  #tile(item, at) {
    const picture = h("img", { alt: "" });
    picture.addEventListener("error", () => (picture.hidden = true));
    this.pictures.want(picture, this.api.poster(item.filename));
    const tile = h("div", { className: "tile", role: "gridcell", id: tileId(item), dataset: { at } },
      picture, item.facts ? factsOf(item) : item.predicted_folder ? h("span", { className: "share" }, guessOn(item)) : null,
      h("span", { className: "star-mark", "aria-hidden": "true" }, "★"));
    tile.addEventListener("click", (event) => this.mark(at, event.shiftKey));
    tile.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && this.hover.play(tile, item));
    // What comes under a mouse that rests was not pointed at.
    tile.addEventListener("pointermove", (event) => event.pointerType === "mouse" && (event.movementX || event.movementY) && this.aim.point(item));
    tile.addEventListener("pointerleave", () => {
      this.hover.stop();
      this.aim.forget();
    });
    return tile;
  }
}

// What a tile says of its guess; among the finds, which are not grouped by it, which folder it is.
function guessOn({ predicted_folder: folder, confidence, folder: place }) {
  return place === undefined ? percent(confidence) : `${folder} ${percent(confidence)}`;
}

// What tells copies from one another: where each lies, its picture, length and size.
function linesOf({ folder, facts }) {
  return [folder ?? "unsorted", ...facts];
}

function factsOf(item) {
  return h("span", { className: "facts-of" }, ...linesOf(item).flatMap((line) => [h("span", {}, line), " "]));
}

// Without spaces, which would make it the ids of several.
export function tileId(item) {
  return `tile-${encodeURIComponent(placeOf(item))}`;
}
