// The part of the grid that scrolls: where each row is, and elements for those in sight alone.

import { h } from "./dom.js";
import { inSight, layOut, neighbour, tilesIn } from "./grid_rows.js";

const TILE_PX = 148;
const NARROW_TILE_PX = 100;
const NARROW_PX = 600;
const GAP_PX = 10;
const HEAD_PX = 56;
const MARGIN_PX = 600;
const EMPTY = { rows: [], height: 0, columns: 1, width: 0 };

export class GridView {
  #groups = [];
  #items = [];
  #plan = EMPTY;
  // By what tells whether a row is still the same: elements that stay are not made anew when more comes below.
  #shown = new Map();
  #ids = new WeakMap();
  #lastId = 0;
  #active = null;

  // `tiles` makes heads and rows; `paint(tile, at)` shows how a tile stands; `moved()` is told of scrolling and of room.
  constructor({ tiles, pictures, paint, moved }) {
    Object.assign(this, { tiles, pictures, paint, moved });
    this.space = h("div", { className: "grid-space" });
    this.scroll = h("div", { className: "grid-scroll", role: "grid", tabIndex: 0, "aria-multiselectable": "true" }, this.space);
    this.scroll.addEventListener("scroll", () => {
      this.draw();
      this.moved();
    }, { passive: true });
    // The keyboard of a phone that comes up takes height alone, and must not take the field that is typed in.
    new ResizeObserver(() => {
      if (!this.#plan.rows.length) return;
      if (this.#plan.width === this.space.clientWidth) this.draw();
      else this.arrange(this.#groups, this.#items);
      this.moved();
    }).observe(this.scroll);
  }

  arrange(groups, items) {
    this.#groups = groups;
    this.#items = items;
    const width = Math.max(1, this.space.clientWidth);
    const least = width < NARROW_PX ? NARROW_TILE_PX : TILE_PX;
    const columns = Math.max(2, Math.floor((width + GAP_PX) / (least + GAP_PX)));
    const tilePx = Math.round(((width - GAP_PX * (columns - 1)) / columns) * 1.5);
    this.#plan = { ...layOut(groups, { columns, headPx: HEAD_PX, tilePx, gapPx: GAP_PX }), width };
    this.space.style.height = `${this.#plan.height}px`;
    this.scroll.setAttribute("aria-rowcount", String(this.#plan.rows.length));
    this.draw();
  }

  clear() {
    this.#groups = [];
    this.#items = [];
    this.#plan = EMPTY;
    for (const element of this.#shown.values()) this.#discard(element);
    this.#shown.clear();
  }

  draw() {
    const { scrollTop, clientHeight } = this.scroll;
    const rows = inSight(this.#plan.rows, scrollTop - MARGIN_PX, scrollTop + clientHeight + MARGIN_PX);
    const wanted = new Map(rows.map((row) => [this.#keyOf(row), row]));
    for (const [key, element] of this.#shown) {
      if (wanted.has(key)) continue;
      this.#discard(element);
      this.#shown.delete(key);
    }
    // In order among those that are there, as a page is read aloud; what has its place is not moved, so that it keeps the focus.
    let next = this.space.firstElementChild;
    for (const [key, row] of wanted) {
      let element = this.#shown.get(key);
      if (!element) {
        element = row.kind === "head" ? this.tiles.head(row.group)
          : this.tiles.row(this.#items.slice(row.from, row.to), row.from, this.#plan.columns);
        this.#shown.set(key, element);
        this.space.insertBefore(element, next);
        this.#paintIn(element);
        this.#activate(key, element);
      } else if (element !== next) this.space.insertBefore(element, next);
      next = element.nextElementSibling;
      element.style.transform = `translateY(${row.top}px)`;
      element.style.height = `${row.height}px`;
    }
  }

  // How each tile stands, and which group one is in.
  repaint(active) {
    this.#active = this.#headKey(active);
    this.#paintIn(this.space);
    for (const [key, element] of this.#shown) this.#activate(key, element);
  }

  // Scrolls as far as it takes to see a tile.
  reveal(at) {
    const row = this.#plan.rows.find((each) => each.kind === "tiles" && each.from <= at && at < each.to);
    if (!row) return;
    const { scrollTop, clientHeight } = this.scroll;
    if (row.top < scrollTop + HEAD_PX) this.scroll.scrollTop = row.top - HEAD_PX;
    else if (row.top + row.height > scrollTop + clientHeight) this.scroll.scrollTop = row.top + row.height - clientHeight + GAP_PX;
    this.draw();
  }

  // The tile that a key leads to.
  from(at, key) {
    const page = Math.max(1, this.rowsInSight().length - 1);
    return neighbour(this.#plan.rows, at, key, page);
  }

  rowsInSight() {
    const { scrollTop, clientHeight } = this.scroll;
    return inSight(this.#plan.rows, scrollTop, scrollTop + clientHeight).filter((row) => row.kind === "tiles");
  }

  // The first tile below the upper edge.
  firstInSight() {
    const rows = this.rowsInSight();
    return (rows.find((row) => row.top >= this.scroll.scrollTop) ?? rows[0])?.from;
  }

  // Whether the end comes into sight soon.
  get isNearEnd() {
    const { scrollTop, clientHeight } = this.scroll;
    return scrollTop + 3 * clientHeight > this.#plan.height;
  }

  groupAt(at) {
    return this.#headOf(at)?.group;
  }

  // The group at this height of the space.
  groupAtHeight(y) {
    const row = this.#plan.rows.findLast((each) => each.top <= y);
    return row?.group;
  }

  // The tiles of a group that touch a rectangle of the space.
  within(rectangle, group) {
    const { rows, columns, width } = this.#plan;
    return tilesIn(rows.filter((row) => row.group === group), rectangle, { columns, width, gapPx: GAP_PX });
  }

  #headOf(at) {
    return this.#plan.rows.find((each) => each.kind === "head" && each.from <= at && at < each.to);
  }

  #keyOf(row) {
    if (row.kind === "head") return this.#headKey(row.group);
    return `${this.#plan.columns} ${row.height} ${row.from} ${this.#items.slice(row.from, row.to).map((item) => this.#idOf(item)).join(" ")}`;
  }

  #headKey(group) {
    return group ? `head ${this.#idOf(group)} ${group.items.length} ${group.more ?? 0}` : null;
  }

  #idOf(object) {
    if (!this.#ids.has(object)) this.#ids.set(object, (this.#lastId += 1));
    return this.#ids.get(object);
  }

  #activate(key, element) {
    element.firstElementChild?.classList.toggle("is-active", key === this.#active);
  }

  #paintIn(element) {
    for (const tile of element.querySelectorAll(".tile")) this.paint(tile, Number(tile.dataset.at));
  }

  #discard(element) {
    for (const picture of element.querySelectorAll("img")) this.pictures.drop(picture);
    element.remove();
  }
}
