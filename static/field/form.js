// A form: what is typed stays on the phone at every stroke, is saved once, and says in place what is wrong.

import { h, redraw, wide } from "./dom.js";
import { draftKey, draftOf, dropDraft, keepDraft } from "./drafts.js";
import { told } from "./words.js";

const AFTER_A_STROKE = 250;

/** The screen being filled in: news from the server must not empty it. */
let filling = { path: null, screen: null };

/** The screen at this address as it is being filled in, or a new one by `make`. */
export function keptScreen(path, make) {
  if (filling.path !== path || !filling.screen.body.isConnected) filling = { path, screen: make() };
  return filling.screen;
}

/**
 * @param {{path: string, title: string, fields: Object[], save: (said: Object, clear: string) => Promise<boolean|string>,
 *   then: string, words?: string, above?: any, below?: any, errors?: Object}} asked `fields` may hold nodes among the fields, and
 *   {node, fields} for some that stand in a node of their own; `errors` by member, from the server; `clear` is the kept draft, gone with what is saved; `then` is where to
 *   go, unless `save` tells where. Text that was looked at again comes with keep_text (docs/sync.md, Free text).
 * @returns {HTMLElement}
 */
export function form({ path, title, fields, save, then, words = "Lưu", above = null, below = null, errors = {} }) {
  const named = fields.filter(Boolean).reduce((all, each) => all.concat(each.fields || each), []).filter((each) => each.get);
  const before = draftOf(path);
  if (before) for (const each of named) if (each.name in before.values) each.set(before.values[each.name]);
  const summary = h("p.error.form__wrong", { role: "alert" });
  let isDone = false;
  let timer = 0;
  const said = () => Object.fromEntries(named.map((each) => [each.name, each.get()]));
  const begun = JSON.stringify(said());
  const keep = () => {
    clearTimeout(timer);
    timer = setTimeout(() => !isDone && JSON.stringify(said()) !== begun && keepDraft(path, title, said()), AFTER_A_STROKE);
  };
  const submit = async (event) => {
    event.preventDefault();
    if (isDone) return;
    for (const each of named) each.mark(each.fault());
    const wrong = named.find((each) => each.fault());
    summary.textContent = wrong ? "Chưa lưu: xem phần ghi màu đỏ." : "";
    if (wrong) {
      const box = wrong.node.closest("details") || wrong.node.querySelector("details");
      if (box) box.open = true;
      wrong.node.scrollIntoView({ block: "center" });
      wrong.focus();
      return;
    }
    isDone = true;
    clearTimeout(timer);
    if (document.activeElement) document.activeElement.blur();
    const kept = named.some((each) => each.isKept && each.isKept()) ? { keep_text: true } : null;
    const done = await save({ ...said(), ...kept }, draftKey(path));
    isDone = Boolean(done);
    if (!isDone) return;
    filling = { path: null, screen: null };
    location.replace(typeof done === "string" ? done : then);
  };
  for (const [member, sentence] of Object.entries(errors)) {
    const found = named.find((each) => each.name === member.replace(/^(set|was)\./, ""));
    if (found) found.mark(sentence);
    else summary.textContent += `${sentence} `;
  }
  return h(
    "form.form", { "@submit": submit, "@input": keep, "@click": keep, novalidate: true },
    before ? halfWritten(path, before, () => { isDone = true; }) : null,
    above,
    fields.filter(Boolean).map((each) => each.node || each),
    summary,
    h("div.form__save", null, wide(words, null, "main", { ".type": "submit" })),
    below,
  );
}

function halfWritten(path, { at }, end) {
  const drop = () => {
    end(); // what this form still holds must not be kept again
    return dropDraft(draftKey(path)).then(() => { filling = { path: null, screen: null }; redraw(); });
  };
  return h(
    "div.note.note--warn", { role: "status" },
    h("p", null, `Đang ghi dở từ ${told(at)}, chưa lưu.`),
    wide("Bỏ bản dở", drop),
  );
}
