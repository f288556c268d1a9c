// Whom to visit next, and why: an appointment, never visited, most still missing, alone and old.

import { bornOn, ageOn } from "./asked.js";
import { dayOf, shownDay } from "./words.js";

const OLD = 60;
const WEIGHT_OF_ALONE = 6;

const missing = (each) => each.lacking.reduce((sum, row) => sum + row.unasked + row.no, 0);
const back = (each) => {
  const last = each.unit.last_visit;
  return last && last.outcome === "come_back" ? last.come_back_on : null;
};

function isAloneAndOld({ unit }, day) {
  const born = unit.people.length === 1 && bornOn(unit.people[0]);
  return Boolean(born) && ageOn(born, day) >= OLD;
}

/** @returns households worth a visit, best first; those seen today are left out */
export function nextVisits(views, now, day) {
  const rank = (each) => (back(each) && back(each) <= day ? 0 : each.unit.last_visit ? 2 : 1);
  const weight = (each) => missing(each) + (isAloneAndOld(each, day) ? WEIGHT_OF_ALONE : 0);
  return views
    .filter((each) => !each.unit.last_visit || dayOf(new Date(each.unit.last_visit.at)) !== dayOf(now))
    .filter((each) => !back(each) || back(each) <= day)
    .filter((each) => rank(each) < 2 || weight(each) > 0)
    .map((each) => [rank(each), -weight(each), each])
    .sort((one, other) => one[0] - other[0] || one[1] - other[1])
    .map(([, , each]) => each);
}

export function reasonOf(each, day) {
  const on = back(each);
  const told = [];
  if (on && on <= day) told.push(on === day ? "hẹn lại hôm nay" : `đã hẹn ${shownDay(on)}`);
  if (!each.unit.last_visit) told.push("chưa đến lần nào");
  if (missing(each)) told.push(`còn thiếu ${missing(each)} mục`);
  if (isAloneAndOld(each, day)) told.push("người già ở một mình");
  return told.join(", ");
}
