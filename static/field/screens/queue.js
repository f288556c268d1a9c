// Hàng chờ: what is on this phone only, what the server has, what needs a hand. Totals that are true.

import { h, icon } from "../dom.js";
import { flush } from "../flush.js";
import { phone, recordsInOrder, tap, view } from "../phone.js";
import { mark } from "../record.js";
import { sendAnew } from "../taps.js";
import { clock, dayOf, number, told } from "../words.js";

const TYPES = {
  visit: "lượt đến", observation: "ghi nhận", retract: "rút lại", "resident.add": "thêm người", "resident.edit": "sửa người",
  "resident.leave": "bớt người", "household.add": "thêm hộ", "household.edit": "sửa hộ",
};
const FOR_THE_WARD = { held: "phường sẽ xem", conflict: "phường sẽ chọn", unsupported: "chờ nâng cấp" };
const MOST_SHOWN = 60;

/** What is told: today's items and whatever is not finished. */
export function totals(now = new Date()) {
  const records = recordsInOrder();
  const isToday = (kept) => dayOf(new Date(kept.made)) === dayOf(now) || (kept.answered && dayOf(new Date(kept.answered)) === dayOf(now));
  const told_ = records.filter((kept) => kept.state !== "dismissed" && (kept.state === "saved" || kept.state === "waiting" || isToday(kept)));
  const received = told_.filter((kept) => kept.state !== "saved");
  const saved = told_.length - received.length;
  const { acked, made } = phone.kv;
  // "Đủ" is said only when the server's own count agrees.
  const agrees = Boolean(acked) && acked.acked_through >= ((made && made.seq) || 0) && !(acked.gaps || []).length;
  const last = Math.max(0, ...received.map((kept) => kept.answered || 0));
  return { all: told_.length, received: received.length, saved, complete: saved === 0 && agrees, last };
}

export function sentence({ all, received, saved, complete, last }) {
  if (!all) return "Không có mục nào chờ gửi.";
  if (complete) return `Máy chủ đã nhận đủ ${number(received)}/${number(all)} mục lúc ${clock(new Date(last))}.`;
  if (!saved) return `Máy chủ đã trả lời ${number(received)}/${number(all)} mục, đang đối chiếu.`;
  const rest = `Còn ${number(saved)} mục chưa gửi, có mạng sẽ tự gửi.`;
  return received ? `Máy chủ đã nhận ${number(received)}/${number(all)} mục. ${rest}` : `Đã lưu trên máy. ${rest}`;
}

export function queueScreen() {
  const count = totals();
  const records = recordsInOrder();
  const wrong = records.filter((kept) => kept.state === "attention");
  const forTheWard = records.filter((kept) => kept.state === "received" && kept.result && FOR_THE_WARD[kept.result.code]);
  const saved = records.filter((kept) => kept.state === "saved");
  const waiting = records.filter((kept) => kept.state === "waiting");
  const done = records.filter((kept) => kept.state === "received" && !FOR_THE_WARD[(kept.result || {}).code]).slice(-MOST_SHOWN);
  return {
    title: "Hàng chờ",
    body: [
      h(
        `section.sum.sum--${count.saved ? "waiting" : "done"}`, { role: "status" },
        h("p.sum__words", null, icon(count.saved ? "queue" : "yes", 28), h("strong", null, sentence(count))),
        phone.net.trouble && count.saved ? h("p", null, phone.net.trouble) : null,
      ),
      h("button.button.button--main.button--wide", { on: () => flush({ forced: true }), disabled: phone.net.sending, "data-key": "send" }, icon("send", 22), phone.net.sending ? "Đang gửi…" : "Gửi ngay"),
      part("Cần xử lý", wrong, true),
      part("Đã lưu trên máy, chưa gửi", saved),
      part("Máy chủ đã nhận, chờ mục khác", waiting),
      part("Máy chủ đã nhận, phường sẽ xem", forTheWard),
      part("Máy chủ đã nhận", done),
    ],
  };
}

function part(title, records, isWrong = false) {
  if (!records.length) return null;
  const homes = new Map();
  for (const kept of records) homes.set(kept.household, [...(homes.get(kept.household) || []), kept]);
  return h(
    "section.part", null,
    h("h2", null, `${title} (${number(records.length)})`),
    isWrong
      ? h("ul.part__list", null, records.map(wrongLine))
      : h("ul.part__list", null, [...homes].reverse().slice(0, MOST_SHOWN).map(([key, some]) => homeLine(key, some))),
  );
}

const headOf = (key) => {
  const seen = view(key);
  return seen ? seen.unit.head : "Hộ không còn trong sổ";
};

function homeLine(key, some) {
  const kinds = new Map();
  for (const kept of some) kinds.set(kept.item.type, (kinds.get(kept.item.type) || 0) + 1);
  const words = [...kinds].map(([type, count]) => `${count} ${TYPES[type] || type}`).join(", ");
  const notes = [...new Set(some.map((kept) => noteOf(kept)).filter(Boolean))];
  return h(
    "li", null,
    h("a.part__home", { href: `#/ho/${key}` }, h("strong", null, headOf(key)), h("span", null, words), h("span", null, told(some[some.length - 1].made)), notes.map((each) => h("span.part__note", null, each))),
  );
}

function noteOf({ result }) {
  if (!result) return "";
  if (result.code === "applied_late") return `Bổ sung sau chốt ${result.period || ""}`.trim();
  return result.message || FOR_THE_WARD[result.code] || "";
}

function wrongLine(kept) {
  const errors = Object.values((kept.result && kept.result.errors) || {});
  const settle = () => mark(phone.db, [[kept.seq, { state: "dismissed", absorbed: true }]]).then(() => phone.records.set(kept.seq, { ...kept, state: "dismissed", absorbed: true }));
  return h(
    "li.wrong", null,
    h("strong", null, `${headOf(kept.household)}: ${TYPES[kept.item.type] || kept.item.type}`),
    h("p", null, errors.length ? errors.join(" ") : "Máy chủ chưa nhận được mục này."),
    h(
      "div.wrong__do", null,
      h("button.button.button--quiet", { on: () => settle().then(() => tap([sendAnew(kept)])) }, "Gửi lại"),
      h("a.button.button--quiet", { href: `#/ho/${kept.household}` }, "Mở thẻ hộ"),
      h("button.button.button--quiet", { on: () => settle().then(() => window.dispatchEvent(new HashChangeEvent("hashchange"))) }, "Bỏ mục này"),
    ),
  );
}

