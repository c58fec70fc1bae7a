// What the person sees and hears of each decision.

import { ACTIONS } from "./actions.js";
import { afterPaint, count, percent } from "./dom.js";
import { describe } from "./history.js";

// What `Decisions` tells, put into the parts of the page.
export function tellings(app) {
  return {
    decided: (action) => decided(app, action),
    undone: (action) => undone(app, action),
    saved: (action) => app.toasts.saved(action),
    rolledBack: (action) => app.toasts.remove(action),
    failed: (text) => app.fail(text),
    turned: (kind, moves) => void turned(app, kind, moves),
    folders: ({ folders, heirs }) => app.setFolders(folders, heirs),
    stale: () => void app.supply.refresh({ isStale: true }),
    changed: () => {
      app.render();
      void app.history.refresh();
    },
  };
}

function decided(app, action) {
  const { items, folder, kind } = action;
  weigh(app, action, 1);
  app.render();
  if (kind === "batch") app.grid.remove(items);
  afterPaint(() => {
    // Taken back before it could be told.
    if (!app.decisions.stands(action)) return;
    const [text, spoken] = words(action);
    if (folder) app.folderList.hit(folder);
    if (text) app.toasts.decided(action, text);
    app.announcer.say(`${spoken}. ${app.left} left. ${nextOne(app)}`);
  });
  app.pile.refreshSoon(() => app.render());
}

function undone(app, action) {
  const { items, folder } = action;
  weigh(app, action, -1);
  app.toasts.remove(action);
  if (app.view === "grid") app.grid.putBack(items);
  app.render();
  app.announcer.say(`Taken back${folder ? ` from ${folder}` : ""}. ${app.left} left. ${nextOne(app)}`);
}

// Moves of another page or an earlier day were undone or done again: say what, and put what came back on show.
async function turned(app, kind, moves) {
  if (!moves.length) return;
  // Undo tells the newest first, and of a merge that is the removal of the folder.
  const told = moves.find((move) => move.kind !== "remove") ?? moves[0];
  const text = `${kind === "undo" ? "Taken back" : "Done again"}: ${describe(told, moves.length)}`;
  app.toasts.say(text);
  app.announcer.say(text);
  if (kind === "undo" && told.kind === "sort") await showAgain(app, moves.map((move) => move.source));
  await app.supply.refresh({ isStale: true });
}

// Videos that came back: the first of them on show, all of them in the grid.
async function showAgain(app, filenames) {
  const isGrid = app.view === "grid";
  let items;
  try {
    items = await app.supply.find(isGrid ? filenames : filenames.slice(0, 1));
  } catch {
    return; // they have come back all the same, and the next refresh of the queue shows them
  }
  const pending = app.decisions.pending();
  items = items.filter((item) => !pending.has(item.filename));
  if (items.length) app.queue.putBack(items[0], { show: true });
  if (isGrid) app.grid.putBack(items);
}

// Counts a decision, or takes it out again.
function weigh(app, { items, folder, kind }, step) {
  if (kind !== "sort" && kind !== "batch") return;
  app.session = Math.max(0, app.session + step * items.length);
  for (const item of items) app.agreement.count(item.predicted_folder, folder, step);
}

// What a toast says and what is spoken.
function words({ kind, folder, items }) {
  if (kind === "sort") return [`→ ${folder}`, `Filed in ${folder}`];
  if (kind === "batch") return [`${count(items.length, "video")} → ${folder}`, `${count(items.length, "video")} filed in ${folder}`];
  if (kind === "skip") return ["Skipped: comes last", "Skipped"];
  if (kind === "create") return [`New folder ${folder}`, `New folder ${folder}`];
  return [null, "Done again"];
}

// What is said of a key that means nothing. Pure.
export function unbound(key, helpKey) {
  return `${key} has no folder and no command: ${helpKey} shows all keys.`;
}

// What is said of an action that means nothing in this view. Pure.
export function nothingHere(action, view, gridKey) {
  const { label, where } = ACTIONS[action];
  if (view === "grid") return `${label} is for one video at a time: ${gridKey} leaves the grid.`;
  return where.includes("single") ? `${label} has to wait: there is no video on show.` : `${label} is for the grid: ${gridKey} opens it.`;
}

function nextOne(app) {
  const item = app.queue.current;
  if (!item) return "";
  return item.predicted_folder ? `Next: ${item.predicted_folder}, ${percent(item.confidence)}` : "Next: no guess";
}
