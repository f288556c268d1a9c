// UUIDv7, monotonic on this phone even when its clock jumps back.

/**
 * The next id after `last`; keep what comes back, in the same transaction as what carries the id.
 * @param {{ms: number, counter: number}} last
 * @param {number} now
 * @returns {{id: string, ms: number, counter: number}}
 */
export function nextId(last, now) {
  let { ms, counter } = last;
  if (now > ms) {
    ms = now;
    counter = random(2)[1]; // below 256: room to count up within a millisecond
  } else {
    counter += 1;
    if (counter > 0xfff) {
      ms += 1;
      counter = 0;
    }
  }
  const tail = random(8);
  tail[0] = (tail[0] & 0x3f) | 0x80;
  const hex = ms.toString(16).padStart(12, "0") + "7" + counter.toString(16).padStart(3, "0") + hexOf(tail);
  const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  return { id, ms, counter };
}

/** A name for this store; a wiped store makes a new one. */
export function deviceName() {
  return nextId({ ms: 0, counter: 0 }, Date.now()).id;
}

/** An id for a person or household made here: not of an item, so it need not be monotonic. */
export const subjectId = deviceName;

function random(length) {
  return crypto.getRandomValues(new Uint8Array(length));
}

function hexOf(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
