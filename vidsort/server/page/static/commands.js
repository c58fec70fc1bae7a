// What keys, buttons and swipes do.

import { isOpen } from "./dialog.js";
import { askNewFolder, editFolder } from "./folder_dialogs.js";
import { describe } from "./history.js";
import { isCommand, meaning } from "./keys.js";
import { openHelp, openSettings } from "./settings.js";
import * as swipe from "./swipe.js";
import { openTypeahead } from "./typeahead.js";

const TYPING = 'input:not([type="range"]), textarea, select, [contenteditable="true"]';

export class Commands {
  constructor(app) {
    this.app = app;
    const { decisions, player, queue } = app;
    this.actions = {
      accept: () => this.#guess(0),
      skip: () => app.view === "single" && decisions.skip(),
      undo: () => decisions.undo(),
      redo: () => decisions.redo(),
      previous: () => this.#turn(() => queue.back()),
      next: () => this.#turn(() => queue.forward()),
      pause: () => player.toggle(),
      mute: () => this.#remember(() => player.toggleMute()),
      slower: () => this.#remember(() => player.shift(-1)),
      faster: () => this.#remember(() => player.shift(1)),
      find: () => this.#find(),
      newFolder: () => askNewFolder({ create: (name) => decisions.createFolder(name) }),
      grid: () => void this.#grid(),
      mark: () => {},
      history: () => app.history.toggle(),
      retrain: () => app.retraining.toggle(),
      settings: () => this.#settings(),
      help: () => openHelp(app.preferences),
      sheet: () => this.#sheet(true),
    };
  }

  // One listener for all keys, one for all buttons, and the swipes.
  listen() {
    const { root } = this.app;
    document.addEventListener("keydown", (event) => this.#press(event));
    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (button) this.actions[button.dataset.do]();
      const staysOpen = event.target.closest('.folders, dialog, [data-do="sheet"]') && !event.target.closest(".folder-button");
      if (!staysOpen) this.#sheet(false);
    });
    // A click must not leave the focus on a button, or Enter would press that again instead of accepting.
    root.addEventListener("mousedown", (event) => {
      if (event.target.closest("button") && !event.target.closest("dialog, .panel, .welcome")) event.preventDefault();
    });
    swipe.listen(root.querySelector("[data-card]"), {
      hint: (towards) => this.#swipes(towards).label,
      swiped: (towards) => this.#swipes(towards).act(),
      tapped: () => this.actions.pause(),
    });
  }

  editFolder(name) {
    const { app } = this;
    const folder = app.shownFolders().find((each) => each.name === name);
    // It went a moment ago, and its row goes with the next frame.
    if (!folder) return;
    editFolder({
      folder,
      others: app.folders.map((each) => each.name).filter((each) => each !== name),
      rename: (from, to) => this.#change(`api/folders/${encodeURIComponent(from)}`, "PATCH", { name: to }, () => app.preferences.renameFolder(from, to)),
      merge: (from, into) => this.#change(`api/folders/${encodeURIComponent(from)}/merge`, "POST", { into }),
    });
  }

  async makeFolders(names) {
    for (const name of names) this.app.setFolders((await this.app.api.post("api/folders", { name })).folders);
    this.app.render();
  }

  // Moves of another page or an earlier day were undone or done again: say what, and put what came back on show.
  async showTurned(kind, moves) {
    const { app } = this;
    if (!moves.length) return;
    // Undo tells the newest first, and of a merge that is the removal of the folder.
    const told = moves.find((move) => move.kind !== "remove") ?? moves[0];
    const text = `${kind === "undo" ? "Taken back" : "Done again"}: ${describe(told, moves.length)}`;
    app.toasts.say(text);
    app.announcer.say(text);
    if (kind === "undo" && told.kind === "sort") await this.#showAgain(moves.map((move) => move.source));
    await app.supply.refresh({ isStale: true });
  }

  // Videos that came back: the first of them on show, all of them in the grid.
  async #showAgain(filenames) {
    const { app } = this;
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

  #press(event) {
    if (isOpen() || event.target.closest?.(TYPING)) return;
    if (event.key === "Escape") this.#escape();
    if (!isCommand(event) || isNative(event)) return;
    const { app } = this;
    const meant = meaning(event, app.preferences.bound, app.preferences.folderKeys);
    const isHandled = app.view === "grid" && app.grid.press(meant?.action, event);
    if (!isHandled && meant?.folder) app.file(meant.folder);
    else if (!isHandled && meant?.action) this.actions[meant.action]();
    if (isHandled || meant) event.preventDefault();
  }

  #escape() {
    const { app } = this;
    if (app.panel.name) app.panel.close();
    else if (app.view === "grid") app.show("single");
    this.#sheet(false);
  }

  #guess(rank) {
    const { app } = this;
    const guess = app.queue.current?.top_predictions?.[rank];
    if (app.view === "single" && guess) app.file(guess.folder);
  }

  #turn(step) {
    if (this.app.view !== "single") return;
    step();
    this.app.render();
  }

  #remember(change) {
    change();
    this.app.rememberPlayer();
  }

  #find() {
    const { app } = this;
    this.#sheet(false);
    openTypeahead({
      folders: app.shownFolders(),
      choose: (folder) => app.file(folder),
      create: (name) => {
        app.decisions.createFolder(name);
        app.file(name);
      },
    });
  }

  async #grid() {
    const { app } = this;
    if (app.view === "grid") {
      app.show("single");
      return;
    }
    try {
      const { videos } = await app.api.get("api/videos");
      const pending = app.decisions.pending();
      app.show("grid");
      app.grid.show(videos.filter((video) => !pending.has(video.filename)));
    } catch (error) {
      app.fail(error.message);
    }
  }

  #settings() {
    const { app } = this;
    openSettings({
      preferences: app.preferences,
      folders: app.shownFolders().map((folder) => folder.name),
      reorder: (order) => {
        app.preferences.set({ order });
        void app.supply.load(order);
      },
      changed: () => app.render(),
    });
  }

  // Folders are changed by the server alone, after all that was decided before.
  async #change(path, method, body, then = () => {}) {
    const { app } = this;
    await app.outbox.settled();
    const answer = await app.api.call(method, path, body);
    then();
    app.decisions.note();
    app.setFolders(answer.folders);
    // Not waited for: until this returns the dialog is open and keys are typed into it.
    void app.supply.refresh();
  }

  #sheet(isOpened) {
    this.app.root.querySelector(".review").classList.toggle("has-sheet", isOpened);
  }

  #swipes(towards) {
    const guesses = this.app.queue.current?.top_predictions ?? [];
    const guess = { right: 0, left: 1 }[towards];
    if (guess !== undefined) return { label: guesses[guess]?.folder ?? "no guess", act: () => this.#guess(guess) };
    return towards === "up" ? { label: "Folders", act: () => this.#sheet(true) } : { label: "Undo", act: this.actions.undo };
  }
}

// Keys that the focused element takes for itself.
function isNative(event) {
  if (event.target.closest?.('input[type="range"]')) return event.key.startsWith("Arrow");
  return (event.key === "Enter" || event.key === " ") && event.target.closest?.("button, a, summary") !== null;
}
