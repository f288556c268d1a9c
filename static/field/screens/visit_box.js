// How the knock ended and when it was, in one tap each.

import { h } from "../dom.js";
import { now, today } from "../phone.js";
import { chooseWhen, setOutcome, visitOf, whenOf } from "../taps.js";
import { offered } from "../when.js";
import { dayAfter, shownDay, told } from "../words.js";

const OUTCOMES = [
  ["met", "Gặp"],
  ["nobody", "Vắng nhà"],
  ["come_back", "Hẹn lại"],
  ["refused", "Từ chối"],
];
const open = { household: null, time: false, day: false };

const again = () => window.dispatchEvent(new HashChangeEvent("hashchange"));

export function visitBox(household) {
  if (open.household !== household) Object.assign(open, { household, time: false, day: false });
  const visit = visitOf(household);
  const outcome = visit && visit.item.data.outcome;
  return h(
    "section.visit", { "aria-label": "Lượt đến hộ" },
    h(
      "div.visit__outcomes", { role: "group", "aria-label": "Kết quả gõ cửa" },
      OUTCOMES.map(([value, words]) =>
        h(`button.outcome.outcome--${value}`, { on: () => setOutcome(household, value), "aria-pressed": String(outcome === value), "data-key": `outcome-${value}` }, words),
      ),
    ),
    outcome === "come_back" ? comeBack(household, visit) : null,
    times(household, visit),
  );
}

function comeBack(household, visit) {
  const on = visit.item.data.come_back_on;
  const day = today();
  const choices = [["Ngày mai", dayAfter(day, 1)], ["Ngày kia", dayAfter(day, 2)], ["Tuần sau", dayAfter(day, 7)]];
  const field = h("input.field", { type: "date", "data-typing": true, min: day, ".value": on || "", "aria-label": "Hẹn ngày khác", "data-key": "back-day",
    "@change": () => field.value >= day && setOutcome(household, "come_back", field.value) });
  return h(
    "div.visit__more", null,
    h("p", null, on ? `Hẹn lại ngày ${shownDay(on)}` : "Hẹn ngày nào? (bỏ qua được)"),
    h("div.chips", null, choices.map(([words, value]) => h("button.chip", { on: () => setOutcome(household, "come_back", value), "aria-pressed": String(on === value), "data-key": `back-${value}` }, words))),
    field,
  );
}

function times(household, visit) {
  const { when } = whenOf(household);
  if (visit && !open.time) {
    return h(
      "p.visit__time", null,
      `Lượt lúc ${told(visit.item.at)}`,
      h("button.link", { "data-key": "time", on: () => { open.time = true; again(); } }, "Đổi giờ"),
    );
  }
  const choose = (value) => () => {
    open.day = value === "other";
    if (value === "other") return again();
    open.time = false;
    return chooseWhen(household, value).then(again);
  };
  return [
    h(
      "div.chips.visit__when", { role: "group", "aria-label": "Đến lúc nào" },
      offered(now()).map(([value, words]) => h("button.chip", { on: choose(value), "aria-pressed": String(open.day ? value === "other" : when === value), "data-key": `when-${value}` }, words)),
    ),
    open.day ? otherDay(household) : null,
  ];
}

function otherDay(household) {
  const day = h("input.field", { type: "date", "data-typing": true, max: today(), ".value": today(), "aria-label": "Ngày" });
  const hour = h("input.field", { type: "time", "data-typing": true, ".value": "18:00", "aria-label": "Giờ" });
  const error = h("p.error", { role: "alert" });
  const use = () => {
    const at = new Date(`${day.value}T${hour.value || "18:00"}:00`);
    if (Number.isNaN(at.getTime()) || at > now()) {
      error.textContent = "Chọn thời điểm đã qua.";
      return;
    }
    open.time = false;
    open.day = false;
    chooseWhen(household, "other", at).then(again);
  };
  return h("div.visit__day", null, day, hour, h("button.button.button--quiet", { on: use }, "Dùng giờ này"), error);
}
