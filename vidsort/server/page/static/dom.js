// Elements made from data. Text goes in as text nodes only, so a name from the disk is never markup, and what nobody would
// see of it stands there by its code.

import { textWithCodes, withCodes } from "./invisible.js";

const PROPERTIES = new Set(["className", "disabled", "hidden", "htmlFor", "id", "max", "min", "step", "tabIndex",
  "textContent", "title", "type", "value", "checked", "placeholder", "alt", "src", "autocomplete", "spellcheck"]);
const READ = new Set(["textContent", "title", "alt", "aria-label"]);

export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, given] of Object.entries(properties)) {
    if (given === undefined || given === null) continue;
    const value = READ.has(name) ? textWithCodes(String(given)) : given;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "dataset") Object.assign(element.dataset, value);
    else if (PROPERTIES.has(name)) element[name] = value;
    else element.setAttribute(name, value);
  }
  const shown = children.flat().filter((child) => child !== null && child !== undefined);
  element.append(...shown.map((child) => (child instanceof Node ? child : textWithCodes(String(child)))));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

// An icon of the sprite in review.html; hidden from screen readers, its button has the name.
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

// Writes only what changed: a text that stays costs no layout.
export function setText(element, text) {
  const shown = textWithCodes(text);
  if (element.textContent !== shown) element.textContent = shown;
}

// What is read without being a text: "title" or "aria-label".
export function setRead(element, name, text) {
  element.setAttribute(name, textWithCodes(text));
}

// What is not quite all, or not quite nothing, is never rounded to it.
export function percent(share) {
  const whole = Math.round(share * 100);
  if (whole === 100 && share < 1) return ">99%";
  return whole === 0 && share > 0 ? "<1%" : `${whole}%`;
}

// "45 s", "12 min", "1 h 20 min": coarse on purpose, it is an estimate.
export function spell(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest ? `${Math.floor(minutes / 60)} h ${rest} min` : `${minutes / 60} h`;
}

// A number as the words around it are written, whatever the browser's language.
export function figure(number) {
  return Math.round(number).toLocaleString("en");
}

// Letters that are written from right to left.
const TURNING = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]|[\ud802-\ud803\ud83a-\ud83b]/;

// A name from the disk inside other words: however it is written, it turns none of them around.
export function isolated(name) {
  const shown = withCodes(name);
  return TURNING.test(shown) ? `\u2068${shown}\u2069` : shown;
}

export function count(number, noun) {
  return `${figure(number)} ${noun}${number === 1 ? "" : "s"}`;
}

// What stayed of so many, which may be all that is told of.
export function staysText(number, all = null) {
  return `${figure(number)}${all === null ? "" : ` of ${figure(all)}`} ${number === 1 ? "stays where it is" : "stay where they are"}`;
}

// Runs `work` once the frame that shows what was changed so far has been painted; gives true.
export function afterPaint(work) {
  // A hidden tab paints nothing.
  if (document.hidden) setTimeout(work);
  else requestAnimationFrame(() => setTimeout(work));
  return true;
}
