// Who is asked what, as residents/rules.py decides it: ages on a day, requirements, states.

const ADULT = 18;

/** The definitions in force on `day`, in order. */
export function versionsOn(catalogue, day) {
  const found = [];
  for (const indicator of catalogue.indicators) {
    const version = indicator.versions.find((each) => each.since <= day && (!each.until || day < each.until));
    if (version) {
      const { code, name, short, reported, order } = indicator;
      found.push({ ...version, code, name, short, reported, order });
    }
  }
  return found.sort((one, other) => one.order - other.order);
}

/** The day used for ages; a birth year alone is 1 January, an age band its youngest age, null is not known. */
export function bornOn(person) {
  if (person.birth_year) return `${person.birth_year}-01-01`;
  if (person.age_band && person.age_band_on) {
    return `${Number(person.age_band_on.slice(0, 4)) - parseInt(person.age_band, 10)}-01-01`;
  }
  return null;
}

export function ageOn(born, day) {
  return Number(day.slice(0, 4)) - Number(born.slice(0, 4)) - (day.slice(5) < born.slice(5) ? 1 : 0);
}

/**
 * @param {Object} answers code → answer, of the person and the household together
 * @returns {{whyNot: string, unclear: boolean}}
 */
function applies(version, person, answers, day) {
  if (version.subject === "resident" && person) {
    const born = bornOn(person);
    const age = born ? ageOn(born, day) : ADULT;
    if (version.min_age !== null && age < version.min_age) return { whyNot: `dưới ${version.min_age} tuổi`, unclear: false };
    if (version.max_age !== null && age > version.max_age) return { whyNot: `trên ${version.max_age} tuổi`, unclear: false };
  }
  if (!version.requires.length) return { whyNot: "", unclear: false };
  const known = version.requires.map((code) => answers[code]);
  if (known.includes("yes")) return { whyNot: "", unclear: false };
  const unclear = known.includes(undefined);
  return { whyNot: unclear ? "" : "chưa có điều kiện để tính", unclear };
}

/**
 * Rows of a card: [{version, cells}], a cell = {subject, person, answer, reason, at, id, whyNot, unclear}.
 * `answers`: subject → code → [answer, reason, at, id]; subject "" is the household.
 */
export function cardOf(unit, versions, day) {
  const home = plain(unit.answers[""]);
  const own = new Map(unit.people.map((person) => [person.id, { ...home, ...plain(unit.answers[person.id]) }]));
  return versions.map((version) => {
    const subjects = version.subject === "resident" ? unit.people : [null];
    const cells = subjects.map((person) => {
      const subject = person ? person.id : "";
      const [answer, reason, at, id] = (unit.answers[subject] || {})[version.code] || ["", "", null, null];
      return { version, subject, person, answer, reason, at, id, ...applies(version, person, person ? own.get(subject) : home, day) };
    });
    return { version, cells };
  });
}

const isUnasked = (cell) => !cell.answer && !cell.whyNot && !cell.unclear;
const isNotReached = (cell) => cell.answer === "no" && !cell.whyNot;
/** Counted: it applies, and was not said to be "không thuộc diện". */
export const counts = (cell) => !cell.whyNot && !cell.unclear && cell.answer !== "na";

/** Rows in which something is missing, with how much: the office's choice first, then what is reported. */
export function lacking(rows, focus = []) {
  const rank = (row) => (focus.includes(row.version.code) ? focus.indexOf(row.version.code) : focus.length);
  return rows
    .filter((row) => row.version.reported || focus.includes(row.version.code))
    .sort((one, other) => rank(one) - rank(other))
    .map((row) => ({
      ...row,
      unasked: row.cells.filter(isUnasked).length,
      no: row.cells.filter(isNotReached).length,
    }))
    .filter((row) => row.unasked || row.no);
}

/** What held when the period began: `before` names only what differs from what the server told, not from later taps. */
export function answerBefore(unit, cell) {
  const then = (unit.before[cell.subject] || {})[cell.version.code];
  const told = ((unit.told || unit.answers)[cell.subject] || {})[cell.version.code];
  return (then === undefined ? told && told[0] : then) || "";
}

/** The indicators whose lowest age this person reaches within the period. */
export function comesOfAge(person, rows, period) {
  const born = bornOn(person);
  if (!born) return [];
  return rows
    .map((row) => row.version)
    .filter((each) => each.subject === "resident" && each.reported && each.min_age)
    .filter((each) => ageOn(born, period.since) < each.min_age && ageOn(born, period.until) >= each.min_age);
}

function plain(answers) {
  return Object.fromEntries(Object.entries(answers || {}).map(([code, entry]) => [code, entry[0]]));
}
