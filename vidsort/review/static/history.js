// The panel of the last moves, each with its own way back.

import { count, h } from "./dom.js";
import { history } from "./sending.js";

const SHOWN = 100;
const AGO = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });

export class History {
  #body = null;

  // `revert(move)` takes one back.
  constructor({ api, panel, revert }) {
    Object.assign(this, { api, panel, revert });
  }

  toggle() {
    this.#body = this.panel.toggle("history", "History");
    void this.refresh();
  }

  // Reads it anew, if it is open.
  async refresh() {
    if (this.panel.name !== "history") return;
    try {
      this.#show(await history(this.api, SHOWN));
    } catch (error) {
      this.#body.replaceChildren(h("p", { className: "form-note" }, error.message));
    }
  }

  #show(moves) {
    const shown = actions(moves);
    const list = h("ol", { className: "moves" }, ...shown.map((action) => this.#row(action)));
    this.#body.replaceChildren(shown.length ? list : h("p", { className: "form-note" },
      "Nothing has been moved yet. Every video you file is listed here and can go back."));
  }

  #row({ move, moves }) {
    const isDone = move.state === "done";
    const isVideo = move.kind === "sort";
    const picture = h("img", { alt: "", loading: "lazy" });
    if (isVideo) picture.src = this.api.poster(move.source);
    picture.addEventListener("error", () => picture.removeAttribute("src"));
    const button = h("button", { type: "button", className: "button", "aria-label": `Put back: ${describe(move, moves)}`,
      onclick: () => {
        button.disabled = true;
        moves.forEach((each) => this.revert(each));
      } }, "Put back");
    return h("li", { className: `move${isDone ? "" : " is-undone"}` }, picture,
      h("div", {}, h("p", { title: move.source }, isVideo ? move.target.split("/")[0] : describe(move)),
        h("p", { className: "when" }, isVideo ? `${ago(move.at)} · ${named(moves)}` : ago(move.at))),
      isDone ? button : h("span", { className: "when" }, "undone"));
  }
}

// Moves of one action together, newest first: a merge is one, a batch of sorts is one where all stand alike.
export function actions(moves) {
  const grouped = new Map();
  for (const move of moves) {
    const key = `${move.batch} ${move.state}`;
    const group = grouped.get(key);
    if (group) group.push(move);
    else grouped.set(key, [move]);
  }
  return [...grouped.values()].filter(([move]) => move.state === "done" || move.state === "undone").map((group) => ({
    move: group[0],
    // One id takes a whole merge back; sorted videos go back one by one.
    moves: group[0].kind === "sort" ? group : group.slice(0, 1),
  }));
}

export function describe(move, moves = [move]) {
  const folder = move.target.split("/")[0];
  if (move.kind === "sort") return moves.length > 1 ? `${count(moves.length, "video")} → ${folder}` : `${move.source} → ${folder}`;
  if (move.kind === "create") return `New folder ${folder}`;
  if (move.kind === "rename") return `${move.source} is now ${move.target}`;
  return `${move.source.split("/")[0]} merged into ${folder}`;
}

function named(moves) {
  return moves.length > 1 ? count(moves.length, "video") : moves[0].source;
}

function ago(at) {
  const minutes = Math.round((at - Date.now() / 1000) / 60);
  if (minutes > -60) return AGO.format(minutes, "minute");
  if (minutes > -60 * 24) return AGO.format(Math.round(minutes / 60), "hour");
  return AGO.format(Math.round(minutes / 60 / 24), "day");
}
