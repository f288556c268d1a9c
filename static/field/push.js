// Sending what waits, lowest number first, and keeping what the server answered.

import { envelope, post } from "./api.js";
import { phone, recordsInOrder } from "./phone.js";
import { mark } from "./record.js";
import { run, write } from "./store.js";

const KEEP = 14 * 86400000;
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
    await keepResults(db, batch, answer);
    queue.splice(0, batch.length);
  }
}

async function keepResults(db, batch, answer) {
  const byId = new Map(answer.results.map((result) => [result.id, result]));
  const answered = Date.now();
  const changes = batch
    .filter((kept) => byId.has(kept.item.id) && byId.get(kept.item.id).code !== "retry")
    .map((kept) => {
      const result = byId.get(kept.item.id);
      return [kept.seq, { state: stateOf(result), result, answered }];
    });
  await mark(db, changes);
  const acked = { acked_through: answer.acked_through, gaps: answer.gaps };
  await write(db, { acked, contact: answered });
  for (const [seq, change] of changes) phone.records.set(seq, { ...phone.records.get(seq), ...change });
  Object.assign(phone.kv, { acked, contact: answered });
}

function stateOf(result) {
  if (ATTENTION.has(result.code)) return "attention";
  return result.final ? "received" : "waiting";
}

/** The server was restored: send again, unchanged, everything that is still here. */
export async function sendAllAgain() {
  const answered = recordsInOrder().filter((kept) => kept.state === "received" || kept.state === "waiting");
  await mark(phone.db, answered.map((kept) => [kept.seq, { state: "saved", absorbed: false }]));
  for (const kept of answered) phone.records.set(kept.seq, { ...kept, state: "saved", absorbed: false });
}

/** Forget what was received for good two weeks ago. */
export async function tidy() {
  const old = recordsInOrder().filter(
    (kept) => ["received", "dismissed"].includes(kept.state) && kept.absorbed && kept.answered < Date.now() - KEEP,
  );
  if (!old.length) return;
  await run(phone.db, ["items"], "readwrite", (tx) => {
    for (const kept of old) tx.objectStore("items").delete(kept.seq);
  });
  for (const kept of old) phone.records.delete(kept.seq);
}
