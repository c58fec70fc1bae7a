// The page as a whole: holds the parts, and tells each what has changed.

import { Agreement } from "./agreement.js";
import { Announcer } from "./announce.js";
import { Card } from "./card.js";
import { Commands } from "./commands.js";
import { Controls } from "./controls.js";
import { Decisions } from "./decisions.js";
import { setHost } from "./dialog.js";
import { afterPaint, figure } from "./dom.js";
import { Duplicates } from "./duplicates.js";
import { refile, showLike } from "./finding.js";
import { editFolder, makeFolders } from "./folder_dialogs.js";
import { Folders } from "./folders.js";
import { follower, leaver, namesWhatHasGone } from "./following.js";
import { Grid } from "./grid.js";
import { History } from "./history.js";
import { LeftOut } from "./left_out.js";
import { Live } from "./live.js";
import { LookingLine } from "./looking.js";
import { Misfiled } from "./misfiled.js";
import { Outbox, folderThatComes, inherit } from "./outbox.js";
import { Panel } from "./panel.js";
import { Pictures } from "./pictures.js";
import { Pile } from "./pile.js";
import { Player } from "./player.js";
import { Preferences } from "./preferences.js";
import { Queue } from "./queue.js";
import { Retraining } from "./retrain.js";
import { Rights } from "./rights.js";
import { sender } from "./sending.js";
import { Stars } from "./stars.js";
import { Supply } from "./supply.js";
import { tellings } from "./telling.js";
import { tipOf } from "./tips.js";
import { Toasts } from "./toasts.js";
import { Welcome } from "./welcome.js";
import { Why } from "./why.js";

// So many of the next videos are got ready.
const AHEAD = 3;

export class App {
  folders = [];
  // Videos of the library, sorted or not: what is left follows from it and the folders' counts.
  all = 0;
  session = 0;
  filed = new Map();
  view = "single";
  // What is on the screen: the view, or "welcome" where there is nothing to show in it.
  shownView = null;
  arrived = new Promise((resolve) => { this.hasArrived = resolve; }); // the library and its keys: no view is opened before
  isInTrouble = false;
  // When other hands than these last changed the card on show, and which one came instead.
  changed = { at: -Infinity, to: null };
  #afterPaint = null;

  constructor(root, api) {
    const find = (name) => root.querySelector(`[data-${name}]`);
    Object.assign(this, { root, api });
    setHost(find("dialogs"));
    this.announcer = new Announcer(root);
    this.rights = new Rights({ root, api, changed: () => this.library && this.load() });
    this.preferences = new Preferences(api, () => this.rights.may("reviewer"));
    this.agreement = new Agreement(localStorage);
    this.queue = new Queue();
    this.decisions = new Decisions({ queue: this.queue, tell: tellings(this), refusal: (action) => this.rights.refusalOfDecision(action) });
    const pictures = new Pictures();
    this.outbox = new Outbox({
      storage: localStorage,
      name: this.rights.mailbox + Math.random().toString(36).slice(2),
      send: pictures.givingWay(sender(api)),
      done: (entry, answer) => this.decisions.done(entry, answer),
      refused: (entry, error) => this.decisions.refused(entry, error),
      changed: () => this.#tellSaving(),
      // Before the library is loaded there is no queue yet, and nothing to show.
      adopted: (entries) => this.library && this.decisions.adopted(entries),
    });
    this.decisions.connect(this.outbox);
    this.supply = new Supply({ api, queue: this.queue, decisions: this.decisions,
      isOutdated: (item) => namesWhatHasGone(item, this.shownFolders()), mayGuess: () => !this.retraining.hasLearned,
      mayTake: () => this.rights.may("reviewer"), changed: () => this.render() });
    this.player = new Player({ stage: find("stage"), api, pictures, tell: {
      state: () => this.controls.render(),
      note: (_, text) => this.card.say(text),
      shape: (width, height) => this.card.shape(width, height),
      muted: () => this.toasts.say("The browser starts without sound: press M for it."),
    } });
    this.controls = new Controls({ root, player: this.player, changed: () => this.rememberPlayer() });
    this.card = new Card({ root, api, pictures, rights: this.rights, choose: (folder) => this.file(folder) });
    this.pile = new Pile({ root, api });
    this.panel = new Panel(find("panel"), (title) => this.announcer.say(title));
    this.toasts = new Toasts(find("toasts"), { undo: (action) => this.decisions.undoOne(action) });
    this.history = new History({ api, pictures, panel: this.panel, rights: this.rights, revert: (batch) => this.decisions.revert(batch) });
    this.why = new Why({ api, pictures, panel: this.panel, like: (filename) => showLike(this, filename) });
    this.retraining = new Retraining({ root, api, panel: this.panel, failed: (text) => this.fail(text), drawn: () => this.commands.hint() });
    this.welcome = new Welcome({ element: find("welcome"), api });
    this.leftOut = new LeftOut({ line: find("left-out"), api, panel: this.panel, toasts: this.toasts, changed: () => void this.load() });
    this.looking = new LookingLine({ line: find("look"), api, failed: (text) => this.fail(text) });
    this.grid = new Grid({ element: find("grid"), api, pictures,
      file: (items, folder, isNew) => this.decisions.sortMany(items, folder, isNew && !this.hasFolder(folder)), refile: (items, folder) => refile(this, items, folder),
      failed: (text) => this.fail(text), isStarred: (filename) => this.stars.has(filename) });
    [this.misfiled, this.duplicates, this.stars] = [new Misfiled(this), new Duplicates(this), new Stars(this)];
    this.commands = new Commands(this);
    this.folderList = new Folders({ list: find("folders"), rights: this.rights, choose: (folder) => this.file(folder),
      look: (folder) => this.commands.lookInto(folder), edit: (folder) => editFolder(this, folder) });
    this.live = new Live({ api, told: follower(this), moved: leaver(this), back: () => {
      this.outbox.retryNow();
      void this.rights.meetAgain();
    } });
  }

  async start() {
    this.commands.listen();
    this.supply.leases.listen();
    this.outbox.changed();
    window.addEventListener("online", () => this.outbox.retryNow());
    for (;;) {
      try {
        await this.rights.meet();
        await inherit(this.outbox, this.rights.mailbox);
        await this.load();
        break;
      } catch (error) {
        await this.#waitFor(error);
      }
    }
    this.live.start();
  }

  // The cards on show: those to be sorted, or what likely lies in the wrong folder.
  get cards() {
    return this.misfiled.isOpen ? this.misfiled.queue : this.queue;
  }

  // Videos left to sort, decisions on their way counted as done.
  get left() {
    return Math.max(0, this.all - this.sorted);
  }

  get sorted() {
    return this.shownFolders().reduce((sum, folder) => sum + folder.count, 0);
  }

  // The folders as they will be when everything on its way has arrived.
  shownFolders() {
    const names = new Set(this.folders.map((folder) => folder.name));
    const coming = new Set(this.outbox.entries.map(folderThatComes).filter((name) => name && !names.has(name)));
    return [...this.folders, ...[...coming].map((name) => ({ name, count: 0 }))]
      .map(({ name, count: there }) => ({ name, count: there + this.decisions.pendingIn(name) }))
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  hasFolder(name) {
    return this.shownFolders().some((folder) => folder.name === name);
  }

  // `heirs` tells which folder took the place of one that has gone, where the answer knows it.
  setFolders(folders, heirs) {
    this.folders = folders;
    this.preferences.seat(this.shownFolders().map((folder) => folder.name), heirs);
  }

  // Files the video on show, or in the grid what is marked there.
  file(folder) {
    const refused = this.rights.refusal("reviewer", "Sorting");
    if (refused) this.hint(refused);
    else if (this.misfiled.isOpen) this.misfiled.file(folder);
    else if (this.view !== "grid") {
      if (this.queue.current) this.decisions.sort(this.queue.current, folder);
    } else {
      const refusal = this.grid.fileInto(folder);
      if (refusal) this.hint(refusal);
    }
  }

  // A word on a press that did nothing.
  hint(text) {
    this.toasts.hint(text);
    this.announcer.say(text);
  }

  fail(text) {
    this.toasts.failed(text);
    this.announcer.shout(text);
  }

  rememberPlayer() {
    const { muted, volume, speed } = this.player;
    this.preferences.set({ muted, volume, speed });
  }

  show(view) {
    this.view = view;
    const isGrid = view === "grid";
    this.root.querySelector("[data-grid]").hidden = !isGrid;
    if (!isGrid) this.grid.hide();
    else if (this.panel.name === "why") this.panel.close();
    this.root.querySelector('[data-do="grid"]').setAttribute("aria-pressed", String(isGrid));
    this.render();
  }

  render() {
    // Before the library is loaded there is nothing to show, whichever key is pressed.
    if (!this.library) return;
    const [queue, item] = [this.cards, this.cards.current];
    const view = this.#viewFor(this.shownFolders(), item);
    // First what the eye waits for.
    this.player.show(view === "single" ? item : null, queue.upcoming(AHEAD));
    if (view !== this.shownView) {
      this.shownView = view;
      this.root.querySelector(".review").dataset.view = view;
      this.root.querySelector("[data-welcome]").hidden = view !== "welcome";
    }
    if (view === "single") {
      this.welcome.hide();
      this.card.show(item, { guessKeys: this.#guessKeys(), tip: tipOf(this, item), isStarred: this.stars.has(item?.filename),
        place: `${queue.index + 1} of ${figure(this.misfiled.isOpen ? queue.items.length : this.left)}` });
    }
    this.#afterPaint ??= afterPaint(() => {
      this.#afterPaint = null;
      this.#renderRest();
    });
  }

  // What nobody waits for: after the next video is on the screen.
  #renderRest() {
    const [queue, item] = [this.cards, this.cards.current];
    const keyOf = (folder) => this.preferences.keyOf(folder);
    this.folderList.render(this.shownFolders(), { first: this.shownView === "single" ? item?.predicted_folder : null, keyOf,
      agreementOf: (folder) => this.agreement.of(folder), aside: this.library?.not_learned });
    this.pile.render(this.left, this.sorted, this.retraining.learned);
    this.card.prepare(this.shownView === "single" ? queue.upcoming(AHEAD) : []);
    this.supply.more();
    if (this.shownView === "single" && !this.misfiled.isOpen) this.supply.leases.follow();
    void this.why.follow(item);
  }

  #guessKeys() {
    const { bound } = this.preferences;
    // Of the keys that accept the last is the big one.
    return [bound.get("accept").at(-1), bound.get("second")[0], bound.get("third")[0]];
  }

  #viewFor(folders, item) {
    if (this.library && !this.library.exists) {
      this.welcome.noLibrary(this.library, () => void this.load());
      return "welcome";
    }
    if (this.library?.away) {
      this.welcome.away(this.library, () => void this.load());
      return "welcome";
    }
    if (!folders.length && !(this.view === "grid" && !this.grid.isPile)) {
      this.welcome.noFolders(this.left, (names) => makeFolders(this, names), this.library, () => void this.load());
      return "welcome";
    }
    if (this.view === "grid") return "grid";
    if (item) return "single";
    if (this.supply.isLoading) return "single";
    if (this.supply.elsewhere && this.left) this.welcome.elsewhere(this.left);
    else this.welcome.allDone({ sorted: this.sorted, folders: folders.length, pace: this.pile.figures, session: this.session, filed: this.filed,
      library: this.library, changed: () => void this.load() });
    return "welcome";
  }

  // The state of saving; trouble is said aloud when it begins, and when it is over.
  #tellSaving() {
    const { entries, trouble } = this.outbox;
    const text = this.pile.renderSync(entries.length, trouble);
    if (trouble && !this.isInTrouble) this.announcer.shout(`${text}. ${trouble.message}`);
    if (!trouble && this.isInTrouble) this.announcer.settle("The server is back");
    this.isInTrouble = trouble !== null;
  }

  async load() {
    const [library] = await Promise.all([this.api.get("api/library"), this.preferences.load(), this.stars.load()]);
    [this.library, this.all] = [library, library.unsorted + library.folders.reduce((sum, folder) => sum + folder.count, 0)];
    this.setFolders(library.folders, library.heirs);
    this.hasArrived();
    const { muted, volume, speed } = this.preferences.values;
    this.player.set({ muted: muted ?? true, volume: volume ?? 1, speed: speed ?? 1 });
    this.commands.hint();
    await this.supply.load(this.preferences.values.order);
    this.retraining.update(await this.api.get("api/retrain/status"));
    this.pile.refreshSoon(() => this.render());
    this.render();
    const leftOut = this.leftOut.show(library, this.shownView !== "welcome");
    if (leftOut) this.announcer.say(leftOut);
  }

  // The server is away at the start: say so, and try until it answers.
  async #waitFor(error) {
    this.shownView = "welcome";
    this.root.querySelector(".review").dataset.view = "welcome";
    this.root.querySelector("[data-welcome]").hidden = false;
    await this.welcome.noAnswer(error);
  }
}
