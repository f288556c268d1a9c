// Chi tiết lượt: what was helped with, how long, how many people, what came of it. Nobody must fill this in.

import { h } from "../dom.js";
import { form, keptScreen } from "../form.js";
import { catalogue, view } from "../phone.js";
import { membersField, minutesField, noteField, peopleField, resultsField, topicsField, wayField } from "../visit_fields.js";
import { ownTeams, setDetails, visitOf } from "../visits.js";
import { practiceNote } from "../villages.js";
import { OUTCOMES } from "../words.js";
import { swindlers } from "./door.js";
import { gone } from "./person.js";

export function detailsScreen(key) {
  const seen = view(key);
  if (!seen) return gone("Chi tiết lượt");
  const path = `/ho/${key}/luot`;
  return keptScreen(path, () => detailsForm(path, key, seen.unit));
}

function detailsForm(path, key, unit) {
  const visit = visitOf(key);
  const said = visit ? visit.item.data : {};
  const [mine] = ownTeams(unit.village);
  return {
    title: "Chi tiết lượt",
    note: `${unit.head} · ${OUTCOMES[said.outcome || "met"]}`,
    back: `#/ho/${key}`,
    body: form({
      path,
      title: `Chi tiết lượt: ${unit.head}`,
      fields: detailFields(said, { village: unit.village, team: said.team || (mine && mine.team), members: said.members || (mine && mine.members) }),
      save: (details, clear) => setDetails(key, details, clear),
      then: `#/ho/${key}`,
      above: practiceNote(unit.village),
      below: swindlers(),
    }),
  };
}

/** For a visit that was met all is asked, else only what makes sense. */
export function detailFields(said, { village, team, members }) {
  const isMet = (said.outcome || "met") === "met";
  return [
    topicsField(said.topics),
    isMet ? peopleField(said.people_helped === undefined ? 1 : said.people_helped) : null,
    minutesField(said.minutes),
    isMet ? resultsField(said.results) : null,
    wayField(said.way || "home"),
    membersField(village, team, members || []),
    noteField(said.note),
  ];
}

/** "VNeID, 15 phút, 2 người": what was said of a visit, in a line. */
export function detailsInWords(said) {
  const names = Object.fromEntries(catalogue().topics.map((each) => [each.code, each.name]));
  const parents = new Set(catalogue().topics.filter((each) => (said.topics || []).includes(each.code)).map((each) => each.parent));
  const topics = (said.topics || []).filter((each) => !parents.has(each)).map((each) => names[each] || each);
  const results = Object.values(said.results || {}).reduce((sum, count) => sum + count, 0);
  return [
    ...topics,
    said.minutes && `${said.minutes} phút`,
    said.people_helped && `${said.people_helped} người`,
    results && `${results} kết quả`,
    said.note && "có ghi chú",
  ].filter(Boolean).join(", ");
}
