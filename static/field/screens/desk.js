// Bàn lưu động: help to people of no household in particular; nobody's name is asked.

import { h } from "../dom.js";
import { selectField, textField } from "../fields.js";
import { form, keptScreen } from "../form.js";
import { catalogue, phone, toldAt } from "../phone.js";
import { membersField, minutesField, noteField, peopleField, resultsField, topicsField, wayField } from "../visit_fields.js";
import { desksNow, ownTeams, saveDesk, timeSaid } from "../visits.js";
import { timeOf, undoVisit } from "../undo.js";
import { timeField } from "../when_field.js";
import { isPractice, practiceNote } from "../villages.js";
import { number } from "../words.js";
import { detailsInWords } from "./details.js";
import { gone } from "./person.js";
import { shownVillage } from "./walk.js";

export function deskScreen(seq) {
  if (!catalogue() || !phone.villages.length) return gone("Bàn lưu động");
  return keptScreen(pathOf(seq), () => newDesk(seq));
}

const pathOf = (seq) => (seq ? `/ban/${seq}` : "/ban");

function newDesk(seq) {
  const former = seq ? phone.records.get(Number(seq)) : null;
  const path = pathOf(seq);
  return {
    title: former ? "Sửa buổi bàn lưu động" : "Bàn lưu động",
    note: "Nhà văn hóa, chợ, buổi tập trung",
    back: former ? "#/ban" : "#/",
    body: h(
      "div", null,
      deskForm({ path, said: former ? former.item.data : {}, kept: former, save: (data, when, clear) => saveDesk(data, when, clear, former) }),
      former ? null : said(),
    ),
  };
}

/** @param {{said: Object, kept: Object|null, save: (data, when, clear) => Promise<boolean>}} asked `kept` is said anew */
export function deskForm({ path, said, kept, errors = {}, save, then = "#/" }) {
  const villages = phone.villages.map((each) => [each.village, isPractice(each.village) ? `${each.name} (tập thử)` : each.name]);
  const village = said.village || shownVillage();
  const [mine] = ownTeams(village);
  return form({
    path,
    title: "Bàn lưu động",
    errors,
    above: practiceNote(village),
    fields: [
      villages.length > 1 ? selectField("village", "Thôn, tổ dân phố", villages, { value: village }) : null,
      textField("place", "Ở đâu", { value: said.place, max: 150, needed: "Ghi nơi đặt bàn, ví dụ: Nhà văn hóa thôn.", words: "sentences", hint: "Ví dụ: Nhà văn hóa thôn, chợ, Trung tâm phục vụ hành chính công." }),
      peopleField(said.people_helped || 0, "Ghi số người được giúp."),
      kept ? null : timeField(),
      topicsField(said.topics),
      minutesField(said.minutes),
      resultsField(said.results),
      wayField(said.way || "mobile", false),
      membersField(village, said.team, said.members || (mine ? mine.members : [])),
      noteField(said.note),
    ],
    words: "Lưu buổi này",
    then,
    save: ({ when, village: picked, members, ...rest }, clear) => {
      const place = Number(picked || village);
      const [own] = ownTeams(place);
      // Another village has another team: of its people only she herself is known to have been there.
      const people = place === village ? { members: members || [], ...(said.team || mine ? { team: said.team || mine.team } : null) } : own || null;
      const data = { village: place, ...rest, ...people };
      const time = kept ? timeOf(kept) : timeSaid(when);
      return save(data, time, clear);
    },
  });
}

/** Those of this evening, to correct or to take back. */
function said() {
  const desks = desksNow();
  if (!desks.length) return null;
  return h(
    "section.part", null,
    h("h2", null, "Vừa ghi trên máy này"),
    h("ul.part__list", null, desks.map((kept) => {
      const { place, people_helped } = kept.item.data;
      return h(
        "li.wrong", null,
        h("strong", null, `${place}: ${number(people_helped || 0)} người`),
        h("span.hint", null, `${toldAt(kept.item)} · ${detailsInWords({ ...kept.item.data, people_helped: 0 })}`),
        h(
          "div.wrong__do", null,
          h("a.button.button--quiet", { href: `#/ban/${kept.seq}` }, "Sửa"),
          h("button.button.button--quiet", { on: () => undoVisit(kept).then(() => location.replace("#/")) }, "Rút lại"),
        ),
      );
    })),
  );
}
