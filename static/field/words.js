// Numbers, days and names as people here write them.

const HOUR = 3600000;
const DAY = 24 * HOUR;

export const ANSWERS = { yes: "Đã có", no: "Chưa có", na: "Không thuộc diện" };
export const OUTCOMES = { met: "Gặp", nobody: "Vắng nhà", come_back: "Hẹn lại", refused: "Từ chối" };

export const number = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, ".");
export const percent = (part, whole) => (whole ? `${String(Math.floor((part / whole) * 1000) / 10).replace(".", ",")} %` : "–");
export const COME_BACK = [["Ngày mai", 1], ["Ngày kia", 2], ["Tuần sau", 7]];
export const WHY_GONE = [["moved", "Chuyển đi nơi khác"], ["died", "Đã mất"], ["mistake", "Ghi nhầm"]];

/** ISO 8601 by the clocks of Việt Nam, to whatever zone the phone is set. */
export const instant = (date) => `${new Date(date.getTime() + 7 * HOUR).toISOString().slice(0, -1)}+07:00`;
/** The instant of a day and an hour ("18:00") here. */
export const instantAt = (day, hour) => new Date(`${day}T${hour}:00+07:00`);
/** "2026-11-21" of an instant */
export const dayOf = (date) => instant(date).slice(0, 10);
export const dayAfter = (day, days) => dayOf(new Date(instantAt(day, "00:00").getTime() + days * DAY));
export const shownDay = (day) => `${day.slice(8, 10)}/${day.slice(5, 7)}/${day.slice(0, 4)}`;
export const clock = (date) => instant(date).slice(11, 16);

/** "lúc 21:04", "21:04 hôm qua", "21:04 ngày 19/11/2026" */
export function told(instant, now = new Date()) {
  const date = new Date(instant);
  const day = dayOf(date);
  if (day === dayOf(now)) return `${clock(date)} hôm nay`;
  if (day === dayAfter(dayOf(now), -1)) return `${clock(date)} hôm qua`;
  return `${clock(date)} ngày ${shownDay(day)}`;
}

/** "hôm qua", "3 ngày trước", "12/10/2026" */
export function ago(when, now) {
  const day = dayOf(new Date(when));
  const days = Math.round((Date.parse(dayOf(now)) - Date.parse(day)) / DAY);
  if (days <= 0) return "hôm nay";
  if (days === 1) return "hôm qua";
  return days < 15 ? `${days} ngày trước` : shownDay(day);
}

/** What is compared when people search: "Đặng Thị Hoà" and "ĐẶNG THỊ HÒA" both give "dang thi hoa". */
export function searchKey(text) {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/đ/g, "d")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** "Nữ, sinh 1985" */
export function about(person, catalogue) {
  const bands = Object.fromEntries(catalogue.age_bands || []);
  const stays = Object.fromEntries(catalogue.stays || []);
  const age = person.birth_year ? `sinh ${person.birth_year}` : bands[person.age_band] || "chưa rõ tuổi";
  const sex = { f: "Nữ", m: "Nam" }[person.sex];
  const stay = person.stays === "permanent" ? "" : (stays[person.stays] || "").toLowerCase();
  return [sex, age, stay].filter(Boolean).join(", ");
}

/** Of people without a name what tells them apart. */
export function nameOf({ label, birth_year, age_band }) {
  if (label) return label;
  if (birth_year) return `Người sinh ${birth_year}`;
  return age_band ? `Người ${age_band.replace("-", "–")} tuổi` : "Chưa ghi tên";
}
