// Keeps the queue filled from the server, and in step with it.

import { hidden } from "./blind.js";
import { Leases } from "./leases.js";

const PAGE = 50;
const LOW = 15;
// Most that the server looks up by name in one question.
const AT_ONCE = 1000;

export class Supply {
  isLoading = false;
  // Which predictions the queue was made from, as the server names them.
  predictions = null;
  // How many of the pile are not in the queue because other browsers show them.
  elsewhere = 0;
  #cursor = null;
  // The server's own while none is chosen.
  #order = null;

  // `isOutdated(item)`: its guesses name a folder that has gone. `mayGuess()`: the card on show may get its first one.
  // `mayTake()`: whether cards are taken for this browser.
  constructor({ api, queue, decisions, isOutdated, mayGuess = () => true, mayTake = () => true, changed }) {
    Object.assign(this, { api, queue, decisions, isOutdated, mayGuess, changed });
    this.leases = new Leases({ api, queue, mayTake, lost: (filenames) => this.#giveUp(filenames), freed: () => this.#lookElsewhere() });
  }

  // From the beginning, in this order.
  async load(order) {
    this.#order = order;
    const videos = await this.#page(null);
    if (!videos) return;
    this.queue.load(videos);
    this.changed();
  }

  // The next page when few are left; at the end what was skipped elsewhere is found by a refresh.
  more() {
    if (this.isLoading || !this.#cursor || this.queue.ahead >= LOW) return;
    void this.#quietly(async () => this.queue.append((await this.#page(this.#cursor)) ?? []));
  }

  // New order and predictions; the card on show and the next one stay. `isStale`: what has gone leaves, too.
  refresh({ isStale = false } = {}) {
    return this.#quietly(async () => {
      const fresh = await this.#page(null);
      if (!fresh) return;
      const listed = this.queue.isWhole ? fresh : isStale ? await this.find(this.queue.items.map((item) => item.filename)) : null;
      if (listed) {
        const here = new Set(listed.map((video) => video.filename));
        const gone = this.queue.items.filter((item) => !here.has(item.filename) && !this.decisions.isOnItsWayBack(item.filename));
        this.queue.drop(new Set(gone.map((item) => item.filename)));
      }
      this.queue.refresh(fresh, this.isOutdated, this.mayGuess());
    });
  }

  // Those of these videos that are no longer in the pile, as far as that is known; what is on its way back counts as there.
  async missing(items) {
    const asked = items.filter((item) => !this.decisions.isOnItsWayBack(item.filename));
    let found;
    try {
      found = new Set((await this.find(asked.map((item) => item.filename))).map((item) => item.filename));
    } catch {
      return []; // the next change asks again
    }
    return asked.filter((item) => !found.has(item.filename) && this.queue.has(item.filename)
      && !this.decisions.isOnItsWayBack(item.filename));
  }

  // The entries of these videos, as far as they are unsorted.
  async find(filenames) {
    const found = [];
    for (let from = 0; from < filenames.length; from += AT_ONCE) {
      const { videos } = await this.api.post("api/queue/entries", { filenames: filenames.slice(from, from + AT_ONCE) });
      found.push(...videos.map(hidden));
    }
    return found;
  }

  // Other browsers show these: they leave until those are done with them.
  #giveUp(filenames) {
    for (const filename of filenames) this.queue.take(filename);
    this.elsewhere += filenames.length;
    this.changed();
  }

  // What other browsers showed may be free again; asked only where nothing else is left to show.
  #lookElsewhere() {
    if (this.elsewhere && !this.isLoading && this.queue.isWhole && this.queue.ahead < LOW) void this.refresh();
  }

  // The videos of a page; null where another order was chosen before it came, so that of several chosen in haste the
  // last one holds, whichever answer is the last.
  async #page(cursor) {
    const wanted = this.#order;
    const order = wanted ? `&order=${wanted}` : "";
    const after = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
    // What is on its way when the list is asked for may have arrived when it comes, and still be in it.
    const before = this.decisions.pending();
    const page = await this.api.get(`api/queue?limit=${PAGE}${order}${after}`);
    if (this.#order !== wanted) return null;
    this.#cursor = page.next_cursor ?? null;
    this.queue.isWhole = !this.#cursor;
    this.elsewhere = page.elsewhere ?? 0;
    if (!cursor) this.predictions = page.predictions;
    const pending = this.decisions.pending();
    const postponed = this.decisions.postponed();
    const videos = page.videos.map(hidden).filter(({ filename }) => !before.has(filename) && !pending.has(filename));
    const later = this.queue.isWhole ? videos.filter(({ filename }) => postponed.has(filename)) : [];
    return [...videos.filter(({ filename }) => !postponed.has(filename)), ...later];
  }

  async #quietly(work) {
    this.isLoading = true;
    try {
      await work();
    } catch (error) {
      // Live tells when the server is back, and the next card asks again.
      console.warn("vidsort: the queue was not read", error);
    } finally {
      this.isLoading = false;
      this.changed();
    }
  }
}
