// What a tap on the card means in items; every tap is saved before the screen says so.

import { isCorrecting } from "./correcting.js";
import { recordsOf, view } from "./phone.js";
import { save, takeBack, takeBackVisit, timeOf } from "./undo.js";
import { time, visitDraft, visitOf } from "./visits.js";

/** An answer says that somebody was met: without a visit going on one begins. */
export async function setAnswers(household, cells, answer, reason = "") {
  const visit = isCorrecting() ? null : visitOf(household);
  const when = visit ? timeOf(visit) : time(household);
  const drafts = [];
  let visitId = visit ? visit.item.id : null;
  if (!isCorrecting() && (!visit || visit.item.data.outcome !== "met")) {
    if (visit) drafts.push(takeBackVisit(visit));
    drafts.push(visitDraft(household, { outcome: "met" }, when, visit));
    visitId = null;
  }
  const at = drafts.length - 1;
  for (const cell of cells) {
    const data = (ids) => ({
      household,
      resident: cell.subject || null,
      indicator: cell.version.code,
      answer,
      reason,
      visit: visitId || (at < 0 ? null : ids[at]),
    });
    drafts.push({ type: "observation", household, data, ...when, prev: entryOf(household, cell) });
  }
  await save(drafts, cells.length > 1 ? `Đã lưu ${cells.length} người trên máy.` : "Đã lưu trên máy.");
}

/** Back to "Chưa hỏi": what was said is taken back. */
export async function unask(household, cell) {
  const own = recordsOf(household).find((kept) => kept.item.id === cell.id);
  await save([takeBack(household, cell.id, own ? own.prev : null)], "Đã rút lại, lưu trên máy.");
}

function entryOf(household, cell) {
  const seen = view(household);
  const entry = seen && (seen.unit.answers[cell.subject] || {})[cell.version.code];
  return entry || null;
}
