// One flusher at a time on this phone: hello, push, changes; then back-off or rest.

import { Trouble } from "./api.js";
import { takeChanges } from "./changes.js";
import { greet } from "./door.js";
import { changed, load, phone, remember, tellOtherTabs, unsent } from "./phone.js";
import { pushAll, sendAllAgain, tidy } from "./push.js";
import { reconcile, tellThrownAway } from "./receipts.js";
import { asked, openDoor, run, write } from "./store.js";

const LEAST = 2000;
const MOST = 15 * 60000;
const AFTER_A_TAP = 3000;
const EVERY = 60000;
const LEASE = 120000;

let failures = 0;
let notBefore = 0; // by performance.now(): the phone's clock may jump
let tapTimer = 0;
let retryTimer = 0;

/** Start flushing by itself: now, online, visible, after taps, every minute. */
export function keepFlushing() {
  window.addEventListener("online", sendNow);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) flush();
  });
  setInterval(() => {
    if (!document.hidden || unsent().length) flush();
  }, EVERY);
  return sendNow();
}

/** Not waiting for the back-off to pass. */
export const sendNow = () => flush({ forced: true });

export function flushSoon() {
  clearTimeout(tapTimer);
  tapTimer = setTimeout(() => flush(), AFTER_A_TAP);
}

/** @param {{forced?: boolean}} [how] forced: does not wait for the back-off to pass */
export async function flush({ forced = false } = {}) {
  if (!forced && performance.now() < notBefore) return;
  await alone(async () => {
    phone.net.sending = true;
    changed("net");
    try {
      if (phone.db) await load(); // another tab may have tapped
      await once();
      Object.assign(phone.net, { signedOut: false, trouble: "", code: "" });
      failures = 0;
      notBefore = 0;
    } catch (error) {
      fail(error);
    }
    phone.net.sending = false;
    changed("net");
    tellOtherTabs();
  });
}

async function once() {
  const hello = await greet();
  if (phone.kv.epoch && phone.kv.epoch !== hello.sync_epoch) await sendAllAgain();
  await remember({ epoch: hello.sync_epoch });
  await reconcile();
  await tellThrownAway(hello.sync_epoch);
  await pushAll(hello.sync_epoch);
  changed("net");
  await takeChanges();
  await remember({ scope_epoch: hello.scope_epoch });
  await tidy();
}

function fail(error) {
  const trouble = error instanceof Trouble ? error : new Trouble("fault", { message: "Ứng dụng gặp lỗi khi gửi. Dữ liệu vẫn giữ trên máy." });
  if (trouble.kind === "fault") console.warn(error);
  failures += 1;
  const most = Math.min(MOST, LEAST * 2 ** failures);
  const wait = Math.max(Math.random() * most, trouble.retryAfter * 1000, 500);
  const isWaiting = trouble.status === 401 || trouble.status === 426 || trouble.code === "must_change_password";
  notBefore = performance.now() + (isWaiting ? EVERY : wait);
  Object.assign(phone.net, { trouble: trouble.words || trouble.message, code: trouble.code });
  if (trouble.status === 401) phone.net.signedOut = true;
  if (trouble.code === "wrong_epoch") notBefore = performance.now() + LEAST; // the next hello brings the new one
  if (trouble.status === 426 && navigator.serviceWorker) {
    navigator.serviceWorker.getRegistration("/field/").then((found) => found && found.update());
  }
  clearTimeout(retryTimer);
  retryTimer = setTimeout(() => flush(), notBefore - performance.now() + 50);
}

/** Only one tab sends; who comes while another sends goes away again. */
async function alone(work) {
  if (navigator.locks) {
    await navigator.locks.request("cnscd-phone-flush", { ifAvailable: true }, (lock) => (lock ? work() : null));
    return;
  }
  const me = Math.random();
  const door = await openDoor();
  try {
    const isMine = await run(door, ["kv"], "readwrite", async (tx) => {
      const kv = tx.objectStore("kv");
      const lease = await asked(kv.get("lease"));
      const left = lease ? lease.until - Date.now() : 0;
      if (left > 0 && left <= LEASE) return false;
      kv.put({ me, until: Date.now() + LEASE }, "lease");
      return true;
    });
    if (!isMine) return;
    try {
      await work();
    } finally {
      await write(door, { lease: null });
    }
  } finally {
    door.close();
  }
}
