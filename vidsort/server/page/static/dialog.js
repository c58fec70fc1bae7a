// Modal dialogs: the browser's own <dialog>, which keeps the focus inside and closes by Escape.

import { h, icon } from "./dom.js";

let host = null;
let number = 0;

export function setHost(element) {
  host = element;
}

export function isOpen() {
  return host?.querySelector("dialog[open]") !== null;
}

// Shows `content` under a title; gives the dialog. It is removed when closed, and the focus goes back.
export function openDialog(title, ...content) {
  const id = `dialog-${(number += 1)}`;
  const close = h("button", { type: "button", className: "tool", "aria-label": "Close", onclick: () => dialog.close() },
    icon("close"));
  const dialog = h("dialog", { "aria-labelledby": id, tabIndex: -1 },
    h("div", { className: "dialog-head" }, h("h2", { id }, title), close), ...content);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  host.append(dialog);
  dialog.showModal();
  // The first field, else the dialog itself: its text is read, and no button is pressed by mistake.
  (dialog.querySelector("input, select") ?? dialog).focus();
  return dialog;
}

// A form that calls `submit(values)`; what it raises is shown below the fields, and the dialog stays.
export function form({ fields, submit, label, extra = [] }) {
  const note = h("p", { className: "form-note", role: "alert" });
  const element = h("form", { className: "form", method: "dialog" }, ...fields, note,
    h("div", { className: "form-actions" }, ...extra, h("button", { type: "submit", className: "button primary" }, label)));
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await submit(Object.fromEntries(new FormData(element)));
      element.closest("dialog")?.close();
    } catch (error) {
      note.dataset.state = "bad";
      note.textContent = error.message;
    }
  });
  return element;
}

export function textField(name, label, value = "", options = {}) {
  const input = h("input", { className: "field", name, value, autocomplete: "off", spellcheck: false, ...options });
  return h("label", {}, label, input);
}
