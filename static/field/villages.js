// What the office says of a village: which indicators matter, whether it is one to practise in.

import { h } from "./dom.js";
import { phone, villageAt } from "./phone.js";

function saidOf(village) {
  const { scope } = phone.kv;
  const told = scope && scope.villages ? scope.villages.find((each) => each.id === village) : null;
  return told || {};
}

/** Codes of the (at most five) indicators chosen for the period, in the office's order; none: no choice. */
export const focusOf = (village) => saidOf(village).focus || [];

export function isPractice(village) {
  const unit = villageAt(village);
  return Boolean(saidOf(village).practice || (unit && unit.practice));
}

/** False where what she adds is put before the ward. */
export const mayEdit = (village) => saidOf(village).may_edit !== false;

export const practiceNote = (village) =>
  isPractice(village)
    ? h("p.note.note--warn.practice", { role: "note" }, h("strong", null, "Thôn tập thử – không tính vào số liệu"))
    : null;
