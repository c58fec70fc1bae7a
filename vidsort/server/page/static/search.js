// One box to find videos by: their words, sorted or not.

import { openDialog } from "./dialog.js";
import { count, h } from "./dom.js";

// More than a person looks through.
const MOST = 500;
const ADVICE = "Words of captions and hashtags, an author, a piece of music: the beginnings of words will do.";

// `show(videos, title)` when something was found and is asked for.
export function openSearch({ api, show }) {
  const input = h("input", { className: "field", role: "searchbox", autocomplete: "off", spellcheck: false,
    "aria-label": "Words to search for", placeholder: "Search the words of all videos" });
  const note = h("p", { className: "form-note", role: "status" }, ADVICE);
  const dialog = openDialog("Search", h("div", { className: "form" }, input, note));
  let asked = null;

  // What was found for what is typed now; null where the box says something else by the time the answer is there.
  const ask = async () => {
    const typed = input.value.trim();
    asked = typed;
    if (!typed) {
      note.textContent = ADVICE;
      return null;
    }
    try {
      const { videos } = await api.get(`api/search?q=${encodeURIComponent(typed)}&limit=${MOST}`);
      if (asked !== typed) return null;
      const number = videos.length < MOST ? count(videos.length, "video") : `The best ${MOST}`;
      note.textContent = videos.length ? `${number}: press Enter to see them.` : `No video has these words: “${typed}”.`;
      return videos;
    } catch (error) {
      note.textContent = error.message;
      return null;
    }
  };
  input.addEventListener("input", () => void ask());
  input.addEventListener("keydown", async (event) => {
    if (event.isComposing || event.key !== "Enter") return;
    event.preventDefault();
    const videos = await ask();
    if (!videos?.length) return;
    dialog.close();
    show(videos, `Found for “${asked}”`);
  });
}
