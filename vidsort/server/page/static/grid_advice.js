// What is said above the grid of the group that one is in. Pure.

import { figure } from "./dom.js";

// Most that the server takes as one batch.
export const MOST = 10_000;

// What can be done with a group, of which `rest` are not marked.
export function advice(group, rest) {
  const marked = group.items.length - rest;
  if (group.setId) return marked ? `${figure(marked)} chosen as surplus: a folder's key moves ${marked > 1 ? "them" : "it"} there` : "all stay: mark what is surplus";
  if (group.isThere && marked) return `${figure(marked)} chosen: a folder's key moves ${marked > 1 ? "them" : "it"} there`;
  if (group.isThere) return "filed there: mark what belongs elsewhere, then choose a folder";
  if (group.isNew && rest) return `Enter makes this folder and files ${figure(rest)} there: mark what is to stay`;
  if (group.isWhole && !rest) return "all are marked, so all stay";
  if (group.isWhole) return `a folder's key files ${figure(Math.min(rest, MOST))} at once: mark what is to stay`;
  if (group.folder) return marked ? fileAdvice(rest, marked) : `${fileAdvice(rest, marked)}; a folder's key the one you point at`;
  return marked ? `${figure(marked)} chosen: a folder's key files ${marked > 1 ? "them" : "it"}` : "mark some or point at one, then press a folder's key";
}

// What Enter does with a group; of more than a batch can hold the surest go first.
function fileAdvice(rest, marked) {
  const number = figure(Math.min(rest, MOST));
  return `Enter files ${rest > MOST ? `the surest ${number}` : number}${marked ? `, ${figure(marked)} marked ${marked > 1 ? "stay" : "stays"}` : ""}`;
}

// What of a group goes into a folder (null: back to the pile) by its key: {items}, or why nothing does as {refusal}. Where
// nothing of the pile is marked it is the one that is aimed at.
export function whatGoes(group, isMarked, folder, aimed = null) {
  if (!group) return { refusal: "There is nothing to file." };
  if (folder === null && !group.isThere) return { refusal: "These are in the pile." };
  const isHere = (item) => item.folder === folder;
  const items = group.items.filter((item) => isMarked(item) !== Boolean(group.isWhole) && !isHere(item)).slice(0, MOST);
  const where = folder ?? "the pile";
  if (items.length) return { items };
  if (group.items.every(isHere)) return { refusal: `These are in ${where} already.` };
  if (group.isThere || group.isWhole) return { refusal: `Nothing is marked: mark what goes into ${where} first.` };
  return aimed ? { items: [aimed] } : { refusal: `Nothing is marked: point at what goes into ${where}, or mark it first.` };
}

// Whether marks tell what goes somewhere, rather than what stays.
export function isChoice(group) {
  return Boolean(group.isThere || (!group.folder && !group.isWhole));
}
