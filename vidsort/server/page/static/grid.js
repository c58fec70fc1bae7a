// The grid: mark what is wrong and file all the rest of a group by one key, or choose some and say where they go.

import { MOST, isChoice, whatGoes } from "./grid_advice.js";
import { listenForBand } from "./grid_band.js";
import { GridHead } from "./grid_head.js";
import { areTogether, groupByGuess } from "./grid_rows.js";
import { Selection, placeOf } from "./grid_selection.js";
import { Tiles, tileId } from "./grid_tiles.js";
import { GridView } from "./grid_view.js";

// What it shows: `grouped` makes groups of videos, `label` says what they are. `isPile`: those that are to be sorted, by
// the guesses; `folder`: what lies in one. `orders`, `order` and `reorder(order)` where there are several; `pages` where
// not all are here yet.
const PILE = { grouped: groupByGuess, label: "Videos by predicted folder", isPile: true };

export class Grid {
  #what = PILE;
  // All that was given, of which the groups have what is to be seen.
  #all = [];
  #groups = [];
  #items = [];
  #chosen = new Selection();
  #before = null;
  #least = 0;
  #loading = null;

  // `file(items, folder, isNew)` files them as one batch, in a folder that is made for them; `refile(items, folder)` those
  // that lie in a folder already (null: back to the pile).
  constructor({ element, api, pictures, file, refile, failed, isStarred }) {
    Object.assign(this, { element, file, refile, failed });
    this.tiles = new Tiles({ api, pictures, mark: (at, isRange) => this.#mark(at, isRange), aim: this.#chosen.aim, isPile: () => this.isPile,
      fileRest: (group) => this.fileRest(group), rename: (group, name) => {
        Object.assign(group, { folder: name, title: name });
        this.#tell();
      }, noSet: (id) => this.#what.noSet(id) });
    this.view = new GridView({ tiles: this.tiles, pictures, moved: () => this.#moved(),
      paint: (tile, at) => this.tiles.paint(tile, this.#items[at], { isMarked: this.#chosen.has(this.#items[at]),
        isHere: at === this.#chosen.at, isChoice: isChoice(this.view.groupAt(at)), isStarred: isStarred(this.#items[at].filename) }) });
    this.scroll = this.view.scroll;
    this.head = new GridHead({ reorder: (order) => this.#what.reorder(order), least: (share) => this.#regroup(this.#all, share) });
    element.append(this.head.element, this.scroll);
    listenForBand({ scroll: this.scroll, space: this.view.space, begins: (point) => this.#beginBand(point),
      touches: (rectangle) => this.#band(rectangle), ends: () => this.focus() });
  }

  // All videos of the pile by their guesses, or others.
  show(videos, what = PILE) {
    [this.#what, this.#all, this.#least] = [what, videos, 0];
    this.#chosen.clear();
    this.#chosen.band(new Set(), what.marked ?? []);
    this.scroll.scrollTop = 0;
    this.scroll.ariaLabel = what.label;
    this.head.show(what);
    this.#arrange();
    this.focus();
  }

  repaint() {
    this.view.repaint(this.#group());
  }

  focus() {
    this.scroll.focus({ preventScroll: true });
  }

  // Nothing of it is on the screen.
  hide() {
    [this.#all, this.#groups, this.#items] = [[], [], []];
    this.#what = PILE;
    this.view.clear();
    this.offer(false);
  }

  // Whether it shows the pile, and not what was found.
  get isPile() {
    return this.#what.isPile === true;
  }

  // The video of the tile where one is.
  get here() {
    return this.#items[this.#chosen.at];
  }

  // The folder that it shows, if it is one.
  get folder() {
    return this.#what.folder;
  }

  get order() {
    return this.#what.order;
  }

  // Other guesses are there: whether the button that groups by them is shown.
  offer(isThere) {
    this.head.again.hidden = !isThere || !this.isPile;
  }

  // The pile as it is now, in groups by the guesses as they are now; marks and place stay.
  regroup(videos) {
    this.offer(false);
    this.#regroup(videos);
  }

  // Videos came back to the pile (undo) or went away (filed).
  putBack(items) {
    const back = new Map(items.map((item) => [item.filename, item]));
    const known = this.#all.map((item) => (item.folder && back.has(item.filename) ? { ...item, folder: null } : item));
    for (const item of known) back.delete(item.filename);
    this.#regroup([...known, ...(this.folder ? [] : back.values())]);
  }

  remove(items) {
    const gone = new Set(items.map((item) => item.filename));
    this.#regroup(this.#all.filter((item) => !gone.has(item.filename)));
  }

  // Videos lie in other folders now: by the place where each was which, null for those that are to be sorted.
  refileShown(folders) {
    const known = new Set(this.#all.map(placeOf));
    const isBack = this.folder && [...folders].some(([place, to]) => to === this.folder && !known.has(place));
    if (isBack) this.#what.reorder(this.order);
    for (const place of folders.keys()) this.#chosen.marked.delete(place);
    this.#regroup(this.#all.map((item) => (folders.has(placeOf(item)) ? { ...item, folder: folders.get(placeOf(item)) } : item)));
  }

  // The set of duplicates that one is in, if they are shown; and of all of them what is marked as surplus.
  get setHere() {
    return this.#group()?.setId;
  }

  get surplus() {
    return this.#groups.filter((group) => group.setId).flatMap((group) => group.items.filter((item) => this.#chosen.has(item)));
  }

  // To the tile where a key leads; `isRange` marks all on the way.
  turn(key, isRange) {
    const to = this.view.from(this.#chosen.at, key);
    this.#chosen.turn(this.#items, to, isRange);
    this.view.reveal(to);
    this.#tell();
    this.#loadWhereNear();
  }

  markHere(isRange) {
    this.#mark(this.#chosen.at, isRange);
  }

  // All of the group, also what is not here yet.
  async chooseAll() {
    while (this.#what.pages?.hasMore && this.#all.length < MOST && (await this.#loadMore())) continue;
    const group = this.#group();
    if (group) this.#chosen.all(group.items.slice(0, MOST));
    this.#tell();
  }

  // Gives why nothing was filed.
  fileRestHere() {
    const group = this.#group();
    if (group && !group.folder) return "There is no guess that all of these share: mark some, then choose a folder.";
    this.fileRest(group);
    return null;
  }

  // A folder's key files what is marked in this group there, or what is aimed at, of what was found all but what is marked;
  // null puts what is filed back into the pile. Gives why nothing was filed.
  fileInto(folder) {
    const group = this.#group();
    const { items, refusal } = whatGoes(group, (item) => this.#chosen.has(item), folder, this.#chosen.aim.at(this.here));
    if (items) (group.isThere ? this.refile : this.file)(items, folder);
    return refusal ?? null;
  }

  // What is marked of this group, or the tile where one is, as far as it lies in a folder.
  filedHere() {
    const group = this.#group();
    if (!group?.isThere) return [];
    const marked = group.items.filter((item) => this.#chosen.has(item));
    return marked.length ? marked : [this.here];
  }

  // Of every group of the pile that has a guess what is not marked.
  get restOfAll() {
    return this.isPile ? this.#groups.filter((group) => group.folder).flatMap((group) => this.#rest(group)).slice(0, MOST) : [];
  }

  // All of a group that is not marked goes where it is predicted to be.
  fileRest(group) {
    if (!group?.folder?.trim()) return;
    const items = this.#rest(group).slice(0, MOST);
    if (!items.length) return;
    this.file(items, group.folder.trim(), Boolean(group.isNew));
    if (group.isNew) this.focus();
  }

  #rest(group) {
    return group.items.filter((item) => !this.#chosen.has(item));
  }

  #regroup(videos, least = this.#least) {
    const was = this.here;
    [this.#all, this.#least] = [videos, least];
    this.#arrange(was);
  }

  #arrange(was = null) {
    this.#makeGroups();
    this.#chosen.keep(this.#items, was ? this.#placeOf(was) : 0);
    this.view.arrange(this.#groups, this.#items);
    this.#tell();
    this.#loadWhereNear();
  }

  #makeGroups() {
    const seen = this.#least ? this.#all.filter((item) => item.confidence >= this.#least) : this.#all;
    // How many of the rest are as sure is not known.
    this.#groups = this.#what.grouped(seen, this.#least ? 0 : this.#what.pages?.rest);
    this.#items = this.#groups.flatMap((group) => group.items);
  }

  // Where a video is now; where it has gone, what stands in its place, as far as that is of its group, or what is left of it.
  #placeOf(item) {
    const same = this.#items.findIndex((each) => each.filename === item.filename && each.folder === item.folder);
    if (same >= 0) return same;
    if (this.isPile && areTogether(this.#items[this.#chosen.at], item)) return this.#chosen.at;
    if (this.#groups.length === 1) return Math.max(0, Math.min(this.#chosen.at, this.#items.length - 1));
    return Math.max(0, this.#items.findIndex((each) => areTogether(each, item)));
  }

  // Who scrolls away by wheel or finger means what is in sight then, above all with Enter.
  #moved() {
    this.#chosen.aim.forget();
    this.#loadWhereNear();
    const { at } = this.#chosen;
    const rows = this.view.rowsInSight();
    if (!rows.length || rows.some((row) => row.from <= at && at < row.to)) return;
    this.#chosen.go(this.view.firstInSight());
    this.#chosen.aim.clear();
    this.#tell();
  }

  #loadWhereNear() {
    if (this.#what.pages?.hasMore && this.view.isNearEnd) void this.#loadMore();
  }

  // The next page, behind what is here; gives whether it came.
  #loadMore() {
    this.#loading ??= this.#append(this.#what.pages).finally(() => (this.#loading = null)).then((came) => {
      if (came) this.#loadWhereNear();
      return came;
    });
    return this.#loading;
  }

  async #append(pages) {
    const videos = await pages.next().catch((error) => this.failed(error.message));
    if (!videos || this.#what.pages !== pages) return false;
    const known = new Set(this.#all.map((item) => item.filename));
    this.#all = [...this.#all, ...videos.filter((video) => !known.has(video.filename))];
    const was = this.here;
    this.#makeGroups();
    // What keeps its place does so, too, for a range that is being marked.
    if (was && this.here !== was) this.#chosen.keep(this.#items, this.#placeOf(was));
    this.view.arrange(this.#groups, this.#items);
    this.#tell();
    return true;
  }

  #mark(at, isRange) {
    if (isRange) this.#chosen.reach(this.#items, at);
    else this.#chosen.toggle(this.#items, at);
    this.#tell();
  }

  // A band marks within the group in which it begins.
  #beginBand(point) {
    this.#before = { marked: new Set(this.#chosen.marked), group: this.view.groupAtHeight(point.y) };
  }

  #band(rectangle) {
    const { marked, group } = this.#before;
    const touched = this.view.within(rectangle, group);
    this.#chosen.band(marked, touched.map((at) => this.#items[at]));
    if (touched.length) this.#chosen.go(touched.at(-1));
    this.#tell();
  }

  #group() {
    return this.view.groupAt(this.#chosen.at);
  }

  #tell() {
    const group = this.#group();
    const item = this.here;
    this.repaint();
    this.scroll.setAttribute("aria-activedescendant", item ? tileId(item) : "");
    const empty = this.#least ? `No guess is as sure as ${Math.round(this.#least * 100)}%.` : this.#what.empty ?? "Nothing left to sort here.";
    this.head.tell(group, group ? this.#rest(group).length : 0, empty);
  }
}
