// What a tap on the card means in items; every tap is saved before the screen says so.

import { subjectId } from "./ids.js";
import { now, phone, recordsInOrder, recordsOf, tap, view } from "./phone.js";
import { toast } from "./toast.js";
import { instantOf } from "./when.js";

const SAME_VISIT = 6 * 3600000;

/** household → what was chosen for the visit that begins with the next tap: {when, at} */
const chosen = new Map();

export const whenOf = (household) => chosen.get(household) || { when: "now", at: null };

/** The visit going on at this household, if one was tapped here within some hours and not taken back. */
export function visitOf(household) {
  const records = recordsOf(household);
  const gone = new Set(records.filter((kept) => kept.item.type === "retract").map((kept) => kept.item.data.visit));
  const visits = records.filter(
    (kept) => kept.item.type === "visit" && !gone.has(kept.item.id) && kept.state !== "dismissed" && Date.now() - kept.made < SAME_VISIT,
  );
  return visits.length ? visits[visits.length - 1] : null;
}

/** @param {string} when @param {Date|null} at */
export async function chooseWhen(household, when, at = null) {
  chosen.set(household, { when, at });
  const visit = visitOf(household);
  if (visit) await save(moved(household, visit), "Đã đổi thời điểm của lượt.");
}

function time(household) {
  const { when, at } = whenOf(household);
  if (when === "now") return { at: new Date(), chosen: false };
  return { at: at || instantOf(when, now()), chosen: true };
}

const timeOf = (kept) => ({ at: new Date(kept.item.at), chosen: kept.item.chosen, offset: kept.item.offset_ms });

function visitDraft(household, data, when) {
  return { type: "visit", household, data: { household, ...who(household), ...data }, ...when };
}

/** Herself, if she is in the team that serves the village. */
function who(household) {
  const { village } = phone.households.get(household) || {};
  const unit = phone.villages.find((each) => each.village === village);
  const mine = [];
  for (const team of unit ? unit.teams : []) {
    for (const member of team.members) if (member.user === phone.owner) mine.push({ team: team.id, members: [member.id] });
  }
  return mine.length === 1 ? mine[0] : {};
}

const takeBackVisit = (kept) => ({ type: "retract", household: kept.household, data: { visit: kept.item.id } });
const takeBack = (household, entry, restores) => ({ type: "retract", household, data: { observation: entry }, prev: restores });

/** Say how the knock ended; another outcome takes the place of the first. */
export async function setOutcome(household, outcome, comeBackOn = null) {
  const visit = visitOf(household);
  const data = comeBackOn ? { outcome, come_back_on: comeBackOn } : { outcome };
  if (visit && visit.item.data.outcome === outcome && (visit.item.data.come_back_on || null) === comeBackOn) return;
  const drafts = visit
    ? [takeBackVisit(visit), visitDraft(household, data, timeOf(visit))]
    : [visitDraft(household, data, time(household))];
  await save(drafts, "Đã lưu trên máy.");
}

/** An answer says that somebody was met: without a visit going on one begins. */
export async function setAnswers(household, cells, answer, reason = "") {
  const visit = visitOf(household);
  const drafts = [];
  let when = visit ? timeOf(visit) : time(household);
  let visitId = visit ? visit.item.id : null;
  if (!visit || visit.item.data.outcome !== "met") {
    if (visit) drafts.push(takeBackVisit(visit));
    drafts.push(visitDraft(household, { outcome: "met" }, when));
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
      visit: visitId || ids[at],
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

/** The visit and what was seen at it, at another time: taken back and said anew. */
function moved(household, visit) {
  const when = time(household);
  const gone = new Set(recordsOf(household).map((kept) => kept.item.data.observation).filter(Boolean));
  const seen = recordsOf(household).filter(
    (kept) => kept.item.type === "observation" && kept.item.data.visit === visit.item.id && !gone.has(kept.item.id),
  );
  const drafts = [takeBackVisit(visit), { type: "visit", household, data: visit.item.data, ...when }];
  for (const kept of seen) {
    drafts.push(takeBack(household, kept.item.id, kept.prev));
    drafts.push({ type: "observation", household, data: (ids) => ({ ...kept.item.data, visit: ids[1] }), ...when, prev: kept.prev });
  }
  return drafts;
}

export async function addPerson(household, said) {
  const data = { household, resident: subjectId(), ...said };
  await save([{ type: "resident.add", household, data }], "Đã thêm người, lưu trên máy.");
}

async function save(drafts, words) {
  let made;
  try {
    made = await tap(drafts);
  } catch (error) {
    const full = error && error.name === "QuotaExceededError";
    toast(full ? "Máy hết bộ nhớ: CHƯA LƯU được. Xóa bớt ảnh, video rồi bấm lại." : "CHƯA LƯU được trên máy. Đóng mở lại ứng dụng rồi bấm lại.", null, "bad");
    return;
  }
  toast(words, () => undo(made[0].group));
}

/** Take back all that one tap made. */
export async function undo(group) {
  const made = recordsInOrder().filter((kept) => kept.group === group);
  const drafts = [];
  for (const kept of [...made].reverse()) {
    const { type, data } = kept.item;
    if (type === "observation") drafts.push(takeBack(kept.household, kept.item.id, kept.prev));
    else if (type === "visit") drafts.push(takeBackVisit(kept));
    else if (type === "resident.add") drafts.push({ type: "resident.leave", household: kept.household, data: { resident: data.resident, why: "mistake" } });
    else if (type === "retract") drafts.push(...saidAgain(data));
  }
  if (drafts.length) await save(drafts, "Đã hoàn tác.");
}

/** What a retraction took back, said anew at the time it had. */
function saidAgain(data) {
  const id = data.visit || data.observation;
  const kept = recordsInOrder().find((each) => each.item.id === id);
  if (!kept) return [];
  return [{ type: kept.item.type, household: kept.household, data: kept.item.data, prev: kept.prev, ...timeOf(kept) }];
}

/** An item that the server would not take: the same again under a new id and number. */
export function sendAnew(kept) {
  return { type: kept.item.type, household: kept.household, data: kept.item.data, prev: kept.prev, ...timeOf(kept) };
}
