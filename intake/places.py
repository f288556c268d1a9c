"""Villages named in a list: taken by full or short name, inside the uploader's own area; near ones are offered."""

from __future__ import annotations

import datetime as dt
import re

from accounts.rules import Can
from areas.models import Area, AreaLink, Level
from sheets.text import clean_text, place_sort_key, search_key

_KINDS = re.compile(
    r"^(?:thôn|tổ dân phố|tổ|tdp|khu phố|khu dân cư|kdc|khu|ấp|xóm|bản|buôn|làng|khối phố|khối|khóm|phố|plei|sóc|phum)"
    r"(?:\s+số)?[\s.:]+(?=\S)",
    re.IGNORECASE,
)


class Places:
    """The villages of `area` in force on `day` in which `user` may do this; or all areas, itself included."""

    def __init__(
        self, user, area: Area, can: Can, day: dt.date, taken: dict[str, int] | None = None, *, only_villages=True
    ):
        inside = AreaLink.objects.open().filter(ancestor=area)
        found = user.reach().areas(can).on(day).open().filter(pk__in=inside.values("descendant"))
        if only_villages:
            found = found.at(Level.VILLAGE)
        self.villages = {village.pk: village for village in found.in_order()}
        self.taken = {key: pk for key, pk in (taken or {}).items() if pk in self.villages}
        self._exact: dict[str, list[Area]] = {}
        self._near: dict[str, list[Area]] = {}
        for village in self.villages.values():
            for name in {village.name, village.short_name, bare(village.name)}:
                self._exact.setdefault(place_sort_key(name), []).append(village)
                self._near.setdefault(search_key(name), []).append(village)

    @property
    def only(self) -> Area | None:
        return next(iter(self.villages.values())) if len(self.villages) == 1 else None

    def find(self, written: str) -> Area | None:
        """The village of this name, if there is just one; or what somebody said this name means."""
        if pk := self.taken.get(search_key(written)):
            return self.villages[pk]
        for name in (written, bare(written)):
            found = {village.pk: village for village in self._exact.get(place_sort_key(name), ())}
            if len(found) == 1:
                return next(iter(found.values()))
        return None

    def named_in(self, title: str) -> Area | None:
        """The one village whose whole name stands in a title, tones and all; None where there are several or none."""
        said = f" {_words_of(title)} "
        found = [village for village in self.villages.values() if f" {_words_of(village.name)} " in said]
        return found[0] if len(found) == 1 else None

    def near(self, written: str) -> list[Area]:
        """Villages whose names differ by tones only, or of which there are several of this name."""
        found = [*self._near.get(search_key(written), ()), *self._near.get(search_key(bare(written)), ())]
        return list({village.pk: village for village in found}.values())

    def unknown(self, written: str) -> str:
        """The sentence for a name that is not taken; the same whether it is nobody's or another's."""
        near = self.near(written)
        hint = f" Có phải “{near[0]}”?" if near else ""
        return f"“{written}” không có trong địa bàn của bạn.{hint} Chọn ở mục “Tên thôn trong tệp”, hoặc sửa tên."


def _words_of(text: str) -> str:
    return " ".join(re.findall(r"\w+", clean_text(text).casefold()))


def bare(name: str) -> str:
    """The name without its kind, whatever kind the writer calls it: "TDP số 12" and "Tổ 12" are both "12"."""
    text = clean_text(name)
    return _KINDS.sub("", text) or text
