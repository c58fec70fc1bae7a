// "File for me": the reviewer names the rate of wrong ones, sees what it would mean, and files it as one action.

import { blindNames } from "./blind.js";
import { openDialog } from "./dialog.js";
import { count, figure, h, isolated, percent, staysText } from "./dom.js";

const RATES = [0.01, 0.02, 0.05];
const FIRST = 0.02;

// `ask(rate)` tells what would be filed, `file(rate)` files it; `want(img, filename)` brings a picture and
// `drop(img)` gives it up.
export function openAutofile({ ask, file, want, drop }) {
  const told = h("div", { className: "autofile" });
  const note = h("p", { className: "form-note", role: "status" }, "Looking at the pile…");
  const go = h("button", { type: "button", className: "button primary", disabled: true }, "File");
  const cancel = h("button", { type: "button", className: "button", onclick: () => dialog.close() }, "Cancel");
  let rate = FIRST;

  const look = async (wanted) => {
    rate = wanted;
    go.disabled = true;
    try {
      const answer = await ask(wanted);
      if (rate !== wanted) return; // another rate was chosen before it came
      note.dataset.state = "";
      note.textContent = summary(answer);
      told.replaceChildren(...parts(answer));
      for (const picture of told.querySelectorAll("img")) want(picture, picture.dataset.filename);
      go.textContent = answer.moves.length ? `File ${count(answer.moves.length, "video")}` : "File";
      go.disabled = !answer.moves.length;
    } catch (error) {
      note.dataset.state = "bad";
      note.textContent = error.message;
      told.replaceChildren();
    }
  };
  const rates = h("fieldset", { className: "rates" }, h("legend", {}, "At most so many of them may be wrong"),
    ...RATES.map((each) => h("label", {}, h("input", { type: "radio", name: "rate", value: String(each),
      checked: each === FIRST, onchange: () => void look(each) }), percent(each))));
  go.addEventListener("click", async () => {
    go.disabled = true;
    try {
      await file(rate);
      dialog.close();
    } catch (error) {
      note.dataset.state = "bad";
      note.textContent = error.message;
      go.disabled = false;
    }
  });
  const dialog = openDialog("File for me",
    h("div", { className: "form" }, rates, note, told, h("div", { className: "form-actions" }, cancel, go)));
  dialog.classList.add("is-wide");
  dialog.addEventListener("close", () => told.querySelectorAll("img").forEach(drop));
  dialog.querySelector("input:checked").focus();
  void look(FIRST);
}

// Pure: what would be filed and how much of it is expected to be wrong; or that nothing would be.
export function summary({ moves, expected_wrong: expected, upper_bound: bound, held, left }) {
  if (!moves.length) return "Nothing is filed.";
  const wrong = expected * moves.length;
  const said = [`${count(moves.length, "video")} would be filed; about ${wrong < 9.95 ? wrong.toFixed(1) : figure(wrong)} of them `
    + `wrong, ${figure(bound * moves.length)} at the most.`];
  if (held.length) {
    const cards = held.length > 1 ? "stay in the pile as blind cards" : "stays in the pile as a blind card";
    said.push(`${count(held.length, "more video")} ${cards}, to see whether that holds.`);
  }
  if (left) said.push(`${figure(left)} more could be filed after that.`);
  return said.join(" ");
}

// Pure: what came of promises so far, in words; nothing where nothing was looked at.
export function realisedText({ wrong, checked, low, high }) {
  if (!checked) return "";
  return `Of ${count(checked, "blind card")} as sure as these ${wrong} ${wrong === 1 ? "was" : "were"} wrong `
    + `(90 % interval ${percent(low)} to ${percent(high)}).`;
}

function parts(answer) {
  const { counts, least_sure: leastSure, reason, rests_on: basis } = answer;
  const said = [h("p", { className: "form-note" }, reason)];
  const realised = realisedText(basis.realised);
  if (realised) said.push(h("p", { className: "form-note" }, realised));
  if (!counts.length) return said;
  return [
    h("h3", {}, "Where to"),
    h("ul", { className: "autofile-folders" }, ...counts.map(({ name, count: number }) =>
      h("li", {}, h("span", {}, name), h("strong", {}, figure(number))))),
    ...(leastSure.length ? [h("h3", {}, "The least sure of them"), h("ul", { className: "autofile-least" }, ...leastSure.map(tile))] : []),
    h("h3", {}, "On what that rests"),
    ...said,
  ];
}

function tile({ filename, folder, confidence }) {
  const picture = h("img", { alt: "", title: filename, dataset: { filename } });
  picture.addEventListener("error", () => picture.removeAttribute("src"));
  return h("li", { "aria-label": `${isolated(filename)}: ${folder}, ${percent(confidence)}` }, picture,
    h("span", {}, folder), h("span", { className: "share" }, percent(confidence)));
}

// Asks the server, files, and tells what came of it, with its own undo.
export function autofile(app) {
  const { api, card, decisions, toasts, announcer } = app;
  openAutofile({
    want: (img, filename) => card.pictures.want(img, api.poster(filename)),
    drop: (img) => card.pictures.drop(img),
    ask: async (rate) => {
      // What is on its way would be filed twice, else.
      await app.outbox.settled();
      const [answer, blind] = await Promise.all([api.post("api/autofile", { at_most_wrong: rate, dry_run: true }), blindNames(api)]);
      return { ...answer, least_sure: answer.least_sure.filter(({ filename }) => !blind.has(filename)) };
    },
    file: async (rate) => {
      const { moves, batch, folders, skipped } = await api.post("api/autofile", { at_most_wrong: rate, dry_run: false });
      app.setFolders(folders);
      for (const { filename } of moves) app.queue.take(filename);
      if (app.view === "grid") app.grid.remove(moves);
      if (batch) {
        const action = decisions.note(batch);
        const text = `${count(moves.length, "video")} filed for you`;
        toasts.offer(text, "Undo", () => decisions.undoOne(action));
        announcer.say(`${text}. ${app.left} left.`);
      } else toasts.say("Nothing was filed.");
      if (skipped.length) app.fail(`${staysText(skipped.length)}: ${skipped[0].detail}`);
      app.render();
      void app.supply.refresh({ isStale: true });
    },
  });
}
