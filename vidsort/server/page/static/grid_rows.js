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

// The tile that an arrow key leads to; up and down keep to the column where the row has one.
export function neighbour(rows, at, key) {
  const tiles = rows.filter((row) => row.kind === "tiles");
  const last = tiles.at(-1)?.to ?? 0;
  if (key === "ArrowLeft") return Math.max(0, at - 1);
  if (key === "ArrowRight") return Math.min(last - 1, at + 1);
  const row = tiles.findIndex((each) => each.from <= at && at < each.to);
  const next = tiles[row + (key === "ArrowDown" ? 1 : -1)];
  return next ? Math.min(next.to - 1, next.from + at - tiles[row].from) : at;
}

// Marks every tile that is still to be sorted from `anchor` to `at` as the anchor is, whichever comes first.
export function markRange(marked, items, anchor, at) {
  const isMarked = marked.has(items[anchor]?.filename);
  for (const item of items.slice(Math.min(anchor, at), Math.max(anchor, at) + 1)) {
    if (item.folder) continue;
    if (isMarked) marked.add(item.filename);
    else marked.delete(item.filename);
  }
}
