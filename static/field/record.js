// A tap becomes items: ids, numbers and content in one transaction. What is made here is never changed again.

import { nextId } from "./ids.js";
import { asked, run } from "./store.js";
import { instant } from "./words.js";

/**
 * @typedef {Object} Draft
 * @property {string} type
 * @property {string} household
 * @property {Object|((ids: string[]) => Object)} data a function gets the ids made before it in this tap
 * @property {Date} [at] when it was, as the visitor says; now if left out
 * @property {boolean} [chosen] she picked the day or hour herself
 * @property {number} [offset] server minus phone, if another than the present one holds (an answer takes its visit's)
 * @property {any} [prev] what held before, for undoing on this phone only
 * @property {string} [replaces] of a visit: the id of its former wording, on this phone only
 *
 * @typedef {Object} Kept an item in the queue, with what the phone knows of it
 * @property {number} seq
 * @property {Object} item exactly what is sent, every time
 * @property {"saved"|"waiting"|"received"|"attention"|"discarding"|"dismissed"} state discarding: thrown away here, the
 *   server is not told yet
 */

/** An item with which nothing more is done: mended by another, or thrown away. */
export const SETTLED = { state: "dismissed", absorbed: true };

/**
 * @param {IDBDatabase} db
 * @param {Draft[]} drafts
 * @param {{clear?: string, mends?: number}} [with_] in the same transaction: the half-written form that is gone now,
 *   the number of the refused item that the first of these says anew
 * @returns {Promise<Kept[]>}
 */
export function make(db, drafts, { clear = "", mends = 0 } = {}) {
  return run(db, ["kv", "items"], "readwrite", async (tx) => {
    const kv = tx.objectStore("kv");
    const items = tx.objectStore("items");
    let last = (await asked(kv.get("made"))) || { seq: 0, ms: 0, counter: 0 };
    const known = (await asked(kv.get("offset"))) || 0;
    const tapped = new Date();
    const ids = [];
    const made = drafts.map((draft) => {
      const { id, ms, counter } = nextId(last, Date.now());
      last = { seq: last.seq + 1, ms, counter };
      const data = typeof draft.data === "function" ? draft.data(ids) : draft.data;
      ids.push(id);
      const item = {
        id,
        seq: last.seq,
        type: draft.type,
        schema: 1,
        at: instant(draft.at || tapped),
        offset_ms: draft.offset === undefined ? known : draft.offset,
        chosen: Boolean(draft.chosen),
        tapped_at: instant(tapped),
        data,
      };
      const kept = {
        seq: last.seq,
        item,
        state: "saved",
        household: draft.household,
        group: ids[0],
        made: tapped.getTime(),
        absorbed: false,
        prev: draft.prev === undefined ? null : draft.prev,
        replaces: draft.replaces || null,
      };
      items.add(kept);
      return kept;
    });
    kv.put(last, "made");
    if (clear) kv.delete(clear);
    if (mends) {
      const refused = await asked(items.get(mends));
      items.put({ ...refused, ...SETTLED, mended: made[0].item.id });
    }
    return made;
  });
}

/** Change what the phone knows of kept items (never the item itself). */
export function mark(db, changes) {
  return run(db, ["items"], "readwrite", async (tx) => {
    const items = tx.objectStore("items");
    for (const [seq, change] of changes) {
      const kept = await asked(items.get(seq));
      if (kept) items.put({ ...kept, ...change, item: kept.item });
    }
  });
}

/** The number and age of what waits, read at once for `hello`. */
export function queueState(db) {
  return run(db, ["kv", "items"], "readonly", async (tx) => {
    const made = (await asked(tx.objectStore("kv").get("made"))) || { seq: 0 };
    const states = tx.objectStore("items").index("state");
    const saved = [...(await asked(states.getAll("saved"))), ...(await asked(states.getAll("discarding")))];
    saved.sort((one, other) => one.seq - other.seq);
    const first = saved[0];
    const unsent = first
      ? { count: saved.length, first_seq: first.seq, oldest_at: first.item.at }
      : { count: 0, first_seq: null, oldest_at: null };
    return { last_seq: made.seq, unsent };
  });
}
