/** Copies the text of the field named by `data-copy`; says so on the button. Without it the text can be marked by hand. */
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const field = document.querySelector(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // no clipboard without https
    }
    button.lastChild.textContent = "Đã chép";
  });
}
