// Talking to the server (docs/sync.md). Whatever is not its JSON did not come from it.

import { phone } from "./phone.js";

export const APP = "1.0.0";
const TIMEOUT = 30000;
const ROOT = "/api/sync/v1/";

/** Why nothing came back: kind "network" (no answer, or somebody else's) or "refused" (the server said no). */
export class Trouble extends Error {
  constructor(kind, { status = 0, code = "", message = "", retryAfter = 0 } = {}) {
    super(message || code || kind);
    Object.assign(this, { kind, status, code, words: message, retryAfter });
  }
}

/** The token as it is now: another tab may have signed in since. */
function token() {
  const found = document.cookie.split("; ").find((each) => each.startsWith("csrftoken="));
  return found ? found.slice("csrftoken=".length) : "";
}

export const get = (path) => call("GET", path);

/** @param {string} path @param {Object} message */
export async function post(path, message) {
  if (!token()) await get(smallest());
  try {
    return await call("POST", path, message);
  } catch (trouble) {
    if (trouble.code !== "csrf") throw trouble;
    await get(smallest());
    return call("POST", path, message);
  }
}

const smallest = () => `changes?limit=1${phone.kv.cursor ? `&cursor=${encodeURIComponent(phone.kv.cursor)}` : ""}`;

async function call(method, path, message) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT);
  const headers = { Accept: "application/json" };
  if (method === "POST") Object.assign(headers, { "Content-Type": "application/json", "X-CSRFToken": token() });
  try {
    const response = await fetch(ROOT + path, {
      method,
      headers,
      body: message ? JSON.stringify(message) : undefined,
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal: stop.signal,
    });
    return understood(response, await response.text());
  } catch (error) {
    if (error instanceof Trouble) throw error;
    throw new Trouble("network", { message: "Chưa có mạng hoặc mạng yếu." });
  } finally {
    clearTimeout(timer);
  }
}

function understood(response, text) {
  let answer = null;
  try {
    if ((response.headers.get("Content-Type") || "").includes("application/json")) answer = JSON.parse(text);
  } catch (_) {
    // Cut off, or somebody else's.
  }
  if (!answer || !answer.server_now) {
    throw new Trouble("network", {
      status: response.status,
      code: "foreign",
      message: response.status >= 500 ? "Máy chủ chưa trả lời được." : "Mạng này chưa ra được máy chủ (có thể là trang đăng nhập Wi-Fi). Dữ liệu vẫn giữ trên máy.",
    });
  }
  if (response.status !== 200) {
    throw new Trouble("refused", {
      status: response.status,
      code: answer.error,
      message: answer.message,
      retryAfter: Number(response.headers.get("Retry-After")) || 0,
    });
  }
  return answer;
}

/** The outside of every message of the store's owner. */
export const envelope = () => ({ protocol: 1, device: phone.kv.device, app: APP, owner: phone.owner });
