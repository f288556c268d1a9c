// Saving what a tap made, with the way back offered for some seconds.

import { changed, isPresent, note, recordsInOrder, recordsOf, tap, tellOtherTabs } from "./phone.js";
import { toast } from "./toast.js";

const ADDS = new Set(["household.add", "resident.add"]);

export const takeBackVisit = (kept) => ({ type: "retract", household: kept.household, data: { visit: kept.item.id } });
export const takeBack = (household, entry, restores) => ({ type: "retract", household, data: { observation: entry }, prev: restores });
export const timeOf = (kept) => ({ at: new Date(kept.item.at), chosen: kept.item.chosen, offset: kept.item.offset_ms });

/**
 * @param {{clear?: string, mends?: number, isFinal?: boolean}} [with_] see phone.js; final: no way back is offered
 * @returns {Promise<boolean>} whether it is on the disk
 */
export async function save(drafts, words, { isFinal = false, ...with_ } = {}) {
  let made;
  try {
    made = await tap(drafts, with_);
  } catch (error) {
    const full = error && error.name === "QuotaExceededError";
    toast(full ? "Máy hết bộ nhớ: CHƯA LƯU được. Xóa bớt ảnh, video rồi bấm lại." : "CHƯA LƯU được trên máy. Đóng mở lại ứng dụng rồi bấm lại.", null, "bad");
    return false;
  }
  toast(words, isFinal ? null : () => undo(made[0].group));
  return true;
}

export const undoVisit = (kept) => save([takeBackVisit(kept)], "Đã rút lại, lưu trên máy.");

/** Take back all that one tap made. */
export async function undo(group) {
  const made = recordsInOrder().filter((kept) => kept.group === group && isPresent(kept));
  if (made.some((kept) => ADDS.has(kept.item.type))) return throwAwayAdded(made);
  const drafts = [];
  for (const kept of [...made].reverse()) {
    const { type, data } = kept.item;
    if (type === "observation") drafts.push(takeBack(kept.household, kept.item.id, kept.prev));
    else if (type === "visit") drafts.push(takeBackVisit(kept));
    else if (type.endsWith(".edit")) drafts.push({ type, household: kept.household, data: { ...data, set: data.was, was: data.set } });
    else if (type === "retract") drafts.push(...saidAgain(data));
  }
  return drafts.length ? save(drafts, "Đã hoàn tác.") : false;
}

/** What was added and not sent yet is thrown away with what was said of it; the server is told so. */
async function throwAwayAdded(made) {
  const homes = new Set(made.filter((kept) => kept.item.type === "household.add").map((kept) => kept.household));
  const people = new Set(made.map((kept) => kept.item.data.resident).filter(Boolean));
  const about = recordsOf(made[0].household).filter(
    (kept) => isPresent(kept) && (homes.has(kept.household) || people.has(kept.item.data.resident)),
  );
  if (about.some((kept) => kept.state !== "saved")) {
    toast("Máy chủ đã nhận, không hoàn tác được. Nhờ phường, xã xóa trong sổ.", null, "bad");
    return false;
  }
  await throwAway(about, "hoàn tác");
  toast("Đã hoàn tác.");
  if (homes.size && location.hash.includes(made[0].household)) location.replace("#/");
  return true;
}

/** Knowingly: nothing of these is sent any more, and they do not count as lost. */
export async function throwAway(records, why) {
  await note(records.map((kept) => [kept.seq, { state: "discarding", absorbed: true, why }]));
  changed("tap");
  tellOtherTabs();
}

/** What a retraction took back, said anew at the time it had. */
function saidAgain(data) {
  const id = data.visit || data.observation;
  const kept = recordsInOrder().find((each) => each.item.id === id);
  return kept ? [sendAnew(kept)] : [];
}

/** The same again under a new id and number. */
export function sendAnew(kept) {
  const replaces = kept.item.type === "visit" ? kept.item.id : null;
  return { type: kept.item.type, household: kept.household, data: kept.item.data, prev: kept.prev, replaces, ...timeOf(kept) };
}
