// Hàng chờ: what is on this phone only, what the server has, what needs a hand.

import { h, icon, redraw, wide } from "../dom.js";
import { draftKey, dropDraft, openDrafts } from "../drafts.js";
import { sendNow } from "../flush.js";
import { TYPES, headOf, saidOf } from "../item_words.js";
import { byHousehold, isPresent, phone, recordsInOrder } from "../phone.js";
import { toast } from "../toast.js";
import { sentence, totals } from "../totals.js";
import { save, sendAnew, throwAway } from "../undo.js";
import { number, told } from "../words.js";
import { isMendable } from "./mend.js";

const FOR_THE_WARD = { held: "phường, xã sẽ xem", conflict: "phường, xã sẽ chọn", unsupported: "chờ nâng cấp" };
/** The thing that she is asked about before it is thrown away. */
const open = { sure: null };

export function queueScreen() {
  const count = totals();
  const records = recordsInOrder();
  const of = (...states) => records.filter((kept) => states.includes(kept.state));
  const received = of("received");
  const isGood = count.finished || (!count.all && !count.leaving);
  return {
    title: "Hàng chờ",
    body: [
      h(
        `section.sum.sum--${isGood ? "done" : "waiting"}`, { role: "status" },
        h("p.sum__words", null, icon(isGood ? "yes" : "queue", 28), h("strong", null, sentence(count))),
        phone.net.trouble && count.saved ? h("p", null, phone.net.trouble) : null,
      ),
      wide([icon("send", 22), phone.net.sending ? "Đang gửi…" : "Gửi ngay"], sendNow, "main", { disabled: phone.net.sending, "data-key": "send" }),
      list("Cần xử lý", of("attention").map(wrongLine)),
      list("Ghi dở, chưa lưu", openDrafts().map(draftLine)),
      part("Đã lưu trên máy, chưa gửi", of("saved")),
      part("Máy chủ đã nhận, chờ mục khác", of("waiting")),
      part("Máy chủ đã nhận, phường, xã sẽ xem", received.filter(isForTheWard)),
      part("Máy chủ đã nhận", received.filter((kept) => !isForTheWard(kept))),
    ],
  };
}

const isForTheWard = ({ result }) => Boolean(result) && !result.declined && result.code in FOR_THE_WARD;

const list = (title, lines, count = lines.length) =>
  count ? h("section.part", null, h("h2", null, `${title} (${number(count)})`), h("ul.part__list", null, lines)) : null;

function part(title, records) {
  const stands = standing();
  return list(title, [...byHousehold(records)].reverse().map(([key, some]) => homeLine(key, some, stands)), records.length);
}

/** Without what was taken back here, and the taking back: a visit that was said anew is one. */
function standing() {
  const all = recordsInOrder().filter(isPresent);
  const target = ({ item }) => (item.type === "retract" ? item.data.visit || item.data.observation : null);
  const ids = new Set(all.map((kept) => kept.item.id));
  const gone = new Set(all.map(target));
  return (kept) => !gone.has(kept.item.id) && !ids.has(target(kept));
}

const linkOf = (key) => (key === null ? "#/ban" : `#/ho/${key}`);

function homeLine(key, some, stands) {
  const kinds = new Map();
  const left = some.filter(stands);
  for (const kept of left.length ? left : some) kinds.set(kept.item.type, (kinds.get(kept.item.type) || 0) + 1);
  const words = [...kinds].map(([type, count]) => `${count} ${TYPES[type]}`).join(", ");
  const notes = [...new Set(some.map((kept) => noteOf(kept)).filter(Boolean))];
  return h(
    "li", null,
    h("a.part__home", { href: linkOf(key) }, h("strong", null, headOf(key)), h("span", null, words), h("span", null, told(some[some.length - 1].made)), notes.map((each) => h("span.part__note", null, each))),
  );
}

function noteOf({ result }) {
  if (!result) return "";
  if (result.code === "applied_late") return `Bổ sung sau chốt ${result.period || ""}`.trim();
  if ((result.duplicates || []).length) return "Có vẻ trùng với mục đã có trong sổ; phường, xã sẽ xem.";
  return result.message || FOR_THE_WARD[result.code] || "";
}

function draftLine({ path, title, at }) {
  const drop = () => dropDraft(draftKey(path)).then(() => { open.sure = null; redraw(); });
  return h(
    "li.wrong", null,
    h("strong", null, title), h("span.hint", null, `Ghi dở ${told(at)}`),
    h("div.wrong__do", null, h("a.button.button--quiet", { href: `#${path}` }, "Ghi tiếp"), ...throwing(path, drop)),
  );
}

/** What the server would not take: said what is wrong, mended or thrown away knowingly. */
function wrongLine(kept) {
  const errors = Object.values((kept.result && kept.result.errors) || {});
  const resend = () => save([sendAnew(kept)], "Đã lưu trên máy, sẽ gửi lại.", { mends: kept.seq, isFinal: true });
  const drop = () => throwAway([kept], "bỏ trên máy").then(() => { open.sure = null; toast("Đã bỏ mục này."); });
  return h(
    "li.wrong", null,
    h("strong", null, `${headOf(kept.household)}: ${TYPES[kept.item.type]}`),
    h("span.hint", null, saidOf(kept)),
    h("p", null, errors.length ? errors.join(" ") : "Máy chủ chưa nhận được mục này."),
    h(
      "div.wrong__do", null,
      isMendable(kept)
        ? h("a.button.button--main", { href: `#/sua/${kept.seq}` }, "Sửa và gửi lại")
        : [h("button.button.button--quiet", { on: resend }, "Gửi lại"), h("a.button.button--quiet", { href: linkOf(kept.household) }, "Mở thẻ hộ")],
      throwing(kept.seq, drop),
    ),
  );
}

/** Thrown away only after a second tap that says what is lost. */
function throwing(key, drop) {
  if (open.sure !== key) return [h("button.button.button--quiet", { "data-key": `drop-${key}`, on: () => { open.sure = key; redraw(); } }, "Bỏ mục này")];
  return [
    h("p.wrong__sure", { role: "alert" }, "Bỏ hẳn? Nội dung này sẽ không vào sổ."),
    h("button.button.button--bad", { "data-key": `drop-${key}`, on: drop }, "Bỏ hẳn"),
    h("button.button.button--quiet", { on: () => { open.sure = null; redraw(); } }, "Giữ lại"),
  ];
}
