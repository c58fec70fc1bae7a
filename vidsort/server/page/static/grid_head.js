// Above the grid: what is said of it, in which order it is, how sure the guesses shown have to be, and buttons.

import { h, icon, setText } from "./dom.js";
import { advice } from "./grid_advice.js";

export class GridHead {
  // `reorder(order)` and `least(share)` are told what is chosen.
  constructor({ reorder, least }) {
    this.title = h("p", { className: "grid-title", "aria-live": "polite" });
    this.order = h("select", { className: "field", "aria-label": "Order of the grid", onchange: () => reorder(this.order.value) });
    this.slider = h("input", { type: "range", min: "0", max: "99", step: "1", value: "0", "aria-label": "Least confidence",
      oninput: () => {
        this.#tellLeast();
        least(this.slider.value / 100);
      } });
    this.said = h("output", { className: "least-said" });
    this.sure = h("label", { className: "least" }, h("span", {}, "Guesses from"), this.slider, this.said);
    this.tools = h("div", { className: "grid-tools", hidden: true }, this.order, this.sure);
    const button = (action, ...inside) => h("button", { type: "button", className: "button", dataset: { do: action } }, ...inside);
    this.again = button("regroup", icon("retrain"), "New guesses: regroup");
    this.again.hidden = true;
    this.back = button("toPile", "Back to the pile");
    // Without a keyboard the folders of the sheet take what is marked.
    const folders = button("sheet", "Folders");
    folders.classList.add("only-phone");
    this.groups = button("groups", "Groups");
    this.duplicates = button("duplicates", "Duplicates");
    this.misfiled = button("misfiled", "Likely misfiled");
    this.every = button("every", "File all");
    this.surplus = button("surplus", "Move the surplus");
    this.surplus.hidden = true;
    this.element = h("div", { className: "grid-head" }, this.title, this.tools, this.again, this.every, this.surplus, this.back, folders, this.groups, this.duplicates, this.misfiled,
      button("single", "One by one"));
  }

  // What the grid shows: `orders` as [name, label]; of the pile how sure guesses are, of a folder the way back.
  show({ orders, order, isPile, folder, isOfSets }) {
    this.back.hidden = !folder;
    this.every.hidden = !isPile;
    this.surplus.hidden = !isOfSets;
    for (const button of [this.groups, this.duplicates]) button.hidden = Boolean(folder || isOfSets);
    this.misfiled.hidden = !folder;
    this.tools.hidden = !orders;
    if (!orders) return;
    this.order.replaceChildren(...orders.map(([name, label]) => h("option", { value: name }, label)));
    this.order.value = order;
    this.sure.hidden = !isPile;
    this.slider.value = "0";
    this.#tellLeast();
  }

  // Of the group that one is in, of which `rest` are not marked; `empty` where there is none.
  tell(group, rest, empty) {
    if (!group) {
      this.title.replaceChildren(empty);
      return;
    }
    const said = h("span");
    setText(said, advice(group, rest));
    this.title.replaceChildren(h("strong", {}, group.title), said);
  }

  #tellLeast() {
    const share = Number(this.slider.value);
    this.slider.style.setProperty("--share", String(share / Number(this.slider.max)));
    setText(this.said, share ? `${share}%` : "all");
    this.slider.setAttribute("aria-valuetext", share ? `${share} percent and more` : "all");
  }
}
