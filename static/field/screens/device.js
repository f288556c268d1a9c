// Máy này: whose it is, when it last spoke with the server, whether the browser promised to keep what is here.

import { APP } from "../api.js";
import { h, wide } from "../dom.js";
import { leave } from "../door.js";
import { sendNow } from "../flush.js";
import { changed, phone, remember, unsent } from "../phone.js";
import { practiceButtons } from "../practising.js";
import { hideToast } from "../toast.js";
import { dayOf, number, shownDay, told } from "../words.js";

let kept = null; // the browser's answer to storage.persist
let prompt = null; // the browser's offer to install
let isLeaving = false;

window.addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  prompt = event;
  changed("net");
});

/** Asked with the first tap, when there is something to lose; the answer is shown here. */
export async function askToKeep() {
  if (kept !== null || !navigator.storage || !navigator.storage.persist) return;
  kept = (await navigator.storage.persisted()) || (await navigator.storage.persist());
  changed("net");
}

export function deviceScreen() {
  const { user, contact, stays, lost } = phone.kv;
  askToKeep();
  const waiting = unsent().length;
  return {
    title: "Máy này",
    body: [
      h(
        "dl.facts", null,
        fact("Người dùng", user ? user.name : "", user ? user.place : ""),
        fact("Liên lạc lần cuối", contact ? told(contact) : "chưa có", phone.net.trouble),
        fact("Chưa gửi", `${number(waiting)} mục`, waiting ? "Có mạng sẽ tự gửi." : ""),
        fact("Sổ trên máy", `${number(phone.households.size)} hộ`, "14 ngày không có mạng thì sổ tự xóa; mục chưa gửi vẫn giữ."),
        fact("Giữ dữ liệu", keptWords(), ""),
        fact("Đăng nhập", stays && stays.stays_signed_in ? `đến ${shownDay(dayOf(new Date(stays.signed_in_until)))}` : "tự hết khi lâu không dùng", ""),
        fact("Phiên bản", APP, ""),
      ),
      lost ? h("p.note.note--bad", null, `Máy chủ thấy thiếu ${number(lost.count)} mục của máy này. Phường, xã đã được báo; nhớ lại và ghi lại giúp.`) : null,
      stays && stays.stays_signed_in ? null : wide("Đây là điện thoại của tôi: giữ đăng nhập 90 ngày", stay, "main"),
      prompt ? wide("Cài vào màn hình chính", install) : null,
      wide("Liên lạc máy chủ ngay", sendNow),
      practiceButtons(),
      h("a.button.button--quiet.button--wide", { href: "/" }, "Mở trang bàn làm việc"),
      isLeaving ? sure(waiting) : wide("Đăng xuất khỏi máy này", () => { isLeaving = true; hideToast(); changed("net"); }),
    ],
  };
}

function fact(name, value, note) {
  return h("div", null, h("dt", null, name), h("dd", null, h("strong", null, value), note ? h("span", null, note) : null));
}

function keptWords() {
  if (kept === true) return "trình duyệt hứa giữ";
  if (kept === false) return "chưa hứa giữ. Cài vào màn hình chính để chắc hơn.";
  return "trình duyệt không cho biết";
}

async function stay() {
  await remember({ stay: true });
  await sendNow();
}

async function install() {
  prompt.prompt();
  await prompt.userChoice;
  prompt = null;
  changed("net");
}

function sure(waiting) {
  const words = waiting
    ? `Còn ${number(waiting)} mục chưa gửi. Các mục này vẫn giữ trên máy, người khác không xem và không gửi được; đăng nhập lại là gửi tiếp.`
    : "Sổ hộ trên máy sẽ xóa. Đăng nhập lại để tải về.";
  return h(
    "div.note.note--warn", null,
    h("p", null, words),
    wide("Đăng xuất", async () => { isLeaving = false; await leave(); changed("net"); location.hash = "#/"; sendNow(); }, "main"),
    wide("Thôi", () => { isLeaving = false; changed("net"); }),
  );
}

