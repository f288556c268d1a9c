"""Which household of the register one of the list is: by id, code or name; near ones are offered, never taken."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from intake.cells import Problem
from intake.kinds.base import SKIP, Context
from sheets.text import person_sort_key, search_key

from .grouping import FileHome
from .register import KnownHome, Register

NEW, RENAME, KEEP = "new", "rename", "keep"
NOT_THERE = (
    "Không có hộ mang mã số này trong địa bàn của bạn. Xóa mã số để thêm hộ mới, hoặc lấy lại tệp xuất từ phần mềm."
)
FORGOTTEN = "Thông tin cá nhân của hộ này đã được xóa theo yêu cầu nên không ghi lại. Bỏ các dòng này khỏi tệp."
MOST_OFFERS = 5


@dataclass(slots=True)
class Match:
    """`known` is the household meant (None: a new one). With `offers` somebody has to choose first."""

    known: KnownHome | None = None
    offers: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    choice: str = ""
    renames: bool = False

    @property
    def is_open(self) -> bool:
        return bool(self.offers) and not self.choice


class Matching:
    """Two passes over the list: ids and codes first, so that a name is never given to a household that they mean."""

    def __init__(self, homes: Sequence[FileHome], register: Register, context: Context):
        self.register = register
        self.context = context
        self.found: dict[int, Match] = {}
        self.taken: dict[uuid.UUID, FileHome] = {}
        self.twins = _twins(homes)
        surely = [home for home in homes if home.key or (home.village and self._by_code(home))]
        those = {id(home) for home in surely}  # households of a list are not compared field by field
        others = [home for home in homes if id(home) not in those]
        for home in (*surely, *others):
            self.found[home.rows[0]] = self._match(home)

    def _match(self, home: FileHome) -> Match:
        if home.village is None or not home.head_name:
            return Match()
        match = self._by_key(home) if home.key else self._by_code(home) or self._by_name(home)
        self._decide(home, match)
        if match.known is not None and not match.is_open and match.choice != SKIP:
            self._take(home, match)
        return match

    def _by_key(self, home: FileHome) -> Match:
        try:
            known = self.register.homes.get(uuid.UUID(home.key))
        except ValueError:
            known = None
        if known is None:
            return Match(problems=[Problem(home.rows[0], "", NOT_THERE)])
        if known.forgotten_at:
            return Match(problems=[Problem(home.rows[0], "", FORGOTTEN)])
        return self._sure(home, known, renames=True)

    def _by_code(self, home: FileHome) -> Match | None:
        known = self.register.by_code.get((home.village.pk, home.code.casefold())) if home.code else None
        if known is None:
            return None
        if known.forgotten_at:
            return Match(problems=[Problem(home.rows[0], "", FORGOTTEN)])
        if search_key(known.head_name) == search_key(home.head_name):
            return self._sure(home, known, renames=True)
        text = f"Mã {known.code} trong sổ là hộ {known.head_name}, tệp ghi {home.head_name}. Chọn một cách."
        offers = [
            (KEEP, f"Đúng hộ này, giữ tên chủ hộ là {known.head_name}"),
            (RENAME, f"Đúng hộ này, đổi tên chủ hộ thành {home.head_name}"),
            (SKIP, "Bỏ qua hộ này"),
        ]
        return Match(known, offers, [Problem(home.rows[0], "", text, is_wrong=False)])

    def _sure(self, home: FileHome, known: KnownHome, *, renames: bool = False) -> Match:
        problems = []
        if known.village != home.village.pk:
            text = "Hộ này nay ở thôn khác trong sổ. Chuyển thôn ở trang của hộ rồi tải lại, hoặc sửa cột thôn."
            problems.append(Problem(home.rows[0], "", text))
        is_other = known.head_name.casefold() != home.head_name.casefold()
        return Match(known, problems=problems, renames=renames and is_other)

    def _by_name(self, home: FileHome) -> Match:
        free = [known for known in self.register.by_name[home.village.pk, home.name_key] if known.pk not in self.taken]
        twins = [twin for twin in self.twins[home.village.pk, home.name_key] if twin is not home]
        if len(free) > 1 or twins:
            narrowed = [known for known in free if _same_particulars(home, known)]
            free = narrowed if len(narrowed) == 1 else free
            twins = [] if narrowed or _tell_apart(home, twins) else twins
        if len(free) == 1 and not twins:
            if home.code and free[0].code:
                text = f"Sổ có hộ {free[0].head_name} mang mã {free[0].code}, tệp ghi mã {home.code}. Chọn một cách."
                return self._offer(home, free, text)
            return self._sure(home, free[0])
        if free:
            return self._offer(home, free, f"Sổ có {len(free)} hộ tên {home.head_name}. Chọn hộ đúng.")
        if twins:
            text = f"Trùng tên và thôn với dòng {min(twins[0].rows)} trong tệp. Chọn một cách."
            return self._offer(home, [], text)
        near = self._near(home)
        return self._offer(home, near, f"Gần giống hộ đã có trong sổ: {near[0].head_name}.") if near else Match()

    def _near(self, home: FileHome) -> list[KnownHome]:
        village = home.village.pk
        near = [*self.register.by_folded[village, search_key(home.head_name)]]
        given = search_key(home.head_name).rpartition(" ")[2]
        for known in self.register.by_phone.get((village, str(home.fields.get("phone", ""))), ()):
            if search_key(known.head_name).rpartition(" ")[2] == given:
                near.append(known)
        return list({known.pk: known for known in near if known.pk not in self.taken}.values())

    def _offer(self, home: FileHome, homes: Sequence[KnownHome], text: str) -> Match:
        offers = [(f"match:{known.pk}", f"Là {_told(known)}") for known in homes[:MOST_OFFERS]]
        offers += [(NEW, "Là hộ mới"), (SKIP, "Bỏ qua hộ này")]
        return Match(None, offers, [Problem(home.rows[0], "", text, is_wrong=False)])

    def _decide(self, home: FileHome, match: Match) -> None:
        choice = self.context.choices.get(home.rows[0], "")
        if choice not in {value for value, _ in match.offers}:
            return
        match.choice = choice
        kind, _, key = choice.partition(":")
        if kind == "match":
            match.known = self.register.homes[uuid.UUID(key)]
        match.renames = choice == RENAME

    def _take(self, home: FileHome, match: Match) -> None:
        other = self.taken.setdefault(match.known.pk, home)
        if other is not home:
            text = f"Cùng một hộ với dòng {other.rows[0]} trong tệp. Gộp lại thành một, hoặc xóa bớt."
            match.problems.append(Problem(home.rows[0], "", text))


def _twins(homes: Sequence[FileHome]) -> dict[tuple[int, str], list[FileHome]]:
    """Households of the list by village and head, those without a code or an id: they can only be told by name."""
    found: dict[tuple[int, str], list[FileHome]] = defaultdict(list)
    for home in homes:
        if home.village is not None and home.head_name and not home.key and not home.code:
            found[home.village.pk, home.name_key].append(home)
    return found


def _same_particulars(home: FileHome, known: KnownHome) -> bool:
    """Do a phone, an address or another person say that it is this one?"""
    if home.fields.get("phone") and home.fields["phone"] == known.phone:
        return True
    if home.fields.get("address") and search_key(str(home.fields["address"])) == search_key(known.address):
        return True
    others = {person_sort_key(person.label) for person in home.people if person.label and not person.is_head}
    return bool(others & {person.name_key for person in known.people if person.label and not person.is_head})


def _tell_apart(home: FileHome, twins: Sequence[FileHome]) -> bool:
    """Do phone or address say that these are different households?"""
    told = [(search_key(str(each.fields.get("address", ""))), each.fields.get("phone", "")) for each in (home, *twins)]
    return any(told[0]) and told[0] not in told[1:]


def _told(known: KnownHome) -> str:
    more = [f"mã {known.code}" if known.code else "", known.address, known.phone, f"{len(known.people)} người"]
    return f"hộ {known.head_name} ({', '.join(filter(None, more))})"
