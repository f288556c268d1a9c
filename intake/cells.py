"""How cells of a list are read. What cannot be read raises ValidationError with a sentence that says what to write."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from math import isfinite

from django.core.exceptions import ValidationError

from residents.models import Observation, Resident
from residents.rules import OLDEST_BIRTH_YEAR
from sheets.dates import parse_date
from sheets.numbers import parse_number
from sheets.phones import normalise_phone
from sheets.reading import as_date
from sheets.text import clean_text, search_key

Answer = Observation.Answer
YES = frozenset("x co da v 1 true yes dat roi da co co roi duoc du ok".split()) | {
    "da co",
    "co roi",
    "da dat",
    "da cai",
}
NO = frozenset("khong k 0 chua false no ko kg".split()) | {"chua co", "khong co", "chua dat", "chua cai"}
NA = frozenset({"ktd", "na", "n a", "khong thuoc dien", "ngoai dien", "khong ap dung"})
TICKS = frozenset("✓✔☑√✗×●•*+")
SEXES = {"nam": "m", "trai": "m", "m": "m", "male": "m", "nu": "f", "gai": "f", "f": "f", "female": "f"}
STAYS = {
    "thuong tru": Resident.Stays.PERMANENT,
    "tt": Resident.Stays.PERMANENT,
    "tam tru": Resident.Stays.TEMPORARY,
    "di vang": Resident.Stays.AWAY,
    "vang": Resident.Stays.AWAY,
    "tam vang": Resident.Stays.AWAY,
    "di lam an xa": Resident.Stays.AWAY,
    **{search_key(label): value for value, label in Resident.Stays.choices},
}
OLDEST = 125
UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
FAMILY_NAMES = frozenset(
    "nguyễn trần lê phạm huỳnh hoàng phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh đoàn lâm mai trịnh đào cao tô "
    "lương vương trương tạ hà châu quách phùng thái tống kiều la lưu từ nông vi hứa giáp triệu chu khổng tăng bạch "
    "mạc thạch sơn danh".split()
)


def is_empty(cell) -> bool:
    return (
        cell is None or (isinstance(cell, str) and not cell.strip()) or (isinstance(cell, float) and not isfinite(cell))
    )


def plain(cell) -> str:
    """A cell as text: 12.0 is "12", a date 05/11/2026."""
    if is_empty(cell):
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if day := as_date(cell):
        return f"{day:%d/%m/%Y}"
    return str(cell).translate(UNSEEN)


def text(cell, most: int) -> str:
    return clean_text(plain(cell), max_length=most)


def paragraphs(cell, most: int) -> str:
    """Text of several lines."""
    return clean_text(plain(cell), max_length=most, multiline=True)


def name(cell, most: int = 100) -> str:
    """A person's name; one typed in capitals only, or a family name in small letters, is written as names are."""
    written = text(cell, most)
    if written and not any(char.isalpha() for char in written):
        raise ValidationError(f"“{written}” không phải là tên.")
    words = written.split()
    if written.isupper() or (written.islower() and len(words) > 1 and words[0] in FAMILY_NAMES):
        written = " ".join(word[:1].upper() + word[1:].lower() for word in written.split(" "))
    return written


def mark(cell) -> str:
    """yes, no, na, or "" for an empty cell. Raises ValidationError for what is none of them."""
    if is_empty(cell):
        return ""
    if isinstance(cell, bool):
        return Answer.YES if cell else Answer.NO
    written = plain(cell).strip()
    key = search_key(written)
    if key in YES or (not key and any(char in TICKS for char in written)):
        return Answer.YES
    if key in NO:
        return Answer.NO
    if key in NA:
        return Answer.NA
    if not key and set(written) <= set("-–—.…"):
        return ""
    raise ValidationError(f"“{written}” chưa rõ nghĩa. Ghi “x” nếu đã có, “0” nếu chưa có, để trống nếu chưa hỏi.")


def count(cell, most: int = 60) -> int | None:
    """How many persons; None for an empty cell."""
    if is_empty(cell) or plain(cell).strip() in "-–—":
        return None
    number = parse_number(plain(cell) if not isinstance(cell, float) else cell, whole=True)
    if not 0 <= number <= most:
        raise ValidationError(f"“{plain(cell)}” không hợp lệ: số người từ 0 đến {most}.")
    return number


@dataclass(frozen=True, slots=True)
class Birth:
    year: int | None = None
    date: dt.date | None = None

    def __bool__(self) -> bool:
        return self.year is not None


def birth(cell, today: dt.date) -> Birth:
    """A birth year or date: 1985, "1985", "05/11/1985", "11/1985", a date cell or its serial number."""
    if is_empty(cell):
        return Birth()
    written = plain(cell).strip()
    written = re.sub(r"^(\d{4})\.0$", r"\1", written)
    if match := re.fullmatch(r"(?:[?xX0]{1,2}[/.\-])*(?:\d{1,2}[/.\-])?(\d{4})", written):
        found = Birth(int(match[1]))
        if re.fullmatch(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4}", written):
            found = _of_day(parse_date(written))
    else:
        found = _of_day(parse_date(cell[1] if isinstance(cell, list) else cell))
    if not OLDEST_BIRTH_YEAR <= found.year <= today.year or (found.date and found.date > today):
        raise ValidationError(
            f"“{written}” không hợp lệ: năm sinh từ {OLDEST_BIRTH_YEAR} đến {today.year}. "
            "Sửa lại, hoặc để trống nếu chưa rõ."
        )
    return found


def _of_day(day: dt.date) -> Birth:
    """1 January is what registers write where only the year is known."""
    return Birth(day.year, None if (day.day, day.month) == (1, 1) else day)


def age(cell, day: dt.date) -> Birth:
    """An age on `day` gives the year."""
    if is_empty(cell):
        return Birth()
    written = search_key(plain(cell))
    if re.fullmatch(r"\d{1,2} thang( tuoi)?", written):
        return Birth(day.year)
    match = re.fullmatch(r"(\d{1,3})( tuoi)?", written)
    if match is None or int(match[1]) > OLDEST:
        raise ValidationError(
            f"“{plain(cell)}” không phải là tuổi. Ghi số tuổi từ 0 đến {OLDEST}, hoặc dùng cột năm sinh."
        )
    return Birth(day.year - int(match[1]))


def band(cell) -> str:
    """An age band by its bounds: "0-13", "dưới 14 tuổi", "18–59", "từ 60 trở lên"."""
    key = search_key(plain(cell)).replace("tuoi", "").strip()
    if not key:
        return ""
    numbers = [int(number) for number in re.findall(r"\d+", key)]
    bounds = {(0, 13): "0-13", (14, 17): "14-17", (18, 59): "18-59"}
    if len(numbers) == 2 and tuple(numbers) in bounds:
        return bounds[tuple(numbers)]
    above = any(word in key for word in ("tren", "tu", "tro len", "len")) or "+" in plain(cell) or "≥" in plain(cell)
    if len(numbers) == 1:
        if numbers[0] in (13, 14) and ("duoi" in key or "<" in plain(cell)):
            return Resident.AgeBand.UNDER_14
        if numbers[0] in (59, 60) and above:
            return Resident.AgeBand.FROM_60
    if key in ("nguoi cao tuoi", "cao"):
        return Resident.AgeBand.FROM_60
    offered = ", ".join(str(label) for label in Resident.AgeBand.labels)
    raise ValidationError(f"“{plain(cell)}” không có trong các nhóm tuổi: {offered}.")


def sex(cell) -> str:
    key = search_key(plain(cell))
    if key and key not in SEXES:
        raise ValidationError(f"“{plain(cell)}”: ghi “Nam” hoặc “Nữ”.")
    return SEXES.get(key, "")


def stays(cell) -> str:
    key = search_key(plain(cell))
    if key and key not in STAYS:
        raise ValidationError(f"“{plain(cell)}”: ghi “Thường trú”, “Tạm trú” hoặc “Đi vắng”.")
    return STAYS.get(key, "")


def phone(cell) -> str:
    return normalise_phone(plain(cell))


def date(cell, today: dt.date) -> dt.date | None:
    day = None if is_empty(cell) else parse_date(cell[1] if isinstance(cell, list) else cell)
    if day and day > today:
        raise ValidationError(f"“{plain(cell)}” là ngày ở tương lai. Chỉ ghi việc đã xảy ra.")
    return day


@dataclass(frozen=True, slots=True)
class Problem:
    row: int  # as people count, from 1
    heading: str
    text: str
    is_wrong: bool = True

    def sentence(self) -> str:
        where = f"Dòng {self.row}" + (f", cột {self.heading}" if self.heading else "")
        return f"{where}: {self.text}"


@dataclass(slots=True)
class Line:
    """A row of the list: its cells by what their columns mean, and what was found wrong with them."""

    number: int
    cells: dict[str, object]
    headings: dict[str, str]
    problems: list[Problem] = field(default_factory=list)

    def has(self, *codes: str) -> bool:
        return any(not is_empty(self.cells.get(code)) for code in codes)

    def read(self, code: str, reader, *more, empty=""):
        """The cell read; what it cannot be is noted, and then it counts as empty."""
        cell = self.cells.get(code)
        if cell is None or cell == "":
            return empty
        try:
            return reader(cell, *more)
        except ValidationError as error:
            self.wrong(code, " ".join(error.messages))
            return empty

    def wrong(self, code: str, sentence: str) -> None:
        self.problems.append(Problem(self.number, self.headings.get(code, ""), sentence))

    def note(self, code: str, sentence: str) -> None:
        self.problems.append(Problem(self.number, self.headings.get(code, ""), sentence, is_wrong=False))
