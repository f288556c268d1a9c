// Knocks at doors and mobile desks in items. A visit is never changed: it is taken back and said anew.

import { isPresent, phone, now, recordsOf, view, villageAt } from "./phone.js";
import { save, takeBack, takeBackVisit, timeOf } from "./undo.js";
import { instantOf } from "./when.js";

const SAME_VISIT = 6 * 3600000;
const isNow = (kept) => Math.abs(Date.now() - kept.made) < SAME_VISIT;

/** household → what was chosen for the visit that begins with the next tap: {when, at} */
const chosen = new Map();

export const whenOf = (household) => chosen.get(household) || { when: "now", at: null };

/** The visit going on at this household, if one was tapped here within some hours and not taken back. */
export function visitOf(household) {
  const visits = standing(recordsOf(household)).filter(isNow);
  return visits.length ? visits[visits.length - 1] : null;
}

/** Mobile desks tapped here within some hours, newest first. */
export const desksNow = () => standing(recordsOf(null)).filter(isNow).reverse();

function standing(records) {
  const gone = new Set(records.filter((kept) => kept.item.type === "retract" && isPresent(kept)).map((kept) => kept.item.data.visit));
  return records.filter((kept) => kept.item.type === "visit" && !gone.has(kept.item.id) && isPresent(kept));
}

/** @param {string} when @param {Date|null} at */
export async function chooseWhen(household, when, at = null) {
  chosen.set(household, { when, at });
  const visit = visitOf(household);
  if (visit) await save(moved(household, visit), "Đã đổi thời điểm của lượt.");
}

/** The time that the next tap at this household has. */
export const time = (household) => timeSaid(whenOf(household));

/** @param {{when: string, at: Date|null}} said */
export function timeSaid({ when, at }) {
  if (when === "now") return { at: new Date(), chosen: false };
  return { at: at || instantOf(when, now()), chosen: true };
}

/** What is said of a visit, without what its outcome leaves no room for. */
export function fitting({ come_back_on, people_helped, results, ...rest }) {
  const data = { ...rest };
  if (data.outcome === "come_back" && come_back_on) data.come_back_on = come_back_on;
  if (data.outcome === "met" && people_helped) data.people_helped = people_helped;
  if (data.outcome === "met" && results && Object.keys(results).length) data.results = results;
  return data;
}

export function visitDraft(household, data, when, former = null) {
  const said = former ? { ...former.item.data, ...data } : { household, ...who(household), ...data };
  return { type: "visit", household, data: fitting(said), ...when, replaces: former ? former.item.id : null };
}

/** Herself, if she is in the team that serves the village. */
function who(household) {
  const seen = view(household);
  const mine = seen ? ownTeams(seen.unit.village) : [];
  return mine.length === 1 ? mine[0] : {};
}

/** The teams of the village in which she is: [{team, members: [her number]}] */
export function ownTeams(village) {
  const unit = villageAt(village);
  const mine = [];
  for (const team of unit ? unit.teams : []) {
    for (const member of team.members) if (member.user === phone.owner) mine.push({ team: team.id, members: [member.id] });
  }
  return mine;
}

/** Say how the knock ended; another outcome takes the place of the first, what else was said of it stays. */
export async function setOutcome(household, outcome, comeBackOn = null) {
  const visit = visitOf(household);
  if (visit && visit.item.data.outcome === outcome && (visit.item.data.come_back_on || null) === comeBackOn) return;
  const data = { outcome, come_back_on: comeBackOn };
  const drafts = visit
    ? [takeBackVisit(visit), visitDraft(household, data, timeOf(visit), visit)]
    : [visitDraft(household, data, time(household))];
  await save(drafts, "Đã lưu trên máy.");
}

/** Topics, minutes, people, results, note; without a visit going on one begins. @returns {Promise<boolean>} */
export function setDetails(household, said, clear) {
  const visit = visitOf(household);
  const drafts = visit
    ? [takeBackVisit(visit), visitDraft(household, said, timeOf(visit), visit)]
    : [visitDraft(household, { outcome: "met", ...said }, time(household))];
  return save(drafts, "Đã lưu chi tiết trên máy.", { clear });
}

/** Help to people of no household: a mobile desk, a group session. `former` is said anew. */
export function saveDesk(data, when, clear, former = null) {
  const draft = { type: "visit", household: null, data: fitting({ ...data, outcome: "met" }), ...when, replaces: former ? former.item.id : null };
  return save(former ? [takeBackVisit(former), draft] : [draft], "Đã lưu trên máy.", { clear });
}

/** The visit and what was seen at it, in any wording of it, at another time: taken back and said anew. */
function moved(household, visit) {
  const when = time(household);
  const records = recordsOf(household).filter(isPresent);
  const gone = new Set(records.map((kept) => kept.item.data.observation).filter(Boolean));
  const wordings = wordingsOf(visit, records);
  const seen = records.filter(
    (kept) => kept.item.type === "observation" && wordings.has(kept.item.data.visit) && !gone.has(kept.item.id),
  );
  const drafts = [takeBackVisit(visit), { type: "visit", household, data: visit.item.data, ...when, replaces: visit.item.id }];
  for (const kept of seen) {
    drafts.push(takeBack(household, kept.item.id, kept.prev));
    drafts.push({ type: "observation", household, data: (ids) => ({ ...kept.item.data, visit: ids[1] }), ...when, prev: kept.prev });
  }
  return drafts;
}

function wordingsOf(visit, records) {
  const replaced = new Map(records.map((kept) => [kept.item.id, kept.replaces]));
  const ids = new Set();
  for (let id = visit.item.id; id && !ids.has(id); id = replaced.get(id)) ids.add(id);
  return ids;
}
