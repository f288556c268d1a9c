// A household: added to the book, or its head's name, street and number corrected.

import { h } from "../dom.js";
import { choiceField, countField, numberField, selectField, textField } from "../fields.js";
import { form, keptScreen } from "../form.js";
import { alikeHomes, placeOf } from "../homes.js";
import { SEXES, ageFields, cleanAge } from "../person_fields.js";
import { catalogue, phone, view, villageAt } from "../phone.js";
import { addHousehold, editHousehold } from "../register.js";
import { dayField } from "../when_field.js";
import { shownDay } from "../words.js";
import { swindlers } from "./door.js";
import { gone, known, lean } from "./person.js";
import { shownVillage } from "./walk.js";

const MOST_IN_A_BAND = 30;

export function newHouseholdScreen(name) {
  if (!catalogue() || !phone.villages.length) return gone("Thêm hộ");
  return keptScreen("/them-ho", () => ({
    title: "Thêm hộ",
    note: villageAt(shownVillage()).name,
    back: "#/",
    body: newForm(decodeURIComponent(name || "")),
  }));
}

function newForm(name) {
  const chosen = shownVillage();
  const fields = homeFields({ head: name, village: chosen }, true);
  const year = ageFields({}, "chủ hộ");
  const { period } = catalogue();
  const since = dayField("since", "Ở đây từ ngày", { hint: "Không rõ thì để hôm nay.", more: [[period.since, `Từ đầu kỳ (${shownDay(period.since).slice(0, 5)})`]] });
  const bands = catalogue().age_bands.map(([band, words]) => countField(`count_${band}`, words[0].toUpperCase() + words.slice(1), { most: MOST_IN_A_BAND }));
  const others = h("details.fold-box", null, h("summary", null, "Người khác trong hộ"), h("p.hint", null, "Ghi số người theo nhóm tuổi, hoặc thêm từng người sau."), bands.map((each) => each.node));
  return form({
    path: "/them-ho",
    title: "Thêm hộ",
    above: known(chosen),
    fields: [...fields.slice(0, 2), ...year, choiceField("head_sex", "Giới tính chủ hộ", SEXES), ...fields.slice(2), since, { node: others, fields: bands }],
    words: "Lưu hộ mới",
    save: async (said, clear) => {
      const { head_name, street, order_no, address, since, keep_text } = said;
      const home = lean({ village: chosen, head_name, street: streetOf(street), order_no, address, since, keep_text: keep_text || null });
      const household = await addHousehold(home, peopleOf(said), clear);
      return household && `#/ho/${household}`;
    },
    below: swindlers(),
  });
}

/** The head, then as many nameless people as were counted. */
function peopleOf(said) {
  const { birth_year, age_band } = cleanAge(said);
  const head = lean({ label: said.head_name, birth_year, age_band, sex: said.head_sex, is_head: true, keep_text: said.keep_text || null });
  const others = catalogue().age_bands.flatMap(([band]) => Array.from({ length: said[`count_${band}`] || 0 }, () => ({ age_band: band })));
  return [head, ...others];
}

export function householdScreen(key) {
  const seen = view(key);
  if (!seen) return gone("Sửa thông tin hộ");
  const { unit } = seen;
  const path = `/ho/${key}/sua`;
  const now = { head_name: unit.head, street: unit.street, order_no: unit.order_no, address: unit.address };
  return keptScreen(path, () => ({
    title: "Sửa thông tin hộ",
    note: unit.head,
    back: `#/ho/${key}`,
    body: householdForm({ path, title: `Sửa hộ ${unit.head}`, home: { ...unit, ...now }, key, save: (said, clear) => editHousehold(key, now, said, clear) }),
  }));
}

export function householdForm({ path, title, home, key, errors = {}, save, then = `#/ho/${key}` }) {
  return form({
    path, title, errors,
    above: known(home.village),
    fields: [...homeFields(home, false), home.since ? dayField("since", "Ở đây từ ngày", { value: home.since }) : null],
    save: ({ street, ...said }, clear) => save({ ...said, street: streetOf(street) }, clear),
    then,
    below: swindlers(),
  });
}

const streetOf = (chosen) => (chosen ? Number(chosen) : null);

/** Head, hint of likely duplicates, street, number, address. */
function homeFields(home, isNew) {
  const village = villageAt(home.village);
  const head = textField("head_name", "Chủ hộ", { value: home.head, needed: "Ghi tên chủ hộ.", words: "words", hint: isNew ? "Họ và tên, hoặc cách gọi trong xóm." : "" });
  const alike = h("div.note.note--warn", { role: "status", hidden: true });
  const look = () => {
    const found = alikeHomes(home.village, head.get(), home.key);
    alike.hidden = !found.length;
    while (alike.firstChild) alike.firstChild.remove();
    if (!found.length) return;
    alike.append(h("p", null, "Trong sổ đã có tên này. Nếu là hộ khác, cứ lưu."), ...found.map((unit) => h("a.alike", { href: `#/ho/${unit.key}` }, h("strong", null, unit.head), h("span", null, placeOf(unit)))));
  };
  head.node.addEventListener("input", look);
  look();
  const streets = (village ? village.streets : []).map((each) => [each.id, each.name]);
  return [
    head, alike,
    selectField("street", "Đường, ngõ, xóm", [["", "Chưa xếp đường"], ...streets], { value: home.street || "", hint: "Chưa có trong danh sách: ghi ở Địa chỉ; phường, xã xếp sau." }),
    numberField("order_no", "Thứ tự đi trên đường", { value: home.order_no === undefined ? null : home.order_no, most: 99999, wrong: "Ghi một số, ví dụ 12." }),
    textField("address", "Địa chỉ", { value: home.address, max: 200, hint: "Số nhà, ngách, điểm dễ nhận ra.", words: "sentences" }),
  ];
}
