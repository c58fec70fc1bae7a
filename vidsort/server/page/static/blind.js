// Blind cards: one in twenty shows no guess, so that it is known how often guesses are right. Pure.

import { percent } from "./dom.js";

export const BLIND_TITLE = "Blind: what do you see?";
export const BLIND_TIP = "This card is blind: it shows no guess, so that what you choose tells how often guesses are right.";
export const BLIND_HINT = "This card is blind: it has a guess, and does not show it. Choose a folder by what you see.";

// The videos of a list as the page shows them: the server's lists of what is found have all guesses, `names` tells which of
// them are blind cards. What lies in a folder is none, whatever it is called.
export function covered(videos, names) {
  return videos.map((video) => (names.has(video.filename) && !video.folder ? hidden({ ...video, blind: true }) : video));
}

// The filenames of the cards that are blind now.
export async function blindNames(api) {
  return new Set((await api.get("api/queue/blind")).filenames);
}

// The video as the page shows it: of a blind one no guess reaches any part of the page.
export function hidden(item) {
  return item.blind ? { ...item, predicted_folder: null, confidence: 0, top_predictions: [] } : item;
}

// How often the first guess was chosen, with and without seeing it, in words; nothing before there is a blind one.
export function agreementText(agreement) {
  if (!agreement?.blind_count) return "";
  const { seen_agreed: seen, seen_count: all, blind_agreed: blind, blind_count: cards } = agreement;
  const unseen = `${percent(blind / cards)} of ${cards} unseen`;
  return all ? `agreed with ${percent(seen / all)} of ${all} guesses seen, ${unseen}` : `agreed with ${unseen}`;
}
