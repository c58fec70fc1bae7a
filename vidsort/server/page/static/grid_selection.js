// Which tiles are marked, and on which of them one is. Pure.

import { Aim } from "./grid_aim.js";

// Where a video lies in the library: two folders may each have one of the same name.
export function placeOf({ folder, filename }) {
  return folder ? `${folder}/${filename}` : filename;
}

export class Selection {
  // By their places.
  marked = new Set();
  at = 0;
  // Where nothing is marked.
  aim = new Aim();
  // From where a range goes: the tile that was marked last, or where one was when Shift went down.
  #anchor = null;
  // What was marked before the range that grows and shrinks now; null: there is none.
  #before = null;

  clear() {
    this.marked.clear();
    this.aim.clear();
    this.go(0);
    this.#anchor = null;
  }

  has(item) {
    return this.marked.has(placeOf(item));
  }

  go(at) {
    this.at = at;
    this.#before = null;
  }

  // Where a key leads; `isRange` marks all on the way.
  turn(items, to, isRange) {
    this.aim.lead();
    if (isRange) this.walk(items, to);
    else this.go(to);
  }

  // Marks a tile, or takes its mark away.
  toggle(items, at) {
    const item = items[at];
    if (!item) return;
    if (!this.marked.delete(placeOf(item))) this.marked.add(placeOf(item));
    this.go(at);
    this.#anchor = at;
  }

  // All from the tile that was marked last up to this one, as that is; where none was, from where one is.
  reach(items, to) {
    if (this.#anchor === null) this.#beginAt(items, this.at);
    this.#stretch(items, to);
  }

  // The same step by step from where one is: what is passed is marked, what one comes back from is as it was before.
  walk(items, to) {
    if (!this.#before && this.#anchor !== this.at) this.#beginAt(items, this.at);
    this.#stretch(items, to);
  }

  // All of these, or none where all are marked.
  all(items) {
    const areAll = items.every((item) => this.has(item));
    for (const item of items) if (areAll) this.marked.delete(placeOf(item));
      else this.marked.add(placeOf(item));
    this.#before = null;
  }

  // These beside what was marked before the band was drawn.
  band(before, items) {
    this.marked = new Set(before);
    for (const item of items) this.marked.add(placeOf(item));
    this.#before = null;
  }

  // Others are shown, and one is here: what is marked among them stays so.
  keep(items, at) {
    const here = new Set(items.map(placeOf));
    for (const place of this.marked) if (!here.has(place)) this.marked.delete(place);
    this.aim.forget();
    this.go(at);
    this.#anchor = null;
  }

  // A range that begins at a tile which nobody has marked yet marks it.
  #beginAt(items, at) {
    this.#anchor = at;
    this.#before = null;
    if (items[at]) this.marked.add(placeOf(items[at]));
  }

  // What is filed and what is not are never marked along with one another: they go different ways.
  #stretch(items, to) {
    const first = items[this.#anchor];
    this.#before ??= new Set(this.marked);
    this.marked = new Set(this.#before);
    const isOn = first && this.#before.has(placeOf(first));
    for (const item of items.slice(Math.min(this.#anchor, to), Math.max(this.#anchor, to) + 1)) {
      if (Boolean(item.folder) !== Boolean(first?.folder)) continue;
      if (isOn) this.marked.add(placeOf(item));
      else this.marked.delete(placeOf(item));
    }
    this.at = to;
  }
}
