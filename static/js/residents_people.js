// Another row for a person of the household. Without script there are a few empty rows, and the rest is added later.

const rows = document.querySelector("[data-person-rows]");
const button = document.querySelector("[data-person-add]");
const empty = /** @type {HTMLTemplateElement} */ (document.querySelector("[data-person-empty]"));
const total = /** @type {HTMLInputElement} */ (document.querySelector(`[name="${rows?.dataset.personRows}-TOTAL_FORMS"]`));

if (rows && button && empty && total) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const number = total.value;
    const row = /** @type {HTMLElement} */ (empty.content.firstElementChild.cloneNode(true));
    for (const element of row.querySelectorAll("[id], [name], [for]")) {
      for (const attribute of ["id", "name", "for"]) {
        const value = element.getAttribute(attribute);
        if (value) element.setAttribute(attribute, value.replace("__prefix__", number));
      }
    }
    rows.append(row);
    total.value = String(Number(number) + 1);
    row.querySelector("input")?.focus();
  });
}
