// The line under the head: only what somebody should do something about.

import { h, icon } from "./dom.js";
import { finishLeaving } from "./door.js";
import { sendNow } from "./flush.js";
import { phone, recordsInOrder, unsent } from "./phone.js";
import { number } from "./words.js";

const DAY = 86400000;
const SIGN_IN = "/tai-khoan/dang-nhap/?next=/field/";
export const CHANGE_PASSWORD = "/tai-khoan/doi-mat-khau/?next=/field/";

export async function toSignIn() {
  await finishLeaving();
  location.href = SIGN_IN;
}

export function banner() {
  const { net } = phone;
  const waiting = unsent();
  const age = waiting.length ? Date.now() - waiting[0].made : 0;
  if (net.code === "must_change_password") return strip("warn", "Đổi mật khẩu được cấp rồi dùng tiếp.", link(CHANGE_PASSWORD, "Đổi"));
  if (net.code === "revoked") return strip("bad", net.trouble, null);
  if (net.signedOut) {
    const words = waiting.length ? `Đăng nhập để gửi ${number(waiting.length)} mục. Dữ liệu vẫn giữ trên máy.` : "Đăng nhập lại để nhận số liệu mới.";
    return strip(age > 3 * DAY ? "bad" : "warn", words, h("button.strip__do", { on: toSignIn }, "Đăng nhập"));
  }
  if (net.code === "wrong_owner") return strip("warn", "Tài khoản khác đang đăng nhập trên máy này.", null);
  if (age > DAY) {
    const days = Math.floor(age / DAY);
    const words = `${number(waiting.length)} mục chưa gửi đã ${days} ngày. Đến chỗ có mạng và bấm Gửi.`;
    return strip(age > 3 * DAY ? "bad" : "warn", words, h("button.strip__do", { on: sendNow }, "Gửi"));
  }
  const wrong = recordsInOrder().filter((kept) => kept.state === "attention").length;
  if (wrong && !/^#\/(cho|sua)/.test(location.hash)) return strip("bad", `${number(wrong)} mục cần xử lý.`, link("#/cho", "Xem"));
  if (net.isNewShell) return strip("mode", "Ứng dụng có bản mới.", h("button.strip__do", { on: () => location.reload() }, "Mở lại"));
  return null;
}

const link = (href, words) => h("a.strip__do", { href }, words);
const strip = (kind, words, action) => h(`div.strip.strip--${kind}`, { role: "status" }, icon("warn", 22), h("p", null, words), action);
