// Sửa mục bị trả lại: opened with what is wrong, corrected, and sent anew under a new id.

import { h } from "../dom.js";
import { choiceField } from "../fields.js";
import { form, keptScreen } from "../form.js";
import { headOf, saidOf } from "../item_words.js";
import { phone, today, view } from "../phone.js";
import { changesOf } from "../register.js";
import { save, sendAnew, throwAway } from "../undo.js";
import { COME_BACK, dayAfter, nameOf } from "../words.js";
import { deskForm } from "./desk.js";
import { detailFields } from "./details.js";
import { householdForm } from "./household.js";
import { leaveForm } from "./leave.js";
import { personForm, lean, gone } from "./person.js";
import { fitting } from "../visits.js";

/** Can it be corrected in a form? Answers and retractions are said anew on the card. */
export const isMendable = ({ item }) => item.type in FORMS;

export function mendScreen(seq) {
  const kept = phone.records.get(Number(seq));
  if (!kept || kept.state !== "attention" || !isMendable(kept)) return { ...gone("Sửa mục"), back: "#/cho" };
  const path = `/sua/${seq}`;
  return keptScreen(path, () => ({
    title: "Sửa và gửi lại",
    note: headOf(kept.household),
    back: "#/cho",
    body: h("div", null, h("p.note.note--bad", null, `Máy chủ không nhận: ${saidOf(kept)}. Sửa phần ghi màu đỏ.`), FORMS[kept.item.type](kept, path)),
  }));
}

/** The corrected item takes the place of the refused one, in one transaction. */
const again = (kept) => (data, clear, when = null) =>
  save([{ ...sendAnew(kept), ...when, data }], "Đã sửa, lưu trên máy.", { clear, mends: kept.seq, isFinal: true });

/** Nothing left of an edit: it is thrown away. */
const edited = (kept, base, subject) => (said, clear) => {
  const sides = changesOf(base, said);
  return sides ? again(kept)({ ...subject, ...sides }, clear) : throwAway([kept], "không còn gì để sửa").then(() => true);
};

const errorsOf = (kept) => (kept.result && kept.result.errors) || {};

const then = "#/cho";

const FORMS = {
  visit(kept, path) {
    const { data } = kept.item;
    const errors = errorsOf(kept);
    if (!kept.household) return deskForm({ path, then, said: data, kept, errors, save: (said, when, clear) => again(kept)(fitting({ ...data, ...said }), clear, when) });
    const seen = view(kept.household);
    const { team, ...rest } = data;
    return form({
      path, errors, then,
      title: `Sửa lượt: ${headOf(kept.household)}`,
      fields: [
        data.outcome === "come_back" ? choiceField("come_back_on", "Hẹn lại ngày", COME_BACK.map(([words, days]) => [dayAfter(today(), days), words])) : null,
        ...detailFields(data, { village: seen && seen.unit.village, team, members: data.members }),
      ],
      save: (said, clear) => again(kept)(fitting({ ...(errors.team ? rest : data), ...said }), clear),
    });
  },
  "household.add"(kept, path) {
    const { head_name, ...rest } = kept.item.data;
    const saved = (said, clear) => again(kept)(lean({ ...kept.item.data, ...said }), clear);
    return householdForm({ path, then, title: `Sửa hộ mới ${head_name}`, home: { ...rest, head: head_name, key: kept.household }, key: kept.household, errors: errorsOf(kept), save: saved });
  },
  "household.edit"(kept, path) {
    const { set, was, household } = kept.item.data;
    const seen = view(household);
    const unit = seen ? seen.unit : {};
    const base = { head_name: unit.head, street: unit.street, order_no: unit.order_no, address: unit.address, ...was };
    const wanted = { ...base, ...set };
    return householdForm({
      path, then, title: `Sửa hộ ${unit.head || ""}`, home: { ...wanted, head: wanted.head_name, key: household, village: unit.village }, key: household,
      errors: errorsOf(kept), save: edited(kept, base, { household }),
    });
  },
  "resident.add"(kept, path) {
    const { household, resident, since, is_head } = kept.item.data;
    return personForm({
      path, then, title: "Sửa người mới thêm", home: household, person: { stays: "permanent", sex: "", age_band: "", birth_year: null, label: "", ...kept.item.data, id: resident },
      errors: errorsOf(kept), save: (said, clear) => again(kept)(lean({ household, resident, ...(since ? { since } : null), ...(is_head ? { is_head } : null), ...said }), clear),
    });
  },
  "resident.edit"(kept, path) {
    const { resident, set, was } = kept.item.data;
    const person = personOf(kept, resident);
    const base = { ...person, ...was };
    return personForm({
      path, then, title: `Sửa ${nameOf(person)}`, home: kept.household, person: { ...base, ...set }, errors: errorsOf(kept),
      save: edited(kept, base, { resident }),
    });
  },
  "resident.leave"(kept, path) {
    const { resident } = kept.item.data;
    const seen = view(kept.household);
    return leaveForm({
      path, then, key: kept.household, person: personOf(kept, resident), village: seen && seen.unit.village, said: kept.item.data, errors: errorsOf(kept),
      save: (said, clear) => again(kept)({ resident, ...said }, clear),
    });
  },
};

function personOf(kept, id) {
  const seen = view(kept.household);
  const found = seen && seen.unit.people.find((person) => person.id === id);
  return found || { id, label: "", birth_year: null, age_band: "", sex: "", stays: "permanent" };
}
