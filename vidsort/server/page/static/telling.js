// What the person sees and hears of each decision.

import { ACTIONS } from "./actions.js";
import { afterPaint, count, figure, isolated, percent } from "./dom.js";
import { describe, describeBack, telling } from "./history.js";
import { history } from "./sending.js";

// What `Decisions` tells, put into the parts of the page.
export function tellings(app) {
  return {
    decided: (action, isAgain) => decided(app, action, isAgain),
    undone: (action) => undone(app, action),
    saved: (action) => app.toasts.saved(action),
    rolledBack: (action) => app.toasts.remove(action),
    failed: (text) => app.fail(text),
    turned: (kind, moves) => void turned(app, kind, moves),
    told: (text) => {
      app.toasts.say(text);
      app.announcer.say(text);
    },
    folders: ({ folders, heirs }) => app.setFolders(folders, heirs),
    stale: () => void app.supply.refresh({ isStale: true }),
    changed: () => {
      app.render();
      void app.history.refresh();
    },
  };
}

function decided(app, action, isAgain = false) {
  const { items, folder, kind } = action;
  weigh(app, action, 1);
  app.render();
  if (app.view === "grid") app.grid.remove(items);
  afterPaint(() => {
    // Taken back before it could be told.
    if (!app.decisions.stands(action)) return;
    const [text, spoken] = isAgain ? wordsAgain(action) : words(action, app.left);
    if (folder) app.folderList.hit(folder);
    if (text) app.toasts.decided(action, text);
    app.announcer.say(`${spoken}. ${app.left} left. ${nextOne(app)}`);
  });
  app.pile.refreshSoon(() => app.render());
}

function undone(app, action) {
  const { items, folder, kind } = action;
  weigh(app, action, -1);
  app.toasts.remove(action);
  if (app.view === "grid") app.grid.putBack(items);
  app.render();
  // What the server alone can take back is told when it has.
  if (!items.length) return;
  const text = kind === "skip" ? "Skip taken back" : `${items.length > 1 ? `${count(items.length, "video")} taken` : "Taken"} back from ${folder}`;
  app.toasts.say(text);
  app.announcer.say(`${text}. ${app.left} left. ${nextOne(app)}`);
}

// Moves of another page or an earlier day were undone or done again: say what, and put what came back on show.
async function turned(app, kind, moves) {
  if (!moves.length) return;
  const told = telling(moves);
  const alike = moves.filter((move) => move.kind === told.kind);
  const text = kind === "undo" ? `Taken back: ${describeBack(told, alike.length)}` : `Done again: ${describe(told, alike.length)}`;
  app.toasts.say(text);
  app.announcer.say(text);
  if (told.kind === "sort") {
    const filenames = alike.map((move) => move.source);
    if (kind === "undo") await showAgain(app, filenames);
    else leave(app, filenames);
  }
  if (told.kind === "move") {
    const went = moves.map(({ source, target }) => (kind === "undo" ? [target, source] : [source, target]));
    const folder = (place) => (place.includes("/") ? place.split("/")[0] : null);
    if (app.view === "grid" && !app.grid.isPile) app.grid.refileShown(new Map(went.map(([from, to]) => [from, folder(to)])));
    if (app.misfiled.isOpen) app.misfiled.follow(new Map(went.map(([, to]) => [to.split("/").at(-1), folder(to)])));
  }
  await app.supply.refresh({ isStale: true });
}

// Videos that are in a folder again are no longer on show.
function leave(app, filenames) {
  for (const filename of filenames) app.queue.take(filename);
  if (app.view === "grid") app.grid.remove(filenames.map((filename) => ({ filename })));
  app.render();
}

// The card on show went into a folder by other hands: the next one is on show, and why.
export async function tellGone(app, { filename }) {
  let folder;
  let hands = "other hands";
  try {
    const move = (await history(app.api)).find((each) => each.source === filename && each.kind === "sort");
    folder = move?.state === "done" ? move.target.split("/")[0] : null;
    hands = move?.account ?? hands;
  } catch {
    folder = null; // it is gone all the same; where to is not known
  }
  const name = isolated(filename);
  const text = folder ? `${name} was filed in ${folder} by ${hands}` : `${name} is no longer in the pile`;
  app.toasts.say(text);
  app.announcer.say(`${text}. ${app.left} left. ${nextOne(app)}`);
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
  app.filed.set(folder, (app.filed.get(folder) ?? 0) + step * items.length);
  for (const item of items) app.agreement.count(item.predicted_folder, folder, step);
}

// What a toast says and what is spoken; `left` videos are in the pile.
function words({ kind, folder, items, makes }, left) {
  if (kind === "sort") return [`→ ${folder}`, `Filed in ${folder}`];
  if (makes) return [`${count(items.length, "video")} → new folder ${folder}`, `${count(items.length, "video")} filed in the new folder ${folder}`];
  if (kind === "batch") return [`${count(items.length, "video")} → ${folder}`, `${count(items.length, "video")} filed in ${folder}`];
  if (kind === "skip") return left > 1 ? [`Skipped: last of ${figure(left)}`, "Skipped"] : ["The only one left stays", "The only one left stays"];
  return [`New folder ${folder}`, `New folder ${folder}`];
}

function wordsAgain(action) {
  if (action.kind === "skip") return ["Skipped again", "Skipped again"];
  // What the server alone can do again is told when it has.
  return action.items.length ? words(action).map((text) => `Done again: ${text}`) : [null, "Doing it again"];
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
  if (item.blind) return "Next: a blind card";
  return item.predicted_folder ? `Next: ${item.predicted_folder}, ${percent(item.confidence)}` : "Next: no guess";
}
