// What may be said of a visit beside its outcome: the same questions as at the desk (residents/forms/visits.py).

import { h } from "./dom.js";
import { choiceField, countField, field, manyField, numberField, stepper, textField } from "./fields.js";
import { catalogue, villageAt } from "./phone.js";

const MINUTES = [10, 15, 20, 30, 60];
const SAFE = "Không ghi số giấy tờ, số tài khoản, mật khẩu, mã OTP.";

/** The five kinds of help; a kind that is chosen shows its fields. */
export function topicsField(value = []) {
  const { topics } = catalogue();
  const chosen = new Set(value);
  const kinds = topics.filter((each) => !each.parent);
  const place = h("div.topics", { role: "group" });
  const toggle = (code, parent) => {
    if (!chosen.delete(code)) {
      chosen.add(code);
      if (parent) chosen.add(parent);
    } else if (!parent) for (const each of topics) if (each.parent === code) chosen.delete(each.code);
    draw();
  };
  const chip = ({ code, name, parent }) =>
    h(`button.chip${parent ? ".chip--small" : ".topics__kind"}`, { "aria-pressed": String(chosen.has(code)), "data-topic": code, on: () => toggle(code, parent) }, name);
  const draw = () => {
    const focused = document.activeElement && document.activeElement.getAttribute("data-topic");
    while (place.firstChild) place.firstChild.remove();
    for (const kind of kinds) {
      const fields = topics.filter((each) => each.parent === kind.code);
      const isOpen = chosen.has(kind.code) || fields.some((each) => chosen.has(each.code));
      place.append(chip(kind));
      if (isOpen && fields.length) place.append(h("div.chips.topics__fields", { role: "group", "aria-label": kind.name }, fields.map(chip)));
    }
    const again = focused && place.querySelector(`[data-topic="${focused}"]`);
    if (again) again.focus({ preventScroll: true });
  };
  draw();
  return field("topics", "Đã giúp việc gì", "", place, {
    get: () => topics.map((each) => each.code).filter((each) => chosen.has(each)),
    set: (all) => { chosen.clear(); for (const each of all || []) chosen.add(each); draw(); },
  });
}

/** {code: count} of what was achieved; folded until something is counted. */
export function resultsField(value = {}) {
  const kinds = catalogue().result_kinds;
  const counters = kinds.map(({ code, name, unit }) => [code, stepper(`${name} (${unit})`, { value: value[code], most: 100000 })]);
  const rows = h("div.results", null, kinds.map(({ name, unit }, at) => h("div.results__row", null, h("p", null, name, h("span", null, ` (${unit})`)), counters[at][1].node)));
  const details = h("details.fold-box", { open: Object.keys(value).length > 0 }, h("summary", null, "Kết quả đạt được"), rows);
  return field("results", "", "", details, {
    get: () => Object.fromEntries(counters.map(([code, counter]) => [code, counter.get()]).filter(([, count]) => count)),
    set: (all) => {
      for (const [code, counter] of counters) counter.set((all || {})[code]);
      details.open = Object.keys(all || {}).length > 0;
    },
    fault: () => (counters.some(([, counter]) => counter.isWrong()) ? "Số lượng là số nguyên, ví dụ 2." : ""),
  });
}

export function minutesField(value = null) {
  const minutes = numberField("minutes", "Số phút", { value, most: 1440, wrong: "Số phút từ 0 đến 1440 (một ngày).", example: "Số khác" });
  const chips = MINUTES.map((each) => h("button.chip.chip--small", { on: () => set(minutes.get() === each ? null : each) }, String(each)));
  const show = () => chips.forEach((chip, at) => chip.setAttribute("aria-pressed", String(minutes.get() === MINUTES[at])));
  const set = (count) => { minutes.set(count); show(); };
  minutes.input.addEventListener("input", show);
  minutes.input.before(h("div.chips", { role: "group", "aria-label": "Số phút" }, chips));
  show();
  return { ...minutes, set };
}

export const peopleField = (value, needed = "") =>
  countField("people_helped", "Số người được giúp", { value, most: 2000, needed });

export const wayField = (value, isAtHome = true) =>
  choiceField("way", "Hình thức", catalogue().ways.filter(([each]) => isAtHome || each !== "home"), { value, isFirm: true });

export const noteField = (value = "") => textField("note", "Ghi chú", { value, max: 500, isLong: true, hint: SAFE, words: "sentences" });

/** Who of the team was there; nothing to ask where the village has no team. */
export function membersField(village, team, value) {
  const unit = villageAt(village);
  const teams = (unit ? unit.teams : []).filter((each) => !team || each.id === team);
  const members = teams.reduce((all, each) => [...all, ...each.members.map((member) => [member.id, member.name])], []);
  return members.length ? manyField("members", "Ai trong tổ có mặt", members, { value }) : null;
}
