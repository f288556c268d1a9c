// Fields for a moment and for a day, in the words of when.js.

import { h } from "./dom.js";
import { field } from "./fields.js";
import { now, today } from "./phone.js";
import { offered } from "./when.js";
import { clock, dayAfter, dayOf, instantAt, shownDay } from "./words.js";

function chipsOf(choices, choose) {
  const chips = choices.map(([value, words]) => h("button.chip", { on: () => choose(value) }, words));
  const show = (chosen) => chips.forEach((chip, at) => chip.setAttribute("aria-pressed", String(choices[at][0] === chosen)));
  return { chips, show };
}

/** Two inputs for a moment of her own choice; get() is no valid Date where the day is missing. */
export function dayAndHour() {
  const day = h("input.field", { type: "date", "data-typing": true, max: today(), ".value": today(), "aria-label": "Ngày" });
  const hour = h("input.field", { type: "time", "data-typing": true, ".value": "18:00", "aria-label": "Giờ" });
  return {
    node: h("div.pair", null, day, hour),
    get: () => instantAt(day.value, hour.value || "18:00"),
    set: (at) => { if (Number(at)) { day.value = dayOf(at); hour.value = clock(at); } },
  };
}

/** "when": {when, at}; `at` is a Date where she picked the day herself. */
export function timeField() {
  let chosen = "now";
  const other = dayAndHour();
  const show = () => { row.show(chosen); other.node.hidden = chosen !== "other"; };
  const row = chipsOf(offered(now()), (value) => { chosen = value; show(); });
  const at = () => (chosen === "other" ? other.get() : null);
  show();
  return field("when", "Lúc nào", "", h("div.chips", { role: "group" }, row.chips), {
    below: other.node,
    get: () => ({ when: chosen, at: at() }),
    set: (said) => {
      if (!offered(now()).some(([each]) => each === said.when)) return;
      chosen = said.when;
      if (said.at) other.set(said.at);
      show();
    },
    fault: () => (chosen === "other" && !(at() <= now()) ? "Chọn thời điểm đã qua." : ""),
  });
}

/** A day that has come: today, yesterday, `more` [[day, words]], or another. */
export function dayField(name, label, { value = today(), hint = "", more = [] } = {}) {
  const choices = [[today(), "Hôm nay"], [dayAfter(today(), -1), "Hôm qua"], ...more];
  let isOther = !choices.some(([each]) => each === value);
  const day = h("input.field", { type: "date", "data-typing": true, max: today(), ".value": value, "aria-label": label });
  const show = () => {
    row.show(isOther ? "other" : day.value);
    day.hidden = !isOther;
  };
  const row = chipsOf([...choices, ["other", "Ngày khác"]], (each) => {
    isOther = each === "other";
    if (!isOther) day.value = each;
    show();
  });
  show();
  return field(name, label, hint, h("div.chips", { role: "group" }, row.chips), {
    below: day,
    get: () => day.value,
    set: (each) => { day.value = each; isOther = !choices.some(([known]) => known === each); show(); },
    fault: () => (!day.value ? "Chọn ngày." : day.value > today() ? `Ngày ${shownDay(day.value)} chưa đến. Chỉ ghi việc đã xảy ra.` : ""),
  });
}
