// The list of folders: key, name, live count, and how often the guesses for it were right.

import { figure, h, icon, setRead, setText } from "./dom.js";
import { capText, shortcut } from "./keys.js";
import { rove } from "./roving.js";

export class Folders {
  #rows = new Map();

  // `choose(folder)` files the video on show, where `rights` allow it; `look(folder)` shows what lies in it; `edit(folder)` opens its tools.
  constructor({ list, rights, choose, look, edit }) {
    Object.assign(this, { list, rights, choose, look, edit });
    this.settle = rove(list, { items: () => [...list.querySelectorAll(".folder-button")], forward: "ArrowDown", back: "ArrowUp" });
    // A folder's tools are beside it, not one Tab further for each of many.
    list.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const all = [...(event.target.closest("li")?.querySelectorAll("button") ?? [])];
      const to = step && all[all.indexOf(event.target) + step];
      if (!to) return;
      event.preventDefault();
      to.focus();
    });
  }

  // `folders` as [{name, count}]; `first` is the folder of the first guess; `keyOf` and `agreementOf` by name; `aside` are the
  // names of those that are not learned from.
  render(folders, { first, keyOf, agreementOf, aside = [] }) {
    const names = folders.map((folder) => folder.name);
    for (const [name, row] of this.#rows) {
      if (!names.includes(name)) {
        row.item.remove();
        this.#rows.delete(name);
      }
    }
    folders.forEach((folder, at) => {
      const row = this.#rows.get(folder.name) ?? this.#make(folder.name);
      if (this.list.children[at] !== row.item) this.list.insertBefore(row.item, this.list.children[at] ?? null);
      this.#fill(row, folder, folder.name === first, keyOf(folder.name), agreementOf(folder.name));
      this.#setAside(row, aside.includes(folder.name));
    });
    this.settle();
  }

  // A short glow where a video went.
  hit(name) {
    const item = this.#rows.get(name)?.item;
    if (!item) return;
    item.classList.remove("is-hit");
    // On the next frame, so that the animation starts again.
    requestAnimationFrame(() => item.classList.add("is-hit"));
  }

  #make(name) {
    const row = { cap: h("kbd", { "aria-hidden": "true" }), count: h("span", { className: "count" }),
      dot: h("span", { className: "agreement", "aria-hidden": "true" }) };
    row.button = h("button", { type: "button", className: "folder-button", onclick: () => this.choose(name) },
      row.cap, h("span", { className: "name" }, name), row.dot, row.count,
      h("span", { className: "for-readers" }, "videos"), row.aside = h("span", { className: "for-readers", hidden: true }, ", not learned from"));
    const more = h("button", { type: "button", className: "tool folder-more", tabIndex: -1, "aria-label": `Change ${name}`,
      dataset: { for: "admin" }, title: "Rename, merge, key", onclick: () => this.edit(name) }, icon("more"));
    const look = h("button", { type: "button", className: "tool folder-look", tabIndex: -1, "aria-label": `Look into ${name}`,
      title: "Look into it", onclick: () => this.look(name) }, icon("grid"));
    row.item = h("li", { className: "folder", dataset: { folder: name } }, row.button, h("div", { className: "folder-tools" }, look, more));
    this.#rows.set(name, row);
    return row;
  }

  #fill(row, folder, isFirst, key, agreement) {
    row.item.classList.toggle("is-first", isFirst);
    // Without a key its place stays, so that the names stand below one another.
    row.cap.classList.toggle("is-free", !key);
    setText(row.cap, key ? capText(key) : "");
    setText(row.count, figure(folder.count));
    row.button.ariaDisabled = String(!this.rights.may("reviewer"));
    row.dot.dataset.level = agreement.level;
    setRead(row.button, "title", agreement.text ? `${folder.name}: ${agreement.text}` : folder.name);
    if (key) row.button.setAttribute("aria-keyshortcuts", shortcut(key));
    else row.button.removeAttribute("aria-keyshortcuts");
  }

  // What lies in it teaches nothing, and it is never suggested.
  #setAside(row, isAside) {
    row.item.classList.toggle("is-aside", isAside);
    row.aside.hidden = !isAside;
    if (isAside) setRead(row.button, "title", `${row.button.title} (not learned from)`);
  }
}
