// What just happened, for a few seconds, with the way back.

import { fill, h, icon } from "./dom.js";

let timer = 0;

export const hideToast = () => { document.querySelector("[data-toast]").hidden = true; };

/** @param {string} words @param {(() => void)|null} undo */
export function toast(words, undo = null, kind = "") {
  const place = document.querySelector("[data-toast]");
  place.hidden = false;
  place.className = `toast ${kind ? `toast--${kind}` : ""}`;
  fill(
    place,
    h("span", null, words),
    undo
      ? h("button.toast__undo", { on: () => { place.hidden = true; undo(); } }, icon("undo", 20), "Hoàn tác")
      : null,
  );
  clearTimeout(timer);
  timer = setTimeout(() => { place.hidden = true; }, kind === "bad" ? 15000 : 7000);
}
