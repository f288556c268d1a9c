// Whose phone is it now: saying hello, finding the store of whoever is signed in, signing out.

import { APP, Trouble, post } from "./api.js";
import { closePhone, openPhone, phone } from "./phone.js";
import { queueState } from "./record.js";
import { forgetReference, openDoor, openStore, read, write } from "./store.js";

const LEAVING = "Đã đóng sổ trên máy này. Có mạng, máy sẽ báo máy chủ rồi mới đăng nhập lại được.";
const SIGN_OUT = "/tai-khoan/dang-xuat/";

let door = null;

const opened = async () => (door = door || (await openDoor()));

export async function doorValues() {
  const db = await opened();
  const [owner, owners, leaving] = await Promise.all(["owner", "owners", "leaving"].map((key) => read(db, key)));
  return { owner: owner || null, owners: owners || [], leaving: Boolean(leaving) };
}

const setDoor = async (values) => write(await opened(), values);

/**
 * The first call of every flush. Opens the store of whoever is signed in; a store is never offered to another user.
 * @returns {Promise<Object>} the answer to hello
 */
export async function greet() {
  const { owners, leaving } = await doorValues();
  if (leaving) {
    await finishLeaving();
    throw new Trouble("refused", { status: 401, code: "sign_in", message: "Đăng nhập để gửi. Dữ liệu vẫn giữ trên máy." });
  }
  const order = [...new Set([phone.owner, ...owners].filter(Boolean))];
  for (const owner of order) {
    try {
      return await greetAs(owner);
    } catch (trouble) {
      if (trouble.code !== "wrong_owner") throw trouble;
    }
  }
  return greetAsNew(owners);
}

async function greetAs(owner) {
  const db = owner === phone.owner ? phone.db : await openStore(owner);
  try {
    const [device, queue, stay] = [await read(db, "device"), await queueState(db), await read(db, "stay")];
    const from = Date.now();
    const answer = await post("hello", { protocol: 1, device, app: APP, owner, ...queue, stay_signed_in: Boolean(stay) });
    await keep(db, answer, from);
    if (owner !== phone.owner) await become(owner);
    return answer;
  } finally {
    if (db !== phone.db) db.close();
  }
}

/** Nobody this phone knows: the server says who, then she gets a store of her own with the device named here. */
async function greetAsNew(owners) {
  const waiting = await openStore("new");
  const device = await read(waiting, "device");
  waiting.close();
  const from = Date.now();
  const answer = await post("hello", { protocol: 1, device, app: APP, last_seq: 0, unsent: { count: 0 } });
  const owner = answer.user.id;
  const db = await openStore(owner);
  await write(db, { device });
  await keep(db, answer, from);
  db.close();
  indexedDB.deleteDatabase("cnscd-phone-new");
  await setDoor({ owners: [...owners, owner] });
  await become(owner);
  return answer;
}

async function become(owner) {
  await setDoor({ owner });
  await openPhone(owner);
}

async function keep(db, answer, from) {
  const until = Date.now();
  const offset = Math.round(Date.parse(answer.server_now) - (from + until) / 2);
  const { user, scope, limits, closed_periods, lost, acked_through, gaps, device } = answer;
  const values = { offset, contact: until, user, scope, limits, closed_periods, lost, acked: { acked_through, gaps }, stays: device };
  await write(db, values);
  if (db === phone.db) Object.assign(phone.kv, values);
}

/** Leave this phone: at once for the eye, at the server as soon as it can be reached. The queue stays. */
export async function leave() {
  if (phone.db) await forgetReference(phone.db);
  await setDoor({ owner: null, leaving: true });
  closePhone();
}

/** End the session at the server if she left while there was no network; the next sign-in begins clean. */
export async function finishLeaving() {
  if (!(await doorValues()).leaving) return;
  const cookie = document.cookie.split("; ").find((each) => each.startsWith("csrftoken="));
  const body = new URLSearchParams({ csrfmiddlewaretoken: cookie ? cookie.slice("csrftoken=".length) : "" });
  const response = await fetch(SIGN_OUT, { method: "POST", body, credentials: "same-origin", redirect: "manual" }).catch(() => null);
  if (!response || response.type !== "opaqueredirect") throw new Trouble("network", { code: "leaving", message: LEAVING });
  await setDoor({ leaving: false });
}
