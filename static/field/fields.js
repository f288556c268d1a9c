// Fields of a form. Each is {name, node, get(), set(value), fault(), mark(words)}; names are those of the protocol.

import { h, icon } from "./dom.js";
import { secretsIn } from "./secrets.js";

const idOf = (name) => `f-${name}`;

/** @param {HTMLElement} control one input, or what holds several @param {Object} rest get, set; fault, below */
export function field(name, label, hint, control, rest) {
  const error = h("p.error", { id: `${idOf(name)}-error`, role: "alert" });
  const isInput = control.matches("input, select, textarea");
  const title = isInput ? h("label", { for: idOf(name) }, label) : label && h("p.label", { id: `${idOf(name)}-label` }, label);
  if (isInput) control.id = idOf(name);
  else if (label) control.setAttribute("aria-labelledby", `${idOf(name)}-label`);
  const node = h("div.form__field", null, title, hint ? h("p.hint", null, hint) : null, control, rest.below || null, error);
  const mark = (words) => {
    error.textContent = words || "";
    if (!isInput) return;
    control[words ? "setAttribute" : "removeAttribute"]("aria-invalid", "true");
    control[words ? "setAttribute" : "removeAttribute"]("aria-describedby", error.id);
  };
  return { name, node, mark, fault: () => "", focus: () => (isInput ? control : node.querySelector("summary, button, input")).focus(), ...rest };
}

/** Text in which somebody may write what must not be written: warned in place, kept only knowingly. */
export function textField(name, label, { value = "", hint = "", max = 100, isLong = false, needed = "", words = "off" } = {}) {
  const input = h(isLong ? "textarea.field.field--long" : "input.field", {
    type: isLong ? null : "text", rows: isLong ? 3 : null, maxlength: max, autocomplete: "off",
    autocapitalize: words, "data-typing": true, ".value": value,
  });
  const found = () => secretsIn(input.value);
  const reviewed = h("button.chip", { "aria-pressed": "false", on: () => reviewed.setAttribute("aria-pressed", String(!isReviewed())) }, "Đã xem lại: không phải");
  const isReviewed = () => reviewed.getAttribute("aria-pressed") === "true";
  const words_ = h("p");
  const warning = h("div.note.note--warn.form__secret", { role: "status", hidden: true }, words_, reviewed);
  const look = () => {
    const secrets = found();
    warning.hidden = !secrets.length;
    words_.textContent = secrets.length ? `Có vẻ chứa ${secrets.join(" và ")}. Không được ghi; đề nghị xóa.` : "";
    if (!secrets.length) reviewed.setAttribute("aria-pressed", "false");
  };
  input.addEventListener("input", look);
  look();
  return field(name, label, hint, input, {
    below: warning,
    // Half a sign or a NUL would have the whole batch refused.
    get: () => input.value.replace(/[\0\p{Cs}]/gu, "").trim().normalize("NFC"),
    set: (text) => { input.value = text || ""; look(); },
    isKept: () => !warning.hidden && isReviewed(),
    fault: () => (needed && !input.value.trim() ? needed : found().length && !isReviewed() ? "Xóa phần này, hoặc bấm “Đã xem lại: không phải”." : ""),
  });
}

/** A whole number or nothing. */
export function numberField(name, label, { value = null, least = 0, most, wrong, example = null }) {
  const input = h("input.field.field--short", {
    type: "text", inputmode: "numeric", maxlength: String(most).length, autocomplete: "off", "data-typing": true,
    placeholder: example,
  });
  const typed = () => input.value.trim();
  const set = (number) => { input.value = number === null || number === undefined ? "" : String(number); };
  set(value);
  return field(name, label, "", input, {
    get: () => (typed() ? Number(typed()) : null),
    set,
    fault: () => (!typed() || (/^\d+$/.test(typed()) && Number(typed()) >= least && Number(typed()) <= most) ? "" : wrong),
    input,
  });
}

/** Chips of which one is chosen; tapped again, none (unless `isFirm`). */
export function choiceField(name, label, choices, { value = "", isFirm = false, onChoose = null } = {}) {
  let chosen = value;
  const chips = choices.map(([each, words]) =>
    h("button.chip", { on: () => { show(chosen === each && !isFirm ? "" : each); if (onChoose) onChoose(chosen); } }, words),
  );
  const show = (next) => {
    chosen = next === null || next === undefined ? "" : next;
    chips.forEach((chip, at) => chip.setAttribute("aria-pressed", String(choices[at][0] === chosen)));
  };
  show(value);
  return field(name, label, "", h("div.chips", { role: "group" }, chips), { get: () => chosen, set: show });
}

/** Chips of which any may be chosen. */
export function manyField(name, label, choices, { value }) {
  const chosen = new Set(value);
  const chips = choices.map(([each, words]) =>
    h("button.chip", { on: () => { chosen[chosen.has(each) ? "delete" : "add"](each); show(); } }, words),
  );
  const show = () => chips.forEach((chip, at) => chip.setAttribute("aria-pressed", String(chosen.has(choices[at][0]))));
  show();
  return field(name, label, "", h("div.chips", { role: "group" }, chips), {
    get: () => choices.map(([each]) => each).filter((each) => chosen.has(each)),
    set: (all) => { chosen.clear(); for (const each of all || []) chosen.add(each); show(); },
  });
}

export function selectField(name, label, choices, { value, hint = "" }) {
  const select = h(
    "select.field", { "data-typing": true },
    choices.map(([each, words]) => h("option", { value: String(each), selected: String(each) === String(value) }, words)),
  );
  return field(name, label, hint, select, { get: () => select.value, set: (each) => { select.value = String(each); } });
}

/** A small number by the thumb: − n +, or typed. */
export function countField(name, label, { value = 0, most = 2000, needed = "" } = {}) {
  const counter = stepper(label, { value, most });
  return field(name, label, "", counter.node, {
    get: counter.get,
    set: counter.set,
    fault: () => (counter.isWrong() ? `Ghi một số từ 0 đến ${most}.` : needed && !counter.get() ? needed : ""),
  });
}

/** @returns {{node: HTMLElement, get: () => number, set: (value: number) => void, isWrong: () => boolean}} */
export function stepper(label, { value = 0, most } = {}) {
  const input = h("input.stepper__value", { type: "text", inputmode: "numeric", maxlength: String(most).length, "aria-label": label, autocomplete: "off", "data-typing": true, ".value": String(value || 0) });
  const get = () => Number(input.value.trim() || 0);
  const isWrong = () => !/^\d*$/.test(input.value.trim()) || get() > most;
  const by = (change) => () => {
    input.value = String(Math.min(most, Math.max(0, (isWrong() ? 0 : get()) + change)));
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const node = h(
    "div.stepper", { role: "group", "aria-label": label },
    h("button.stepper__do", { "aria-label": `Bớt: ${label}`, on: by(-1) }, icon("less", 22)),
    input,
    h("button.stepper__do", { "aria-label": `Thêm: ${label}`, on: by(1) }, icon("add", 22)),
  );
  return { node, get, set: (number) => { input.value = String(number || 0); }, isWrong };
}
