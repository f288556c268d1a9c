// Đi từng nhà: the households in the order of the alley, what each lacks, and who is next.

import { fill, h, icon, redraw } from "../dom.js";
import { fits, inOrder, isDue, isVisited, lastOf, placeOf } from "../homes.js";
import { nextVisits, reasonOf } from "../next.js";
import { byHousehold, catalogue, now, phone, recordsInOrder, today, villageAt } from "../phone.js";
import { isPractice, practiceNote } from "../villages.js";
import { number, searchKey } from "../words.js";
import { swindlers } from "./door.js";

const FILTERS = [
  ["all", "Tất cả", () => true],
  ["lacking", "Chưa đủ", (each) => each.lacking.length > 0],
  ["new", "Chưa đến", (each) => !isVisited(each.unit)],
  ["due", "Hẹn lại hôm nay", (each) => isDue(each.unit)],
];
const asked = { filter: "all", text: "", village: null };

/** The village that is walked; the first that counts until she chooses another. */
export function shownVillage() {
  if (!phone.villages.some((each) => each.village === asked.village)) {
    const first = phone.villages.find((each) => !isPractice(each.village)) || phone.villages[0];
    asked.village = first ? first.village : null;
  }
  return asked.village;
}

export function walkScreen() {
  if (!catalogue()) return { title: "Đi từng nhà", body: h("p.opening", null, phone.net.trouble || "Đang tải sổ hộ về máy…") };
  const list = h("div", { "data-list": true });
  const village = villageAt(shownVillage());
  const search = h("input.search__field", {
    type: "search", placeholder: "Tìm tên hoặc mã hộ", "aria-label": "Tìm hộ", ".value": asked.text,
    "data-key": "search", "data-typing": true, autocomplete: "off", enterkeyhint: "search",
    "@input": () => { asked.text = search.value; drawList(list); },
  });
  drawList(list);
  return {
    title: "Đi từng nhà",
    note: village ? [village.name, village.ward].filter(Boolean).join(", ") : "",
    body: [
      phone.villages.length > 1 ? villages() : null,
      village ? practiceNote(village.village) : null,
      h("div.search", null, icon("search", 22), search),
      list,
      swindlers(),
    ],
  };
}

function villages() {
  const choose = (event) => { asked.village = Number(event.target.value); redraw(); };
  return h(
    "select.choice", { "aria-label": "Thôn, tổ dân phố", "@change": choose, "data-key": "village" },
    phone.villages.map((each) => h("option", { value: each.village, selected: each.village === asked.village }, isPractice(each.village) ? `${each.name} (tập thử)` : each.name)),
  );
}

function drawList(list) {
  const village = villageAt(asked.village);
  if (!village) return fill(list, h("p.note", null, phone.kv.cursor ? "Tài khoản này chưa được phân công thôn nào." : "Sổ hộ không còn trên máy. Có mạng, máy tự tải về."));
  const every = inOrder(village);
  const words = searchKey(asked.text).split(" ").filter(Boolean);
  const found = words.length ? every.filter((each) => fits(each.unit, words)) : every;
  const [, , passes] = FILTERS.find(([name]) => name === asked.filter);
  const shown = found.filter(passes);
  const next = words.length || asked.filter !== "all" ? [] : nextVisits(every, now(), today()).slice(0, 1);
  fill(
    list,
    h("div.filters", { role: "group", "aria-label": "Lọc hộ" }, FILTERS.map((each) => filterChip(each, found, list))),
    next.map((each) => nextCard(each, village)),
    words.length ? null : ways(),
    shown.length ? groups(shown, village) : h("p.note", null, asked.text ? "Không có hộ nào khớp." : every.length ? "Không còn hộ nào." : "Thôn chưa có hộ nào trong sổ."),
    words.length && !shown.length ? h("a.button.button--quiet.button--wide", { href: `#/them-ho/${encodeURIComponent(asked.text.trim())}` }, icon("add", 20), `Thêm hộ “${asked.text.trim()}”`) : null,
  );
  // The chosen filter stays in sight: the row scrolls sideways.
  const row = list.firstChild;
  const chosen = row.querySelector("[aria-pressed=true]");
  requestAnimationFrame(() => { row.scrollLeft = chosen.offsetLeft - row.clientWidth / 2 + chosen.clientWidth / 2; });
  return list;
}

function filterChip([name, words, passes], found, list) {
  const on = () => { asked.filter = name; drawList(list); };
  return h(
    "button.filter", { on, "aria-pressed": String(asked.filter === name), "data-key": `filter-${name}` },
    words, h("span.filter__count", null, number(found.filter(passes).length)),
  );
}

const ways = () =>
  h(
    "div.ways", null,
    h("a.button.button--quiet", { href: "#/ban" }, icon("desk", 22), "Bàn lưu động"),
    h("a.button.button--quiet", { href: "#/them-ho" }, icon("add", 20), "Thêm hộ"),
  );

function nextCard(each, village) {
  return h(
    "a.next", { href: `#/ho/${each.unit.key}` },
    h("span.next__words", null, h("span.next__label", null, "Nên đến tiếp"), h("strong", null, each.unit.head), h("span", null, `${placeOf(each.unit, village)} · ${reasonOf(each, today())}`)),
    icon("next", 26),
  );
}

function groups(shown, village) {
  const names = new Map(village.streets.map((street) => [street.id, street.name]));
  const own = byHousehold(recordsInOrder());
  const made = [];
  let street;
  for (const each of shown) {
    if (!made.length || street !== each.unit.street) {
      street = each.unit.street;
      made.push([names.get(street) || "Chưa xếp đường", []]);
    }
    made[made.length - 1][1].push(each);
  }
  return made.map(([name, some]) =>
    h("section.street", null, h("h2", null, name, h("span", null, ` ${number(some.length)} hộ`)), h("ul.homes", null, some.map((each) => line(each, own.get(each.unit.key) || [])))),
  );
}

function line({ unit, lacking }, records) {
  const unasked = lacking.filter((row) => row.unasked);
  const no = lacking.filter((row) => row.no);
  return h(
    "li", null,
    h(
      "a.home", { href: `#/ho/${unit.key}` },
      h("span.home__number", { "aria-hidden": "true" }, unit.order_no === null ? "–" : String(unit.order_no)),
      h(
        "span.home__words", null,
        h("strong", null, unit.head, badge(unit, records)),
        unasked.length ? h("span", null, `Chưa hỏi: ${listed(unasked)}`) : null,
        no.length ? h("span", null, `Chưa có: ${listed(no)}`) : null,
        !lacking.length && unit.people.length ? h("span.home__full", null, "Đã đủ") : null,
        !unit.people.length ? h("span", null, "Chưa có người trong sổ") : null,
        h("span.home__last", null, lastOf(unit)),
      ),
      icon("next", 22),
    ),
  );
}

/** What became of what was tapped here, as long as it is not simply received. */
function badge(unit, records) {
  const added = records.find((kept) => kept.item.type === "household.add");
  const mark = (words, kind = "") => h(`span.home__waits${kind}`, null, words);
  if (records.some((kept) => kept.state === "attention")) return mark("cần xử lý", ".home__waits--bad");
  if (unit.isNew && added && added.state === "received" && added.result.code === "held") return mark("mới, phường, xã sẽ xem");
  if (unit.isNew && added && added.state === "saved") return mark("mới, đã lưu trên máy");
  return records.some((kept) => kept.state === "saved") ? mark("chưa gửi") : null;
}

function listed(rows) {
  const names = rows.slice(0, 2).map((row) => row.version.short);
  return names.join(", ") + (rows.length > 2 ? ` và ${rows.length - 2} tiêu chí khác` : "");
}
