// Puts the slashes into a date while its digits are typed: 05112026 → 05/11/2026. A phone's number pad has no slash.

document.addEventListener("input", (event) => {
  const field = /** @type {HTMLInputElement} */ (event.target);
  if (!field.matches?.("input[data-date]") || event.inputType?.startsWith("delete")) return;
  if (field.selectionStart !== field.value.length || !/^[\d/]*$/.test(field.value)) return;
  field.value = slashed(field.value);
});

/** @param {string} text @returns {string} */
export function slashed(text) {
  const parts = text.split("/").slice(0, 3);
  for (const [at, width] of [[0, 2], [1, 2]]) {
    const part = parts[at] ?? "";
    if (part.length < width) continue;
    const rest = part.slice(width);
    parts[at] = part.slice(0, width);
    if (parts.length === at + 1) parts.push(rest);
  }
  if (parts[2]) parts[2] = parts[2].slice(0, 4);
  return parts.join("/");
}
