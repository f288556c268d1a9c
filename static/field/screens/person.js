// A person not in the book yet: what she is called, and an age band or a birth year, as far as known.

import { h } from "../dom.js";
import { catalogue, now, view } from "../phone.js";
import { addPerson } from "../taps.js";

const LABELS = ["con trai", "con gái", "vợ", "chồng", "mẹ", "bố", "cháu"];
const SEX = { "con trai": "m", "con gái": "f", vợ: "f", chồng: "m", mẹ: "f", bố: "m" };

/** The form being filled in: news from the server must not empty it. */
let filling = { key: null, screen: null };

export function personScreen(key) {
  if (filling.key !== key || !filling.screen.body.isConnected) filling = { key, screen: newForm(key) };
  return filling.screen;
}

function newForm(key) {
  const seen = view(key);
  const said = { label: "", age_band: "", sex: "" };
  const label = h("input.field", { type: "text", maxlength: 100, id: "label", autocomplete: "off", "data-typing": true });
  const year = h("input.field", { type: "text", inputmode: "numeric", maxlength: 4, id: "year", autocomplete: "off", "data-typing": true, placeholder: "Ví dụ: 1985" });
  const error = h("p.error", { role: "alert" });
  const save = async () => {
    const born = year.value.trim();
    if (born && !(/^\d{4}$/.test(born) && Number(born) >= 1900 && Number(born) <= now().getFullYear())) {
      error.textContent = "Năm sinh gồm 4 chữ số, ví dụ 1985. Không rõ thì để trống.";
      year.focus();
      return;
    }
    const data = { label: label.value.trim(), sex: said.sex };
    if (born) data.birth_year = Number(born);
    else if (said.age_band) data.age_band = said.age_band;
    label.blur();
    year.blur();
    filling = { key: null, screen: null };
    await addPerson(key, data);
    location.replace(`#/ho/${key}`);
  };
  return {
    title: "Thêm người",
    note: seen ? `Hộ ${seen.unit.head}` : "",
    back: `#/ho/${key}`,
    body: h(
      "form.form", { "@submit": (event) => { event.preventDefault(); save(); } },
      h("label", { for: "label" }, "Tên gọi"),
      h("p.hint", null, "Họ tên hoặc cách gọi như “con gái”. Có thể để trống."),
      label,
      group(LABELS.map((each) => [each, each]), (value) => { label.value = value; said.sex = SEX[value] || said.sex; }),
      h("label", { for: "year" }, "Năm sinh"),
      h("p.hint", null, "Không rõ năm thì chọn nhóm tuổi bên dưới, hoặc bỏ qua."),
      year,
      group(catalogue() ? catalogue().age_bands : [], (value) => { said.age_band = value; year.value = ""; }),
      h("p.label", null, "Giới tính"),
      group([["f", "Nữ"], ["m", "Nam"]], (value) => { said.sex = value; }),
      error,
      h("button.button.button--main.button--wide", { ".type": "submit" }, "Lưu"),
      h("p.hint", null, "Không ghi số căn cước, số điện thoại, số tài khoản."),
    ),
  };
}

function group(choices, use) {
  const chips = choices.map(([value, words]) =>
    h("button.chip", {
      "aria-pressed": "false",
      on: (event) => {
        for (const chip of chips) chip.setAttribute("aria-pressed", String(chip === event.currentTarget));
        use(value);
      },
    }, words),
  );
  return h("div.chips", { role: "group" }, chips);
}
