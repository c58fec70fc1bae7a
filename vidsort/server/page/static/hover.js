// The video of a tile while the pointer is over it.

const HOVER_MS = 120;
const CALM = matchMedia("(prefers-reduced-motion: reduce)");

export class Hover {
  #timer = null;

  constructor(api) {
    this.api = api;
    this.video = document.createElement("video");
    Object.assign(this.video, { muted: true, loop: true, playsInline: true, tabIndex: -1, ariaHidden: "true" });
  }

  // In front of the tile's poster, soon; never where the person wants nothing to move by itself.
  play(tile, item) {
    this.stop();
    if (CALM.matches) return;
    this.#timer = setTimeout(() => {
      this.video.src = this.api.video(item.filename);
      tile.querySelector("img").after(this.video);
      this.video.play().catch(() => this.video.remove());
    }, HOVER_MS);
  }

  stop() {
    clearTimeout(this.#timer);
    this.video.remove();
    this.video.removeAttribute("src");
  }
}
