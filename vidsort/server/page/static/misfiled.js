// What likely lies in the wrong folder, on the cards of review: the first guess is where it rather belongs, the second
// where it lies.

import { count, isolated } from "./dom.js";
import { refile } from "./finding.js";
import { Queue } from "./queue.js";

// More than a person looks through at once.
const MOST = 500;

// A suspect as a card shows it. Pure.
export function suspectCard(record) {
  const { folder, suggested, own, other } = record;
  return { ...record, predicted_folder: suggested, confidence: other, question: `In ${isolated(folder)}: is that right?`,
    top_predictions: [{ folder: suggested, confidence: other }, { folder, confidence: own }] };
}

export class Misfiled {
  queue = new Queue();
  // Those that left the cards, by filename: an undo brings them back.
  #gone = new Map();
  // What is on its way, one after another, so that undo takes back the last one.
  settled = Promise.resolve();

  constructor(app) {
    this.app = app;
  }

  get isOpen() {
    return this.app.view === "misfiled";
  }

  async open() {
    const { app } = this;
    try {
      await Promise.all([app.arrived, app.outbox.settled()]);
      const { videos, reason } = await app.api.get(`api/misfiled?limit=${MOST}`);
      this.queue.load(videos.map(suspectCard));
      this.#gone.clear();
      if (videos.length) app.show("misfiled");
      else app.hint(reason ?? "Nothing is likely misfiled.");
    } catch (error) {
      app.fail(error.message);
    }
  }

  // Its own folder is as good as saying that it is right.
  file(folder) {
    const item = this.queue.current;
    if (!item) return;
    if (folder === item.folder) {
      this.right();
      return;
    }
    this.#leave(item, async () => (await refile(this.app, [item], folder)).has(item.filename));
  }

  right() {
    const item = this.queue.current;
    if (item) this.#leave(item, () => this.dismiss([item]));
  }

  skip() {
    this.queue.skip();
    this.app.render();
  }

  // What was pressed before comes first.
  undo() {
    this.settled = this.settled.then(() => this.app.decisions.undo());
  }

  // Remembers that these lie where they belong; gives whether it is.
  async dismiss(items) {
    const { app } = this;
    try {
      for (const { filename } of items) await app.api.post(`api/misfiled/${encodeURIComponent(filename)}/dismiss`);
      const text = `${count(items.length, "video")} ${items.length > 1 ? "are" : "is"} right in ${isolated(items[0].folder)}`;
      app.toasts.say(text);
      app.announcer.say(text);
      return true;
    } catch (error) {
      app.fail(error.message);
      return false;
    }
  }

  // Moves were undone or done again: `placed` tells by filename in which folder each lies now.
  follow(placed) {
    for (const [filename, folder] of placed) {
      const item = this.#gone.get(filename);
      if (item?.folder === folder) this.queue.putBack(item, { show: true });
      else if (this.queue.has(filename)) this.#gone.set(filename, this.queue.take(filename));
    }
    this.app.render();
  }

  // Off the cards at once, and back where the server refuses.
  #leave(item, work) {
    this.queue.take(item.filename);
    this.#gone.set(item.filename, item);
    this.#endWhereDone();
    this.settled = this.settled.then(async () => {
      if (!(await work())) this.queue.putBack(item, { show: false });
      this.app.render();
    });
  }

  #endWhereDone() {
    if (this.queue.current) {
      this.app.render();
      return;
    }
    this.app.show("single");
    this.app.hint("Nothing more is likely misfiled.");
  }
}
