// An item of the queue told in words: what was said, and about whom.

import { catalogue, recordsInOrder, toldAt, view } from "./phone.js";
import { ANSWERS, OUTCOMES, WHY_GONE, nameOf, shownDay } from "./words.js";

export const TYPES = {
  visit: "lượt đến", observation: "ghi nhận", retract: "rút lại", "resident.add": "thêm người", "resident.edit": "sửa người",
  "resident.leave": "bớt người", "household.add": "thêm hộ", "household.edit": "sửa hộ",
};

/** The household's head, or the place of a mobile desk; as the phone wrote it where the book does not hold it. */
export function headOf(key) {
  if (key === null) return "Bàn lưu động";
  const seen = view(key);
  if (seen) return seen.unit.head;
  const added = recordsInOrder().find((kept) => kept.household === key && kept.item.type === "household.add");
  return added ? added.item.data.head_name : "Hộ không có trong sổ trên máy";
}

/** @param {import("./record.js").Kept} kept */
export function saidOf({ item, household }) {
  const { data } = item;
  const words = SAID[item.type];
  return words ? words(data, household, item) : "";
}

const personOf = (household, id) => {
  const seen = household && view(household);
  const person = seen && seen.unit.people.find((each) => each.id === id);
  return person ? nameOf(person) : "một người";
};

const SAID = {
  visit: (data, _household, item) => `${data.place ? `${data.place}, ${data.people_helped || 0} người` : OUTCOMES[data.outcome]}, lúc ${toldAt(item)}`,
  observation: (data, household) => `${shortOf(data.indicator)}: ${ANSWERS[data.answer]}${data.resident ? ` – ${personOf(household, data.resident)}` : ""}`,
  retract: (data) => (data.visit ? "rút lại lượt đến" : "rút lại một câu trả lời"),
  "household.add": (data) => data.head_name,
  "household.edit": () => "sửa thông tin hộ",
  "resident.add": (data) => [data.label || "chưa ghi tên", data.birth_year && `sinh ${data.birth_year}`].filter(Boolean).join(", "),
  "resident.edit": (data, household) => `sửa ${personOf(household, data.resident)}`,
  "resident.leave": (data, household) => `${personOf(household, data.resident)}: ${Object.fromEntries(WHY_GONE)[data.why].toLowerCase()}${data.on ? `, từ ${shownDay(data.on)}` : ""}`,
};

function shortOf(code) {
  const found = catalogue() && catalogue().indicators.find((each) => each.code === code);
  return found ? found.short : code;
}
