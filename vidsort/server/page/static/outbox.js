// Decisions on their way to the server: one at a time, in order, kept until the server has answered.
// Pure but for what it is given: storage, a way to send, a way to wait.

import { Refused } from "./api.js";

const FIRST_WAIT_MS = 250;
// What waits is on its way again within two seconds after the server is back.
const LONGEST_WAIT_MS = 1_500;

// Half to all of 0.25, 0.5, 1, 1.5, 1.5 … s: doubled, and spread so that many tabs do not come at once.
export function waitMs(attempts, random = Math.random()) {
  const whole = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, attempts - 1));
  return whole * (0.5 + random / 2);
}

// The folder that an entry makes, if it makes one.
export function folderThatComes({ kind, name, makes }) {
  return kind === "create" ? name : kind === "batch" ? makes : undefined;
}

export class Outbox {
  entries = [];
  // Why the first entry has to wait, or null while all is well.
  trouble = null;
  #sending = null;
  #running = null;
  #wake = () => {};

  // `send(entry, remember)` gives the server's answer or raises; what it notes in the entry is kept by `remember()`.
  // `done(entry, answer)`, `refused(entry, error)`, `adopted(entries)` and `changed()` are told.
  constructor({ storage, name, send, done, refused, changed, adopted = () => {} }) {
    Object.assign(this, { storage, name, send, done, refused, changed, adopted });
  }

  // Keeps what waits under another name from now on: whose page this is was not known before.
  rename(name) {
    this.storage.removeItem(this.name);
    this.name = name;
    this.#keep();
  }

  add(entry) {
    this.entries.push({ attempts: 0, ...entry });
    this.#keep();
    void this.run();
    return this.entries.at(-1);
  }

  // Entries that another page left behind when it was closed.
  adopt(entries) {
    const known = new Set(this.entries.map((entry) => entry.id));
    const fresh = entries.filter((entry) => !known.has(entry.id));
    this.entries.push(...fresh);
    this.#keep();
    this.adopted(fresh);
    void this.run();
  }

  // Takes an entry back that has never been sent; gives whether it was.
  withdraw(id) {
    const at = this.entries.findIndex((entry) => entry.id === id);
    if (at < 0 || this.entries[at] === this.#sending || this.entries[at].attempts > 0) return false;
    this.entries.splice(at, 1);
    this.#keep();
    return true;
  }

  has(id) {
    return this.entries.some((entry) => entry.id === id);
  }

  // Now rather than later: the network is back, or the person asks.
  retryNow() {
    this.#wake();
  }

  // Resolves when nothing is left to send.
  async settled() {
    while (this.entries.length) await this.run();
  }

  run() {
    this.#running ??= this.#loop();
    return this.#running;
  }

  async #loop() {
    await null; // so that #running is set before the loop can end
    while (this.entries.length) {
      const entry = this.entries[0];
      this.#sending = entry;
      // Written down before it is sent: after a reload it is known that the server may have it already.
      entry.attempts += 1;
      this.#keep();
      try {
        const answer = await this.send(entry, () => this.#keep());
        this.#finish(() => this.done(entry, answer));
      } catch (error) {
        if (error instanceof Refused) this.#finish(() => this.refused(entry, error));
        else await this.#pause(entry, error);
      }
    }
    this.#running = null;
  }

  #finish(tell) {
    this.entries.shift();
    this.#sending = null;
    this.trouble = null;
    this.#keep();
    tell();
  }

  async #pause(entry, error) {
    this.trouble = error;
    this.changed();
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs(entry.attempts));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => {};
  }

  #keep() {
    try {
      if (this.entries.length) this.storage.setItem(this.name, JSON.stringify(this.entries));
      else this.storage.removeItem(this.name);
    } catch (error) {
      // Storage that is full or forbidden: the decisions are still sent, only a reload would lose the unsent ones.
      console.warn("vidsort: decisions are kept in memory only", error);
    }
    this.changed();
  }
}

// Takes over what pages left that were closed before the server answered. Each live page holds a lock with the name
// of its outbox, so that no decision is sent by two. Without locks (plain http from another machine) all is taken.
// What this page has not sent yet goes on under that prefix, too.
export async function inherit(outbox, prefix, locks = globalThis.navigator?.locks) {
  if (!outbox.name.startsWith(prefix)) outbox.rename(prefix + outbox.name.split(/[./]/).at(-1));
  const left = () => Object.keys(outbox.storage).filter((key) => key.startsWith(prefix) && key !== outbox.name);
  const take = (key) => {
    const text = outbox.storage.getItem(key);
    outbox.storage.removeItem(key);
    if (text) outbox.adopt(JSON.parse(text));
  };
  if (!locks) {
    left().forEach(take);
    return;
  }
  void locks.request(outbox.name, () => new Promise(() => {}));
  const waits = left().map((key) => locks.request(key, () => take(key)));
  // A page that reloads lets go of its lock at once; another tab that lives is not waited for.
  await Promise.race([Promise.all(waits), new Promise((resolve) => setTimeout(resolve, waits.length ? 300 : 0))]);
}
