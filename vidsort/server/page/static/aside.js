// Folders that are not learned from: where what is thrown away goes, and the surplus of duplicates. Nothing is ever deleted.

import { form, openDialog } from "./dialog.js";
import { h } from "./dom.js";

export const TRASH = "trash";
const ABOUT = "vidsort sorts into it and takes back from it like any folder, but never learns from it, suggests it, or "
  + "deletes what is in it. It is written into vidsort.toml as not_learned.";

// What is said of such a folder before it is made.
export function aboutAside() {
  return h("p", { className: "form-note" }, ABOUT);
}

// Why no such folder can be made here, if so; `what` is it to be.
export function refusalOfAside(app, what) {
  return app.rights.refusal("admin", what) ?? app.library.reason_of_not_learned;
}

// Makes a folder where there is none of this name, and lets nothing be learned from it.
export async function setAside(app, folder) {
  if (!app.hasFolder(folder)) app.setFolders((await app.api.post("api/folders", { name: folder })).folders);
  const known = app.library.not_learned;
  if (!known.includes(folder)) app.library = await app.api.call("PUT", "api/library/not-learned", { folders: [...known, folder] });
}

// The video on show, or what is marked, goes to the trash, which is made when it is first wanted.
export function throwAway(app) {
  const isThere = app.hasFolder(TRASH) && app.library.not_learned.includes(TRASH);
  const refusal = refusalOfAside(app, "Making the trash");
  if (isThere) app.file(TRASH);
  else if (refusal) app.hint(refusal);
  else {
    openDialog("Make the trash", form({ fields: [h("p", {}, `The trash is a folder named ${TRASH}.`), aboutAside()], label: "Make it, and throw away",
      submit: async () => {
        await setAside(app, TRASH);
        app.file(TRASH);
      } }));
  }
}
