// Máy này: whose it is, when it last spoke with the server, whether the browser promised to keep what is here.

import { APP } from "../api.js";
import { h } from "../dom.js";
import { leave } from "../door.js";
import { flush } from "../flush.js";
import { changed, phone, unsent } from "../phone.js";
import { practiceButtons } from "../practising.js";
import { write } from "../store.js";
import { number, shownDay, told } from "../words.js";

let kept = null; // the browser's answer to storage.persist
let prompt = null; // the browser's offer to install
let isLeaving = false;

window.addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  prompt = event;
  changed("net");
});

/** Ask once, when there is something to lose; the answer is shown here. */
export async function askToKeep() {
  if (!navigator.storage || !navigator.storage.persist) return;
  kept = (await navigator.storage.persisted()) || (await navigator.storage.persist());
  changed("net");
}

export function deviceScreen() {
  const { user, contact, stays, lost } = phone.kv;
  if (kept === null) askToKeep();
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
        fact("Đăng nhập", stays && stays.stays_signed_in ? `đến ${shownDay(stays.signed_in_until.slice(0, 10))}` : "tự hết khi lâu không dùng", ""),
        fact("Phiên bản", APP, ""),
      ),
      lost ? h("p.note.note--bad", null, `Máy chủ thấy thiếu ${number(lost.count)} mục của máy này. Phường đã được báo; nhớ lại và ghi lại giúp.`) : null,
      stays && stays.stays_signed_in ? null : h("button.button.button--main.button--wide", { on: stay }, "Đây là điện thoại của tôi: giữ đăng nhập 90 ngày"),
      prompt ? h("button.button.button--quiet.button--wide", { on: install }, "Cài vào màn hình chính") : null,
      h("button.button.button--quiet.button--wide", { on: () => flush({ forced: true }) }, "Liên lạc máy chủ ngay"),
      practiceButtons(),
      h("a.button.button--quiet.button--wide", { href: "/" }, "Mở trang bàn làm việc"),
      isLeaving ? sure(waiting) : h("button.button.button--quiet.button--wide", { on: () => { isLeaving = true; changed("net"); } }, "Đăng xuất khỏi máy này"),
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
  await write(phone.db, { stay: true });
  await flush({ forced: true });
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
    h("button.button.button--main.button--wide", { on: async () => { isLeaving = false; await leave(); changed("net"); location.hash = "#/"; flush({ forced: true }); } }, "Đăng xuất"),
    h("button.button.button--quiet.button--wide", { on: () => { isLeaving = false; changed("net"); } }, "Thôi"),
  );
}

