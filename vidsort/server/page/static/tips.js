// The hint beside a card: what to do with it, or why it has no guess.

import { BLIND_TIP } from "./blind.js";
import { capText } from "./keys.js";

// The hint for the card on show, or null.
export function tipOf(app, item) {
  if (!item) return null;
  if (item.question) {
    const [move, right] = ["accept", "right"].map((action) => capText(app.preferences.bound.get(action)[0]));
    return `It lies in ${item.folder}, and a model that has not seen it would rather put it elsewhere: ${move} or a folder's key moves it, `
      + `${right} says that it is right here.`;
  }
  if (item.blind) return BLIND_TIP;
  const { retraining } = app;
  if (item.predicted_folder) return retraining.isChance ? "These guesses are not clearly better than chance yet: file more into each folder, then retrain." : null;
  if (retraining.running) return "Learning now: guesses appear by themselves.";
  return app.sorted < 10
    ? "File a handful in each folder, then press Retrain: from then on every video comes with a guess."
    : "Press Retrain: it learns from your folders and guesses where the rest belongs.";
}
