// Thẻ hộ: who was met and when, and per indicator a row for each person.

import { answerBefore, counts } from "../asked.js";
import { h, icon, redraw } from "../dom.js";
import { lastOf, placeOf } from "../homes.js";
import { catalogue, view } from "../phone.js";
import { setAnswers, unask } from "../taps.js";
import { focusOf, practiceNote } from "../villages.js";
import { ANSWERS, nameOf } from "../words.js";
import { swindlers } from "./door.js";
import { nextLink, people } from "./people.js";
import { gone } from "./person.js";
import { visitBox } from "./visit_box.js";

const MOST_ON_TOP = 5;

/** What is folded open: the rest of the indicators, and the cell whose further choices are shown. */
const open = { household: null, rest: false, cell: "", onTop: [] };

export function cardScreen(key) {
  const seen = view(key);
  if (!seen) return gone("Thẻ hộ");
  if (open.household !== key) {
    Object.assign(open, { household: key, rest: false, cell: "" });
    open.onTop = topOf(seen);
  }
  const { unit, rows } = seen;
  const focus = focusOf(unit.village);
  const usable = rows.filter((row) => row.cells.some((cell) => !cell.whyNot || cell.answer));
  // What was on top when the card was opened stays there, or the rows would jump away under the thumb.
  const onTop = open.onTop.map((code) => usable.find((row) => row.version.code === code)).filter(Boolean);
  const rest = usable.filter((row) => !open.onTop.includes(row.version.code));
  return {
    title: unit.head,
    note: [placeOf(unit), unit.code ? `mã ${unit.code}` : "chưa có mã"].join(" · "),
    back: "#/",
    aside: h("a.top__do", { href: `#/ho/${key}/sua`, "aria-label": "Sửa thông tin hộ" }, icon("edit", 26)),
    body: h(
      "article", null,
      practiceNote(unit.village),
      unit.isNew ? h("p.note", null, "Hộ mới, đã lưu trên máy. Máy chủ nhận xong sẽ cấp mã hộ.") : null,
      h("p.card__last", null, lastOf(unit)),
      visitBox(key),
      onTop.length ? h("h2.card__head", null, focus.length ? "Trọng tâm kỳ này, còn thiếu" : "Còn thiếu") : null,
      onTop.map((row) => indicator(seen, row)),
      focus.length && !onTop.length && usable.length ? h("p.note.note--good", null, "Tiêu chí trọng tâm của kỳ đã đủ.") : null,
      rest.length ? restOf(seen, rest, onTop.length || focus.length) : null,
      people(key, unit, rows),
      nextLink(unit),
      swindlers(),
    ),
  };
}

/** What the office chose for the period and is missing here; without a choice the first that are missing. */
function topOf({ unit, lacking }) {
  const focus = focusOf(unit.village);
  const codes = lacking.map((row) => row.version.code);
  return focus.length ? codes.filter((code) => focus.includes(code)) : codes.slice(0, MOST_ON_TOP);
}

function restOf(seen, rest, hasTop) {
  const isOpen = open.rest || !hasTop;
  return [
    hasTop
      ? h("button.fold", { "aria-expanded": String(isOpen), "data-key": "rest", on: () => { open.rest = !open.rest; redraw(); } }, isOpen ? "Thu gọn" : `Các tiêu chí khác (${rest.length})`)
      : null,
    isOpen ? rest.map((row) => indicator(seen, row)) : null,
  ];
}

function indicator(seen, row) {
  const { key } = seen.unit;
  const cells = row.cells.filter((cell) => !cell.whyNot || cell.answer);
  const open_ = cells.filter((cell) => (counts(cell) || cell.unclear) && cell.answer !== "yes");
  const title = `i-${row.version.code}`;
  return h(
    "section.indicator", { "aria-labelledby": title },
    h(
      "div.indicator__head", null,
      h("h3", { id: title }, row.version.short),
      row.cells.length > 1 && open_.length > 1
        ? h("button.whole", { "data-key": `all-${row.version.code}`, on: () => setAnswers(key, open_, "yes") }, icon("yes", 20), "Cả hộ đã có")
        : null,
    ),
    cells.map((cell) => line(seen, cell)),
  );
}

function line({ unit }, cell) {
  const { key } = unit;
  const who = cell.person ? nameOf(cell.person) : "Cả hộ";
  const name = `${cell.version.code}-${cell.subject}`;
  const isOpen = open.cell === name;
  const said = cell.answer ? ANSWERS[cell.answer] : cell.unclear ? "Chưa rõ có thuộc diện" : "Chưa hỏi";
  const choose = (answer) => () => {
    open.cell = answer === "no" ? name : "";
    return cell.answer === answer && !cell.reason ? redraw() : setAnswers(key, [cell], answer);
  };
  const pad = (answer, shape) =>
    h(
      `button.pad.pad--${answer}`,
      { on: choose(answer), "aria-pressed": String(cell.answer === answer), "data-key": `${name}-${answer}`, "aria-label": `${ANSWERS[answer]}: ${who}` },
      icon(shape, 18), ANSWERS[answer],
    );
  return h(
    "div.cell", { role: "group", "aria-label": `${cell.version.short}, ${who}` },
    h("div.cell__who", null, h("strong", null, who), h(`span.cell__state.cell__state--${cell.answer || "none"}`, null, said)),
    h("div.cell__pads", null, pad("yes", "yes"), pad("no", "no"), h("button.cell__more", { "aria-expanded": String(isOpen), "aria-label": `Lựa chọn khác cho ${who}`, "data-key": `${name}-more`, on: () => { open.cell = isOpen ? "" : name; redraw(); } }, icon("more"))),
    noted(unit, cell),
    isOpen ? further(key, cell, name) : null,
  );
}

/** The reason, and what held in the period before where it was something else. */
function noted(unit, cell) {
  const reason = cell.reason && Object.fromEntries(catalogue().reasons)[cell.reason];
  const before = answerBefore(unit, cell);
  const told = [reason && `Lý do: ${reason}`, before && before !== cell.answer && `Kỳ trước: ${ANSWERS[before].toLowerCase()}`].filter(Boolean);
  return told.length ? h("p.cell__noted", null, told.join(" · ")) : null;
}

/** Reasons after "Chưa có"; the rarer states otherwise. */
function further(key, cell, name) {
  const done = (work) => () => { open.cell = ""; return work(); };
  const chip = (words, work, pressed, id) => h("button.chip", { on: done(work), "aria-pressed": pressed ? "true" : null, "data-key": `${name}-${id}` }, words);
  const reasons = cell.answer === "no"
    ? [
        h("p.cell__ask", null, "Vì sao? (bỏ qua được)"),
        h("div.chips", null, catalogue().reasons.map(([code, words]) => chip(words, () => setAnswers(key, [cell], "no", code), cell.reason === code, code))),
      ]
    : null;
  return h(
    "div.cell__further", null,
    reasons,
    h(
      "div.chips", null,
      chip("Không thuộc diện", () => setAnswers(key, [cell], "na"), cell.answer === "na", "na"),
      cell.answer ? chip("Chưa hỏi (rút lại)", () => unask(key, cell), false, "unask") : null,
      cell.answer === "no" ? chip("Bỏ qua", redraw, false, "skip") : null,
    ),
  );
}
