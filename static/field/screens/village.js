// Thôn của tôi: how far each indicator is, which homes are left, and numbers to tell the group.

import { answerBefore, counts } from "../asked.js";
import { h, redraw, wide } from "../dom.js";
import { inOrder, isVisited } from "../homes.js";
import { catalogue, phone, villageAt } from "../phone.js";
import { number, percent } from "../words.js";
import { toast } from "../toast.js";
import { focusOf, isPractice, practiceNote } from "../villages.js";
import { shownVillage } from "./walk.js";

const FEW = 6;
const open = { code: "", village: null };
export function villageScreen() {
  if (!catalogue() || !phone.villages.length) return { title: "Thôn của tôi", body: h("p.note", null, "Chưa có sổ hộ trên máy.") };
  const village = villageAt(open.village || shownVillage()) || phone.villages[0];
  const views = inOrder(village);
  const focus = focusOf(village.village);
  const rank = ({ version }) => (focus.includes(version.code) ? focus.indexOf(version.code) : focus.length);
  const measures = progress(views).sort((one, other) => rank(one) - rank(other));
  const visited = views.filter((each) => isVisited(each.unit)).length;
  return {
    title: village.name,
    note: catalogue().period.label,
    body: [
      phone.villages.length > 1 ? chooser(village) : null,
      practiceNote(village.village),
      h("p.lead", null, h("strong", null, `${number(visited)}/${number(views.length)} hộ`), " đã đến trong kỳ"),
      h("ul.measures", null, measures.map((each) => measure(each, views, village))),
      h("p.hint", null, "Tính trên máy, gồm cả mục chưa gửi. Số chính thức theo báo cáo của phường, xã."),
      isPractice(village.village) ? null : wide("Chép số liệu gửi Zalo", () => copy(text(village, measures, visited, views.length)), "main"),
    ],
  };
}

function chooser(village) {
  const choose = (event) => { open.village = Number(event.target.value); redraw(); };
  return h("select.choice", { "aria-label": "Thôn, tổ dân phố", "@change": choose }, phone.villages.map((each) => h("option", { value: each.village, selected: each === village }, each.name)));
}

/** Per reported indicator: {version, eligible, reached, before, homes left by street} */
function progress(views) {
  const found = new Map();
  for (const { unit, rows } of views) {
    for (const { version, cells } of rows) {
      if (!version.reported) continue;
      const sum = found.get(version.code) || { version, eligible: 0, reached: 0, before: 0, left: new Set() };
      found.set(version.code, sum);
      for (const cell of cells.filter(counts)) {
        sum.eligible += 1;
        if (cell.answer === "yes") sum.reached += 1;
        else sum.left.add(unit.key);
        if (answerBefore(unit, cell) === "yes") sum.before += 1;
      }
    }
  }
  return [...found.values()].filter((each) => each.eligible);
}

function measure(each, views, village) {
  const { version, eligible, reached, before } = each;
  const more = reached - before;
  const isOpen = open.code === version.code;
  const than = more ? `${more > 0 ? "tăng" : "giảm"} ${number(Math.abs(more))} so với ${catalogue().previous.label.toLowerCase()}` : "không đổi";
  return h(
    "li.measure", null,
    h(
      "button.measure__head", { "aria-expanded": String(isOpen), "data-key": `m-${version.code}`, on: () => { open.code = isOpen ? "" : version.code; redraw(); } },
      h("span.measure__name", null, version.short, focusOf(village.village).includes(version.code) ? h("span.measure__focus", null, "trọng tâm") : null), h("strong", null, percent(reached, eligible)),
      h("progress", { max: eligible, value: reached, "aria-label": version.short }),
      h("span.measure__note", null, `${number(reached)}/${number(eligible)}, ${than}`),
    ),
    isOpen ? left(each, views, village) : null,
  );
}

/** "Còn 6 hộ là đủ 100 % đường Bàu Cầu 3", street by street, the nearest to done first, with the names. */
function left(each, views, village) {
  const homes = views.filter(({ unit }) => each.left.has(unit.key));
  if (!homes.length) return h("p.measure__left", null, "Cả thôn đã đủ.");
  const streets = new Map();
  for (const { unit } of homes) streets.set(unit.street, [...(streets.get(unit.street) || []), unit]);
  const names = new Map(village.streets.map((street) => [street.id, street.name]));
  return [...streets]
    .sort((one, other) => one[1].length - other[1].length)
    .map(([street, units]) =>
      h(
        "div.measure__left", null,
        h("p", null, names.has(street) ? `Còn ${number(units.length)} hộ là đủ 100 % ${names.get(street)}` : `Còn ${number(units.length)} hộ chưa xếp đường`),
        h("ul", null, units.slice(0, FEW).map((unit) => h("li", null, h("a", { href: `#/ho/${unit.key}` }, unit.head)))),
        units.length > FEW ? h("p.hint", null, `và ${number(units.length - FEW)} hộ khác`) : null,
      ),
    );
}

function text(village, measures, visited, all) {
  const lines = measures.map(({ version, reached, eligible }) => `- ${version.short}: ${number(reached)}/${number(eligible)} (${percent(reached, eligible)})`);
  return [`${village.name}, kỳ ${catalogue().period.label.toLowerCase()}`, `Đã đến ${number(visited)}/${number(all)} hộ.`, ...lines].join("\n");
}

async function copy(words) {
  try {
    await navigator.clipboard.writeText(words);
    toast("Đã chép. Mở nhóm Zalo và dán.");
  } catch (_) {
    toast("Máy không cho chép. Mở lại bằng Chrome, địa chỉ https.", null, "bad");
  }
}
