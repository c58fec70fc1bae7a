// Who is signed in, and what is for that one: what is for another role is not shown, and a key says why it does nothing.

import { openDialog } from "./dialog.js";
import { count, h, icon, setText } from "./dom.js";

const ORDER = ["viewer", "reviewer", "admin"];
const OUTBOX = "vidsort.outbox";

// Whether a role may do what is for another one; what is for none is for all. Pure.
export const includes = (role, needed) => !needed || ORDER.indexOf(role) >= ORDER.indexOf(needed);

const capital = (text) => text[0].toUpperCase() + text.slice(1);
const named = (role) => (role === "admin" ? "an admin" : `a ${role}`);

// Why this one may not do it, null where it may. Pure.
export function refusalOf({ role }, needed, what) {
  return includes(role, needed) ? null : `${what} is for ${named(needed)}, and you are ${named(role)}: ask an admin.`;
}

// Whose move it was, where it is known that it was another one's than of this person in this browser; else null. Pure.
export function otherHands({ by, account }, me, browser) {
  if (account && account !== me.name) return `by ${account}`;
  return by && by !== browser ? "in another browser" : null;
}

// Whether this one may take a move back: an admin all, a reviewer the own ones of videos. Pure.
export function mayTakeBack({ kind, account }, { role, name }) {
  if (role === "admin") return true;
  return role === "reviewer" && account === name && (kind === "sort" || kind === "move");
}

export class Rights {
  // Until the server has said who it is, nobody is asked.
  me = { name: null, role: "admin", how: "open", does: "" };
  #isKnown = false;

  // `changed()` is told when the role is another one.
  constructor({ root, api, changed }) {
    Object.assign(this, { root, api, changed, button: root.querySelector("[data-who]") });
    this.button.prepend(icon("person"));
  }

  // Asks the server who it is. Another person than before gets a page of the own.
  async meet() {
    const me = await this.api.get("api/me");
    if (this.#isKnown && me.name !== this.me.name) location.reload();
    const isOther = me.role !== this.me.role;
    this.me = me;
    this.#isKnown = true;
    this.root.dataset.role = me.role;
    this.button.hidden = me.how === "open";
    setText(this.button.querySelector("span"), me.name ?? "");
    this.button.title = `${me.name ? `Signed in as ${me.name}` : "Signed in with the password"}: log out`;
    this.button.ariaLabel = this.button.title;
    if (isOther) this.changed();
  }

  // The server is back, or the session is another one: this person may be another, or have another role.
  async meetAgain() {
    try {
      await this.meet();
    } catch (error) {
      console.warn("vidsort: who is signed in was not seen", error);
    }
  }

  may(needed) {
    return includes(this.me.role, needed);
  }

  // Why `what` is not done, null where it may be.
  refusal(needed, what) {
    return refusalOf(this.me, needed, what);
  }

  // Why a decision is not taken, null where it may be: a folder is an admin's to make.
  refusalOfDecision({ kind, makes }) {
    return kind === "create" || makes ? this.refusal("admin", "Making a folder") : this.refusal("reviewer", "Sorting");
  }

  // By what name this person's decisions are kept in the browser: what one did not send is not sent as another's.
  get mailbox() {
    return this.me.name === null ? `${OUTBOX}.` : `${OUTBOX}/${this.me.name}/`;
  }

  // Who is signed in, what that one may do, and the way out; `waiting` decisions were not sent yet.
  parting(waiting) {
    const { name, role, does, how } = this.me;
    if (how === "open") return [];
    const kept = `${count(waiting, "decision")} not sent yet: kept in this browser, and sent when you sign in again.`;
    return [
      h("p", {}, `${name ? `You are ${name}.` : "You came in with the password."} ${capital(named(role))} ${does}.`),
      waiting ? h("p", { className: "form-note" }, kept) : null,
      h("form", { className: "form-actions", method: "post", action: "logout" },
        h("button", { type: "submit", className: "button" }, "Log out")),
    ];
  }

  open(waiting) {
    openDialog("Signed in", h("div", { className: "form" }, ...this.parting(waiting)));
  }
}

// What is for one role, and what stands in its place for the others: {element, instead}.
export function only(role, element, text) {
  element.dataset.for = role;
  return [element, h("p", { className: "form-note", dataset: { unless: role } }, text)];
}
