// Make, rename and merge folders.

import { form, openDialog, textField } from "./dialog.js";
import { count, h } from "./dom.js";

// `create(name)` makes it.
export function askNewFolder({ create }) {
  openDialog("New folder", form({
    fields: [textField("name", "Name", "", { required: "", placeholder: "cooking", maxlength: "120" })],
    label: "Make folder",
    submit: ({ name }) => create(name.trim()),
  }));
}

// `rename(from, to)` and `merge(from, into)` raise where the server refuses.
export function editFolder({ folder, others, rename, merge }) {
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
  openDialog(folder.name, h("div", { className: "form" }, renaming, ...(others.length ? [h("hr"), merging] : [])));
}
