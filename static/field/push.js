// Sending what waits, lowest number first, and keeping what the server answered.

import { envelope, post } from "./api.js";
import { note, phone, recordsInOrder, remember } from "./phone.js";
import { mark } from "./record.js";
import { run } from "./store.js";

const KEEP = 14 * 86400000;
const IN_THE_REGISTER = new Set(["applied", "applied_late", "conflict"]);
const ATTENTION = new Set(["invalid", "id_conflict"]);

/** Send everything that is saved or waits, each item at most once. @param {number} epoch */
export async function pushAll(epoch) {
  const db = phone.db;
  const queue = recordsInOrder().filter((kept) => kept.state === "saved" || kept.state === "waiting");
  let size = 200;
  while (queue.length) {
    const batch = queue.slice(0, size);
    let answer;
    try {
      answer = await post("push", { ...envelope(), sync_epoch: epoch, items: batch.map((kept) => kept.item) });
    } catch (trouble) {
      if (trouble.status !== 413 || size === 1) throw trouble;
      size = Math.max(1, Math.floor(batch.length / 2));
      continue;
    }
    if (phone.db !== db) return;
    await keepResults(batch, answer);
    queue.splice(0, batch.length);
  }
}

/** Results by id, on the disk before anything says so. What was thrown away meanwhile has been received after all. */
export async function keepResults(batch, answer) {
  const byId = new Map(answer.results.map((result) => [result.id, result]));
  const answered = Date.now();
  const changes = batch
    .filter((kept) => byId.has(kept.item.id) && byId.get(kept.item.id).code !== "retry")
    .map((kept) => {
      const result = byId.get(kept.item.id);
      // What the ward turned down is laid over the book no longer.
      const more = result.declined ? { absorbed: true } : null;
      return [kept.seq, { state: stateOf(result), result, answered: kept.state === "received" ? kept.answered : answered, ...more }];
    });
  await note(changes);
  // Receipts do not tell up to where everything is there; hello and push do.
  const acked = answer.gaps ? { acked_through: answer.acked_through, gaps: answer.gaps } : phone.kv.acked;
  await remember({ acked, contact: answered });
}

export function stateOf(result) {
  if (ATTENTION.has(result.code)) return "attention";
  return result.final ? "received" : "waiting";
}

/** A household or person whom the server has not put into the register: shown here until it has. */
export const isHeldAdd = ({ item, result }) =>
  (item.type === "household.add" || item.type === "resident.add") && Boolean(result) && !result.declined && !IN_THE_REGISTER.has(result.code);

/** The server was restored: send again, unchanged, everything that is still here. */
export async function sendAllAgain() {
  const answered = recordsInOrder().filter((kept) => kept.state === "received" || kept.state === "waiting");
  await mark(phone.db, answered.map((kept) => [kept.seq, { state: "saved", absorbed: false }]));
  for (const kept of answered) phone.records.set(kept.seq, { ...kept, state: "saved", absorbed: false });
}

/** Forget what was received for good two weeks ago. */
export async function tidy() {
  const old = recordsInOrder().filter(
    (kept) => ["received", "dismissed"].includes(kept.state) && (kept.absorbed || isHeldAdd(kept)) && kept.answered < Date.now() - KEEP,
  );
  if (!old.length) return;
  await run(phone.db, ["items"], "readwrite", (tx) => {
    for (const kept of old) tx.objectStore("items").delete(kept.seq);
  });
  for (const kept of old) phone.records.delete(kept.seq);
}
