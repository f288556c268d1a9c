// Asks before a form with data-confirm="câu hỏi" is sent. Without script the form is sent at once, and the server's own
// rules hold. data-confirm may stand on the form or on the button; data-confirm-label names the button of the answer yes.

/** @type {WeakSet<HTMLFormElement>} */
const agreed = new WeakSet();

/**
 * @param {string} question
 * @param {string} label
 * @returns {Promise<boolean>}
 */
function ask(question, label) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", "cau-hoi");
  const text = document.createElement("p");
  text.id = "cau-hoi";
  text.textContent = question;
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "dialog__buttons";
  for (const [value, name, kind] of [["no", "Không", "button--quiet"], ["yes", label, "button--danger"]]) {
    const button = document.createElement("button");
    button.value = value;
    button.className = `button ${kind}`;
    button.textContent = name;
    form.append(button);
  }
  dialog.append(text, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

document.addEventListener("submit", async (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const button = event.submitter;
  const asking = button?.dataset.confirm ? button : form;
  if (!asking.dataset.confirm || agreed.delete(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (await ask(asking.dataset.confirm, asking.dataset.confirmLabel || "Đồng ý")) {
    agreed.add(form);
    form.requestSubmit(button);
  }
}, true);
