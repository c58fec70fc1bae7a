// The grid: mark what is wrong, file all the rest of a group by one key. Only the rows in sight are elements.

import { count, figure, h, icon, setText } from "./dom.js";
import { groupByGuess, inSight, layOut, markRange, neighbour } from "./grid_rows.js";
import { Tiles, tileId } from "./grid_tiles.js";

const TILE_PX = 148;
const NARROW_TILE_PX = 100;
const NARROW_PX = 600;
const GAP_PX = 10;
const HEAD_PX = 56;
const MARGIN_PX = 600;
// Most that the server takes as one batch.
const MOST = 10_000;

export class Grid {
  // Makes groups of videos.
  #grouped = groupByGuess;
  #groups = [];
  #items = [];
  #plan = { rows: [], height: 0, columns: 1 };
  #shown = new Map();
  #marked = new Set();
  #at = 0;
  #anchor = 0;

  // `file(items, folder, isNew)` files them as one batch, in a folder that is made for them; `refile(items, folder)` those that lie in a folder already.
  constructor({ element, api, pictures, file, refile }) {
    Object.assign(this, { element, pictures, file, refile });
    this.title = h("p", { className: "grid-title", "aria-live": "polite" });
    this.space = h("div", { className: "grid-space" });
    this.scroll = h("div", { className: "grid-scroll", role: "grid", tabIndex: 0 }, this.space);
    const back = h("button", { type: "button", className: "button", dataset: { do: "single" } }, "One by one");
    // Without a keyboard the folders of the sheet take what is marked.
    const folders = h("button", { type: "button", className: "button only-phone", dataset: { do: "sheet" } }, "Folders");
    this.again = h("button", { type: "button", className: "button", hidden: true, dataset: { do: "regroup" } }, icon("retrain"), "New guesses: regroup");
    const groups = h("button", { type: "button", className: "button", dataset: { do: "groups" } }, "Groups");
    element.append(h("div", { className: "grid-head" }, this.title, this.again, folders, groups, back), this.scroll);
    this.tiles = new Tiles({ api, pictures, mark: (at, isRange) => this.#mark(at, isRange),
      fileRest: (group) => this.fileRest(group), rename: (group, name) => this.#rename(group, name) });
    this.scroll.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // The keyboard of a phone that comes up takes height alone, and must not take the field that is typed in.
    new ResizeObserver(() => this.#plan.rows.length && (this.#plan.width === this.space.clientWidth ? this.#draw() : this.#arrange())).observe(this.scroll);
  }

  // All videos of the pile by their guesses, or others as `grouped` puts them into groups.
  show(videos, grouped = groupByGuess, label = "Videos that were found") {
    this.#grouped = grouped;
    this.#groups = grouped(videos);
    this.#marked.clear();
    this.#at = 0;
    this.#anchor = 0;
    this.scroll.scrollTop = 0;
    this.scroll.ariaLabel = this.isPile ? "Videos by predicted folder" : label;
    this.#arrange();
    this.focus();
  }

  focus() {
    this.scroll.focus({ preventScroll: true });
  }

  // Nothing of it is on the screen.
  hide() {
    this.#groups = [];
    this.#items = [];
    this.#plan = { rows: [], height: 0, columns: 1 };
    this.#clear();
    this.offer(false);
  }

  // Whether it shows the pile, and not what was found.
  get isPile() {
    return this.#grouped === groupByGuess;
  }

  // Other guesses are there: whether the button that groups by them is shown.
  offer(isThere) {
    this.again.hidden = !isThere || !this.isPile;
  }

  // The pile as it is now, in groups by the guesses as they are now; marks and place stay.
  regroup(videos) {
    this.offer(false);
    this.#regroup(videos);
  }

  // Videos came back (undo) or went away (filed).
  putBack(items) {
    const known = new Set(this.#items.map((item) => item.filename));
    this.#regroup([...this.#items, ...items.filter((item) => !known.has(item.filename))]);
  }

  remove(items) {
    const gone = new Set(items.map((item) => item.filename));
    this.#regroup(this.#items.filter((item) => !gone.has(item.filename)));
  }

  // Videos lie in other folders now: by filename which, null for those that are to be sorted.
  refileShown(folders) {
    for (const filename of folders.keys()) this.#marked.delete(filename);
    this.#regroup(this.#items.map((item) => (folders.has(item.filename) ? { ...item, folder: folders.get(item.filename) } : item)));
  }

  // To the tile where an arrow key leads; `isRange` marks all on the way.
  turn(arrow, isRange) {
    this.#go(neighbour(this.#plan.rows, this.#at, arrow), isRange);
  }

  markHere(isRange) {
    this.#mark(this.#at, isRange);
  }

  fileRestHere() {
    this.fileRest(this.#group());
  }

  // A folder's key files what is marked in this group there, of what was found all but that; gives why nothing was filed.
  fileInto(folder) {
    const group = this.#group();
    if (!group) return "There is nothing to file.";
    const isHere = (item) => item.folder === folder;
    const items = group.items.filter((item) => this.#marked.has(item.filename) !== group.isWhole && !isHere(item)).slice(0, MOST);
    if (!items.length) return group.items.every(isHere) ? `These are in ${folder} already.` : `Nothing is marked: mark what goes into ${folder} first.`;
    if (group.isThere) this.refile(items, folder);
    else this.file(items, folder);
    return null;
  }

  // All of a group that is not marked goes where it is predicted to be.
  fileRest(group) {
    if (!group?.folder?.trim()) return;
    const items = this.#rest(group).slice(0, MOST);
    if (!items.length) return;
    this.file(items, group.folder.trim(), Boolean(group.isNew));
    if (group.isNew) this.focus();
  }

  #rename(group, name) {
    group.folder = name;
    group.title = name;
    this.#tell();
  }

  #rest(group) {
    return group.items.filter((item) => !this.#marked.has(item.filename));
  }

  #regroup(videos) {
    const was = this.#items[this.#at];
    this.#groups = this.#grouped(videos);
    const here = new Set(videos.map((video) => video.filename));
    for (const filename of this.#marked) if (!here.has(filename)) this.#marked.delete(filename);
    this.#items = this.#groups.flatMap((group) => group.items);
    this.#at = this.#placeOf(was);
    this.#anchor = this.#at;
    this.#arrange();
  }

  // Where a video is now; where it has gone, what is left of its group is next.
  #placeOf(item) {
    const same = this.#items.findIndex((each) => each.filename === item?.filename);
    if (same >= 0) return same;
    return Math.max(0, this.#items.findIndex((each) => each.predicted_folder === item?.predicted_folder && each.blind === item?.blind));
  }

  #arrange() {
    this.#items = this.#groups.flatMap((group) => group.items);
    const width = Math.max(1, this.space.clientWidth);
    const least = width < NARROW_PX ? NARROW_TILE_PX : TILE_PX;
    const columns = Math.max(2, Math.floor((width + GAP_PX) / (least + GAP_PX)));
    const tilePx = Math.round(((width - GAP_PX * (columns - 1)) / columns) * 1.5);
    this.#plan = { ...layOut(this.#groups, { columns, headPx: HEAD_PX, tilePx, gapPx: GAP_PX }), width };
    this.space.style.height = `${this.#plan.height}px`;
    this.scroll.setAttribute("aria-rowcount", String(this.#plan.rows.length));
    this.#clear();
    this.#draw();
    this.#tell();
  }

  #clear() {
    for (const element of this.#shown.values()) this.#discard(element);
    this.#shown.clear();
  }

  // Who scrolls away by wheel or finger means what is in sight then, above all with Enter.
  #scrolled() {
    this.#draw();
    const { scrollTop, clientHeight } = this.scroll;
    const rows = inSight(this.#plan.rows, scrollTop, scrollTop + clientHeight).filter((row) => row.kind === "tiles");
    if (!rows.length || rows.some((row) => row.from <= this.#at && this.#at < row.to)) return;
    this.#at = (rows.find((row) => row.top >= scrollTop) ?? rows[0]).from;
    this.#repaint();
  }

  #draw() {
    const { scrollTop, clientHeight } = this.scroll;
    const rows = inSight(this.#plan.rows, scrollTop - MARGIN_PX, scrollTop + clientHeight + MARGIN_PX);
    const wanted = new Set(rows);
    for (const [row, element] of this.#shown) {
      if (!wanted.has(row)) {
        this.#discard(element);
        this.#shown.delete(row);
      }
    }
    for (const row of rows) {
      if (this.#shown.has(row)) continue;
      const element = row.kind === "head" ? this.tiles.head(row.group)
        : this.tiles.row(this.#items.slice(row.from, row.to), row.from, this.#plan.columns);
      this.#paintIn(element);
      element.style.transform = `translateY(${row.top}px)`;
      element.style.height = `${row.height}px`;
      this.#shown.set(row, element);
      this.space.append(element);
    }
  }

  #discard(element) {
    for (const picture of element.querySelectorAll("img")) this.pictures.drop(picture);
    element.remove();
  }

  #repaint() {
    this.#paintIn(this.space);
    this.#tell();
  }

  #paintIn(element) {
    for (const tile of element.querySelectorAll(".tile")) {
      const at = Number(tile.dataset.at);
      this.tiles.paint(tile, this.#items[at], this.#marked.has(this.#items[at].filename), at === this.#at);
    }
  }

  #mark(at, isRange) {
    const item = this.#items[at];
    if (!item) return;
    if (isRange) markRange(this.#marked, this.#items, this.#anchor, at);
    else {
      if (!this.#marked.delete(item.filename)) this.#marked.add(item.filename);
      this.#anchor = at;
    }
    this.#at = at;
    this.#repaint();
  }

  #go(at, isRange) {
    this.#at = at;
    if (isRange) markRange(this.#marked, this.#items, this.#anchor, at);
    const row = this.#plan.rows.find((each) => each.kind === "tiles" && each.from <= at && at < each.to);
    if (row) {
      const { scrollTop, clientHeight } = this.scroll;
      if (row.top < scrollTop + HEAD_PX) this.scroll.scrollTop = row.top - HEAD_PX;
      else if (row.top + row.height > scrollTop + clientHeight) this.scroll.scrollTop = row.top + row.height - clientHeight + GAP_PX;
      this.#draw();
    }
    this.#repaint();
  }

  #group() {
    const row = this.#plan.rows.find((each) => each.kind === "head" && each.from <= this.#at && this.#at < each.to);
    return row?.group;
  }

  #tell() {
    const group = this.#group();
    const item = this.#items[this.#at];
    this.scroll.setAttribute("aria-activedescendant", item ? tileId(item) : "");
    for (const [row, element] of this.#shown) {
      if (row.kind === "head") element.firstElementChild.classList.toggle("is-active", row.group === group);
    }
    if (!group) {
      this.title.replaceChildren("Nothing left to sort here.");
      return;
    }
    const rest = this.#rest(group).length;
    const name = h("strong", {}, group.title);
    const said = h("span");
    setText(said, advice(group, rest));
    this.title.replaceChildren(name, said);
  }
}

// What can be done with a group, of which `rest` are not marked.
function advice(group, rest) {
  if (group.isThere) return "filed there: mark what belongs elsewhere, then choose a folder";
  if (group.isNew && rest) return `Enter makes this folder and files ${figure(rest)} there: mark what is to stay`;
  if (group.isWhole && !rest) return "all are marked, so all stay";
  if (group.isWhole) return `a folder's key files ${figure(Math.min(rest, MOST))} at once: mark what is to stay`;
  return group.folder ? fileAdvice(rest, group.items.length - rest) : "mark some, then choose a folder";
}

// What Enter does with a group; of more than a batch can hold the surest go first.
function fileAdvice(rest, marked) {
  const number = figure(Math.min(rest, MOST));
  return `Enter files ${rest > MOST ? `the surest ${number}` : number}${marked ? `, ${figure(marked)} marked stay` : ""}`;
}
