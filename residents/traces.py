"""What people were known by, gathered before it is emptied: to find them in texts and in lists."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from residents.models import FORGOTTEN, Household, Resident
from sheets.text import KEY_LENGTH, search_key

LONGEST_NAME = 100
TELLING = 6  # an address of fewer characters ("số 5") says nothing beside a name
# "Con gái", "Ông Sáu": by itself this may be anybody.
KIN = frozenset("anh ba bac bo cau chau chi chong chu co con cu di em me ong vo".split())
_NOT_DIGITS = re.compile(r"\D+")


@dataclass(frozen=True)
class Traces:
    """`own`: names that nobody else in the register bears; `shared`: names that say who it is only beside something
    else, a year of birth or an address (`beside`). `given` are the last words of them all, which tell enough in a note
    about their own household. All are search keys. `ids` and `phones` are sure.
    """

    own: frozenset[str]
    shared: frozenset[str]
    given: frozenset[str]
    beside: frozenset[str]
    ids: frozenset[str]
    phones: frozenset[str]

    @classmethod
    def of(
        cls, people: Collection[uuid.UUID], homes: Collection[uuid.UUID], households: Collection[uuid.UUID]
    ) -> Traces:
        """Of these people, who lived in `homes`, and of the `households` themselves; former versions included."""
        called = Household.objects.filter(pk__in=homes, residents__in=people, residents__is_head=True)
        names = {search_key(head) for head in called.values_list("head_name", flat=True)}
        beside: set[str] = set()
        phones: set[str] = set()
        for rows in (Resident.objects.filter(pk__in=people), Resident.history.filter(id__in=people)):
            for label, year in rows.values_list("label", "birth_year"):
                names.add(search_key(label))
                beside |= {str(year)} if year else set()
        lived = (Household.objects.filter(pk__in=homes), "pk"), (Household.history.filter(id__in=homes), "id")
        for rows, key in lived:
            for pk, head, address, phone in rows.values_list(key, "head_name", "address", "phone"):
                beside |= {search_key(address)} if len(address) >= TELLING else set()
                if pk in households:
                    names.add(search_key(head))
                if pk in households or search_key(head) in names:
                    phones.add(phone)
        names -= {"", search_key(FORGOTTEN)}
        others = Resident.objects.filter(search_key__in=names).exclude(pk__in=people)
        shared = set(others.values_list("search_key", flat=True))
        neighbours = Household.objects.filter(search_key__in=names).exclude(pk__in=homes)
        shared |= set(neighbours.values_list("search_key", flat=True))
        shared |= {name for name in names if " " not in name or name.split()[0] in KIN}
        return cls(
            own=frozenset(names - shared),
            shared=frozenset(shared),
            given=frozenset(name.split()[-1] for name in names),
            beside=frozenset(beside),
            ids=frozenset(str(pk) for pk in (*people, *households)),
            phones=frozenset(phone[1:] for phone in phones if len(phone) > 8),
        )

    def is_name(self, text: str) -> bool:
        key = search_key(text)
        return key in self.own or key in self.shared

    def in_text(self, text: str, *, at_home: bool = False) -> bool:
        """Does a text name one of them? `at_home`: one about their own household, where the given name is enough."""
        if not text:
            return False
        if any(phone in _NOT_DIGITS.sub("", text) for phone in self.phones):
            return True
        names = self.own | self.shared | (self.given if at_home else frozenset())
        return any(f" {name} " in key for key in _keys(text) for name in names)

    def in_cells(self, cells: Iterable) -> bool:
        """Is a row of a list about one of them?"""
        texts = [str(cell) for cell in cells if cell not in (None, "")]
        if any(text.strip().casefold() in self.ids for text in texts):
            return True
        digits = [_NOT_DIGITS.sub("", text) for text in texts]
        if any(phone in text for phone in self.phones for text in digits):
            return True
        keys = [key for text in texts for key in _keys(text)]
        if any(f" {name} " in key for key in keys for name in self.own):
            return True
        named = any(f" {name} " in key for key in keys for name in self.shared)
        return named and any(f" {told} " in key for key in keys for told in self.beside)


def _keys(text: str) -> Iterator[str]:
    """The text as it is searched, in overlapping pieces: a key holds only so much."""
    for start in range(0, max(len(text) - LONGEST_NAME, 1), KEY_LENGTH - LONGEST_NAME):
        yield f" {search_key(text[start : start + KEY_LENGTH])} "
