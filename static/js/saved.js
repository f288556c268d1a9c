// Says what became of what was tapped: “Đang lưu…”, “Đã lưu lúc 21:04”, “Chưa lưu được” with a button that tries again.
// The page holds one <p class="save-state" data-save-state role="status"></p>; htmx requests other than GET report to it.

/** @type {Set<HTMLElement>} what was pressed and could not be sent, to be tried again */
const failed = new Set();
let waiting = 0;

/** The question a button or form belongs to: a later answer takes the place of one that failed. @param {Element} element */
const question = (element) => element.closest("form:not(:has(td)), td, li, [role='group']") ?? element;

/** @param {HTMLElement | null} [answered] */
function forget(answered = null) {
  for (const element of failed) {
    if (!element.isConnected || (answered && question(element) === question(answered))) failed.delete(element);
  }
}

/** @param {string} kind @param {string} text */
function say(kind, text) {
  const place = document.querySelector("[data-save-state]");
  if (!place) return;
  place.className = `${place.className.replace(/ ?save-state--(saving|saved|failed|refused)/g, "")} save-state--${kind}`;
  place.textContent = text;
  if (kind === "failed") {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--small button--quiet";
    button.textContent = "Thử lại";
    button.addEventListener("click", retry);
    place.append(" ", button);
  }
}

/** @param {string} html */
const textOf = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent.trim();

function retry() {
  forget();
  const again = [...failed];
  failed.clear();
  for (const element of again) {
    if (element instanceof HTMLFormElement) element.requestSubmit();
    else element.click();
  }
}

/** @param {CustomEvent} event */
const isSaving = (event) => (event.detail.requestConfig?.verb ?? "get") !== "get";

function report() {
  if (waiting > 0) return say("saving", "Đang lưu…");
  if (failed.size) return say("failed", "Chưa lưu được.");
  const time = new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });
  say("saved", `Đã lưu lúc ${time}`);
}

document.addEventListener("htmx:beforeSend", (event) => {
  if (!isSaving(event)) return;
  waiting += 1;
  forget(event.detail.elt);
  report();
});

// 422: not saved, and the answer says why at its place. To send the same again would not help.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422) event.detail.shouldSwap = true;
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (!isSaving(event)) return;
  waiting = Math.max(0, waiting - 1);
  forget();
  if (event.detail.xhr.status === 422) return say("refused", `Chưa lưu. ${textOf(event.detail.xhr.responseText)}`);
  if (!event.detail.successful) failed.add(event.detail.elt);
  report();
});

// Leaving while something is unsent would lose it.
window.addEventListener("beforeunload", (event) => {
  if (waiting > 0 || failed.size) event.preventDefault();
});
