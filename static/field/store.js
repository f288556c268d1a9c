// What the phone keeps: one IndexedDB for each user, and a small one that says whose turn it is.

import { deviceName } from "./ids.js";

const PREFIX = "cnscd-phone-";
const FORGET_AFTER = 14 * 86400000;

/** @param {IDBRequest} request */
export const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/**
 * One transaction; resolves when it is on the disk. `work` may await requests of this transaction only.
 * @param {IDBDatabase} db
 * @param {(tx: IDBTransaction) => any} work
 */
export function run(db, stores, mode, work) {
  return new Promise((resolve, reject) => {
    const tx = db.transaction(stores, mode, { durability: "strict" });
    let answer;
    tx.oncomplete = () => resolve(answer);
    tx.onabort = () => reject(tx.error || new Error("aborted"));
    Promise.resolve(work(tx)).then(
      (value) => {
        answer = value;
      },
      (error) => {
        reject(error);
        try {
          tx.abort();
        } catch (_) {
          // It had ended by itself.
        }
      },
    );
  });
}

export const read = (db, key) => run(db, ["kv"], "readonly", (tx) => asked(tx.objectStore("kv").get(key)));
export const write = (db, values) =>
  run(db, ["kv"], "readwrite", (tx) => {
    for (const [key, value] of Object.entries(values)) tx.objectStore("kv").put(value, key);
  });

function open(name, make) {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => make(request.result);
  return asked(request).then((db) => {
    db.onversionchange = () => db.close();
    return db;
  });
}

/** Whose turn it is: {owner, owners, leaving} */
export const openDoor = () => open("cnscd-phone", (db) => db.createObjectStore("kv"));

/** The store of one user; made with its device name. */
export async function openStore(owner) {
  const db = await open(PREFIX + owner, (made) => {
    made.createObjectStore("kv").put(deviceName(), "device");
    made.createObjectStore("villages", { keyPath: "key" });
    made.createObjectStore("households", { keyPath: "key" });
    const items = made.createObjectStore("items", { keyPath: "seq" });
    items.createIndex("id", "item.id", { unique: true });
    items.createIndex("state", "state");
  });
  const contact = await read(db, "contact");
  if (contact && Date.now() - contact > FORGET_AFTER) await forgetReference(db);
  return db;
}

/** Drop what the server can give again. The queue is never among it. */
export function forgetReference(db) {
  return run(db, ["kv", "villages", "households"], "readwrite", (tx) => {
    tx.objectStore("villages").clear();
    tx.objectStore("households").clear();
    tx.objectStore("kv").delete("cursor");
  });
}

/** How much of `owner` waits on this phone, without showing what. */
export async function countUnsent(owner) {
  const db = await openStore(owner);
  const count = await run(db, ["items"], "readonly", (tx) => asked(tx.objectStore("items").index("state").count("saved")));
  db.close();
  return count;
}
