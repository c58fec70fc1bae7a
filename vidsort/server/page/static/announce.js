// What a screen reader is told: decisions politely, failures at once.

import { textWithCodes } from "./invisible.js";

export class Announcer {
  constructor(root) {
    this.polite = root.querySelector("[data-say]");
    this.urgent = root.querySelector("[data-shout]");
  }

  say(text) {
    speak(this.polite, text);
  }

  shout(text) {
    speak(this.urgent, text);
  }

  // What was urgent is over.
  settle(text) {
    this.urgent.textContent = "";
    this.say(text);
  }
}

// The same words twice are two messages: a trailing no-break space makes the second one new.
function speak(element, text) {
  const said = textWithCodes(text);
  element.textContent = element.textContent === said ? `${said}\u00a0` : said;
}
