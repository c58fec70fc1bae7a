// All that can be done on the page, a row each: the keys, the help, the settings and the hints on the buttons are made
// from this table.
//
// keys   the keys it has at first; the first of them can be changed, the others stay
// label  its name, which a button shows to whoever asks
// does   what it does, in a sentence of the help
// where  the views in which it means something; without it: everywhere
// for    the role that it needs; without it: anyone
// isElsewhereNative  in other views its keys are the browser's
// act    what a key or a button with this name in `data-do` does; `page` is the Commands

import { fileEvery } from "./every_group.js";

const SINGLE = ["single"];
const GRID = ["grid"];
const EITHER = ["single", "grid"];

export const ACTIONS = {
  accept: { keys: ["f", "Enter"], label: "First guess", for: "reviewer", where: EITHER,
    does: "File in the first guess; in the grid all of the group but what is marked", act: (page) => page.accept() },
  every: { keys: ["Shift+e"], label: "File all groups", for: "reviewer", where: GRID,
    does: "File every group of the grid where it is predicted to be, but what is marked", act: (page) => void fileEvery(page.app) },
  second: { keys: ["d"], label: "Second guess", for: "reviewer", where: SINGLE,
    does: "File in the second guess", act: (page) => page.guess(1) },
  third: { keys: ["v"], label: "Third guess", for: "reviewer", where: SINGLE,
    does: "File in the third guess", act: (page) => page.guess(2) },
  find: { keys: ["/"], label: "Find or make a folder", for: "reviewer", where: EITHER,
    does: "Type the name of any folder, or of a new one", act: (page) => page.find() },
  search: { keys: ["q"], label: "Search",
    does: "Find videos by their words, sorted or not", act: (page) => page.search() },
  why: { keys: ["w"], label: "Why this guess", where: SINGLE,
    does: "Show what speaks for the first guess, and what is most like the video", act: (page) => page.why() },
  like: { keys: ["Shift+w"], label: "More like this", where: SINGLE,
    does: "Show the videos that are most like the one on show", act: (page) => page.like() },
  right: { keys: ["c"], label: "It is right here", for: "reviewer", where: EITHER,
    does: "Say of what is likely misfiled, or chosen in a folder, that it is right there; of duplicates that they are none", act: (page) => page.right() },
  skip: { keys: ["s"], label: "Skip for later", for: "reviewer", where: SINGLE,
    does: "Put the video off: it comes last", act: (page) => page.skip() },
  undo: { keys: ["z"], label: "Undo", for: "reviewer",
    does: "Take back what was done last, again and again", act: (page) => page.undo() },
  redo: { keys: ["Shift+z"], label: "Redo", for: "reviewer",
    does: "Do again what was taken back", act: (page) => page.redo() },
  previous: { keys: ["ArrowLeft"], label: "Previous video", where: EITHER,
    does: "Go to the video before", act: (page, event) => page.turn("ArrowLeft", event) },
  next: { keys: ["ArrowRight"], label: "Next video", where: EITHER,
    does: "Go to the next video without deciding", act: (page, event) => page.turn("ArrowRight", event) },
  up: { keys: ["ArrowUp"], label: "Row above", where: GRID,
    does: "Go to the row above", act: (page, event) => page.turn("ArrowUp", event) },
  down: { keys: ["ArrowDown"], label: "Row below", where: GRID,
    does: "Go to the row below; with Shift any of these keys marks all on the way", act: (page, event) => page.turn("ArrowDown", event) },
  pageUp: { keys: ["PageUp"], label: "Page above", where: GRID, isElsewhereNative: true,
    does: "Go a page up", act: (page, event) => page.turn("PageUp", event) },
  pageDown: { keys: ["PageDown"], label: "Page below", where: GRID, isElsewhereNative: true,
    does: "Go a page down", act: (page, event) => page.turn("PageDown", event) },
  first: { keys: ["Home"], label: "First video", where: GRID, isElsewhereNative: true,
    does: "Go to the first video", act: (page, event) => page.turn("Home", event) },
  last: { keys: ["End"], label: "Last video", where: GRID, isElsewhereNative: true,
    does: "Go to the last video that is here", act: (page, event) => page.turn("End", event) },
  mark: { keys: ["x", "Shift+x"], label: "Mark as wrong", for: "reviewer", where: GRID,
    does: "Mark the video as wrong, so that it stays; with Shift all up to it", act: (page, event) => page.mark(event) },
  all: { keys: ["Ctrl+a"], label: "Mark all", for: "reviewer", where: GRID, isElsewhereNative: true,
    does: "Mark all of the group, or none; a rectangle drawn with the mouse marks what it touches", act: (page) => void page.app.grid.chooseAll() },
  toPile: { keys: ["Backspace"], label: "Back to the pile", for: "reviewer", where: GRID, isElsewhereNative: true,
    does: "Put what is marked among the filed back into the pile", act: (page) => page.app.file(null) },
  pause: { keys: ["Space"], label: "Play or pause", where: SINGLE,
    does: "Play or pause", act: (page) => page.pause() },
  mute: { keys: ["m"], label: "Sound", where: SINGLE,
    does: "Sound on or off", act: (page) => page.mute() },
  slower: { keys: ["<"], label: "Slower", where: SINGLE,
    does: "Play slower", act: (page) => page.pace(-1) },
  faster: { keys: [">"], label: "Faster", where: SINGLE,
    does: "Play faster", act: (page) => page.pace(1) },
  autofile: { keys: ["Shift+f"], label: "File for me", for: "admin",
    does: "File what is surely right, with at most as many wrong as you say", act: (page) => page.autofile() },
  lookInto: { keys: ["Shift+o"], label: "Look into a folder",
    does: "Show what lies in a folder; what is chosen there goes to another by its key", act: (page) => page.lookInto() },
  misfiled: { keys: ["Shift+m"], label: "Likely misfiled",
    does: "Show what likely lies in the wrong folder, a card each", act: (page) => void page.app.misfiled.open() },
  duplicates: { keys: ["Shift+d"], label: "Duplicates",
    does: "Show videos that are copies or edits of one another, side by side", act: (page) => void page.app.duplicates.open() },
  surplus: { keys: ["Shift+u"], label: "Move the surplus", for: "reviewer", where: GRID,
    does: "Move what is marked among duplicates to a folder that is not learned from; nothing is deleted", act: (page) => page.app.duplicates.putAside() },
  newFolder: { keys: ["n"], label: "New folder", for: "admin",
    does: "Make a folder", act: (page) => page.newFolder() },
  grid: { keys: ["g"], label: "Grid",
    does: "Change between the grid and one video at a time", act: (page) => page.grid() },
  groups: { keys: ["p"], label: "Groups",
    does: "Show groups of what is alike and in no folder yet; Enter makes a folder of one", act: (page) => page.groups() },
  history: { keys: ["h"], label: "History",
    does: "Show what was done, each with its way back", act: (page) => page.history() },
  retrain: { keys: ["r"], label: "Retrain",
    does: "Show how learning goes and what it came to", act: (page) => page.retrain() },
  insights: { keys: ["i"], label: "Insights",
    does: "Show how good the model is and where it errs, on a page of its own", act: () => location.assign("insights") },
  retrainNow: { keys: ["Shift+r"], label: "Retrain now", for: "admin",
    does: "Learn from the folders and guess the rest again", act: (page) => page.retrainNow() },
  look: { keys: ["Shift+l"], label: "Look at the rest", for: "admin",
    does: "Look at the videos that were not looked at yet, or stop that", act: (page) => void page.app.looking.press() },
  settings: { keys: [","], label: "Keys and order", for: "reviewer",
    does: "Choose the keys and the order of review", act: (page) => page.settings() },
  help: { keys: ["?"], label: "Help",
    does: "Show all keys", act: (page) => page.help() },
  tryNow: { keys: [], label: "Try now",
    does: "Send what waits for the server", act: (page) => page.tryNow() },
  leftOut: { keys: [], label: "Left out",
    does: "Show what takes no part, why, and what can be done", act: (page) => page.app.leftOut.toggle() },
  single: { keys: [], label: "One by one", where: GRID,
    does: "Go back to one video at a time", act: (page) => page.app.show("single") },
  regroup: { keys: [], label: "Regroup", where: GRID,
    does: "Group the grid by the guesses as they are now", act: (page) => page.regroup() },
  toReview: { keys: [], label: "Skip to the video",
    does: "Go past the tools and the folders", act: (page, event) => page.toReview(event) },
  leave: { keys: ["Escape"], label: "Close", isFixed: true,
    does: "Close the panel, or go back to one video at a time", act: (page) => page.leave() },
  who: { keys: [], label: "Who is signed in",
    does: "Show who is signed in, and log out", act: (page) => page.app.rights.open(page.app.outbox.entries.length) },
  sheet: { keys: [], label: "Folders",
    does: "Show the folders on a small screen", act: (page) => page.sheet(true) },
};

// Whether an action means something in this view.
export function isFor(action, view) {
  const { where } = ACTIONS[action];
  return !where || where.includes(view);
}
