// A person: added, or corrected, or on the way out of the household.

import { h } from "../dom.js";
import { form, keptScreen } from "../form.js";
import { alikePeople } from "../homes.js";
import { cleanAge, personFields } from "../person_fields.js";
import { catalogue, view } from "../phone.js";
import { addPerson, editPerson } from "../register.js";
import { mayEdit, practiceNote } from "../villages.js";
import { about, nameOf } from "../words.js";
import { swindlers } from "./door.js";

export const gone = (title) => ({ title, back: "#/", body: h("p.note", null, "Mục này không còn trong sổ trên máy.") });

/** What one should know of a change in this village before making it. */
export const known = (village) => [
  practiceNote(village),
  mayEdit(village) ? null : h("p.note.note--warn", null, "Vai trò của bạn ghi được, nhưng phường, xã sẽ xem rồi mới vào sổ."),
];

export function newPersonScreen(key) {
  const seen = view(key);
  if (!seen) return gone("Thêm người");
  const path = `/ho/${key}/them`;
  return keptScreen(path, () => ({
    title: "Thêm người",
    note: `Hộ ${seen.unit.head}`,
    back: `#/ho/${key}`,
    body: personForm({ path, title: `Thêm người: ${seen.unit.head}`, home: key, save: (said, clear) => addPerson(key, lean(said), clear) }),
  }));
}

export function personScreen(key, id) {
  const seen = view(key);
  const person = seen && seen.unit.people.find((each) => each.id === id);
  if (!person) return gone("Sửa thông tin người");
  const path = `/ho/${key}/nguoi/${id}`;
  return keptScreen(path, () => ({
    title: "Sửa thông tin người",
    note: `${nameOf(person)} · Hộ ${seen.unit.head}`,
    back: `#/ho/${key}`,
    body: personForm({
      path, title: `Sửa ${nameOf(person)}: ${seen.unit.head}`, home: key, person,
      save: (said, clear) => editPerson(key, person, said, clear),
      below: h("a.button.button--quiet.button--wide", { href: `#${path}/roi` }, "Không còn ở hộ này…"),
    }),
  }));
}

/** @param {{home: string, person?: Object}} asked the household's key; without a person a new one; the rest is form's */
export function personForm({ path, title, home, person = null, errors = {}, save, then = `#/ho/${home}`, below = null }) {
  const seen = view(home);
  const { label, fields } = personFields(person);
  const alike = h("p.note.note--warn", { role: "status", hidden: true });
  const look = () => {
    const found = seen ? alikePeople(seen.unit, label.get(), person && person.id) : [];
    alike.hidden = !found.length;
    alike.textContent = found.length ? `Hộ đã có: ${found.map((each) => `${nameOf(each)} (${about(each, catalogue())})`).join("; ")}. Nếu là người khác, cứ lưu.` : "";
  };
  label.node.addEventListener("input", look);
  const [first, ...rest] = fields;
  return form({
    path, title, errors,
    above: seen ? known(seen.unit.village) : null,
    fields: [first, alike, ...rest],
    save: (said, clear) => save(cleanAge(said), clear),
    then,
    below: [h("p.hint", null, "Không ghi số căn cước, số điện thoại, số tài khoản."), below, swindlers()],
  });
}

/** Without what was left empty. */
export const lean = (said) => Object.fromEntries(Object.entries(said).filter(([, value]) => value !== "" && value !== null));
