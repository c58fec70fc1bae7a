// The panel of the last moves, each with its own way back.

import { count, h, isolated } from "./dom.js";
import { mayTakeBack, otherHands } from "./rights.js";

const SHOWN = 100;
const AGO = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });

export class History {
  #body = null;
  // By the id of the move.
  #posters = new Map();
  #near;

  // `revert(batch)` takes one back; `rights` say who this is.
  constructor({ api, pictures, panel, rights, revert }) {
    Object.assign(this, { api, pictures, panel, rights, revert });
    this.#near = new IntersectionObserver((seen) => {
      for (const { target, isIntersecting } of seen) {
        if (!isIntersecting) continue;
        this.#near.unobserve(target);
        pictures.want(target, api.poster(target.dataset.filename));
      }
    }, { rootMargin: "300px" });
  }

  toggle() {
    this.#body = this.panel.toggle("history", "History", () => {
      const before = this.#posters;
      this.#posters = new Map();
      this.#drop(before);
      this.#body = null;
    });
    void this.refresh();
  }

  // Reads it anew, if it is open.
  async refresh() {
    const body = this.#body;
    if (this.panel.name !== "history") return;
    try {
      const { actions } = await this.api.get(`api/history/actions?limit=${SHOWN}`);
      // It may have been closed meanwhile.
      if (body === this.#body) this.#show(actions);
    } catch (error) {
      body.replaceChildren(h("p", { className: "form-note" }, error.message));
    }
  }

  #show(actions) {
    const before = this.#posters;
    this.#posters = new Map();
    const list = h("ol", { className: "moves" }, ...actions.map((action) => this.#row(action, before)));
    this.#drop(before);
    // Whoever goes through the list by keyboard stays at that place of it.
    const rows = [...this.#body.querySelectorAll(".move")];
    const place = rows.findIndex((row) => row.contains(document.activeElement));
    this.#body.replaceChildren(actions.length ? list : h("p", { className: "form-note" },
      "Nothing has been moved yet. Every video you file is listed here and can go back."));
    if (place < 0) return;
    const buttons = [...list.children].map((row) => row.querySelector("button"));
    (buttons.slice(place).find(Boolean) ?? buttons.findLast(Boolean))?.focus();
  }

  // The poster of a video, asked for when its row comes near; the same element as long as the list names the move.
  #poster({ id, source }, before) {
    const known = before.get(id);
    if (known) {
      this.#posters.set(id, known);
      return known;
    }
    const picture = h("img", { alt: "", dataset: { filename: filenameOf(source) } });
    picture.addEventListener("error", () => picture.removeAttribute("src"));
    this.#posters.set(id, picture);
    this.#near.observe(picture);
    return picture;
  }

  #drop(pictures) {
    for (const [id, picture] of pictures) {
      if (this.#posters.get(id) === picture) continue;
      this.#near.unobserve(picture);
      this.pictures.drop(picture);
    }
  }

  // `count` moves of one batch that stand alike, of which `move` is the first.
  #row({ move, count: moves }, before) {
    const isDone = move.state === "done";
    const isVideo = move.kind === "sort" || move.kind === "move";
    const picture = isVideo ? this.#poster(move, before) : h("img", { alt: "" });
    const button = h("button", { type: "button", className: "button", "aria-label": `Put back: ${describe(move, moves)}`,
      onclick: () => {
        // Not `disabled`, which would take the focus away with it.
        if (button.ariaDisabled === "true") return;
        button.ariaDisabled = "true";
        this.revert(move.batch);
      } }, "Put back");
    return h("li", { className: `move${isDone ? "" : " is-undone"}` }, picture,
      h("div", {}, h("p", { title: move.source }, isVideo ? folderOf(move.target) : describe(move)),
        h("p", { className: "when" }, [ago(move.at), otherHands(move, this.rights.me, this.api.browser), isVideo && named(move, moves)]
          .filter(Boolean).join(" · "))),
      isDone ? (mayTakeBack(move, this.rights.me) ? button : null) : h("span", { className: "when" }, "undone"));
  }
}

// The folder of a place in the library; the root holds what is not sorted.
export function folderOf(place) {
  return place.includes("/") ? place.split("/")[0] : "the unsorted videos";
}

const filenameOf = (place) => place.split("/").at(-1);

// What one action was; `moves` counts those of its batch.
export function describe(move, moves = 1) {
  const folder = move.target.split("/")[0];
  if (move.kind === "sort" || move.kind === "move") return `${named(move, moves)} → ${folderOf(move.target)}`;
  if (move.kind === "create") return moves > 1 ? `New folder ${folder} with ${count(moves - 1, "video")}` : `New folder ${folder}`;
  if (move.kind === "rename") return `${move.source} is now ${move.target}`;
  // A folder without videos is merged by its removal alone.
  return move.kind === "merge" ? `${move.source.split("/")[0]} merged into ${folder}` : `Empty folder ${move.source} removed`;
}

// What became of one action by taking it back.
export function describeBack(move, moves = 1) {
  if (move.kind === "rename") return `${move.target} is ${move.source} again`;
  if (move.kind === "merge") return `${move.source.split("/")[0]} is a folder of its own again`;
  if (move.kind === "move") return `${named(move, moves)} → ${folderOf(move.source)}`;
  return move.kind === "remove" ? `Empty folder ${move.source} is there again` : describe(move, moves);
}

// The move that says what an action was: undo tells the newest first, and of a merge that is the removal of the folder;
// where one was made for videos, they say it.
export function telling(moves) {
  return moves.find((move) => move.kind !== "remove" && move.kind !== "create") ?? moves[0];
}

function named(move, moves) {
  return moves > 1 ? count(moves, "video") : isolated(filenameOf(move.source));
}

function ago(at) {
  const minutes = Math.round((at - Date.now() / 1000) / 60);
  if (minutes > -60) return AGO.format(minutes, "minute");
  if (minutes > -60 * 24) return AGO.format(Math.round(minutes / 60), "hour");
  return AGO.format(Math.round(minutes / 60 / 24), "day");
}
