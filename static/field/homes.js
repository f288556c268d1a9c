// Households in words and in the order of the alley; which look like one that is being added.

import { allViews, catalogue, now, today, villageAt } from "./phone.js";
import { OUTCOMES, ago, instantAt, searchKey, shownDay } from "./words.js";

const MOST_ALIKE = 3;

export function isDue(unit) {
  const last = unit.last_visit;
  return Boolean(last && last.outcome === "come_back" && last.come_back_on && last.come_back_on <= today());
}

/** Has anybody knocked there in this period? */
export const isVisited = ({ last_visit: last }) => Boolean(last) && new Date(last.at) >= instantAt(catalogue().period.since, "00:00");

/** The households of the village in walking order: street, number, name. */
export function inOrder(village) {
  const streets = new Map(village.streets.map((street, at) => [street.id, at]));
  const place = (unit) => (streets.has(unit.street) ? streets.get(unit.street) : streets.size);
  return allViews()
    .filter((each) => each.unit.village === village.village)
    .sort(
      (one, other) =>
        place(one.unit) - place(other.unit) ||
        (one.unit.order_no === null) - (other.unit.order_no === null) ||
        (one.unit.order_no || 0) - (other.unit.order_no || 0) ||
        one.unit.head.localeCompare(other.unit.head, "vi"),
    );
}

/** Does every word occur in what is known of the household? */
export function fits(unit, words) {
  const text = searchKey([unit.head, unit.code, unit.address, ...unit.people.map((person) => person.label)].join(" "));
  return words.every((word) => text.includes(word));
}

export function lastOf(unit) {
  const last = unit.last_visit;
  if (!last) return "Chưa đến lần nào";
  const back = last.outcome === "come_back" && last.come_back_on ? ` ${shownDay(last.come_back_on)}` : "";
  return `${last.outcome === "met" ? "Đã gặp" : OUTCOMES[last.outcome]}${back} · đến ${ago(last.at, now())}`;
}

export function placeOf(unit, village = villageAt(unit.village)) {
  const street = village && village.streets.find((each) => each.id === unit.street);
  const place = [street && street.name, unit.order_no !== null && `hộ ${unit.order_no}`].filter(Boolean).join(", ");
  return place || unit.address || (unit.code ? `hộ ${unit.code}` : "chưa xếp đường");
}

/** Units of the village whose head or somebody in it is called so: told, never refused. */
export function alikeHomes(village, name, except = null) {
  const key = searchKey(name);
  if (!key) return [];
  return allViews()
    .map((each) => each.unit)
    .filter((unit) => unit.village === village && unit.key !== except)
    .filter((unit) => searchKey(unit.head) === key || unit.people.some((person) => searchKey(person.label) === key))
    .slice(0, MOST_ALIKE);
}

/** People of the household who are called so. */
export function alikePeople(unit, label, except = null) {
  const key = searchKey(label);
  return key ? unit.people.filter((person) => person.id !== except && searchKey(person.label) === key) : [];
}
