// The side panel: one at a time, of history or retraining.

import { h, icon } from "./dom.js";

export class Panel {
  #name = null;
  #opener = null;
  #closed = () => {};

  // `told(title)` is called when one opens.
  constructor(element, told) {
    Object.assign(this, { element, told });
  }

  get name() {
    return this.#name;
  }

  // Opens the panel with a title and an empty body, which it gives; the same name again closes it (gives null).
  // The focus stays where the keys of review are; Tab leads into the panel.
  // `closed()` is told when it goes, or another takes its place.
  toggle(name, title, closed = () => {}) {
    if (this.#name === name) {
      this.close();
      return null;
    }
    this.#closed();
    this.#closed = closed;
    this.#opener ??= document.activeElement;
    this.#name = name;
    const close = h("button", { type: "button", className: "tool", "aria-label": "Close", onclick: () => this.close() }, icon("close"));
    const body = h("div", { className: "panel-body" });
    this.element.replaceChildren(h("div", { className: "dialog-head" }, h("h2", { id: "panel-title" }, title), close), body);
    this.element.setAttribute("aria-labelledby", "panel-title");
    this.#open(true);
    beginTabFrom(close);
    this.told(title);
    return body;
  }

  #open(isOpen) {
    this.element.hidden = !isOpen;
    // A class rather than :has(), which the browser would have to ask again at every change of the page.
    this.element.closest("#vidsort").classList.toggle("has-panel", isOpen);
  }

  close() {
    if (!this.#name) return;
    this.#name = null;
    this.#closed();
    this.#closed = () => {};
    const had = this.element.contains(document.activeElement);
    this.#open(false);
    this.element.replaceChildren();
    if (had) this.#opener?.focus?.();
    this.#opener = null;
  }
}

// Lets the next Tab lead to what comes after this element, without taking the focus from where it is.
function beginTabFrom(element) {
  if (document.activeElement !== document.body) return;
  element.focus();
  element.blur();
}
