// Files all groups of the grid at once, each where it is predicted to be: one action, which one undo takes back.

import { count, isolated } from "./dom.js";

export async function fileEvery(app) {
  const { api, decisions, toasts, announcer, grid } = app;
  const items = grid.restOfAll;
  if (!items.length) {
    app.hint("There is no group with a guess here: mark some, then choose a folder.");
    return;
  }
  // Away at once, so that a second press files nothing twice.
  const moves = items.map(({ filename, predicted_folder: folder }) => ({ filename, folder }));
  for (const { filename } of items) app.queue.take(filename);
  grid.remove(items);
  try {
    // What is on its way was decided before, and would be taken back after this.
    await app.outbox.settled();
    const { batch, folders, outcomes } = await api.post("api/sort/batch", { moves });
    app.setFolders(folders);
    const stayed = outcomes.filter((outcome) => !outcome.success);
    const back = new Set(stayed.filter((outcome) => outcome.status !== 404).map((outcome) => outcome.filename));
    grid.putBack(items.filter((item) => back.has(item.filename)));
    if (batch) {
      const action = decisions.note(batch);
      const filed = outcomes.filter((outcome) => outcome.success);
      const text = `${count(filed.length, "video")} → ${count(new Set(filed.map(({ folder }) => folder)).size, "folder")}`;
      toasts.offer(text, "Undo", () => decisions.undoOne(action));
      announcer.say(`${text}. ${app.left} left.`);
    }
    if (stayed.length) app.fail(`${isolated(stayed[0].filename)}${stayed.length > 1 ? ` and ${stayed.length - 1} more stay` : " stays"}: ${stayed[0].detail}`);
  } catch (error) {
    grid.putBack(items);
    app.fail(`Whether these were filed is not known: ${error.message}`);
  }
  app.render();
  void app.supply.refresh({ isStale: true });
}
