"""Which household of the register a line is about: by id, code or head's name; near ones are offered, never taken."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from areas.models import Area
from intake import cells
from intake.cells import Line
from intake.kinds.base import SKIP, State, Unit
from intake.kinds.households.matching import FORGOTTEN, MOST_OFFERS
from intake.kinds.households.register import KnownHome, Register
from residents.models import Household
from residents.record import in_parts
from sheets.text import person_sort_key, search_key

from .reading import Said

NOT_THERE = "Không có hộ mang mã số này trong địa bàn của bạn. Xóa mã số và ghi mã hộ hoặc tên chủ hộ."
ADD_FIRST = "Sửa cho đúng, hoặc thêm hộ vào sổ rồi tải lại tệp này."
MATCH, STEP = "match:", "+"  # a choice of a household may be followed by one of a visit: "match:…+new"
AT_ONCE = 500


class Homes:
    """Finds the households of lines. What cannot be said for sure becomes a problem of the line, or offers."""

    def __init__(self, register: Register, choices: Mapping[int, str]):
        self.register, self.choices = register, choices
        # Lines that go on, with their households; None: help to people of no household.
        self.of_line: dict[int, uuid.UUID | None] = {}
        self.households: dict[uuid.UUID, Household] = {}

    def ask(self, said: Said, unit: Unit) -> bool:
        """Put the household of a line into `of_line`, or say in its unit why it is not known. Is it?"""
        if said.is_elsewhere:
            known, unit.offers = None, []
        else:
            choice = self.choices.get(unit.number, "").partition(STEP)[0]
            known, unit.offers = self._find(said.line, said.village, choice)
            if unit.offers and known is None:
                unit.state = State.LEFT if choice == SKIP else State.DOUBT
        if said.is_wrong:
            unit.state = State.WRONG
        elif known is not None or said.is_elsewhere:
            self.of_line[unit.number] = known.pk if known else None
        return unit.number in self.of_line

    def load(self) -> None:
        """Read the households of all lines."""
        for some in in_parts(list(filter(None, set(self.of_line.values()))), AT_ONCE):
            self.households |= Household.objects.select_related("village").in_bulk(some)

    def of(self, number: int) -> Household | None:
        return self.households.get(self.of_line[number])

    def _find(self, line: Line, village: Area | None, choice: str) -> tuple[KnownHome | None, list[tuple[str, str]]]:
        """The household, or None; with the offers, if somebody has to choose (and did, where a household comes too)."""
        code, name = line.read("code", cells.text, 20), line.read("head", cells.name)
        if key := line.read("home_id", cells.text, 40):
            return self._by_key(line, key, village), []
        if village is None:
            return None, []
        if known := self.register.by_code.get((village.pk, code.casefold())) if code else None:
            return self._of_code(line, known, name, choice)
        if not name:
            line.wrong("code", f"{village} không có hộ mang mã “{code}”. {ADD_FIRST}")
            return None, []
        same = self._narrowed(line, self.register.by_name.get((village.pk, person_sort_key(name)), ()))
        if len(same) == 1 and not (code and same[0].code):
            return same[0], []
        if code and same:
            text = f"Sổ có hộ {same[0].head_name} mang mã {same[0].code}, tệp ghi mã {code}. Chọn một cách."
            return self._offer(line, same, text, choice)
        if same:
            return self._offer(line, same, f"Sổ có {len(same)} hộ tên {name}. Chọn hộ đúng.", choice)
        near = self.register.by_folded.get((village.pk, search_key(name)), ())
        if near:
            return self._offer(line, near, f"Gần giống hộ đã có trong sổ: {near[0].head_name}. Chọn một cách.", choice)
        line.wrong("head", f"{village} không có hộ nào chủ hộ là “{name}”. {ADD_FIRST}")
        return None, []

    def _by_key(self, line: Line, key: str, village: Area | None) -> KnownHome | None:
        try:
            known = self.register.homes.get(uuid.UUID(key))
        except ValueError:
            known = None
        if known is None or known.forgotten_at:
            line.wrong("home_id", FORGOTTEN if known else NOT_THERE)
            return None
        if village is not None and village.pk != known.village:
            line.wrong("village", "Hộ này nay ở thôn khác trong sổ. Sửa cột thôn.")
        return known

    def _of_code(self, line: Line, known: KnownHome, name: str, choice: str):
        if known.forgotten_at:
            line.wrong("code", FORGOTTEN)
            return None, []
        if not name or search_key(name) == search_key(known.head_name):
            return known, []
        text = f"Mã {known.code} trong sổ là hộ {known.head_name}, tệp ghi {name}. Chọn một cách."
        return self._offer(line, [known], text, choice)

    @staticmethod
    def _narrowed(line: Line, homes: Sequence[KnownHome]) -> Sequence[KnownHome]:
        """Of several with one name those that a phone or an address speaks for."""
        if len(homes) < 2:
            return homes
        phone, address = line.read("phone", cells.phone), search_key(line.read("address", cells.text, 200))
        fitting = [
            home
            for home in homes
            if (phone and phone == home.phone) or (address and address == search_key(home.address))
        ]
        return fitting or homes

    def _offer(self, line: Line, homes: Sequence[KnownHome], text: str, choice: str):
        line.note("", text)
        offers = [(f"{MATCH}{home.pk}", f"Là {_told(home)}") for home in homes[:MOST_OFFERS]]
        offers.append((SKIP, "Bỏ qua dòng này"))
        chosen = {str(home.pk): home for home in homes[:MOST_OFFERS]}.get(choice.removeprefix(MATCH))
        return chosen, offers


def _told(home: KnownHome) -> str:
    more = [f"mã {home.code}" if home.code else "", home.address, home.phone]
    return f"hộ {home.head_name} ({', '.join(filter(None, more))})" if any(more) else f"hộ {home.head_name}"
