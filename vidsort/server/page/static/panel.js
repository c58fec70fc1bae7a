// The side panel: one at a time, of history or retraining.

import { h, icon } from "./dom.js";

export class Panel {
  #name = null;
  #opener = null;

  constructor(element) {
    this.element = element;
  }

  get name() {
    return this.#name;
  }

  // Opens the panel with a title and an empty body, which it gives; the same name again closes it (gives null).
  toggle(name, title) {
    if (this.#name === name) {
      this.close();
      return null;
    }
    this.#opener ??= document.activeElement;
    this.#name = name;
    const close = h("button", { type: "button", className: "tool", "aria-label": "Close", onclick: () => this.close() }, icon("close"));
    const body = h("div", { className: "panel-body" });
    this.element.replaceChildren(h("div", { className: "dialog-head" }, h("h2", { id: "panel-title" }, title), close), body);
    this.element.setAttribute("aria-labelledby", "panel-title");
    this.#open(true);
    close.focus();
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
    this.#open(false);
    this.element.replaceChildren();
    this.#opener?.focus?.();
    this.#opener = null;
  }
}
