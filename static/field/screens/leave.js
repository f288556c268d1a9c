// Somebody is no longer counted in the household: moved away, died, or written by mistake.

import { h } from "../dom.js";
import { choiceField } from "../fields.js";
import { form, keptScreen } from "../form.js";
import { view } from "../phone.js";
import { removePerson } from "../register.js";
import { dayField } from "../when_field.js";
import { WHY_GONE, nameOf } from "../words.js";
import { known, gone } from "./person.js";

export function leaveScreen(key, id) {
  const seen = view(key);
  const person = seen && seen.unit.people.find((each) => each.id === id);
  if (!person) return gone("Không còn ở hộ");
  const path = `/ho/${key}/nguoi/${id}/roi`;
  return keptScreen(path, () => ({
    title: "Không còn ở hộ",
    note: `${nameOf(person)} · Hộ ${seen.unit.head}`,
    back: `#/ho/${key}/nguoi/${id}`,
    body: leaveForm({ path, key, person, village: seen.unit.village, save: (said, clear) => removePerson(key, id, said.why, said.on, clear) }),
  }));
}

export function leaveForm({ path, key, person, village, said = {}, errors = {}, save, then = `#/ho/${key}` }) {
  const why = choiceField("why", "Vì sao", WHY_GONE, { value: said.why || "" });
  const fault = () => (why.get() ? "" : "Chọn một lý do.");
  return form({
    path, errors,
    title: `${nameOf(person)} không còn ở hộ`,
    above: [
      known(village),
      person.is_head ? h("p.note.note--warn", null, "Đây là chủ hộ. Sau khi lưu, sửa tên chủ hộ nếu đã đổi người.") : null,
    ],
    fields: [{ ...why, fault }, dayField("on", "Từ ngày", said.on ? { value: said.on } : {})],
    words: "Lưu: không còn ở hộ",
    save, then,
    below: h("p.hint", null, "Ghi nhận cũ vẫn giữ, số liệu các kỳ trước không đổi. Chuyển sang hộ khác trong sổ: báo phường, xã."),
  });
}
