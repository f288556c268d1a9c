// Shows the button that copies a text (useless without script) and says when it has: <button data-copy="id" hidden>.

for (const button of document.querySelectorAll("[data-copy]")) {
  const source = /** @type {HTMLTextAreaElement} */ (document.getElementById(button.dataset.copy));
  const told = document.querySelector("[data-copied]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.value);
      if (told) told.textContent = "Đã chép.";
    } catch {
      source.select(); // no clipboard without HTTPS: what is selected can be copied by hand
      if (told) told.textContent = "Đã chọn sẵn, bấm Ctrl+C để chép.";
    }
  });
}
