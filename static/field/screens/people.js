// Who lives in the household, and whom to visit next.

import { comesOfAge } from "../asked.js";
import { isCorrecting } from "../correcting.js";
import { h, icon } from "../dom.js";
import { nextVisits } from "../next.js";
import { allViews, catalogue, now, today } from "../phone.js";
import { visitOf } from "../visits.js";
import { about, nameOf } from "../words.js";

function ageNote(person, rows) {
  const reached = comesOfAge(person, rows, catalogue().period);
  if (!reached.length) return null;
  const names = reached.map((each) => `${each.short} (từ ${each.min_age} tuổi)`);
  return h("span.people__new", null, `Vừa đủ tuổi trong kỳ: ${names.join(", ")}`);
}

export function people(key, unit, rows) {
  return h(
    "section.people", null,
    h("h2.card__head", null, `Người trong hộ (${unit.people.length})`),
    h("ul", null, unit.people.map((person) =>
      h(
        "li", null,
        h(
          "a.people__who", { href: `#/ho/${key}/nguoi/${person.id}`, "aria-label": `Sửa ${nameOf(person)}` },
          h("span", null, h("strong", null, nameOf(person)), h("span", null, `${about(person, catalogue())}${person.is_head ? ", chủ hộ" : ""}`), ageNote(person, rows)),
          icon("edit", 22),
        ),
      ),
    )),
    h("a.button.button--quiet.button--wide", { href: `#/ho/${key}/them` }, icon("add", 20), "Thêm người"),
  );
}

export function nextLink(unit) {
  if (!visitOf(unit.key) && !isCorrecting()) return null;
  const others = allViews().filter((each) => each.unit.village === unit.village && each.unit.key !== unit.key);
  const [next] = nextVisits(others, now(), today());
  return next ? h("a.button.button--main.button--wide", { href: `#/ho/${next.unit.key}` }, `Hộ tiếp: ${next.unit.head}`) : null;
}
