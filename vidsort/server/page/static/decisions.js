// What the reviewer decides: shown at once, sent by the outbox, taken back where the server refuses.

import { isolated } from "./dom.js";

const makeId = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;

export class Decisions {
  #past = [];
  #future = [];

  // `tell` is called with what happened: decided(action, isAgain), undone(action), saved(action), rolledBack(action), failed(text),
  // turned("undo" or "redo", moves) for moves of other pages or days, told(text) of what lies beside a video that came back,
  // folders({folders, heirs}), changed(), and stale() when the server must be asked what is so now.
  // `refusal(action)`: why it is not for who decides, else null.
  constructor({ queue, tell, refusal = () => null }) {
    Object.assign(this, { queue, tell, refusal });
  }

  // The outbox is made with these as its callbacks, so it comes after.
  connect(outbox) {
    this.outbox = outbox;
  }

  sort(item, folder) {
    return this.#decide({ kind: "sort", items: [item], folder });
  }

  // Many in one batch, which one undo takes back; `isMade`: with their folder, which is made first.
  sortMany(items, folder, isMade = false) {
    return this.#decide({ kind: "batch", items, folder, ...(isMade ? { makes: folder } : {}) });
  }

  skip() {
    const item = this.queue.current;
    return item && this.#decide({ kind: "skip", items: [item] });
  }

  createFolder(name) {
    return this.#decide({ kind: "create", items: [], folder: name });
  }

  // A change that went straight to the server (a folder renamed or merged, as this batch): undo has to know of it. Gives
  // the action.
  note(batch) {
    const action = { kind: "change", items: [], batch };
    this.#past.push(action);
    this.#future = [];
    return action;
  }

  undo() {
    const action = this.#past.pop();
    if (!action) {
      this.outbox.add({ id: makeId(), kind: "undo" });
      return;
    }
    this.#takeBack(action);
    this.#future.push(action);
  }

  // Takes one particular decision back (a toast's button).
  undoOne(action) {
    if (!this.#past.includes(action)) return;
    this.#past.splice(this.#past.indexOf(action), 1);
    this.#takeBack(action);
    this.#future.push(action);
  }

  // Takes back a batch of the history (a single move is one, too), whoever made it.
  revert(batch) {
    this.outbox.add({ id: makeId(), kind: "undo", batch });
  }

  redo() {
    const action = this.#future.pop();
    if (!action) {
      this.outbox.add({ id: makeId(), kind: "redo" });
      return;
    }
    if (action.withdrawn || action.kind === "skip") {
      this.#apply(action);
      this.#send(action);
    } else {
      this.#apply(action);
      const unsent = this.outbox.withdraw(action.undoId);
      const moved = action.items.length ? { filenames: names(action), folder: action.folder } : {};
      if (!unsent) this.outbox.add({ id: makeId(), kind: "redo", ...moved });
    }
    this.#past.push(action);
    this.tell.decided(action, true);
  }

  // Whether a decision has not been taken back.
  stands(action) {
    return this.#past.includes(action);
  }

  // The videos of which a decision is on its way, so that lists from the server still name them.
  pending() {
    const pending = new Set();
    for (const { kind, filename, filenames = [filename] } of this.outbox.entries) {
      const leaves = kind === "sort" || kind === "batch" || kind === "redo";
      for (const name of filenames) {
        if (leaves) pending.add(name);
        else pending.delete(name);
      }
    }
    return pending;
  }

  // The videos whose putting off is on its way: lists from the server may still have them in their old place.
  postponed() {
    const skips = this.outbox.entries.filter((entry) => entry.kind === "skip");
    return new Set(skips.map((entry) => entry.filename));
  }

  // Whether a video is on show again before the server has put it back.
  isOnItsWayBack(filename) {
    return this.outbox.entries.some((entry) => entry.kind === "undo" && entry.filenames?.includes(filename));
  }

  // How many videos are on their way into a folder: added to the server's count.
  pendingIn(folder) {
    let count = 0;
    for (const entry of this.outbox.entries) {
      if (entry.folder !== folder) continue;
      const videos = entry.filenames?.length ?? 1;
      if (entry.kind === "sort" || entry.kind === "batch" || entry.kind === "redo") count += videos;
      if (entry.kind === "undo") count -= videos;
    }
    return count;
  }

  // Another page was closed before its decisions were sent (callback of the outbox): what it filed leaves the queue.
  adopted(entries) {
    for (const { kind, filename, filenames } of entries) {
      if (kind === "sort" || kind === "batch") for (const name of filenames ?? [filename]) this.queue.take(name);
    }
    this.tell.changed();
  }

  // The server has answered (callback of the outbox).
  done(entry, answer) {
    if (answer.folders) this.tell.folders(answer);
    const action = this.#past.find((each) => each.id === entry.id);
    if (entry.kind === "batch") this.#settleBatch(entry, answer);
    if (action && entry.kind !== "undo") {
      action.state = "saved";
      this.tell.saved(action);
    }
    if (entry.kind === "undo" || entry.kind === "redo") {
      const back = entry.kind === "undo" ? "undone" : "done";
      const moved = answer.moves.filter((move) => move.state === back);
      if (entry.batch) this.#forget(new Set(moved.map((move) => move.source)));
      if (!entry.filenames) this.tell.turned(entry.kind, moved);
      if (moved.length < answer.moves.length) this.tell.stale();
      for (const text of answer.told ?? []) this.tell.told(text);
    }
    this.tell.changed();
  }

  // The server has said no (callback of the outbox): what was shown before it was asked is rolled back.
  refused(entry, error) {
    const action = this.#past.find((each) => each.id === entry.id);
    if (action) {
      this.#past.splice(this.#past.indexOf(action), 1);
      this.tell.rolledBack(action);
    }
    if (entry.kind === "sort" && error.filedIn !== undefined) {
      this.tell.told(`${isolated(entry.filename)} was filed in ${error.filedIn} by ${error.filedBy ?? "other hands"}`);
    } else if (entry.kind === "sort") {
      const back = error.status !== 404;
      if (back) this.queue.putBack(entry.items[0], { show: false });
      this.tell.failed(back
        ? `${isolated(entry.filename)} was not filed in ${entry.folder} and comes next: ${error.message}`
        : `${isolated(entry.filename)} was not filed in ${entry.folder}: ${error.message}`);
    } else if (entry.kind === "batch") {
      this.#returnAll(entry.items);
      this.tell.failed(`Nothing was filed in ${entry.folder}: ${error.message}`);
    } else if (entry.kind !== "skip" && entry.kind !== "unskip") {
      // A video that was to come back stays where it is.
      if (entry.kind === "undo") for (const filename of entry.filenames ?? []) this.queue.take(filename);
      this.tell.failed(error.message);
    }
    this.tell.stale();
    this.tell.changed();
  }

  #decide(action) {
    const refusal = this.refusal(action);
    if (refusal) {
      this.tell.told(refusal);
      return undefined;
    }
    action.id = makeId();
    this.#future = [];
    this.#past.push(action);
    this.#apply(action);
    this.#send(action);
    this.tell.decided(action);
    return action;
  }

  #apply(action) {
    if (action.kind === "skip") {
      if (this.queue.current?.filename === names(action)[0]) this.queue.skip();
      return;
    }
    for (const filename of names(action)) this.queue.take(filename);
  }

  #send(action) {
    action.id = makeId();
    action.state = "sending";
    action.withdrawn = false;
    const { kind, id, folder, items, makes } = action;
    const filename = items[0]?.filename;
    if (kind === "sort") this.outbox.add({ id, kind, filename, folder, items });
    else if (kind === "batch") this.outbox.add({ id, kind, filenames: names(action), folder, items, makes });
    else if (kind === "skip") this.outbox.add({ id, kind, filename });
    else this.outbox.add({ id, kind, name: folder });
  }

  #takeBack(action) {
    action.withdrawn = this.outbox.withdraw(action.id);
    if (!action.withdrawn) {
      action.undoId = makeId();
      const filename = action.items[0]?.filename;
      if (action.kind === "skip") this.outbox.add({ id: action.undoId, kind: "unskip", filename });
      else if (action.items.length) {
        const { folder, makes } = action;
        this.outbox.add({ id: action.undoId, kind: "undo", filenames: names(action), folder, makes });
      } else if (action.batch) this.outbox.add({ id: action.undoId, kind: "undo", batch: action.batch });
      else this.outbox.add({ id: action.undoId, kind: "undo", created: action.folder });
    }
    this.#returnAll(action.items);
    this.tell.undone(action);
  }

  // What was taken back by the history is not undone again.
  #forget(filenames) {
    this.#past = this.#past.filter((action) => !action.items.some((item) => filenames.has(item.filename)));
  }

  #returnAll(items) {
    for (const item of [...items].reverse()) this.queue.putBack(item, { show: true });
  }

  // Those of a batch that the server kept where they were come back.
  #settleBatch(entry, answer) {
    const failed = answer.outcomes.filter((outcome) => !outcome.success);
    if (!failed.length) return;
    const returned = new Set(failed.filter((outcome) => outcome.status !== 404).map((outcome) => outcome.filename));
    for (const item of entry.items) if (returned.has(item.filename)) this.queue.putBack(item, { show: false });
    this.tell.failed(`${failed.length} of ${entry.items.length} ${failed.length === 1 ? "was" : "were"} not filed in ${entry.folder}: ${failed[0].detail}`);
    this.tell.stale();
  }
}

function names(action) {
  return action.items.map((item) => item.filename);
}
