// Đi từng nhà: the households in the order of the alley, what each lacks, and who is next.

import { fill, h, icon } from "../dom.js";
import { nextVisits, reasonOf } from "../next.js";
import { allViews, catalogue, now, phone, today } from "../phone.js";
import { ago, number, searchKey, shownDay } from "../words.js";
import { swindlers } from "./door.js";

const FILTERS = [
  ["all", "Tất cả", () => true],
  ["lacking", "Chưa đủ", (each) => each.lacking.length > 0],
  ["new", "Chưa đến", (each) => !each.unit.last_visit || each.unit.last_visit.at < periodStart()],
  ["due", "Hẹn lại hôm nay", (each) => isDue(each.unit)],
];
const OUTCOMES = { met: "Đã gặp", nobody: "Vắng nhà", come_back: "Hẹn lại", refused: "Từ chối" };
const asked = { filter: "all", text: "", village: null };

const periodStart = () => new Date(`${catalogue().period.since}T00:00:00`).toISOString();

export function isDue(unit) {
  const last = unit.last_visit;
  return Boolean(last && last.outcome === "come_back" && last.come_back_on && last.come_back_on <= today());
}

export function walkScreen() {
  if (!catalogue()) return { title: "Đi từng nhà", body: h("p.opening", null, phone.net.trouble || "Đang tải sổ hộ về máy…") };
  if (!phone.villages.some((each) => each.village === asked.village)) {
    asked.village = phone.villages.length ? phone.villages[0].village : null;
  }
  const list = h("div", { "data-list": true });
  const village = phone.villages.find((each) => each.village === asked.village);
  const search = h("input.search__field", {
    type: "search", placeholder: "Tìm tên hoặc mã hộ", "aria-label": "Tìm hộ", ".value": asked.text,
    "data-key": "search", "data-typing": true, autocomplete: "off", enterkeyhint: "search",
    "@input": () => { asked.text = search.value; drawList(list); },
  });
  drawList(list);
  return {
    title: "Đi từng nhà",
    note: village ? `${village.name}, ${village.ward}` : "",
    body: [
      phone.villages.length > 1 ? villages() : null,
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
    phone.villages.map((each) => h("option", { value: each.village, selected: each.village === asked.village }, each.name)),
  );
}

const redraw = () => window.dispatchEvent(new HashChangeEvent("hashchange"));

/** The households of the village in walking order: street, number, name. */
export function inOrder(village) {
  const streets = new Map(village.streets.map((street, at) => [street.id, at]));
  const place = (unit) => (streets.has(unit.street) ? streets.get(unit.street) : streets.size);
  return allViews()
    .filter((each) => each.unit.village === village.village)
    .sort(
      (one, other) =>
        place(one.unit) - place(other.unit) ||
        (one.unit.order_no === null) - (other.unit.order_no === null) ||
        (one.unit.order_no || 0) - (other.unit.order_no || 0) ||
        one.unit.head.localeCompare(other.unit.head, "vi"),
    );
}

function drawList(list) {
  const village = phone.villages.find((each) => each.village === asked.village);
  if (!village) return fill(list, h("p.note", null, "Tài khoản này chưa được phân công thôn nào."));
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
    shown.length ? groups(shown, village) : h("p.note", null, asked.text ? "Không có hộ nào khớp." : "Không còn hộ nào."),
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

const fits = (unit, words) => {
  const text = searchKey([unit.head, unit.code, unit.address, ...unit.people.map((person) => person.label)].join(" "));
  return words.every((word) => text.includes(word));
};

function nextCard(each, village) {
  return h(
    "a.next", { href: `#/ho/${each.unit.key}` },
    h("span.next__words", null, h("span.next__label", null, "Nên đến tiếp"), h("strong", null, each.unit.head), h("span", null, `${placeOf(each.unit, village)} · ${reasonOf(each, today())}`)),
    icon("next", 26),
  );
}

function groups(shown, village) {
  const names = new Map(village.streets.map((street) => [street.id, street.name]));
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
    h("section.street", null, h("h2", null, name, h("span", null, ` ${number(some.length)} hộ`)), h("ul.homes", null, some.map(line))),
  );
}

function line({ unit, lacking }) {
  const unasked = lacking.filter((row) => row.unasked);
  const no = lacking.filter((row) => row.no);
  const waits = [...phone.records.values()].some((kept) => kept.household === unit.key && kept.state === "saved");
  return h(
    "li", null,
    h(
      "a.home", { href: `#/ho/${unit.key}` },
      h("span.home__number", { "aria-hidden": "true" }, unit.order_no === null ? "–" : String(unit.order_no)),
      h(
        "span.home__words", null,
        h("strong", null, unit.head, waits ? h("span.home__waits", { title: "Có mục chưa gửi" }, "chưa gửi") : null),
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

function listed(rows) {
  const names = rows.slice(0, 2).map((row) => row.version.short);
  return names.join(", ") + (rows.length > 2 ? ` và ${rows.length - 2} tiêu chí khác` : "");
}

export function lastOf(unit) {
  const last = unit.last_visit;
  if (!last) return "Chưa đến lần nào";
  const back = last.outcome === "come_back" && last.come_back_on ? ` ${shownDay(last.come_back_on)}` : "";
  return `${OUTCOMES[last.outcome]}${back} · đến ${ago(last.at, now())}`;
}

export function placeOf(unit, village) {
  const street = village && village.streets.find((each) => each.id === unit.street);
  return [street && street.name, unit.order_no !== null && `hộ ${unit.order_no}`].filter(Boolean).join(", ") || unit.address || `hộ ${unit.code}`;
}

