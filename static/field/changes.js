// Taking over what the server tells of the villages; the cursor is kept with the units, in one transaction.

import { get } from "./api.js";
import { load, phone, recordsInOrder } from "./phone.js";
import { isHeldAdd } from "./push.js";
import { mark } from "./record.js";
import { asked, forgetReference, run } from "./store.js";

export async function takeChanges() {
  const before = recordsInOrder().filter((kept) => ["received", "attention"].includes(kept.state) && !kept.absorbed && !isHeldAdd(kept));
  const db = phone.db;
  let isOther = false;
  for (let more = true; more; ) {
    const cursor = phone.kv.cursor;
    const answer = await get(`changes?limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
    if (phone.db !== db) return;
    if (answer.reset) await forgetReference(db);
    await keep(db, answer);
    phone.kv.cursor = answer.cursor;
    isOther = isOther || answer.reset || answer.units.length > 0 || Boolean(answer.catalogue);
    more = answer.more;
  }
  // What the server had answered before this began is in what it told.
  if (before.length) await mark(db, before.map((kept) => [kept.seq, { absorbed: true }]));
  if (isOther || before.length) await load();
}

function keep(db, answer) {
  return run(db, ["kv", "villages", "households"], "readwrite", async (tx) => {
    const stores = { village: tx.objectStore("villages"), household: tx.objectStore("households") };
    const gone = answer.units.filter((unit) => unit.gone);
    const villages = gone.filter((unit) => unit.kind === "village").map((unit) => unit.village);
    if (villages.length) {
      for (const household of await asked(stores.household.getAll())) {
        if (villages.includes(household.village)) stores.household.delete(household.key);
      }
    }
    for (const unit of gone) stores[unit.kind].delete(unit.key);
    for (const unit of answer.units) if (!unit.gone) stores[unit.kind].put(unit);
    const kv = tx.objectStore("kv");
    kv.put(answer.cursor, "cursor");
    if (answer.catalogue) kv.put(answer.catalogue, "catalogue");
  });
}
