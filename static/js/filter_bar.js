// On a phone a filter bar shows its first field and a button for the others, so that the list is seen at once.
// Without script all fields are shown; a wide screen shows them always (components.css).

for (const bar of document.querySelectorAll("[data-filter-bar]")) {
  const others = bar.querySelectorAll(".field:not(:first-child)");
  const buttons = bar.querySelector(".filter-bar__buttons");
  if (others.length < 2 || !buttons) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--quiet filter-bar__unfold";
  /** @param {boolean} folded */
  const fold = (folded) => {
    bar.classList.toggle("filter-bar--folded", folded);
    button.setAttribute("aria-expanded", String(!folded));
    button.textContent = folded ? "Thêm bộ lọc" : "Bớt bộ lọc";
  };
  button.addEventListener("click", () => fold(!bar.classList.contains("filter-bar--folded")));
  buttons.append(button);
  fold(!bar.querySelector("[aria-invalid]"));
}
