// How much is on this phone only, how much the server has; "xong hết" only when nothing is left and the server agrees.

import { phone, recordsInOrder } from "./phone.js";
import { clock, dayOf, number } from "./words.js";

/** What is told: today's items and whatever is not finished. */
export function totals(now = new Date()) {
  const records = recordsInOrder();
  const isToday = (kept) => dayOf(new Date(kept.made)) === dayOf(now) || (kept.answered && dayOf(new Date(kept.answered)) === dayOf(now));
  const shown = records.filter((kept) => !["dismissed", "discarding"].includes(kept.state) && (kept.state !== "received" || isToday(kept)));
  const count = (state) => shown.filter((kept) => kept.state === state).length;
  const saved = count("saved");
  const received = shown.length - saved;
  const leaving = records.filter((kept) => kept.state === "discarding").length;
  const { acked, made } = phone.kv;
  // "Đủ" is said only when the server's own count agrees.
  const agrees = Boolean(acked) && acked.acked_through >= ((made && made.seq) || 0) && !(acked.gaps || []).length;
  const last = Math.max(0, ...shown.map((kept) => (kept.state === "saved" ? 0 : kept.answered || 0)));
  const complete = saved === 0 && leaving === 0 && agrees;
  const wrong = count("attention");
  return { all: shown.length, received, saved, wrong, leaving, complete, last, finished: complete && !wrong && !count("waiting") };
}

export function sentence({ all, received, saved, wrong, leaving, complete, finished, last }) {
  if (!all) return leaving ? "Đang báo máy chủ các mục đã bỏ." : "Không có mục nào chờ gửi.";
  const have = `Máy chủ đã nhận đủ ${number(received)}/${number(all)} mục lúc ${clock(new Date(last))}.`;
  if (finished) return `Xong hết. ${have}`;
  if (wrong && !saved) return `Máy chủ đã nhận ${number(received - wrong)}/${number(all)} mục. ${number(wrong)} mục cần xử lý.`;
  if (complete) return have;
  if (!saved) return `Máy chủ đã trả lời ${number(received)}/${number(all)} mục, đang đối chiếu.`;
  const rest = `Còn ${number(saved)} mục chưa gửi, có mạng sẽ tự gửi.`;
  return received ? `Máy chủ đã nhận ${number(received)}/${number(all)} mục. ${rest}` : `Đã lưu trên máy. ${rest}`;
}
