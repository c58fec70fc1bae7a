// Videos fetched ahead, whole where they are small, so that showing the next one waits for nothing.

import { inWords } from "./api.js";

const WHOLE_BYTES = 32 * 1024 * 1024;
const AT_ONCE = 2;
const POLL_MS = 700;

export class Prefetcher {
  // filename -> {source, controller, abandoned}; `source` promises an address for a <video>.
  #kept = new Map();
  #waiting = [];
  #active = 0;

  // `onProgress(filename, share or null)` is told while a copy is being made.
  constructor({ api, onProgress }) {
    this.api = api;
    this.onProgress = onProgress;
  }

  // Keep these videos, nearest first; forget all others but those of `inUse`.
  want(items, inUse) {
    const names = new Set([...items.map((item) => item.filename), ...inUse]);
    for (const [filename, entry] of this.#kept) if (!names.has(filename)) this.#forget(filename, entry);
    this.#waiting = items.filter((item) => !this.#kept.has(item.filename) && item.playable !== "none");
    this.#fill();
  }

  // The address to play a video from, or null where it has not been asked for yet.
  has(filename) {
    return this.#kept.get(filename)?.address ?? null;
  }

  // Promises the address; what is needed now is not fetched whole first, so that it starts at once.
  source(item) {
    if (item.playable === "copy") return this.#start(item).source;
    return this.#kept.get(item.filename)?.source ?? Promise.resolve(this.api.video(item.filename));
  }

  // The H.264 copy of a video that turned out not to play.
  copy(item) {
    const kept = this.#kept.get(item.filename);
    if (kept) this.#forget(item.filename, kept);
    return this.#start({ ...item, playable: "copy" }).source;
  }

  #fill() {
    while (this.#active < AT_ONCE && this.#waiting.length) this.#start(this.#waiting.shift());
  }

  #start(item) {
    const known = this.#kept.get(item.filename);
    if (known) return known;
    const entry = { controller: new AbortController(), address: null };
    this.#kept.set(item.filename, entry);
    this.#active += 1;
    entry.source = this.#fetch(item, entry).then((address) => {
      entry.address = address;
      return address;
    });
    // Whoever waits for it sees the failure; when nobody does, it is fetched again when its turn comes.
    entry.source.catch(() => this.#kept.get(item.filename) === entry && this.#kept.delete(item.filename)).finally(() => {
      this.#active -= 1;
      this.#fill();
    });
    return entry;
  }

  async #fetch(item, entry) {
    const { signal } = entry.controller;
    const address = item.playable === "copy" ? this.api.playable(item.filename) : this.api.video(item.filename);
    for (;;) {
      const response = await this.#ask(address, signal);
      if (response.status === 202) {
        this.onProgress(item.filename, (await response.json()).done ?? null);
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        signal.throwIfAborted();
        continue;
      }
      if (!response.ok) throw new Error((await reason(response)) ?? `The server answered ${response.status}.`);
      if (Number(response.headers.get("Content-Length")) > WHOLE_BYTES) {
        void response.body.cancel();
        return address;
      }
      const blob = await response.blob();
      if (signal.aborted) throw signal.reason;
      return URL.createObjectURL(blob);
    }
  }

  async #ask(address, signal) {
    try {
      return await fetch(address, { signal });
    } catch (error) {
      throw signal.aborted ? error : new Error(inWords(error));
    }
  }

  #forget(filename, entry) {
    this.#kept.delete(filename);
    entry.controller.abort();
    if (entry.address?.startsWith("blob:")) URL.revokeObjectURL(entry.address);
  }
}

async function reason(response) {
  try {
    return (await response.json()).detail;
  } catch {
    return null;
  }
}
