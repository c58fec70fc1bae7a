// One line for each decision, with its state and its own undo.

import { h } from "./dom.js";

const SHOWN = 3;
const GAP_PX = 24;
const DECISION_MS = 4_000;
const FAILURE_MS = 12_000;

export class Toasts {
  #byAction = new Map();
  #hint = null;

  constructor(box, { undo }) {
    this.box = box;
    this.undo = undo;
    // What lies beneath gives way, so that no toast lies over a button.
    const page = box.closest("#vidsort");
    new ResizeObserver(() => page.style.setProperty("--toasts", `${box.childElementCount ? box.offsetHeight + GAP_PX : 0}px`)).observe(box);
  }

  // A decision that is on its way; `saved` or `remove` follow.
  decided(action, text) {
    const mark = h("span", { className: "mark", dataset: { state: action.state ?? "sending" } });
    const button = h("button", { type: "button", onclick: () => this.undo(action) }, "Undo");
    const toast = this.#add(h("div", { className: "toast" }, mark, h("span", { className: "text" }, text), button));
    this.#byAction.set(action, { toast, mark });
    this.#leave(toast, DECISION_MS, () => this.#byAction.delete(action));
  }

  saved(action) {
    const shown = this.#byAction.get(action);
    if (shown) shown.mark.dataset.state = "saved";
  }

  remove(action) {
    this.#byAction.get(action)?.toast.remove();
    this.#byAction.delete(action);
  }

  say(text) {
    const toast = this.#add(h("div", { className: "toast" }, h("span", { className: "text" }, text), h("span")));
    this.#leave(toast, DECISION_MS);
    return toast;
  }

  // What can be looked at further: a button does `act()`.
  offer(text, label, act) {
    const button = h("button", { type: "button", onclick: () => {
      toast.remove();
      act();
    } }, label);
    const toast = this.#add(h("div", { className: "toast" }, h("span", { className: "text" }, text), button));
    this.#leave(toast, FAILURE_MS);
  }

  // What a press did not do; of many there is only the last.
  hint(text) {
    this.#hint?.remove();
    this.#hint = this.say(text);
  }

  failed(text) {
    const close = h("button", { type: "button", onclick: () => toast.remove() }, "Close");
    const toast = this.#add(h("div", { className: "toast is-failure" }, h("span", { className: "text", title: text }, text), close));
    this.#leave(toast, FAILURE_MS);
  }

  #add(toast) {
    this.box.append(toast);
    // So many of each kind: what a screen can hold.
    for (const kind of [".toast:not(.is-failure)", ".toast.is-failure"]) {
      const shown = this.box.querySelectorAll(kind);
      if (shown.length > SHOWN) shown[0].remove();
    }
    return toast;
  }

  // After its time, but not from under a pointer or the focus.
  #leave(toast, wait, then = () => {}) {
    setTimeout(() => {
      if (toast.matches(":hover, :focus-within")) {
        this.#leave(toast, wait, then);
        return;
      }
      toast.remove();
      then();
    }, wait);
  }
}
