// "Chỉ sửa ghi nhận": answers entered at home, without a knock at a door. Never kept: it must not be found on the next day.

import { h, icon } from "./dom.js";
import { changed } from "./phone.js";

const ENDS_AFTER = 2 * 3600000;
let since = 0;

export const isCorrecting = () => Boolean(since) && Date.now() - since < ENDS_AFTER;

export function setCorrecting(isOn) {
  since = isOn ? Date.now() : 0;
  changed("net");
}

export const correctingStrip = () =>
  isCorrecting()
    ? h(
        "div.strip.strip--mode", { role: "status" }, icon("edit", 22),
        h("p", null, "Chỉ sửa ghi nhận, không tính lượt đến."),
        h("button.strip__do", { "data-key": "mode", on: () => setCorrecting(false) }, "Thôi"),
      )
    : null;
