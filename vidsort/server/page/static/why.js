// The panel that tells what speaks for the first guess of the video on show, and which videos are most like it.

import { BLIND_HINT } from "./blind.js";
import { h, isolated, percent } from "./dom.js";

const KINDS = {
  frames: "Pictures", motion: "Movement", sound: "Sound", words: "Words", semantic: "Meaning", body: "Body",
  speech: "Speech", ocr: "Text on screen", names: "Names", names_understood: "Name meaning",
  names_speech: "Names in speech", names_ocr: "Names on screen", clip: "Scenes", names_seen: "Name seen",
};

export class Why {
  #body = null;
  #filename = null;
  #posters = [];

  // `like(filename)` shows more of what is like a video.
  constructor({ api, pictures, panel, like }) {
    Object.assign(this, { api, pictures, panel, like });
  }

  toggle(item) {
    this.#body = this.panel.toggle("why", "Why this guess", () => {
      this.#drop();
      this.#body = null;
    });
    this.#filename = null;
    void this.follow(item);
  }

  // Tells of this video, if the panel is open.
  async follow(item) {
    if (this.panel.name !== "why" || !this.#body || item?.filename === this.#filename) return;
    this.#filename = item?.filename ?? null;
    if (!item) {
      this.#show(h("p", { className: "form-note" }, "There is no video on show."));
      return;
    }
    if (item.blind) {
      this.#show(h("p", { className: "form-note" }, BLIND_HINT));
      return;
    }
    const asked = item.filename;
    try {
      const why = await this.api.get(`api/videos/${encodeURIComponent(asked)}/why`);
      // Another one may be on show by now, or the panel closed.
      if (this.#filename === asked && this.#body) this.#show(...this.#told(why));
    } catch (error) {
      if (this.#filename === asked && this.#body) this.#show(h("p", { className: "form-note" }, error.message));
    }
  }

  #show(...children) {
    this.#drop();
    this.#body.replaceChildren(...children);
    this.#posters = [...this.#body.querySelectorAll("img")];
    for (const picture of this.#posters) this.pictures.want(picture, this.api.poster(picture.dataset.filename));
  }

  #drop() {
    for (const picture of this.#posters) this.pictures.drop(picture);
    this.#posters = [];
  }

  #told({ filename, predicted_folder: folder, confidence, listed_folder: listed, listed_confidence: sure, shares, words, nearest }) {
    const isLearned = listed && listed !== folder;
    return [
      h("p", { className: "why-guess" }, ...(folder ? [h("strong", {}, folder), ` ${percent(confidence)}`] : ["No guess yet: nothing that is known of it speaks for a folder."])),
      isLearned ? h("p", { className: "form-note" }, "What you filed since the last retrain speaks for ", h("strong", {}, listed),
        ` (${percent(sure)}); what follows is of the model before.`) : null,
      shares.length ? h("ul", { className: "why-shares", "aria-label": "What it rests on" }, ...shares.map(bar)) : null,
      words.length ? h("p", { className: "why-words" }, h("span", {}, "Words: "), ...words.map((word) => h("span", { className: "word" }, word))) : null,
      h("h3", {}, nearest.length ? "Most like it" : "No sorted video is like it yet"),
      h("ul", { className: "why-nearest" }, ...nearest.map(neighbour)),
      h("button", { type: "button", className: "button", onclick: () => this.like(filename) }, "More like this"),
    ].filter(Boolean);
  }
}

function bar({ kind, share }) {
  const fill = h("i");
  fill.style.setProperty("--share", String(share));
  return h("li", {}, h("span", {}, KINDS[kind] ?? kind), h("span", { className: "bar", "aria-hidden": "true" }, fill),
    h("span", { className: "share" }, percent(share)));
}

function neighbour({ filename, folder }) {
  const picture = h("img", { alt: "", dataset: { filename } });
  picture.addEventListener("error", () => picture.removeAttribute("src"));
  return h("li", { title: isolated(filename) }, picture, h("span", { className: "name" }, folder ?? "not sorted yet"));
}
