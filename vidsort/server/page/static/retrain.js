// The retrain button and its panel; all they show is the server's job, so every page shows the same.

import { figure, h, percent, setText, spell } from "./dom.js";
import { only } from "./rights.js";

const STEPS = { extract_features: "Look at new videos", train: "Learn from the folders", predict: "Guess the rest" };

// What the command line exits with when it is stopped.
const STOPPED = 130;
// How a job ended, in a word.
const ENDS = { good: "Last time: done", bad: "Last time it failed", cancelled: "Last time it was cancelled",
  interrupted: "Last time it was interrupted" };

export class Retraining {
  #status = { running: false, last_result: null };
  #body = null;
  // The model that predicts, once it was asked for.
  #current = null;

  // `drawn()` is told when the panel's buttons are new.
  constructor({ root, api, panel, failed, drawn }) {
    Object.assign(this, { api, panel, failed, drawn });
    this.button = root.querySelector('[data-do="retrain"]');
    this.label = root.querySelector("[data-retrain-label]");
  }

  get running() {
    return this.#status.running;
  }

  // Whether guesses follow from decisions right now, not from the last retrain alone; and from how many, in words.
  get hasLearned() {
    return Boolean(this.#status.live);
  }

  get learned() {
    return learnedIn(this.#status);
  }

  // Whether the guesses on show could be luck.
  get isChance() {
    return this.#status.last_result === "success" && this.#status.promoted !== false && chanceIn(this.#status) !== null;
  }

  toggle() {
    this.#body = this.panel.toggle("retrain", "Retrain");
    this.#render();
  }

  // Begins a job, or shows the one that runs.
  async start() {
    if (this.panel.name !== "retrain") this.toggle();
    if (!this.running) await this.#ask("api/retrain");
  }

  // The status as the server has it.
  update(status) {
    const isOther = status.job !== this.#status.job || status.running !== this.#status.running;
    this.#status = status;
    if (isOther) void this.lookWhichPredicts();
    const share = status.running ? overall(status) : 0;
    this.button.style.setProperty("--share", String(share));
    setText(this.label, status.running ? `Retraining ${percent(share)}` : "Retrain");
    this.button.setAttribute("aria-label", status.running ? `Retraining, ${percent(share)}` : "Retrain");
    this.#render();
  }

  // A model that was held back may be put in force here, on another page or on the command line.
  async lookWhichPredicts() {
    if (!isHeldBack(this.#status)) return;
    try {
      this.#current = (await this.api.get("api/models")).current;
      this.#render();
    } catch {
      this.#current = null; // without knowing it, nothing is offered
    }
  }

  async #ask(path) {
    try {
      await this.api.post(path);
      this.update(await this.api.get("api/retrain/status"));
      await this.lookWhichPredicts();
    } catch (error) {
      this.failed(error.message);
    }
  }

  #render() {
    if (this.panel.name !== "retrain" || !this.#body) return;
    const status = this.#status;
    const focused = this.#body.contains(document.activeElement) ? document.activeElement : null;
    const job = h("div", { className: "job", tabIndex: -1 }, ...(status.running ? this.#running(status) : this.#idle(status)));
    this.#body.replaceChildren(job);
    this.drawn();
    // On the same button again; another one in its place would be pressed by a key that was meant for the first.
    const same = focused && [...job.querySelectorAll("button")].find((button) => button.textContent === focused.textContent);
    if (focused) (same ?? job).focus();
  }

  #running(status) {
    const now = Object.keys(STEPS).indexOf(status.step);
    const fill = h("i");
    const share = stepShare(status);
    fill.style.setProperty("--share", String(share));
    const figures = [
      status.total ? `${figure(status.done)} of ${figure(status.total)}` : status.message,
      status.videos_per_s ? `${status.videos_per_s.toFixed(1)} videos/s` : null,
      status.left_s ? `about ${spell(status.left_s)} left in this step` : null,
    ];
    return [
      h("ol", { className: "steps" }, ...Object.values(STEPS).map((label, at) =>
        h("li", { dataset: { state: at < now ? "done" : at === now ? "now" : "later" } }, label))),
      h("div", { className: "bar", role: "progressbar", "aria-label": "This step", "aria-valuemin": "0", "aria-valuemax": "100",
        "aria-valuenow": String(Math.round(share * 100)) }, fill),
      h("p", { className: "figures" }, ...figures.filter(Boolean).map((text) => h("span", {}, text))),
      status.notice ? h("p", { className: "form-note" }, status.notice) : null,
      h("p", { className: "form-note" }, "Keep sorting: new guesses appear behind the next video."),
      h("button", { type: "button", className: "button danger", disabled: status.cancelling, dataset: { for: "admin" },
        onclick: () => void this.#ask("api/retrain/cancel") }, status.cancelling ? "Stopping…" : "Cancel"),
    ].filter(Boolean);
  }

  #idle(status) {
    const canPromote = isHeldBack(status) && this.#current !== null && this.#current !== status.model_id;
    const { state, lines } = outcome(status);
    return [
      h("p", { className: "form-note" }, "Learns from the folders as they are now and guesses the rest again. Only new videos are looked at, so it is quick."),
      this.learned ? h("p", { className: "form-note" }, `Meanwhile guesses follow from each decision: ${this.learned}.`) : null,
      status.elsewhere ? h("p", { className: "form-note", role: "status" },
        "Another library with the same artifacts is being learned right now: start here when that has ended.") : null,
      state && h("div", { className: "result", dataset: { state } },
        h("p", {}, h("strong", {}, ENDS[state])), ...lines.filter(Boolean).map((line) => h("p", {}, line))),
      canPromote && h("button", { type: "button", className: "button", dataset: { for: "admin" },
        onclick: () => void this.#ask(`api/models/${encodeURIComponent(status.model_id)}/promote`) }, "Use the new model all the same"),
      ...only("admin", h("button", { type: "button", className: "button primary", dataset: { do: "retrainNow" } }, "Retrain now", h("kbd")),
        "An admin starts it."),
      h("p", { className: "form-note" }, h("a", { href: "insights" }, "Insights: how good it is, and where it errs")),
    ].filter(Boolean);
  }
}

// What was learned between two retrains; empty where nothing was. Pure.
export function learnedIn({ live }) {
  if (!live?.labels) return "";
  return `learned from ${figure(live.labels)} ${live.since_model_id ? "since the last retrain" : "so far"}`;
}

// How the last job ended: {state, lines}. Pure.
export function outcome(status) {
  if (status.last_result === null) return { state: null, lines: [] };
  if (status.last_result === "success") return { state: "good", lines: [rightIn(status), chanceIn(status), status.verdict] };
  if (status.exit_code === STOPPED) {
    const state = /^cancelled/.test(status.reason) ? "cancelled" : "interrupted";
    return { state, lines: ["What was finished is kept: it goes on from there when you retrain again."] };
  }
  const said = status.reason && STEPS[status.step] ? `${STEPS[status.step]}: ${status.reason}` : status.last_result;
  return { state: "bad", lines: [said] };
}

// What is said of a model whose guesses could be luck; null of any other. Pure.
export function chanceIn({ accuracy, accuracy_low: low, chance }) {
  if (typeof chance !== "number" || typeof low !== "number" || low > chance) return null;
  const how = accuracy > chance ? "not clearly better" : "no better";
  return `That is ${how} than chance: always naming the largest folder would be right in ${percent(chance)}. More videos in each folder help.`;
}

// What is known of how good the new model is; untested is not 0 %. Pure.
export function rightIn({ accuracy, accuracy_low: low, accuracy_high: high, accuracy_note: note }) {
  if (accuracy === undefined || accuracy === null) return note ? `How good it is: ${note}.` : null;
  const interval = low === undefined || low === null ? "" : ` (${percent(low)} to ${percent(high)})`;
  return `Right in ${percent(accuracy)}${interval} of videos that it had not seen${note ? `, ${note}` : ""}.`;
}

// Whether the last job made a model that was not put in force. Pure.
export function isHeldBack(status) {
  return !status.running && status.promoted === false && Boolean(status.model_id);
}

// 0 to 1 within the step, and over all three. Pure.
export function stepShare({ done, total }) {
  return total ? Math.min(1, done / total) : 0;
}

export function overall(status) {
  const steps = status.steps || 3;
  return Math.min(1, (Math.max(1, status.step_number ?? 1) - 1 + stepShare(status)) / steps);
}
