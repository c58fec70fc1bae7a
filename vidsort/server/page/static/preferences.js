// What the page remembers on the server: keys of folders and actions, the order, the player.

import { assignFolderKeys, bindings } from "./keys.js";

const QUIET_MS = 400;

export class Preferences {
  values = { folder_keys: {}, keys: {} };
  #timer = null;

  constructor(api) {
    this.api = api;
  }

  async load() {
    const { folder_keys: folderKeys, keys, ...rest } = await this.api.get("api/preferences");
    this.values = { folder_keys: folderKeys ?? {}, keys: keys ?? {}, ...rest };
  }

  get bound() {
    return bindings(this.values.keys);
  }

  get folderKeys() {
    return this.values.folder_keys;
  }

  keyOf(folder) {
    return Object.hasOwn(this.folderKeys, folder) ? this.folderKeys[folder] : undefined;
  }

  // Gives keys to folders that have none; those that have one keep it.
  seat(folders) {
    const assigned = assignFolderKeys(folders, this.folderKeys, this.bound);
    if (JSON.stringify(assigned) !== JSON.stringify(this.folderKeys)) this.set({ folder_keys: assigned });
  }

  // A renamed folder takes its key along.
  renameFolder(from, to) {
    const { [from]: key, ...rest } = this.folderKeys;
    if (key) this.set({ folder_keys: { ...rest, [to]: key } });
  }

  set(changes) {
    Object.assign(this.values, changes);
    clearTimeout(this.#timer);
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
