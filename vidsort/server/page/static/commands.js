// What keys, buttons and swipes do: the methods that the table of actions calls.

import { ACTIONS, isFor } from "./actions.js";
import { autofile } from "./autofile.js";
import { BLIND_HINT } from "./blind.js";
import { isOpen } from "./dialog.js";
import { regroupPile, search, showFolder, showGroups, showLike, showPile } from "./finding.js";
import { askNewFolder } from "./folder_dialogs.js";
import { capText, isCommand, isNative, meaning, readings, shortcut } from "./keys.js";
import { rove } from "./roving.js";
import { paint } from "./screen.js";
import { openHelp, openSettings } from "./settings.js";
import * as swipe from "./swipe.js";
import { nothingHere, unbound } from "./telling.js";
import { openTypeahead } from "./typeahead.js";

const TYPING = 'input:not([type="range"]), textarea, select, [contenteditable="true"]';
// What decides on the video on show, which must not be one that came by itself while the finger was on its way.
const FILES = new Set(["folder", "accept", "second", "third", "skip"]);
const LOOK_MS = 600;
const RANKS = ["first", "second", "third"];

export class Commands {
  constructor(app) {
    this.app = app;
  }

  // One listener for all keys, one for all buttons, and the swipes.
  listen() {
    const { root } = this.app;
    this.hint();
    const tools = root.querySelector(".tools");
    rove(tools, { items: () => [...tools.children].filter((tool) => tool.offsetParent), forward: "ArrowRight", back: "ArrowLeft" });
    document.addEventListener("keydown", (event) => this.#press(event));
    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (button) this.#act(button.dataset.do, event);
      const staysOpen = event.target.closest('.folders, dialog, [data-do="sheet"]') && !event.target.closest(".folder-button");
      if (!staysOpen) this.sheet(false);
    });
    // A click must not leave the focus on a button, or Enter would press that again instead of accepting.
    root.addEventListener("mousedown", (event) => {
      if (event.target.closest("button") && !event.target.closest("dialog, .welcome")) event.preventDefault();
    });
    swipe.listen(root.querySelector("[data-card]"), {
      hint: (towards) => this.#swipes(towards).label,
      swiped: (towards) => this.#swipes(towards).act(),
      tapped: () => this.pause(),
    });
  }

  // Shows what was chosen: the keys in force on the buttons, the colours.
  hint() {
    const { bound, values } = this.app.preferences;
    paint(this.app.root, values.colours);
    for (const button of this.app.root.querySelectorAll("[data-do]")) {
      const { label, for: role } = ACTIONS[button.dataset.do];
      if (role) button.dataset.for = role;
      const [key] = bound.get(button.dataset.do);
      if (button.dataset.do !== "who") button.title = key ? `${label} (${capText(key)})` : label;
      if (key) button.setAttribute("aria-keyshortcuts", shortcut(key));
      if (!button.textContent.trim() && !button.ariaLabel) button.ariaLabel = label;
      const cap = button.querySelector("kbd");
      if (cap) cap.textContent = capText(key);
    }
  }

  accept() {
    const { app } = this;
    const refusal = app.view === "grid" ? app.grid.fileRestHere() : this.guess(0);
    if (refusal) app.hint(refusal);
  }

  // Files in the guess of this rank, from 0.
  guess(rank) {
    const { app } = this;
    const guess = app.cards.current?.top_predictions?.[rank];
    if (guess) app.file(guess.folder);
    else if (app.cards.current?.blind) app.hint(BLIND_HINT);
    else app.hint(`There is no ${RANKS[rank]} guess for this video: choose a folder by its key or by ${this.#cap("find")}.`);
  }

  skip() {
    const { app } = this;
    if (app.misfiled.isOpen) app.misfiled.skip();
    else app.decisions.skip();
  }

  undo() {
    const { app } = this;
    if (app.misfiled.isOpen) app.misfiled.undo();
    else app.decisions.undo();
  }

  redo() {
    this.app.decisions.redo();
  }

  // Where an arrow leads: to another card, or to another tile.
  turn(arrow, event) {
    const { app } = this;
    if (app.view === "grid") {
      app.grid.turn(arrow, event.shiftKey);
      return;
    }
    if (arrow === "ArrowLeft") app.cards.back();
    else app.cards.forward();
    app.render();
  }

  mark(event) {
    this.app.grid.markHere(event.shiftKey);
  }

  pause() {
    this.app.player.toggle();
  }

  mute() {
    this.app.player.toggleMute();
    this.app.rememberPlayer();
  }

  pace(step) {
    this.app.player.shift(step);
    this.app.rememberPlayer();
  }

  find() {
    const { app } = this;
    this.sheet(false);
    openTypeahead({
      folders: app.shownFolders(),
      choose: (folder) => app.file(folder),
      isVideo: (name) => app.queue.has(name) || app.queue.has(`${name}.mp4`),
      newKey: this.#cap("newFolder"),
      create: app.rights.may("admin") ? (name) => {
        app.decisions.createFolder(name);
        app.file(name);
      } : null,
    });
  }

  // Into a folder that is named, or asked for.
  lookInto(folder = null) {
    this.sheet(false);
    if (folder !== null) void showFolder(this.app, folder);
    else openTypeahead({ title: "Look into…", folders: this.app.shownFolders(), choose: (name) => this.lookInto(name) });
  }

  // What lies in a folder is right there: the card on show, or what is marked in the grid.
  right() {
    const { app } = this;
    const items = app.view === "grid" ? app.grid.filedHere() : [];
    if (app.view === "grid" && app.grid.setHere) return void app.duplicates.dismiss(app.grid.setHere);
    if (app.misfiled.isOpen) app.misfiled.right();
    else if (items.length) void app.misfiled.dismiss(items);
    else app.hint(`This is for what lies in a folder: ${this.#cap("misfiled")} shows what is likely misfiled.`);
  }

  newFolder() {
    askNewFolder({ create: (name) => this.app.decisions.createFolder(name) });
  }

  grid() {
    const { app } = this;
    if (app.view === "grid") app.show("single");
    else void showPile(app);
  }

  regroup() {
    void regroupPile(this.app);
  }

  groups() {
    void showGroups(this.app);
  }

  search() {
    search(this.app);
  }

  autofile() {
    autofile(this.app);
  }

  why() {
    if (this.app.cards.current?.blind) this.app.hint(BLIND_HINT);
    else this.app.why.toggle(this.app.cards.current);
  }

  like() {
    const item = this.app.cards.current;
    // In which folders its like lie is as good as a guess.
    if (item?.blind) this.app.hint(BLIND_HINT);
    else if (item) void showLike(this.app, item.filename);
  }

  history() {
    this.app.history.toggle();
  }

  retrain() {
    this.app.retraining.toggle();
  }

  retrainNow() {
    void this.app.retraining.start();
  }

  settings() {
    const { app } = this;
    openSettings({
      preferences: app.preferences,
      folders: app.shownFolders().map((folder) => folder.name),
      library: app.library,
      parting: app.rights.parting(app.outbox.entries.length),
      orders: app.root.querySelector("[data-orders]").content.cloneNode(true),
      reorder: (order) => {
        app.preferences.set({ order });
        void app.supply.load(order);
      },
      changed: () => {
        this.hint();
        app.render();
      },
    });
  }

  help() {
    openHelp(this.app.preferences, this.app.rights);
  }

  tryNow() {
    this.app.outbox.retryNow();
  }

  // Past the tools and the folders, to what is reviewed.
  toReview(event) {
    event.preventDefault();
    const { root } = this.app;
    const places = { grid: ".grid-scroll", welcome: ".welcome" };
    root.querySelector(places[this.app.shownView] ?? ".guess").focus();
  }

  leave() {
    const { app } = this;
    if (app.panel.name) app.panel.close();
    else if (app.view !== "single") app.show("single");
    this.sheet(false);
  }

  sheet(isOpened) {
    this.app.root.querySelector(".review").classList.toggle("has-sheet", isOpened);
  }

  #press(event) {
    // A dialog that has just closed has the focus for a moment still, and is not typed into.
    const isTyped = event.target.closest?.(TYPING) && !event.target.closest("dialog:not([open])");
    if (isOpen() || isTyped || !isCommand(event) || isNative(event)) return;
    const { app } = this;
    const meant = meaning(event, app.preferences.bound, app.preferences.folderKeys);
    if (!meant) {
      // Other keys than those of characters are the browser's.
      if (event.key.length === 1) app.hint(unbound(capText(readings(event)[0]), this.#cap("help")));
      return;
    }
    const isHere = !meant.action || isFor(meant.action, app.shownView);
    if (!isHere && ACTIONS[meant.action].isElsewhereNative) return;
    event.preventDefault();
    const isNews = app.changed.to === app.cards.current && event.timeStamp - app.changed.at < LOOK_MS;
    if (isNews && FILES.has(meant.action ?? "folder")) {
      app.hint("The video on show has just changed: nothing was done with it.");
    } else if (meant.folder) app.file(meant.folder);
    else if (isHere) this.#act(meant.action, event);
    else app.hint(nothingHere(meant.action, app.shownView, this.#cap("grid")));
  }

  // Does it, or says whose it is to do.
  #act(action, event) {
    const { for: role, label, act } = ACTIONS[action];
    const refusal = this.app.rights.refusal(role, label);
    if (refusal) this.app.hint(refusal);
    else act(this, event);
  }

  #cap(action) {
    return capText(this.app.preferences.bound.get(action)[0]);
  }

  #swipes(towards) {
    const guesses = this.app.cards.current?.top_predictions ?? [];
    const guess = { right: 0, left: 1 }[towards];
    if (guess !== undefined) return { label: guesses[guess]?.folder ?? "no guess", act: () => this.guess(guess) };
    return towards === "up" ? { label: "Folders", act: () => this.sheet(true) } : { label: "Undo", act: () => this.#act("undo") };
  }
}
