// Warns before leaving a long form (data-dirty) that was changed and not sent.

for (const form of document.querySelectorAll("form[data-dirty]")) {
  let changed = form.querySelector("[data-error-summary]") !== null;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}

// A form that came back with errors puts the reader at the list of them.
document.querySelector("[data-error-summary]")?.focus();
