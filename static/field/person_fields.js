// What is known of a person: a label is enough; an age band or a birth year as far as known.

import { choiceField, numberField, textField } from "./fields.js";
import { catalogue, today } from "./phone.js";

const LABELS = ["con trai", "con gái", "vợ", "chồng", "mẹ", "bố", "cháu"];
const SEX = { "con trai": "m", "con gái": "f", vợ: "f", chồng: "m", mẹ: "f", bố: "m" };
const OLDEST = 1900;
export const SEXES = [["f", "Nữ"], ["m", "Nam"]];

/** Birth year and age band: one empties the other. @param {string} [of] "chủ hộ" */
export function ageFields({ birth_year = null, age_band = "" } = {}, of = "") {
  const latest = Number(today().slice(0, 4));
  const year = numberField("birth_year", of ? `Năm sinh ${of}` : "Năm sinh", {
    value: birth_year, least: OLDEST, most: latest, example: "Ví dụ: 1985",
    wrong: `Năm sinh gồm 4 chữ số, từ ${OLDEST} đến ${latest}. Không rõ thì để trống.`,
  });
  const band = choiceField("age_band", "hoặc nhóm tuổi", catalogue().age_bands, { value: age_band, onChoose: (chosen) => chosen && year.set(null) });
  year.input.addEventListener("input", () => year.input.value && band.set(""));
  return [year, band];
}

/** @param {Object|null} person as `changes` tells; null: a new one */
export function personFields(person = null) {
  const said = person || { label: "", birth_year: null, age_band: "", sex: "", stays: "permanent" };
  const label = textField("label", "Tên gọi", { value: said.label, hint: "Họ tên hoặc cách gọi như “con gái”. Có thể để trống.", words: "words" });
  const sex = choiceField("sex", "Giới tính", SEXES, { value: said.sex });
  const quick = choiceField("quick", "", LABELS.map((each) => [each, each]), {
    onChoose: (chosen) => {
      if (!chosen) return;
      label.set(chosen);
      label.node.querySelector("input").dispatchEvent(new Event("input", { bubbles: true }));
      if (SEX[chosen]) sex.set(SEX[chosen]);
    },
  });
  const chips = quick.node.querySelector(".chips");
  chips.setAttribute("aria-label", "Cách gọi nhanh");
  chips.removeAttribute("aria-labelledby");
  return {
    label,
    fields: [label, person ? null : chips, ...ageFields(said), sex, choiceField("stays", "Cư trú", catalogue().stays || [], { value: said.stays, isFirm: true })],
  };
}

/** With a birth year no age band is kept, as at the desk. */
export const cleanAge = (said) => (said.birth_year ? { ...said, age_band: "" } : said);
