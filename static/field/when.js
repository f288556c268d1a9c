// When it was, in the visitor's own words: the same wordings and hours as at the desk (residents/visit_time.py).

import { dayAfter, dayOf, instantAt } from "./words.js";

const HOURS = {
  morning: [0, "09:00"],
  afternoon: [0, "15:00"],
  last_evening: [1, "19:30"],
  yesterday: [1, "15:00"],
};
const WORDS = [
  ["now", "Vừa xong"],
  ["morning", "Sáng nay"],
  ["afternoon", "Chiều nay"],
  ["last_evening", "Tối qua"],
  ["yesterday", "Hôm qua"],
  ["other", "Chọn ngày"],
];

/** @returns {Date} the hour that stands for a wording */
export function instantOf(when, now) {
  const [daysBack, hour] = HOURS[when];
  return instantAt(dayAfter(dayOf(now), -daysBack), hour);
}

/** The wordings that make sense at `now`. */
export function offered(now) {
  return WORDS.filter(([when]) => !HOURS[when] || instantOf(when, now) < now);
}

export const wordsOf = (when) => WORDS.find(([each]) => each === when)[1];
