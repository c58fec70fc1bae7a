// Make, rename and merge folders.

import { form, openDialog, textField } from "./dialog.js";
import { count, h } from "./dom.js";
import { describe, telling } from "./history.js";

// `create(name)` makes it.
export function askNewFolder({ create }) {
  openDialog("New folder", form({
    fields: [textField("name", "Name", "", { required: "", placeholder: "cooking", maxlength: "120" })],
    label: "Make folder",
    submit: ({ name }) => create(name.trim()),
  }));
}

// What can be done with a folder of the page.
export function editFolder(app, name) {
  const folder = app.shownFolders().find((each) => each.name === name);
  // It went a moment ago, and its row goes with the next frame.
  if (!folder) return;
  openTools({
    folder,
    look: () => app.commands.lookInto(name),
    others: app.folders.map((each) => each.name).filter((each) => each !== name),
    rename: (from, to) => change(app, `api/folders/${encodeURIComponent(from)}`, "PATCH", { name: to }),
    merge: (from, into) => change(app, `api/folders/${encodeURIComponent(from)}/merge`, "POST", { into }),
    remove: (from) => change(app, `api/folders/${encodeURIComponent(from)}`, "DELETE"),
  });
}

export async function makeFolders(app, names) {
  for (const name of names) app.setFolders((await app.api.post("api/folders", { name })).folders);
  app.render();
}

// Folders are changed by the server alone, after all that was decided before.
async function change(app, path, method, body) {
  await app.outbox.settled();
  const answer = await app.api.call(method, path, body);
  app.decisions.note(answer.moves[0]?.batch);
  // A folder that stays, because it holds more than videos, is told with what was done.
  const told = [describe(telling(answer.moves), answer.moves.length), ...answer.told].join(". ");
  app.toasts.say(told);
  app.announcer.say(told);
  app.setFolders(answer.folders, answer.heirs);
  // Not waited for: until this returns the dialog is open and keys are typed into it.
  void app.supply.refresh();
}

// `look()` shows what lies in it; `rename(from, to)`, `merge(from, into)` and `remove(from)` raise where the server refuses.
function openTools({ folder, others, look, rename, merge, remove }) {
  const inside = h("button", { type: "button", className: "button", onclick: () => {
    dialog.close();
    look();
  } }, "Look into it");
  const renaming = form({
    fields: [textField("name", "Name", folder.name, { required: "", maxlength: "120" })],
    label: "Rename",
    submit: ({ name }) => (name.trim() === folder.name ? undefined : rename(folder.name, name.trim())),
  });
  const choice = h("select", { className: "field", name: "into" }, ...others.map((name) => h("option", { value: name }, name)));
  const merging = form({
    fields: [
      h("label", {}, "Merge into", choice),
      h("p", { className: "form-note" }, `Moves ${count(folder.count, "video")} there and removes this folder. Undo brings it back.`),
    ],
    label: "Merge",
    submit: ({ into }) => merge(folder.name, into),
  });
  const removing = form({
    fields: [h("p", { className: "form-note" }, "There is no video in it. Undo brings it back.")],
    label: "Remove the empty folder",
    submit: () => remove(folder.name),
  });
  const last = folder.count ? others.length && merging : removing;
  const dialog = openDialog(folder.name, h("div", { className: "form" }, inside, h("hr"), renaming, ...(last ? [h("hr"), last] : [])));
}
