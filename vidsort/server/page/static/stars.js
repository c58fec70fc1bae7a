// Stars: which videos have one, the key that gives and takes it, and all that have one in the grid.

import { isolated } from "./dom.js";
import { show } from "./finding.js";

export class Stars {
  #names = new Set();
  // What was pressed before comes first, however fast.
  #settled = Promise.resolve();

  constructor(app) {
    this.app = app;
  }

  has(filename) {
    return this.#names.has(filename);
  }

  // Asks which have one; gives these videos.
  async load() {
    await this.#settled;
    const { videos } = await this.app.api.get("api/stars");
    this.#names = new Set(videos.map((video) => video.filename));
    return videos;
  }

  // The video on show, or the tile where one is, gets a star, or has none any more.
  toggle() {
    const { app } = this;
    const item = app.view === "grid" ? app.grid.here : app.cards.current;
    if (!item) {
      app.hint("There is no video on show to give a star.");
      return;
    }
    const { filename } = item;
    const isGiven = !this.has(filename);
    this.#paint(filename, isGiven);
    app.announcer.say(`${isolated(filename)} has ${isGiven ? "a" : "no"} star`);
    this.#settled = this.#settled.then(() => app.api.call(isGiven ? "PUT" : "DELETE", `api/stars/${encodeURIComponent(filename)}`)).catch((error) => {
      this.#paint(filename, !isGiven);
      app.fail(error.message);
    });
  }

  async open() {
    const { app } = this;
    try {
      const videos = await this.load();
      if (videos.length) await show(app, videos, "With a star");
      else app.hint("No video has a star yet.");
    } catch (error) {
      app.fail(error.message);
    }
  }

  #paint(filename, isGiven) {
    if (isGiven) this.#names.add(filename);
    else this.#names.delete(filename);
    if (this.app.view === "grid") this.app.grid.repaint();
    else this.app.render();
  }
}
