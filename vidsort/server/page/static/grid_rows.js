// Where everything is in the grid, and which of it is in sight. Pure.

import { BLIND_TITLE } from "./blind.js";

// A group is {title, folder, items}: `folder` is where its rest goes by one key, null where that is not known.
// `isWhole`: a folder's key files all of it but what is marked; `isThere`: it is filed already; `isNew`: its folder is
// still to be made, and of the `size` videos that belong to it not all may be here.

// By predicted folder, each surest first; videos without a guess come last, and those that do not show theirs after them.
export function groupByGuess(videos) {
  const groups = new Map();
  const blind = [];
  for (const video of videos) {
    const group = groups.get(video.predicted_folder);
    if (video.blind) blind.push(video);
    else if (group) group.push(video);
    else groups.set(video.predicted_folder, [video]);
  }
  const guessed = [...groups]
    .map(([folder, items]) => ({ title: folder ?? "No guess yet", folder, isWhole: false, items: items.sort((a, b) => b.confidence - a.confidence) }))
    .sort((a, b) => (a.folder === null) - (b.folder === null) || String(a.folder).localeCompare(String(b.folder)));
  return blind.length ? [...guessed, { title: BLIND_TITLE, folder: null, isWhole: false, items: blind }] : guessed;
}

// Whether these are of one group so.
export function areTogether(one, other) {
  return one?.predicted_folder === other.predicted_folder && one?.blind === other.blind;
}

// The pile in an order of the queue, as it was listed; a blind card would tell its guess by its place, and comes last.
export function groupInOrder(title) {
  return (videos, more = 0) => {
    const seen = videos.filter((video) => !video.blind);
    const blind = videos.filter((video) => video.blind);
    return [
      ...(seen.length ? [{ title, folder: null, isWhole: false, items: seen, more }] : []),
      ...(blind.length ? [{ title: BLIND_TITLE, folder: null, isWhole: false, items: blind }] : []),
    ];
  };
}

// What lies in a folder, as it was listed; `more` of it are not here yet.
export function groupFolder(name) {
  return (videos, more = 0) => {
    const items = videos.filter((video) => video.folder === name);
    return items.length ? [{ title: name, folder: null, isWhole: false, isThere: true, items, more }] : [];
  };
}

// What was found, in the order in which it was: what is still to be sorted under this title, then what lies in folders.
export function groupFound(title) {
  return (videos) => {
    const filed = new Map();
    for (const video of videos) if (video.folder) filed.set(video.folder, [...(filed.get(video.folder) ?? []), video]);
    const unsorted = videos.filter((video) => !video.folder);
    return [
      ...(unsorted.length ? [{ title, folder: null, isWhole: true, items: unsorted }] : []),
      ...[...filed].map(([name, items]) => ({ title: `In ${name}`, folder: null, isWhole: false, isThere: true, items })),
    ];
  };
}

// Groups that could be folders, as they were proposed: what is filed leaves them, what comes back is in its own again, and
// a name that was typed stays.
export function groupProposed(proposals) {
  const groups = proposals.map(({ name, size, videos }) => ({ title: name, folder: name, isNew: true, isWhole: true,
    more: size - videos.length, names: new Set(videos.map((video) => video.filename)), items: [] }));
  return (videos) => {
    for (const group of groups) group.items = videos.filter((video) => !video.folder && group.names.has(video.filename));
    return groups.filter((group) => group.items.length);
  };
}

// Sets of videos that are one, each the best first: what was put aside (`isAside(folder)`) leaves its set, and a set of which
// one is left, or that was said to be none (`isNone(id)`), is none.
export function groupSets(sets, isAside, isNone) {
  return (videos) => sets.filter(({ id }) => !isNone(id))
    .map(({ id }) => ({ id, items: videos.filter((video) => video.setId === id && !isAside(video.folder)) }))
    .filter(({ items }) => items.length > 1)
    .map(({ id, items }) => ({ title: `${items.length} of one video`, folder: null, isWhole: false, isThere: true, setId: id, items }));
}

// Rows from top to bottom: a head for each group, then its tiles; `from` and `to` count tiles over all groups.
export function layOut(groups, { columns, headPx, tilePx, gapPx }) {
  const rows = [];
  let top = 0;
  let first = 0;
  for (const group of groups) {
    rows.push({ kind: "head", group, top, height: headPx, from: first, to: first + group.items.length });
    top += headPx + gapPx;
    for (let at = 0; at < group.items.length; at += columns) {
      const from = first + at;
      rows.push({ kind: "tiles", group, top, height: tilePx, from, to: first + Math.min(at + columns, group.items.length) });
      top += tilePx + gapPx;
    }
    first += group.items.length;
  }
  return { rows, height: top, columns };
}

// The rows that touch [top, bottom], found by halving.
export function inSight(rows, top, bottom) {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].top + rows[middle].height < top) low = middle + 1;
    else high = middle;
  }
  const shown = [];
  for (let at = low; at < rows.length && rows[at].top <= bottom; at += 1) shown.push(rows[at]);
  return shown;
}

// The tile that a key leads to; up and down keep to the column where the row has one, and a page is so many rows.
export function neighbour(rows, at, key, page = 1) {
  const tiles = rows.filter((row) => row.kind === "tiles");
  const last = tiles.at(-1)?.to ?? 0;
  if (key === "ArrowLeft" || key === "Home") return key === "Home" ? 0 : Math.max(0, at - 1);
  if (key === "ArrowRight" || key === "End") return Math.max(0, key === "End" ? last - 1 : Math.min(last - 1, at + 1));
  const row = tiles.findIndex((each) => each.from <= at && at < each.to);
  if (row < 0) return at;
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page }[key];
  const next = tiles[Math.max(0, Math.min(tiles.length - 1, row + step))];
  return next === tiles[row] ? at : Math.min(next.to - 1, next.from + at - tiles[row].from);
}

// The tiles, by their places, that touch a rectangle.
export function tilesIn(rows, { left, top, right, bottom }, { columns, width, gapPx }) {
  const tilePx = (width - gapPx * (columns - 1)) / columns;
  const touched = [];
  for (const row of rows) {
    if (row.kind !== "tiles" || row.top > bottom || row.top + row.height < top) continue;
    for (let at = row.from; at < row.to; at += 1) {
      const start = (at - row.from) * (tilePx + gapPx);
      if (start <= right && start + tilePx >= left) touched.push(at);
    }
  }
  return touched;
}
