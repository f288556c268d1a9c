"""To each changed subject its one cause, by the order of `Cause` (docs/counting.md has it in words)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import cached_property

from areas.models import Area, Level, ReorganisationPart
from reports.coverage import Definition
from residents.timelines import Definition as Ages
from residents.timelines import Span

from .causes import Cause
from .changes import AFTER, BEFORE, SIDES, Comparison, Subject, find_where, merged_among
from .contributions import UNASKED, UNCLEAR

ANSWERED = frozenset({"y", "n", "a"})


def classify(comparison: Comparison) -> dict[Cause, list[Subject]]:
    """The changed subjects of a comparison by cause."""
    return Classifier(comparison.days, comparison.villages, comparison.definitions).classify(comparison.subjects)


class Classifier:
    """`days`, `villages` (the area's, by the map of each day) and `definitions`: before and after."""

    def __init__(
        self,
        days: tuple[dt.date, dt.date],
        villages: Sequence[Collection[int]],
        definitions: list[Definition | None],
    ):
        self.days, self.villages, self.definitions = days, villages, definitions

    def classify(self, subjects: Collection[Subject]) -> dict[Cause, list[Subject]]:
        find_where([subject for subject in subjects if None in subject.counted], self.days)
        found: dict[Cause, list[Subject]] = defaultdict(list)
        for subject in subjects:
            found[self.of_place(subject) or self.of_definition(subject) or self.of_answers(subject)].append(subject)
        if left := found.pop(Cause.LEFT, None):
            merged = merged_among(left)
            found[Cause.MERGED] += [subject for subject in left if subject.id in merged]
            found[Cause.LEFT] += [subject for subject in left if subject.id not in merged]
        return {cause: found[cause] for cause in Cause if found.get(cause)}

    # --- place --------------------------------------------------------------------------------------------------------

    def of_place(self, subject: Subject) -> Cause | None:
        if None not in subject.counted:
            return None
        inside = [subject.stood[side] in self.villages[side] for side in SIDES]
        if all(inside):
            return None
        if subject.stood[BEFORE] is None:
            return Cause.CAME
        if subject.stood[AFTER] is None:
            return Cause.LEFT
        if self._is_reorganised(*subject.stood):
            return Cause.AREA
        return Cause.MOVED_IN if inside[AFTER] else Cause.MOVED_OUT

    def _is_reorganised(self, village: int, later: int) -> bool:
        """The same village in another area; or one that ended between the days, or gave a part to the later one."""
        if village == later or village in self._ended:
            return True
        frontier, seen = {village}, {village}
        while frontier := {heir for one in frontier for heir in self._heirs.get(one, ())} - seen:
            if later in frontier:
                return True
            seen |= frontier
        return False

    @cached_property
    def _ended(self) -> set[int]:
        first, second = self.days
        ended = Area.objects.filter(level=Level.VILLAGE, until__gt=first, until__lte=second).order_by()
        return set(ended.values_list("pk", flat=True))

    @cached_property
    def _heirs(self) -> dict[int, set[int]]:
        first, second = self.days
        parts = ReorganisationPart.objects.filter(
            reorganisation__state="carried_out",
            reorganisation__effective_on__gt=first,
            reorganisation__effective_on__lte=second,
            from_area__level=Level.VILLAGE,
        )
        found: dict[int, set[int]] = defaultdict(set)
        for source, target in parts.values_list("from_area", "to_area"):
            found[source].add(target)
        return found

    # --- definition, age, requirement ---------------------------------------------------------------------------------

    def of_definition(self, subject: Subject) -> Cause | None:
        before, after = self.definitions
        if before is None or after is None:
            return Cause.DEFINITION
        falls = [subject.known[side] is not None or self.is_of_age(subject, side, side) for side in SIDES]
        if falls[BEFORE] != falls[AFTER]:
            # Would the older definition alone have changed it by now? Then it is the age.
            by_age = before == after or self.is_of_age(subject, BEFORE, AFTER) == falls[AFTER]
            return Cause.AGE if by_age else Cause.DEFINITION
        if not self._fulfils_otherwise(subject):
            return None
        return Cause.DEFINITION if before.since != after.since else Cause.REQUIREMENT

    def _fulfils_otherwise(self, subject: Subject) -> bool:
        """Where another indicator is required: is it in on one day alone, or not yet known on one of them?"""
        if not any(definition.requires for definition in self.definitions):
            return False
        known = subject.known
        if known[BEFORE] == known[AFTER]:
            return False
        if UNCLEAR in known:
            return True
        # Not counted for want of data is no answer to whether it was in.
        return any(known[side] is None and subject.counted[1 - side] is not None for side in SIDES)

    def is_of_age(self, subject: Subject, of: int, on: int) -> bool:
        """By the definition of one side, on the day of another."""
        definition, day = self.definitions[of], self.days[on].isoformat()
        if definition.of_people != subject.is_person:
            return False
        if not subject.is_person:
            return True
        rule = Ages(0, True, definition.youngest, definition.oldest, frozenset(), Span("", ""))
        ages = rule.ages(subject.born_on)
        return bool(ages and ages.since <= day < ages.until)

    # --- answers ------------------------------------------------------------------------------------------------------

    def of_answers(self, subject: Subject) -> Cause:
        before, after = (letter or UNASKED for letter in subject.known)
        if before == after:
            return Cause.VILLAGE
        if after not in ANSWERED:
            return Cause.CORRECTED
        return Cause.SEEN_AGAIN if before in ANSWERED else Cause.SEEN
