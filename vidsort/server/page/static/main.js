// Starts the page: puts the shell, which lies in the head as a text, where Gradio has made a place for it.

import { Api } from "./api.js";
import { App } from "./app.js";
import { browserId } from "./leases.js";

const PLACE = "#review-place";

async function start() {
  const place = await appeared(PLACE);
  // Ours, as it was written: what comes from the disk is put in later, as text.
  place.innerHTML = document.querySelector("#review-shell").textContent;
  place.closest(".gradio-container").classList.add("frames-vidsort");
  const root = place.querySelector("#vidsort");
  await styled();
  root.hidden = false;
  const app = new App(root, new Api(document.baseURI, { browser: browserId(localStorage) }));
  await app.start();
}

// The element, once Gradio has made it.
function appeared(selector) {
  return new Promise((resolve) => {
    const look = () => {
      const found = document.querySelector(selector);
      if (!found) return;
      watcher.disconnect();
      resolve(found);
    };
    const watcher = new MutationObserver(look);
    watcher.observe(document.documentElement, { childList: true, subtree: true });
    look();
  });
}

// Until the styles are there, so that the page is never seen without them.
async function styled() {
  const links = [...document.querySelectorAll('link[rel="stylesheet"][href^="review/"]')].filter((link) => !link.sheet);
  await Promise.all(links.map((link) => new Promise((resolve) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", resolve);
  })));
}

void start();
