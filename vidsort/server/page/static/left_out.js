// What takes no part in the library: which, why, what can be done, and the offer to let in what has other names.

import { form } from "./dialog.js";
import { h, isolated, setText } from "./dom.js";
import { only } from "./rights.js";

// Beside a pile: a quiet line that stays, and a panel that says all of it.
export class LeftOut {
  #library = null;

  // `changed()` is called when the library has other videos by now.
  constructor({ line, api, panel, toasts, changed }) {
    Object.assign(this, { line, api, panel, toasts, changed });
  }

  // `isBeside` a pile, where nothing else says it.
  show(library, isBeside) {
    this.#library = library;
    const { left_out: leftOut } = library;
    this.line.hidden = !leftOut.length;
    if (!leftOut.length) return null;
    setText(this.line, leftOut.map((one) => one.reason).join("; "));
    if (!isBeside) return null;
    const text = leftOut.map((one) => `${one.reason}, like ${isolated(one.examples[0])}`).join("; ");
    this.toasts.offer(text, "Show", () => this.panel.name === "left-out" || this.toggle());
    return text;
  }

  toggle() {
    this.panel.toggle("left-out", "Left out")?.append(tellLeftOut({ library: this.#library, api: this.api, changed: () => {
      this.panel.close();
      this.changed();
    } }));
  }
}

// A row a reason: how many, for example which, and what to do.
export function rows(leftOut) {
  return h("ul", {}, ...leftOut.map((one) => h("li", {},
    h("strong", {}, one.reason),
    h("p", { className: "examples" }, examples(one)),
    h("p", {}, `${one.mend[0].toUpperCase()}${one.mend.slice(1)}.`))));
}

// The rows, and "Let them in" where names are a reason and it can be decided here.
export function tellLeftOut({ library, api, changed }) {
  const offer = library.reason_of_names ? h("p", { className: "result" }, library.reason_of_names) : form({
    fields: [],
    label: "Let them in",
    submit: async () => {
      await letIn(api);
      changed();
    },
  });
  const deciding = only("admin", offer, "An admin can let them in.");
  return h("div", { className: "left-out" }, rows(library.left_out), isByName(library.left_out) ? deciding : null);
}

export function isByName(leftOut) {
  return leftOut.some((one) => one.kind === "names");
}

export async function letIn(api) {
  await api.call("PUT", "api/library/names", { video_names: "any" });
}

function examples({ examples: some, count }) {
  return some.map(isolated).join(", ") + (count > some.length ? ", …" : "");
}
