// Where everything is in the grid, and which of it is in sight. Pure.

// [{folder, items}] by folder name, each surest first; videos without a guess come last (folder null).
export function groupByGuess(videos) {
  const groups = new Map();
  for (const video of videos) {
    const group = groups.get(video.predicted_folder);
    if (group) group.push(video);
    else groups.set(video.predicted_folder, [video]);
  }
  return [...groups]
    .map(([folder, items]) => ({ folder, items: items.sort((a, b) => b.confidence - a.confidence) }))
    .sort((a, b) => (a.folder === null) - (b.folder === null) || String(a.folder).localeCompare(String(b.folder)));
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

// Marks every tile from `anchor` to `at` as the anchor is, whichever comes first.
export function markRange(marked, items, anchor, at) {
  const isMarked = marked.has(items[anchor]?.filename);
  for (const item of items.slice(Math.min(anchor, at), Math.max(anchor, at) + 1)) {
    if (isMarked) marked.add(item.filename);
    else marked.delete(item.filename);
  }
}
