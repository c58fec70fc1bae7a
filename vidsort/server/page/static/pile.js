// The top bar: how much is left, how fast it goes, whether everything is saved.

import { agreementText } from "./blind.js";
import { figure, percent, setRead, setText, spell } from "./dom.js";

const ASK_MS = 1_500;

export class Pile {
  #pace = null;
  #timer = null;

  constructor({ root, api }) {
    const find = (name) => root.querySelector(`[data-${name}]`);
    this.api = api;
    Object.assign(this, { left: find("left"), share: find("pile-share"), paceText: find("pace"), bar: find("pile-bar"), sync: find("sync"), tryNow: find("try-now") });
  }

  get figures() {
    return this.#pace;
  }

  // `left` unsorted and `sorted` videos; `learned`: from how many was learned meanwhile, in words, told while there
  // is no pace.
  render(left, sorted, learned) {
    const share = left + sorted ? sorted / (left + sorted) : 0;
    setText(this.left, figure(left));
    setText(this.share, `· ${percent(share)} done`);
    this.bar.firstElementChild.style.setProperty("--share", String(share));
    this.bar.setAttribute("aria-valuenow", String(Math.round(share * 100)));
    setText(this.paceText, paceText(this.#pace) || learned);
    setRead(this.paceText, "title", agreementText(this.#pace?.agreement));
  }

  // `waiting` decisions are not saved yet; `trouble` says why they cannot be. Gives what it says.
  renderSync(waiting, trouble) {
    const state = trouble ? "trouble" : waiting ? "sending" : "saved";
    this.sync.dataset.state = state;
    this.sync.title = trouble ? trouble.message : "";
    this.tryNow.hidden = !trouble;
    const text = state === "saved" ? "All saved" : state === "sending" ? `Saving ${waiting}` : troubleText(waiting, trouble);
    setText(this.sync, text);
    return text;
  }

  // After a decision, but not after each of many.
  refreshSoon(then) {
    this.#timer ??= setTimeout(async () => {
      this.#timer = null;
      try {
        this.#pace = await this.api.get("api/pace");
        then();
      } catch {
        return; // figures for the eye only: the next decision asks again
      }
    }, ASK_MS);
  }
}

// Pure: what /api/pace gives as a line of text.
export function paceText(pace) {
  if (!pace?.per_hour) return "";
  const parts = [`${figure(pace.per_hour)} an hour`];
  if (pace.top1_accepted_share !== null) parts.push(`${percent(pace.top1_accepted_share)} first guesses right`);
  const { blind_agreed: agreed, blind_count: cards } = pace.agreement ?? {};
  if (cards) parts.push(`${percent(agreed / cards)} of ${figure(cards)} blind`);
  if (pace.left_s) parts.push(`${spell(pace.left_s)} to go`);
  return parts.join(" · ");
}

// Pure: why `waiting` decisions are not saved, and that nothing is lost.
export function troubleText(waiting, { status }) {
  if (status === 401) return `Logged out: reload and log in (${waiting} kept)`;
  return status >= 500 ? `Server in trouble: ${waiting} kept, tried again` : `Server away: ${waiting} kept, sent when it is back`;
}
