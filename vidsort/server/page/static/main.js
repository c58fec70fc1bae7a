// Starts the page: Gradio's js_on_load calls `start` with the element of the shell.

import { Api } from "./api.js";
import { App } from "./app.js";
import { browserId } from "./leases.js";

export async function start(element) {
  const root = element.querySelector("#vidsort");
  element.closest(".gradio-container").classList.add("frames-vidsort");
  await styled();
  root.hidden = false;
  const app = new App(root, new Api(document.baseURI, { browser: browserId(localStorage) }));
  await app.start();
}

// Until the styles are there, so that the page is never seen without them.
async function styled() {
  const links = [...document.querySelectorAll('link[rel="stylesheet"][href^="review/"]')].filter((link) => !link.sheet);
  await Promise.all(links.map((link) => new Promise((resolve) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", resolve);
  })));
}
