// How the knock ended and when it was, in one tap each.

import { isCorrecting, setCorrecting } from "../correcting.js";
import { h, icon, redraw } from "../dom.js";
import { draftOf } from "../drafts.js";
import { now, toldAt, today } from "../phone.js";
import { chooseWhen, setOutcome, visitOf, whenOf } from "../visits.js";
import { offered } from "../when.js";
import { dayAndHour } from "../when_field.js";
import { COME_BACK, OUTCOMES, dayAfter, shownDay, told } from "../words.js";
import { detailsInWords } from "./details.js";

const open = { household: null, time: false, day: false };

export function visitBox(household) {
  if (open.household !== household) Object.assign(open, { household, time: false, day: false });
  if (isCorrecting()) return h("section.visit", { "aria-label": "Thời điểm ghi nhận" }, h("p.visit__mode", null, "Thấy lúc nào? Không tính là một lượt đến."), times(household, null));
  const visit = visitOf(household);
  const outcome = visit && visit.item.data.outcome;
  return h(
    "section.visit", { "aria-label": "Lượt đến hộ" },
    h(
      "div.visit__outcomes", { role: "group", "aria-label": "Kết quả gõ cửa" },
      Object.entries(OUTCOMES).map(([value, words]) =>
        h(`button.outcome.outcome--${value}`, { on: () => setOutcome(household, value), "aria-pressed": String(outcome === value), "data-key": `outcome-${value}` }, words),
      ),
    ),
    outcome === "come_back" ? comeBack(household, visit) : null,
    times(household, visit),
    visit
      ? details(household, visit)
      : h("button.visit__details", { "data-key": "mode", on: () => setCorrecting(true) }, h("span", null, h("strong", null, "Chỉ sửa ghi nhận"), h("span", null, "Không đến nhà, không tính lượt")), icon("edit", 20)),
  );
}

/** The way to what may be added, with what was. */
function details(household, visit) {
  const words = detailsInWords(visit.item.data);
  const isHalf = draftOf(`/ho/${household}/luot`);
  return h(
    "a.visit__details", { href: `#/ho/${household}/luot`, "data-key": "details" },
    h("span", null, h("strong", null, "Chi tiết lượt"), h("span", null, isHalf ? "Đang ghi dở, chưa lưu" : words || "Nội dung, số phút, kết quả nếu có")),
    icon("next", 20),
  );
}

function comeBack(household, visit) {
  const on = visit.item.data.come_back_on;
  const day = today();
  const choices = COME_BACK.map(([words, days]) => [words, dayAfter(day, days)]);
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
  const { when, at } = whenOf(household);
  if (visit && !open.time) {
    return h(
      "p.visit__time", null,
      `Lượt lúc ${toldAt(visit.item)}`,
      h("button.link", { "data-key": "time", on: () => { open.time = true; redraw(); } }, "Đổi giờ"),
    );
  }
  const choose = (value) => () => {
    open.day = value === "other";
    if (value === "other") return redraw();
    open.time = false;
    return chooseWhen(household, value).then(redraw);
  };
  return [
    h(
      "div.chips.visit__when", { role: "group", "aria-label": "Đến lúc nào" },
      offered(now()).map(([value, words]) => h("button.chip", { on: choose(value), "aria-pressed": String(open.day ? value === "other" : when === value), "data-key": `when-${value}` }, words)),
    ),
    open.day ? otherDay(household) : at && h("p.visit__time", null, `Lúc ${told(at, now())}`),
  ];
}

function otherDay(household) {
  const other = dayAndHour();
  const error = h("p.error", { role: "alert" });
  // An answer without the button is not "just now" either.
  other.node.addEventListener("change", () => !visitOf(household) && other.get() <= now() && chooseWhen(household, "other", other.get()));
  const use = () => {
    const at = other.get();
    if (!(at <= now())) {
      error.textContent = "Chọn thời điểm đã qua.";
      return;
    }
    open.time = false;
    open.day = false;
    chooseWhen(household, "other", at).then(redraw);
  };
  return h("div.visit__day", null, other.node, h("button.button.button--quiet", { on: use }, "Dùng giờ này"), error);
}
