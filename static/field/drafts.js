// What is half written in a form: on the disk at every stroke, until it is saved or thrown away knowingly.

import { phone } from "./phone.js";
import { run, write } from "./store.js";

const PREFIX = "draft:";

export const draftKey = (path) => PREFIX + path;
export const draftOf = (path) => phone.kv[draftKey(path)] || null;

/** @returns {{path: string, title: string, values: Object, at: number}[]} */
export const openDrafts = () =>
  Object.entries(phone.kv)
    .filter(([key, kept]) => key.startsWith(PREFIX) && kept)
    .map(([key, kept]) => ({ path: key.slice(PREFIX.length), ...kept }));

export function keepDraft(path, title, values) {
  const kept = { title, values, at: Date.now() };
  phone.kv[draftKey(path)] = kept;
  return write(phone.db, { [draftKey(path)]: kept });
}

export function dropDraft(key) {
  delete phone.kv[key];
  return run(phone.db, ["kv"], "readwrite", (tx) => tx.objectStore("kv").delete(key));
}
