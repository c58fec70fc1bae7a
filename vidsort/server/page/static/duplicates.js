// Videos that are copies or edits of one another, set by set, with all but the best marked as surplus. What is marked goes to a
// folder that is not learned from; nothing is ever deleted.

import { aboutAside, refusalOfAside, setAside } from "./aside.js";
import { form, openDialog, textField } from "./dialog.js";
import { count, figure } from "./dom.js";
import { open, refile } from "./finding.js";
import { groupSets } from "./grid_rows.js";

const FIRST_NAME = "duplicates";
// Whoever waits longer is told for what.
const PATIENCE_MS = 400;

export class Duplicates {
  #none = new Set();

  constructor(app) {
    this.app = app;
  }

  async open() {
    const { app } = this;
    const patience = setTimeout(() => app.hint("Looking for duplicates…"), PATIENCE_MS);
    try {
      const [{ duplicates: sets, reason }, library] = await Promise.all([app.api.get("api/duplicates"), app.api.get("api/library"), app.arrived]);
      if (!sets.length) {
        app.hint(reason ?? "No two videos are copies or edits of one another.");
        return;
      }
      app.library = library;
      this.#none.clear();
      const videos = sets.flatMap(({ id, videos: members }) => members.map((video) => ({ ...video, setId: id, facts: factsOf(video) })));
      const marked = sets.flatMap(({ videos: [, ...surplus] }) => surplus);
      open(app, videos, { grouped: groupSets(sets, (folder) => app.library.not_learned.includes(folder), (id) => this.#none.has(id)),
        label: "Duplicates, set by set", isOfSets: true, marked, noSet: (id) => void this.dismiss(id), empty: "No set of duplicates is left." });
      if (reason) app.hint(reason);
    } catch (error) {
      app.fail(error.message);
    } finally {
      clearTimeout(patience);
    }
  }

  // The videos of this set are no duplicates of one another, and that is remembered.
  async dismiss(id) {
    const { app } = this;
    const refusal = app.rights.refusal("reviewer", "Saying so");
    if (refusal) return void app.hint(refusal);
    try {
      const { filenames } = await app.api.post(`api/duplicates/${id}/dismiss`);
      this.#none.add(id);
      app.grid.refileShown(new Map());
      const text = `${count(filenames.length, "video")} ${filenames.length === 1 ? "is no duplicate: it is" : "are no duplicates: they are"} not asked about again`;
      app.toasts.say(text);
      app.announcer.say(text);
    } catch (error) {
      app.fail(error.message);
    }
  }

  // What is marked in all sets goes to a folder that is not learned from: the one that there is, or one that is named now.
  putAside() {
    const { app } = this;
    const items = app.view === "grid" ? app.grid.surplus : [];
    if (!items.length) {
      app.hint(app.view === "grid" && app.grid.setHere ? "Nothing is marked as surplus." : "This is for duplicates, set by set.");
      return;
    }
    const { not_learned: aside } = app.library;
    const refusal = refusalOfAside(app, "Choosing a folder for the surplus");
    if (aside.length === 1 && app.hasFolder(aside[0])) void refile(app, items, aside[0]);
    else if (refusal) app.hint(refusal);
    else this.#ask(items);
  }

  #ask(items) {
    const { app } = this;
    const field = textField("name", "Folder for the surplus", app.library.not_learned[0] ?? FIRST_NAME, { required: "" });
    openDialog(`Put ${figure(items.length)} aside`, form({ fields: [field, aboutAside()], label: "Move them", submit: async ({ name }) => {
      const folder = name.trim();
      await setAside(app, folder);
      void refile(app, items, folder);
    } }));
  }
}

// Picture, length and size in words: what tells which of them to keep. Pure.
export function factsOf({ width, height, duration_s: seconds, size_bytes: bytes, bit_rate: rate }) {
  const facts = [];
  if (width && height) facts.push(`${width} × ${height}`);
  if (seconds) facts.push(`${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, "0")}${rate ? ` · ${inBits(rate)}` : ""}`);
  facts.push(bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`);
  return facts;
}

function inBits(rate) {
  return rate >= 1e6 ? `${(rate / 1e6).toFixed(1)} Mb/s` : `${Math.round(rate / 1e3)} kb/s`;
}
