// Before anybody is known here: sign in, or leave a browser that forgets.

import { CHANGE_PASSWORD, toSignIn } from "../banner.js";
import { fill, h, icon, wide } from "../dom.js";
import { doorValues } from "../door.js";
import { sendNow } from "../flush.js";
import { phone } from "../phone.js";
import { countUnsent } from "../store.js";
import { number } from "../words.js";

/** Zalo's and Facebook's own browsers keep another storage, which may vanish. */
export const foreignBrowser = () => /Zalo|FBAN|FBAV|FB_IAB|Messenger|Instagram/i.test(navigator.userAgent);

export const swindlers = () =>
  h("p.swindlers", null, icon("shield", 22), h("span", null, "Tổ không hỏi mật khẩu, mã OTP; không thu tiền. Ai hỏi là lừa đảo."));

export function foreignScreen() {
  const intent = `intent://${location.host}/field/#Intent;scheme=${location.protocol.slice(0, -1)};package=com.android.chrome;end`;
  return {
    title: "Đi từng nhà",
    body: h(
      "section.door",
      null,
      h("img", { src: "/static/img/mark.svg", width: 88, height: 88, alt: "" }),
      h("h2", null, "Mở bằng Chrome"),
      h("p", null, "Trang này đang mở trong Zalo hoặc Facebook; dữ liệu ghi ở đây có thể mất."),
      h("a.button.button--main.button--wide", { href: intent }, "Mở bằng Chrome"),
      h("p.door__address", null, "Bấm không được: bấm dấu ba chấm ở góc màn hình, chọn “Mở bằng trình duyệt”, hoặc gõ vào Chrome:"),
      h("p", null, h("strong", null, `${location.host}/field/`)),
    ),
  };
}

export function doorScreen() {
  const others = h("div");
  sayOthers(others);
  const { net } = phone;
  const words = wordsOf(net);
  return {
    title: "Đi từng nhà",
    body: h(
      "section.door",
      null,
      h("img", { src: "/static/img/mark.svg", width: 88, height: 88, alt: "" }),
      h("h2", null, "Sổ đi hộ của tổ công nghệ số cộng đồng"),
      h("p", { role: "status" }, words),
      net.code === "must_change_password"
        ? h("a.button.button--main.button--wide", { href: CHANGE_PASSWORD }, "Đổi mật khẩu")
        : wide("Đăng nhập", enter, "main"),
      net.trouble ? wide("Thử lại", sendNow) : null,
      others,
      swindlers(),
    ),
  };
}

function wordsOf(net) {
  if (net.sending) return "Đang liên lạc với máy chủ…";
  if (net.code === "leaving" || net.code === "no_right") return net.trouble;
  if (net.code === "must_change_password") return "Đổi mật khẩu ghi trên phiếu thành mật khẩu của mình, rồi mở lại trang này.";
  if (net.trouble && !net.signedOut) return `${net.trouble} Lần đầu cần có mạng để lấy sổ hộ về máy.`;
  return "Đăng nhập một lần khi có mạng. Sau đó mở được cả khi mất mạng.";
}

async function enter() {
  try {
    await toSignIn();
  } catch (trouble) {
    phone.net.trouble = trouble.message;
    sendNow();
  }
}

async function sayOthers(place) {
  const { owners } = await doorValues();
  const counts = await Promise.all(owners.map(countUnsent));
  const waiting = counts.reduce((sum, count) => sum + count, 0);
  if (waiting) {
    fill(place, h("p.note.note--warn", null, `Máy này còn giữ ${number(waiting)} mục chưa gửi. Người ghi đăng nhập lại là gửi tiếp, không mất.`));
  }
}
