// What stands in the video's place while there is none: no library, no folders, all done, no answer.

import { form, textField } from "./dialog.js";
import { count, figure, h, percent, setText, spell } from "./dom.js";
import { isByName, letIn, rows, tellLeftOut } from "./left_out.js";
import { only } from "./rights.js";

const SUGGESTED = ["cooking", "sport", "music"];
const LOOK_MS = 250;
const RETRY_MS = 2_000;

export class Welcome {
  #shown = null;

  constructor({ element, api }) {
    Object.assign(this, { element, api });
  }

  hide() {
    this.#shown = null;
  }

  // `chosen()` is called when the server has a library.
  noLibrary(library, chosen) {
    if (!this.#turnTo("library")) return;
    const preview = h("div", { className: "preview", role: "status" }, "Type a path to see what is in it.");
    const field = textField("path", "Folder with your videos", library.data_dir, { required: "", placeholder: "/home/me/videos" });
    const leftOut = h("div", { className: "left-out", hidden: true });
    let timer = null;
    field.querySelector("input").addEventListener("input", (event) => {
      clearTimeout(timer);
      timer = setTimeout(() => void this.#look(event.target.value, preview, leftOut, library), LOOK_MS);
    });
    const choose = form({
      fields: [field, preview, leftOut],
      label: "Use this folder",
      submit: async ({ path, any }) => {
        await this.api.post("api/library", { path });
        if (any) await letIn(this.api);
        chosen();
      },
    });
    this.#show("Where are your videos?",
      `There is no folder at ${library.data_dir}. vidsort works on a folder of videos; each folder inside it is one of your categories.`,
      library.can_choose ? only("admin", choose, "An admin can choose another folder.") : h("p", { className: "result" }, library.reason));
  }

  // The library is plainly not the one that it was; `chosen()` is called when it is to be taken as it is.
  away(library, chosen) {
    if (!this.#turnTo(`away ${library.away}`)) return;
    const problem = h("p", { className: "form-note", role: "alert" });
    const choose = h("button", { type: "button", className: "button", onclick: async () => {
      try {
        await this.api.post("api/library", { path: library.data_dir });
        chosen();
      } catch (error) {
        problem.textContent = error.message;
      }
    } }, "Use the folder as it is now");
    this.#show("Your library is away",
      `${library.away} Nothing is moved or made until then; this page goes on by itself when it is back.`,
      h("div", { className: "form" }, only("admin", choose, "An admin can have it used as it is now."), problem));
  }

  // `make(names)` makes these folders.
  noFolders(unsorted, make, library, changed) {
    if (!this.#turnTo(`folders ${JSON.stringify(library.left_out)}`)) return;
    const fields = SUGGESTED.map((name, at) => textField(`name${at}`, `Folder ${at + 1}`, "", { placeholder: name }));
    this.#show("Make your first folders",
      `${count(unsorted, "video")} to sort and nowhere to put them yet. Name two or three kinds of video that you have many of; more can follow at any time.`,
      [...only("admin", form({
        fields,
        label: "Make folders",
        submit: async (values) => {
          const names = [...new Set(Object.values(values).map((name) => name.trim()).filter(Boolean))];
          if (!names.length) throw new Error("Name at least one folder.");
          await make(names);
        },
      }), "An admin makes folders: this page shows them as soon as there are some."), h("p", { className: "or", dataset: { for: "admin" } }, h("button", { type: "button", className: "button", dataset: { do: "groups" } }, "Begin with groups of what is alike")),
      this.#leftOut(library, changed)]);
  }

  // What is left is on show in other browsers.
  elsewhere(left) {
    if (!this.#turnTo(`elsewhere ${left}`)) return;
    this.#show(`The last ${left === 1 ? "one is" : `${figure(left)} are`} in other hands`,
      `${left === 1 ? "It is" : "They are"} on show in another browser. What is not decided there within a minute comes here by itself.`, null);
  }

  // `pace` is what /api/pace gives, or null; `session` counts decisions of this page, `filed` those of each folder.
  // `changed()` is called when the library has other videos by now.
  allDone({ sorted, folders, pace, session, filed, library, changed }) {
    if (!this.#turnTo(`done ${sorted} ${session} ${JSON.stringify(library.left_out)}`)) return;
    const facts = [[figure(sorted), `${sorted === 1 ? "video" : "videos"} in ${count(folders, "folder")}`]];
    if (session) facts.push([figure(session), "sorted just now"]);
    if (pace?.per_hour) facts.push([figure(pace.per_hour), "an hour"]);
    if (pace && pace.top1_accepted_share !== null && pace.top1_accepted_share !== undefined) {
      facts.push([percent(pace.top1_accepted_share), "first guesses right"]);
    }
    const { blind_agreed: agreed, blind_count: cards } = pace?.agreement ?? {};
    if (cards) facts.push([percent(agreed / cards), `right on ${count(cards, "blind card")}`]);
    const leftOut = this.#leftOut(library, changed);
    if (leftOut) {
      this.#show("Not everything takes part",
        `Nothing is left to sort and ${count(sorted, "video")} ${sorted === 1 ? "lies" : "lie"} in ${count(folders, "folder")}, but there is more in ${library.data_dir}.`,
        leftOut);
      return;
    }
    this.#show(sorted ? "All sorted" : "No videos yet",
      sorted ? "The pile is empty. New videos that you put into the library appear here by themselves; retrain now and then, so that the guesses learn from what you filed."
        : "Put videos into the library's folder; they appear here by themselves.",
      sorted ? h("div", {}, h("div", { className: "facts" }, ...facts.map(([figure, label]) =>
        h("div", { className: "fact" }, h("strong", {}, figure), h("span", {}, label)))), ...whereTo(filed), next()) : null);
  }

  // The page was opened while the server is away: says so, and resolves when it is to be tried again.
  noAnswer(error) {
    this.#turnTo(null);
    return new Promise((again) => {
      this.#show(error.status === undefined ? "The server does not answer" : "The server is in trouble",
        `${error.message} Trying again in ${spell(RETRY_MS / 1000)}; decisions that were not sent are kept in this browser.`,
        h("div", {}, h("button", { type: "button", className: "button primary", onclick: again }, "Try now")));
      setTimeout(again, RETRY_MS);
    });
  }

  // What takes no part, why, and what can be done; null where there is nothing.
  #leftOut(library, changed) {
    return library.left_out.length ? tellLeftOut({ library, api: this.api, changed }) : null;
  }

  #turnTo(name) {
    if (name !== null && this.#shown === name) return false;
    this.#shown = name;
    return true;
  }

  #show(title, text, content) {
    this.element.replaceChildren(h("div", { className: "welcome-card" }, h("h2", {}, title), h("p", {}, text), content));
  }

  // What is in the folder at this path, and what would be left out of it.
  async #look(path, preview, leftOut, library) {
    try {
      const found = await this.api.get(`api/library/preview?path=${encodeURIComponent(path)}`);
      const names = found.folders.map((folder) => `${folder.name} (${folder.count})`).slice(0, 12).join(", ");
      setText(preview, found.exists
        ? `${count(found.unsorted, "video")} to sort, ${count(found.folders.length, "folder")}${names ? `: ${names}` : ""}`
        : "There is no such folder.");
      leftOut.hidden = !found.left_out.length;
      const offer = isByName(found.left_out) && (library.reason_of_names ? h("p", { className: "result" }, library.reason_of_names)
        : h("label", { className: "let-in" }, h("input", { type: "checkbox", name: "any" }), "Let them in, whatever their names"));
      leftOut.replaceChildren(rows(found.left_out), ...(offer ? [offer] : []));
    } catch (error) {
      preview.textContent = error.message;
      leftOut.hidden = true;
      leftOut.replaceChildren();
    }
  }
}

// What was sorted just now, the most filled folder first.
function whereTo(filed) {
  const there = [...filed].filter(([, videos]) => videos > 0).sort((a, b) => b[1] - a[1]);
  return there.length ? [h("p", { className: "where-to" }, there.map(([folder, videos]) => `${folder} ${figure(videos)}`).join(" · "))] : [];
}

// What is worth a look when nothing is left to sort.
function next() {
  const offered = { misfiled: "Look at what is likely misfiled", duplicates: "Look for duplicates", retrainNow: "Retrain" };
  return h("div", { className: "next" }, ...Object.entries(offered).map(([action, label]) =>
    h("button", { type: "button", className: "button", dataset: { do: action } }, label)));
}
