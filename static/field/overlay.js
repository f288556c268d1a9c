// A household as the server told it, with what was tapped here since laid over it.

import { dayOf } from "./words.js";

/** A household that was added here and that the server has not told yet, as a unit of `changes`. */
export function newUnit({ item }) {
  const { household, village, head_name, address, street, order_no, since } = item.data;
  return {
    kind: "household", key: household, village, code: "", head: head_name, address: address || "", street: street || null,
    order_no: order_no === undefined ? null : order_no, last_visit: null, people: [], answers: {}, before: {},
    since: since || dayOf(new Date(effective(item))), isNew: true,
  };
}

/**
 * @param {Object} unit of kind "household"; left as it is
 * @param {import("./record.js").Kept[]} records of this household that the server's unit does not hold yet, by seq
 */
export function overlay(unit, records) {
  const seen = { ...unit, people: [...unit.people], answers: { ...unit.answers }, told: unit.answers };
  for (const kept of records) (LAID[kept.item.type] || nothing)(seen, kept);
  return seen;
}

/** The instant that counts, in milliseconds. */
export const effective = (item) => Date.parse(item.at) + (item.chosen ? 0 : item.offset_ms);

const LAID = {
  visit(seen, { item }) {
    const at = new Date(effective(item)).toISOString();
    if (seen.last_visit && seen.last_visit.at > at) return;
    seen.last_visit = {
      at,
      outcome: item.data.outcome,
      come_back_on: item.data.come_back_on || null,
      id: item.id,
      former: seen.last_visit,
    };
  },
  observation(seen, { item }) {
    const subject = item.data.resident || "";
    const at = new Date(effective(item)).toISOString();
    const now = (seen.answers[subject] || {})[item.data.indicator];
    // A later sight holds, whatever is entered after it.
    if (now && Date.parse(now[2]) > Date.parse(at)) return;
    set(seen, subject, item.data.indicator, [item.data.answer, item.data.reason || "", at, item.id]);
  },
  retract(seen, { item, prev }) {
    if (item.data.visit) {
      if (seen.last_visit && seen.last_visit.id === item.data.visit) seen.last_visit = seen.last_visit.former;
      return;
    }
    for (const [subject, answers] of Object.entries(seen.answers)) {
      const code = Object.keys(answers).find((each) => answers[each][3] === item.data.observation);
      if (code) set(seen, subject, code, prev);
    }
  },
  "resident.add"(seen, { item }) {
    const { resident, label, birth_year, age_band, sex, stays, is_head } = item.data;
    if (seen.people.some((person) => person.id === resident)) return;
    seen.people.push({
      id: resident,
      label: label || "",
      birth_year: birth_year || null,
      age_band: age_band || "",
      age_band_on: age_band ? item.at.slice(0, 10) : null,
      sex: sex || "",
      stays: stays || "permanent",
      is_head: Boolean(is_head),
    });
  },
  "resident.edit"(seen, { item }) {
    const { resident, set: fresh } = item.data;
    const at = seen.people.findIndex((person) => person.id === resident);
    if (at < 0) return;
    const person = { ...seen.people[at], ...fresh };
    if (fresh.age_band) person.age_band_on = item.at.slice(0, 10);
    seen.people[at] = person;
    if (person.is_head && fresh.label) seen.head = fresh.label;
  },
  "household.edit"(seen, { item }) {
    const { head_name, ...rest } = item.data.set;
    Object.assign(seen, rest, head_name === undefined ? null : { head: head_name });
  },
  "resident.leave"(seen, { item }) {
    seen.people = seen.people.filter((person) => person.id !== item.data.resident);
  },
};

function set(seen, subject, code, entry) {
  const answers = { ...seen.answers[subject] };
  if (entry) answers[code] = entry;
  else delete answers[code];
  seen.answers[subject] = answers;
}

function nothing() {}
