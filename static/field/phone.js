// The open store of one user, in memory: what screens show and taps change.

import { cardOf, lacking, versionsOn } from "./asked.js";
import { effective, newUnit, overlay } from "./overlay.js";
import { SETTLED, make, mark } from "./record.js";
import { asked, openStore, run, write } from "./store.js";
import { focusOf } from "./villages.js";
import { dayOf, told } from "./words.js";

const channel = "BroadcastChannel" in self ? new BroadcastChannel("cnscd-phone") : null;
const listeners = new Set();

/** @type {{db: IDBDatabase|null, owner: number|null, kv: Object, villages: Object[], households: Map<string, Object>, records: Map<number, import("./record.js").Kept>, net: Object}} */
export const phone = {
  db: null,
  owner: null,
  kv: {},
  villages: [],
  households: new Map(),
  records: new Map(),
  net: { signedOut: false, sending: false, trouble: "", code: "", isNewShell: false },
};
const views = new Map();

export const onChange = (listener) => listeners.add(listener);

/** Tell every screen, here and in other tabs, that something is different. */
export function changed(kind = "view") {
  views.clear();
  for (const listener of listeners) listener(kind);
}

export function tellOtherTabs() {
  if (channel) channel.postMessage({ owner: phone.owner });
}

if (channel) {
  channel.onmessage = async () => {
    if (phone.db) await load();
    changed("elsewhere");
  };
}

export async function openPhone(owner) {
  closePhone();
  phone.db = await openStore(owner);
  phone.owner = owner;
  await load();
}

export function closePhone() {
  if (phone.db) phone.db.close();
  Object.assign(phone, { db: null, owner: null, kv: {}, villages: [], households: new Map(), records: new Map() });
  views.clear();
}

export async function load() {
  const found = await run(phone.db, ["kv", "villages", "households", "items"], "readonly", async (tx) => {
    const kv = tx.objectStore("kv");
    const [keys, values] = [asked(kv.getAllKeys()), asked(kv.getAll())];
    const all = ["villages", "households", "items"].map((name) => asked(tx.objectStore(name).getAll()));
    return Promise.all([keys, values, ...all]);
  });
  const [keys, values, villages, households, items] = found;
  phone.kv = Object.fromEntries(keys.map((key, at) => [key, values[at]]));
  phone.villages = villages.sort((one, other) => one.village - other.village);
  phone.households = new Map(households.map((unit) => [unit.key, unit]));
  phone.records = new Map(items.map((kept) => [kept.seq, kept]));
  views.clear();
}

/** @param {number} village its number */
export const villageAt = (village) => phone.villages.find((each) => each.village === village);
export const catalogue = () => phone.kv.catalogue || null;
/** Now, by the server's clock as far as it is known. */
export const now = () => new Date(Date.now() + (phone.kv.offset || 0));
export const today = () => dayOf(now());
/** When it was by the clock of the server, in words. */
export const toldAt = (item) => told(effective(item), now());
export const recordsInOrder = () => [...phone.records.values()].sort((one, other) => one.seq - other.seq);
export const recordsOf = (household) => recordsInOrder().filter((kept) => kept.household === household);
/** Household (null: a mobile desk) → its records. */
export function byHousehold(records) {
  const found = new Map();
  for (const kept of records) found.set(kept.household, []);
  for (const kept of records) found.get(kept.household).push(kept);
  return found;
}
/** Neither thrown away nor settled. */
export const isPresent = (kept) => kept.state !== "dismissed" && kept.state !== "discarding";
export const unsent = () => recordsInOrder().filter((kept) => kept.state === "saved");

/** Change what is known of the phone itself, on the disk and here. */
export async function remember(values) {
  await write(phone.db, values);
  Object.assign(phone.kv, values);
}

/** Change what is known of kept items, on the disk and here. @param {[number, Object][]} changes seq, change */
export async function note(changes) {
  await mark(phone.db, changes);
  for (const [seq, change] of changes) phone.records.set(seq, { ...phone.records.get(seq), ...change });
}

/** The household as it stands with the taps of this phone; its card and what it lacks. */
export function view(key) {
  if (!views.size) lay();
  return views.get(key) || null;
}

export function allViews() {
  if (!views.size) lay();
  return [...views.values()];
}

function lay() {
  if (!catalogue()) return;
  const day = today();
  const versions = versionsOn(catalogue(), day);
  const open = byHousehold(recordsInOrder().filter((kept) => !kept.absorbed));
  for (const unit of [...phone.households.values(), ...addedHere(open)]) {
    const seen = overlay(unit, open.get(unit.key) || []);
    const rows = cardOf(seen, versions, day);
    views.set(unit.key, { unit: seen, rows, lacking: lacking(rows, focusOf(unit.village)) });
  }
}

/** Households that only this phone knows, in villages that are still hers. */
function addedHere(open) {
  const hers = new Set(phone.villages.map((each) => each.village));
  return [...open.values()]
    .map((some) => some.find((kept) => kept.item.type === "household.add"))
    .filter((kept) => kept && !phone.households.has(kept.household) && hers.has(kept.item.data.village))
    .map(newUnit);
}

/**
 * Save what a tap says; it is on the disk when this resolves.
 * @param {{clear?: string, mends?: number}} [with_] what goes in the same transaction: see record.js
 */
export async function tap(drafts, with_ = {}) {
  const made = await make(phone.db, drafts, with_);
  for (const kept of made) phone.records.set(kept.seq, kept);
  phone.kv.made = { ...phone.kv.made, seq: made[made.length - 1].seq };
  if (with_.clear) delete phone.kv[with_.clear];
  if (with_.mends) phone.records.set(with_.mends, { ...phone.records.get(with_.mends), ...SETTLED, mended: made[0].item.id });
  changed("tap");
  tellOtherTabs();
  return made;
}
