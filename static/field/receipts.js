// What the server already has is taken off the queue by its receipt; what was thrown away here is told to it.

import { envelope, get, post } from "./api.js";
import { note, phone, recordsInOrder, remember } from "./phone.js";
import { isHeldAdd, keepResults, stateOf } from "./push.js";
import { SETTLED } from "./record.js";

const AT_ONCE = 100;
const UNDECIDED = new Set(["held", "conflict", "unsupported"]);

/** The store that was compared since it was opened. */
let compared = null;

/** Once for each opening: ask for the receipts of all that is not finished; an answer may have been lost. */
export async function reconcile() {
  const db = phone.db;
  if (compared === db) return;
  const open = recordsInOrder().filter(
    (kept) => ["saved", "waiting", "discarding"].includes(kept.state) || (kept.state === "received" && (UNDECIDED.has(kept.result.code) || isHeldAdd(kept))),
  );
  for (let from = 0; from < open.length; from += AT_ONCE) {
    const part = open.slice(from, from + AT_ONCE);
    const answer = await get(`receipts?ids=${part.map((kept) => kept.item.id).join(",")}`);
    if (phone.db !== db) return;
    // What is being thrown away is answered by the discard itself.
    await keepResults(part.filter((kept) => kept.state !== "discarding"), answer);
  }
  compared = db;
}

/** @param {number} epoch */
export async function tellThrownAway(epoch) {
  const db = phone.db;
  const thrown = recordsInOrder().filter((kept) => kept.state === "discarding");
  for (let from = 0; from < thrown.length; from += AT_ONCE) {
    const part = thrown.slice(from, from + AT_ONCE);
    const items = part.map(({ item, why }) => ({ id: item.id, seq: item.seq, type: item.type, why: why || "" }));
    const answer = await post("discard", { ...envelope(), sync_epoch: epoch, items });
    if (phone.db !== db) return;
    const byId = new Map(answer.results.map((result) => [result.id, result]));
    const answered = Date.now();
    await note(part.filter((kept) => byId.has(kept.item.id)).map((kept) => [kept.seq, fateOf(byId.get(kept.item.id), answered)]));
    const gaps = ((phone.kv.acked || {}).gaps || []).filter(([, last]) => last > answer.acked_through);
    const acked = { acked_through: answer.acked_through, gaps };
    await remember({ acked, contact: answered });
  }
}

/** Gone, unless the server had put it into the record before. */
function fateOf(result, answered) {
  if (result.code === "discarded" || stateOf(result) === "attention") return { ...SETTLED, answered, thrown: true };
  return { state: stateOf(result), result, answered, absorbed: false };
}
