// Answers typed from paper: one key an answer, arrows and Enter to move, saved in batches while typing goes on.
// A box's name holds what stood there when it was last saved; the server answers with its new name.

const AT_ONCE = 40;
const PAUSE = 900;
const SIGNS = new Map([["x", "x"], ["1", "x"], ["0", "0"], ["k", "0"], ["-", "-"]]);

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-grid]"));
if (form) start(form);

/** @param {HTMLFormElement} form */
function start(form) {
  const state = form.querySelector("[data-grid-state]");
  /** @type {Set<HTMLInputElement>} */
  const unsaved = new Set();
  let sending = 0;
  let saved = 0;
  let broken = false;
  let timer = 0;

  const boxes = () => [...form.querySelectorAll("td input")];

  function say() {
    const waiting = unsaved.size + sending;
    state.className = `save-state save-state--${broken ? "failed" : waiting ? "saving" : "saved"}`;
    if (broken) state.textContent = `Chưa lưu được ${unsaved.size} ô. Kiểm tra mạng rồi bấm Lưu.`;
    else if (waiting) state.textContent = `Còn ${waiting} ô chưa lưu…`;
    else if (saved) state.textContent = `Đã lưu ${saved} ô lúc ${new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" })}.`;
    else state.textContent = "";
  }

  /** @param {HTMLInputElement} box @param {string} sign */
  function put(box, sign) {
    if (box.value === sign && !unsaved.has(box) && !box.matches("[aria-invalid]")) return;
    box.value = sign;
    mark(box, "unsaved");
    unsaved.add(box);
    say();
    clearTimeout(timer);
    if (unsaved.size >= AT_ONCE) send();
    else timer = window.setTimeout(send, PAUSE);
  }

  /** @param {HTMLInputElement} box @param {string} kind @param {string} [why] */
  function mark(box, kind, why = "") {
    box.closest("td").dataset.state = kind;
    box.toggleAttribute("aria-invalid", kind === "failed");
    if (kind === "failed") box.setAttribute("aria-invalid", "true");
    box.title = why;
  }

  async function send() {
    clearTimeout(timer);
    if (sending || unsaved.size === 0) return;
    const batch = new Map([...unsaved].map((box) => [box.name, { box, sign: box.value }]));
    for (const { box } of batch.values()) unsaved.delete(box);
    sending = batch.size;
    say();
    try {
      const { saved: done, failed } = await post(new Map([...batch].map(([name, { sign }]) => [name, sign])));
      broken = false;
      for (const [name, next] of Object.entries(done)) {
        const { box, sign } = batch.get(name);
        box.name = next;
        if (box.value === sign) mark(box, "saved");
        else unsaved.add(box);
      }
      for (const [name, why] of Object.entries(failed)) mark(batch.get(name).box, "failed", why);
      for (const [name, { box }] of batch) {
        if (!(name in done) && !(name in failed)) mark(box, "saved");
      }
      saved += Object.keys(done).length;
    } catch {
      broken = true;
      for (const { box } of batch.values()) {
        unsaved.add(box);
        mark(box, "failed", "Chưa gửi được");
      }
    }
    sending = 0;
    say();
    if (unsaved.size && !broken) timer = window.setTimeout(send, 0);
  }

  /** @param {Map<string, string>} cells */
  async function post(cells) {
    const token = /** @type {HTMLInputElement} */ (form.querySelector("[name=csrfmiddlewaretoken]")).value;
    const answer = await fetch(window.location.href, {
      method: "POST",
      headers: { "X-CSRFToken": token, Accept: "application/json" },
      body: new URLSearchParams([...cells]),
      redirect: "error",
    });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  /** @param {HTMLInputElement} box @param {number} step */
  function along(box, step) {
    const every = boxes();
    every[every.indexOf(box) + step]?.focus();
  }

  /** @param {HTMLInputElement} box @param {number} step */
  function down(box, step) {
    const column = box.closest("td").cellIndex;
    const rows = [...form.querySelectorAll("tbody tr")];
    for (let at = rows.indexOf(box.closest("tr")) + step; at >= 0 && at < rows.length; at += step) {
      const next = rows[at].cells[column]?.querySelector("input");
      if (next) return next.focus();
    }
    if (step > 0) along(box, 1);
  }

  form.addEventListener("focusin", (event) => {
    if (event.target.matches("td input")) event.target.select();
  });

  form.addEventListener("keydown", (event) => {
    const box = event.target;
    if (!box.matches("td input") || event.ctrlKey || event.metaKey || event.altKey) return;
    const sign = SIGNS.get(event.key.toLowerCase());
    const moves = { ArrowRight: () => along(box, 1), ArrowLeft: () => along(box, -1), ArrowDown: () => down(box, 1), ArrowUp: () => down(box, -1), Enter: () => down(box, event.shiftKey ? -1 : 1) };
    if (sign !== undefined) {
      put(box, sign);
      along(box, 1);
    } else if (event.key === "Delete" || event.key === "Backspace") put(box, "");
    else if (moves[event.key]) moves[event.key]();
    else if (event.key.length > 1) return;
    event.preventDefault();
  });

  // A phone's keyboard and pasting send no key.
  form.addEventListener("input", (event) => {
    const box = event.target;
    const sign = SIGNS.get(box.value.trim().toLowerCase());
    put(box, sign ?? "");
    if (sign !== undefined) along(box, 1);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    send();
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    broken = false;
    send();
  });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved.size || sending) event.preventDefault();
  });
  boxes()[0]?.focus();
}
