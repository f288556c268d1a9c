// Opens the app: the store of whoever was here last, the screen the address names, the worker, the flusher.

import { banner } from "./banner.js";
import { correctingStrip, isCorrecting } from "./correcting.js";
import { doorValues } from "./door.js";
import { fill, h, icon } from "./dom.js";
import { flushSoon, keepFlushing } from "./flush.js";
import { changed, onChange, openPhone, phone, unsent } from "./phone.js";
import { cardScreen } from "./screens/card.js";
import { deskScreen } from "./screens/desk.js";
import { askToKeep, deviceScreen } from "./screens/device.js";
import { doorScreen, foreignBrowser, foreignScreen } from "./screens/door.js";
import { householdScreen, newHouseholdScreen } from "./screens/household.js";
import { leaveScreen } from "./screens/leave.js";
import { mendScreen } from "./screens/mend.js";
import { newPersonScreen, personScreen } from "./screens/person.js";
import { queueScreen } from "./screens/queue.js";
import { detailsScreen } from "./screens/details.js";
import { villageScreen } from "./screens/village.js";
import { hideToast } from "./toast.js";
import { walkScreen } from "./screens/walk.js";

/** Address after "#" → screen; a screen returns {title, back, body}. */
const SCREENS = [
  [/^\/ho\/([0-9a-f-]+)\/them$/, newPersonScreen],
  [/^\/ho\/([0-9a-f-]+)\/sua$/, householdScreen],
  [/^\/ho\/([0-9a-f-]+)\/luot$/, detailsScreen],
  [/^\/ho\/([0-9a-f-]+)\/nguoi\/([0-9a-f-]+)$/, personScreen],
  [/^\/ho\/([0-9a-f-]+)\/nguoi\/([0-9a-f-]+)\/roi$/, leaveScreen],
  [/^\/them-ho(?:\/(.*))?$/, newHouseholdScreen],
  [/^\/ban(?:\/(\d+))?$/, deskScreen],
  [/^\/sua\/(\d+)$/, mendScreen],
  [/^\/ho\/([0-9a-f-]+)$/, cardScreen],
  [/^\/thon$/, villageScreen],
  [/^\/cho$/, queueScreen],
  [/^\/may$/, deviceScreen],
  [/^/, walkScreen],
];
const TABS = [
  ["#/", "walk", "Đi hộ"],
  ["#/thon", "village", "Thôn"],
  ["#/cho", "queue", "Hàng chờ"],
  ["#/may", "device", "Máy này"],
];

const place = (name) => document.querySelector(`[data-${name}]`);
const scrolled = new Map();
let shown = null;
let isDue = false;
let isTouched = false;

function path() {
  return location.hash.slice(1) || "/";
}

function draw() {
  isDue = false;
  const screen = screenNow();
  const isNew = shown !== path();
  document.title = `${screen.title} – Đi từng nhà`;
  fill(
    place("top"),
    screen.back ? h("a.top__back", { href: screen.back, "aria-label": "Quay lại" }, icon("back", 28)) : null,
    h("div.top__words", null, h("h1", null, screen.title), screen.note ? h("p", null, screen.note) : null),
    screen.aside || null,
  );
  fill(place("banner"), phone.db ? [banner(), correctingStrip()] : null);
  place("banner").classList.toggle("pinned", isCorrecting());
  // A form that is being filled in stays as it stands: its focus, the keyboard, the place on the page.
  if (place("screen").firstChild !== screen.body) fill(place("screen"), screen.body);
  drawTabs(!phone.db || screen.back);
  if (isNew) {
    if (place("screen").querySelector("form")) hideToast(); // it would lie over the button
    window.scrollTo(0, screen.back ? 0 : scrolled.get(path()) || 0);
    shown = path();
  }
}

function screenNow() {
  if (foreignBrowser()) return foreignScreen();
  if (!phone.db) return doorScreen();
  const [pattern, screen] = SCREENS.find(([each]) => each.test(path()));
  return screen(...path().match(pattern).slice(1));
}

function drawTabs(isHidden) {
  const tabs = place("tabs");
  tabs.hidden = Boolean(isHidden);
  const count = phone.db ? unsent().length : 0;
  fill(
    tabs,
    TABS.map(([href, shape, words]) =>
      h(
        "a.tab",
        { href, "aria-current": href === `#${path()}` ? "page" : null },
        icon(shape, 26),
        h("span", null, words),
        shape === "queue" && count ? h("span.tab__count", { "aria-label": `${count} mục chưa gửi` }, String(count)) : null,
      ),
    ),
  );
}

/** Draw once however many things changed; never under a finger, or its tap would meet nothing. */
function drawSoon() {
  if (isDue) return;
  isDue = true;
  if (!isTouched) Promise.resolve().then(() => !isTouched && draw());
}

function watchFinger() {
  const up = () =>
    setTimeout(() => {
      isTouched = false;
      if (isDue) draw();
    }, 50);
  window.addEventListener("pointerdown", () => { isTouched = true; }, { capture: true, passive: true });
  for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, up, { capture: true, passive: true });
}

async function start() {
  onChange((kind) => {
    if (kind === "tap") {
      flushSoon();
      askToKeep();
    }
    // A text that is being typed is not taken away by news from the server.
    const typing = document.activeElement && document.activeElement.matches("[data-typing]");
    if (!(typing && kind !== "tap")) drawSoon();
  });
  window.addEventListener("scroll", () => shown && scrolled.set(shown, window.scrollY), { passive: true });
  window.addEventListener("hashchange", draw);
  watchFinger();
  if (foreignBrowser()) return draw();
  const { owner } = await doorValues();
  if (owner) await openPhone(owner);
  draw();
  register();
  return keepFlushing();
}

async function register() {
  if (!navigator.serviceWorker) return;
  // A page goes on with the modules it was opened with; the new ones come with the next opening.
  let isFirst = !navigator.serviceWorker.controller;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    phone.net.isNewShell = !isFirst;
    isFirst = false;
    changed("net");
  });
  try {
    await navigator.serviceWorker.register("/field/sw.js", { scope: "/field/" });
  } catch (error) {
    console.warn(error);
  }
}

start().catch((error) => {
  console.warn(error);
  fill(
    place("screen"),
    h("div.note.note--bad", null, h("p", null, "Không mở được bộ nhớ của máy. Đóng bớt ứng dụng, kiểm tra bộ nhớ trống rồi mở lại.")),
    h("button.button.button--main", { on: () => location.reload() }, "Mở lại"),
  );
});

