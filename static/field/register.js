// Households and people added, changed and gone, in items (docs/sync.md: household.*, resident.*).

import { dropDraft } from "./drafts.js";
import { subjectId } from "./ids.js";
import { today } from "./phone.js";
import { toast } from "./toast.js";
import { save } from "./undo.js";
import { time } from "./visits.js";
import { dayOf } from "./words.js";

/**
 * @param {{village: number, head_name: string, street: number|null, order_no: number|null, address: string, since: string}} home
 * @param {Object[]} people what `resident.add` says of each, the head first
 * @returns {Promise<string|null>} the id of the new household
 */
export async function addHousehold(home, people, clear) {
  const household = subjectId();
  const drafts = [
    { type: "household.add", household, data: { household, ...home } },
    ...people.map((said) => personDraft(household, { ...said, since: home.since })),
  ];
  return (await save(drafts, "Đã lưu trên máy.", { clear })) ? household : null;
}

const personDraft = (household, said) => ({ type: "resident.add", household, data: { household, resident: subjectId(), ...said } });

/** In the book from the day of the visit that goes on here, or answers about the person would be older than she. */
export function addPerson(household, said, clear) {
  const seen = dayOf(time(household).at);
  const since = seen < today() ? { since: seen } : {};
  return save([personDraft(household, { ...said, ...since })], "Đã thêm người, lưu trên máy.", { clear });
}

export const editHousehold = (household, now, said, clear) =>
  edit("household.edit", household, { household }, now, said, clear);

export const editPerson = (household, person, said, clear) =>
  edit("resident.edit", household, { resident: person.id }, person, said, clear);

/** Only what differs, with what stood before; nothing to save is as good as saved. */
async function edit(type, household, subject, now, said, clear) {
  const sides = changesOf(now, said);
  if (!sides) {
    await dropDraft(clear);
    toast("Không có gì thay đổi.");
    return true;
  }
  return save([{ type, household, data: { ...subject, ...sides } }], "Đã lưu trên máy.", { clear });
}

export function changesOf(now, said) {
  const { keep_text, ...wanted } = said;
  const names = Object.keys(wanted).filter((name) => wanted[name] !== now[name]);
  if (!names.length) return null;
  const side = (values) => Object.fromEntries(names.map((name) => [name, values[name]]));
  return { set: side(wanted), was: side(now), ...(keep_text ? { keep_text } : null) };
}

export const removePerson = (household, resident, why, on, clear) =>
  save([{ type: "resident.leave", household, data: { resident, why, on } }], "Đã lưu trên máy.", { clear, isFinal: true });
