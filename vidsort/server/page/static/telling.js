// What the person sees and hears of each decision.

import { afterPaint, count, percent } from "./dom.js";

// What `Decisions` tells, put into the parts of the page.
export function tellings(app) {
  return {
    decided: (action) => decided(app, action),
    undone: (action) => undone(app, action),
    saved: (action) => app.toasts.saved(action),
    rolledBack: (action) => app.toasts.remove(action),
    failed: (text) => app.fail(text),
    turned: (kind, moves) => void app.commands.showTurned(kind, moves),
    folders: (folders) => app.setFolders(folders),
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

function nextOne(app) {
  const item = app.queue.current;
  if (!item) return "";
  return item.predicted_folder ? `Next: ${item.predicted_folder}, ${percent(item.confidence)}` : "Next: no guess";
}
