// How often the first guess was right, folder by folder, as the reviewer's own decisions tell. Pure but for storage.

const NAME = "vidsort.agreement";
const FEWEST = 3;
const HIGH = 0.9;
const MIDDLE = 0.6;

export class Agreement {
  constructor(storage) {
    this.storage = storage;
    this.folders = read(storage);
  }

  // A video was filed (1) or taken back (-1).
  count(predicted, chosen, step = 1) {
    if (!predicted) return;
    const [right, all] = this.folders.get(predicted) ?? [0, 0];
    this.folders.set(predicted, [Math.max(0, right + (predicted === chosen ? step : 0)), Math.max(0, all + step)]);
    try {
      this.storage.setItem(NAME, JSON.stringify([...this.folders]));
    } catch (error) {
      console.warn("vidsort: agreement is kept in memory only", error);
    }
  }

  // {level: "high", "middle", "low" or "unknown", text}
  of(folder) {
    const [right, all] = this.folders.get(folder) ?? [0, 0];
    if (all < FEWEST) return { level: "unknown", text: "" };
    const share = right / all;
    const level = share >= HIGH ? "high" : share >= MIDDLE ? "middle" : "low";
    return { level, text: `you agreed with ${right} of ${all} guesses` };
  }
}

function read(storage) {
  try {
    return new Map(JSON.parse(storage.getItem(NAME) ?? "[]"));
  } catch {
    return new Map(); // damaged by hand or by another program: it is counted anew
  }
}
