// Building pages out of elements: text is always text, never markup.

const SVG = "http://www.w3.org/2000/svg";

/** Shapes on a 24 × 24 grid, drawn for this app. */
const SHAPES = {
  walk: ["M3 11.5 12 4l9 7.5", "M6 10v10h12V10", "M10 20v-6h4v6"],
  village: ["M4 20V11", "M10 20V5", "M16 20v-7", "M3 20h18"],
  queue: ["M12 4v10", "M8 10l4 4 4-4", "M4 16v4h16v-4"],
  device: ["M7 3h10v18H7z", "M11 18h2"],
  back: ["M14 5l-7 7 7 7"],
  next: ["M10 5l7 7-7 7"],
  yes: ["M5 12.5l4.5 4.5L19 7.5"],
  no: ["M7 7l10 10", "M17 7L7 17"],
  more: ["M6 12h.01", "M12 12h.01", "M18 12h.01"],
  shield: ["M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6z", "M9 12l2 2 4-4"],
  warn: ["M12 4l9 16H3z", "M12 10v4", "M12 17h.01"],
  search: ["M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14", "M16 16l5 5"],
  add: ["M12 5v14", "M5 12h14"],
  less: ["M5 12h14"],
  edit: ["M5 19l1-4L16 5l3 3L9 18z", "M14 7l3 3"],
  desk: ["M3 11h18", "M5 11v9", "M19 11v9", "M8 11V6h8v5"],
  undo: ["M8 5L4 9l4 4", "M4 9h10a5 5 0 0 1 0 10h-4"],
  send: ["M4 12a8 8 0 0 1 14-5l2 2", "M20 4v5h-5", "M20 12a8 8 0 0 1-14 5l-2-2", "M4 20v-5h5"],
};

/**
 * @param {string} tag "p", "button.chip"
 * @param {Object|null} attributes `on` = click; `data`; properties begin with "."; false and null are left out
 * @param {...any} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(" ");
  if (name === "button") element.type = "button";
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === false || value === null || value === undefined) continue;
    if (key === "on") element.addEventListener("click", value);
    else if (key.startsWith("@")) element.addEventListener(key.slice(1), value);
    else if (key.startsWith(".")) element[key.slice(1)] = value;
    else if (key === "class") element.className += ` ${value}`;
    else element.setAttribute(key, value === true ? "" : value);
  }
  add(element, children);
  return element;
}

function add(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) add(element, child);
    else if (child || child === 0) element.append(child);
  }
}

/** @param {keyof SHAPES} name */
export function icon(name, size = 24) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", width: size, height: size, class: "icon" })) {
    svg.setAttribute(key, String(value));
  }
  svg.setAttribute("aria-hidden", "true");
  for (const shape of SHAPES[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", shape);
    svg.append(path);
  }
  return svg;
}

/** Put `children` into the place of what was there; the focus stays on the thing with the same data-key. */
export function fill(place, ...children) {
  const key = place.contains(document.activeElement) ? document.activeElement.getAttribute("data-key") : null;
  while (place.firstChild) place.firstChild.remove();
  add(place, children);
  if (key) {
    const again = [...place.querySelectorAll("[data-key]")].find((each) => each.getAttribute("data-key") === key);
    if (again) again.focus({ preventScroll: true });
  }
}

/** Draw the screen anew where only what is folded open or asked for has changed. */
export const redraw = () => window.dispatchEvent(new HashChangeEvent("hashchange"));

/** A button as wide as the screen. @param {"quiet"|"main"} [kind] */
export const wide = (words, on, kind = "quiet", more = {}) => h(`button.button.button--${kind}.button--wide`, { on, ...more }, words);
