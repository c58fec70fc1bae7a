// What the page remembers on the server: keys of folders and actions, the order, the player.

import { assignFolderKeys, bindings, keysOf } from "./keys.js";

const QUIET_MS = 400;

export class Preferences {
  values = { folder_keys: {}, keys: {} };
  // Those of the folders that are there.
  folderKeys = {};
  #timer = null;

  // `mayKeep()`: whether the server keeps them for this person.
  constructor(api, mayKeep = () => true) {
    Object.assign(this, { api, mayKeep });
  }

  async load() {
    const { folder_keys: folderKeys, keys, ...rest } = await this.api.get("api/preferences");
    this.values = { folder_keys: folderKeys ?? {}, keys: keys ?? {}, ...rest };
  }

  get bound() {
    return bindings(this.values.keys);
  }

  keyOf(folder) {
    return Object.hasOwn(this.folderKeys, folder) ? this.folderKeys[folder] : undefined;
  }

  // Gives keys to folders that have none; those that have one keep it. Where it is not known who is whose heir, one that
  // may be waits until it is.
  seat(folders, heirs) {
    const known = this.values.folder_keys;
    const here = new Set(folders);
    const mayBeHeirs = heirs === undefined && Object.keys(known).some((folder) => !here.has(folder));
    const seated = mayBeHeirs ? folders.filter((folder) => Object.hasOwn(known, folder)) : folders;
    const assigned = assignFolderKeys(seated, known, this.bound, heirs);
    this.folderKeys = keysOf(seated, assigned);
    if (JSON.stringify(assigned) !== JSON.stringify(known)) this.set({ folder_keys: assigned });
  }

  set(changes) {
    Object.assign(this.values, changes);
    clearTimeout(this.#timer);
    if (!this.mayKeep()) return;
    this.#timer = setTimeout(() => void this.#save(), QUIET_MS);
  }

  async #save() {
    const kept = Object.entries(this.values).filter(([, value]) => value !== null && value !== undefined);
    try {
      await this.api.call("PUT", "api/preferences", Object.fromEntries(kept));
    } catch (error) {
      // They hold in this page; the next change sends them all again.
      console.warn("vidsort: preferences were not saved", error);
    }
  }
}
