// The main flow in Firefox, over WebDriver BiDi: `node firefox.mjs FIREFOX ADDRESS`. Prints what it saw as JSON.

import puppeteer from "puppeteer-core";

const [executablePath, address] = process.argv.slice(2);
const complaints = [];
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
try {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 800 });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  const press = (key) => page.keyboard.press(key);
  const shown = () => page.$eval("[data-stage]", (stage) => stage.dataset.filename);
  const until = (filename) => page.waitForFunction((name) => document.querySelector("[data-stage]").dataset.filename === name, {}, filename);
  const saved = () => page.waitForFunction(() => document.querySelector("[data-sync]").textContent === "All saved");
  const plays = () => page.waitForFunction(() => {
    const video = document.querySelector("video.on-show");
    return video && video.readyState >= 2 && video.currentTime > 0;
  });

  await page.goto(address);
  await page.waitForSelector(".guess-button");
  await plays();
  const first = await shown();
  // Sorted by the first guess and by a folder's key; both are taken back, and the first is done again.
  await press("Enter");
  await page.waitForFunction((name) => document.querySelector("[data-stage]").dataset.filename !== name, {}, first);
  const second = await shown();
  await plays();
  await press("2");
  await page.waitForFunction((name) => document.querySelector("[data-stage]").dataset.filename !== name, {}, second);
  await saved();
  await press("z");
  await until(second);
  await press("z");
  await until(first);
  await page.keyboard.down("Shift");
  await press("Z");
  await page.keyboard.up("Shift");
  await until(second);
  await saved();
  // In the grid a group is filed but for what is marked.
  await press("g");
  await page.waitForSelector(".tile img[src]");
  await press("x");
  await page.waitForSelector(".tile.is-marked");
  const stays = await page.$eval(".tile.is-marked", (tile) => tile.id.replace("tile-", ""));
  await press("Enter");
  await page.waitForSelector(".toast");
  await saved();
  await press("Escape");
  await page.waitForSelector(".guess-button");
  // What a person looks at: help, history, and back.
  await press("?");
  await page.waitForSelector("dialog[open]");
  await press("Escape");
  await page.waitForFunction(() => !document.querySelector("dialog[open]"));
  await press("h");
  await page.waitForSelector("[data-panel]:not([hidden])");
  console.log(JSON.stringify({ first, second, stays, complaints }));
} finally {
  await browser.close();
}
