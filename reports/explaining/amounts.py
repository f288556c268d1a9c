"""Why an activity or people figure changed: by the areas below, and by kind where it has kinds that add up."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from areas.models import Area, Level
from reports import figures, measures, periods
from reports.measures import Measure
from reports.models import Period

from .explanation import note_of, versions_of

# What a measure is made of, where that is counted by itself; what is left over has the name given here.
KINDS = {
    "visits": (("met",), "Không gặp, hẹn lại, từ chối"),
    "minutes": (("minutes_outside",), "Thời gian trong giờ hành chính"),
    "members": (tuple(measure.code for measure in measures.BY_ORGANISATION), "Thành viên chưa ghi tổ chức"),
    "villages": (("villages_with_team",), "Thôn, tổ dân phố chưa có tổ phục vụ"),
    "wards": (("wards_with_team",), "Phường, xã chưa có tổ"),
}
OWN = "Của cấp này, của đơn vị đã kết thúc"


@dataclass(frozen=True)
class Amount:
    """A number at both moments; None where there is none."""

    label: str
    before: int | None
    after: int | None
    area_id: int | None = None
    note: str = ""
    level: int = Level.VILLAGE

    @property
    def change(self) -> int:
        return (self.after or 0) - (self.before or 0)


@dataclass(frozen=True)
class AmountExplanation:
    """`total.change` is the sum of the changes of `children`, and of `kinds`, where there are any."""

    area: Area
    measure: Measure
    before: Period
    after: Period
    shown: tuple[figures.Shown, figures.Shown]
    total: Amount
    children: tuple[Amount, ...]
    kinds: tuple[Amount, ...]


def explain_amount(
    area: Area, measure: Measure, before: Period | dt.date, after: Period | dt.date, *, today: dt.date
) -> AmountExplanation:
    """Why a measure with one value (visits, members, households) is other than at an earlier moment.

    From stored figures alone, as they are shown: children by the map of each period, and one line for what belongs to
    no child (a team at home in the ward, villages that ended in the period, a stated figure over counted children).
    """
    moments = [periods.day_period(moment) if isinstance(moment, dt.date) else moment for moment in (before, after)]
    days = tuple(area.last_day(period.as_of(today)) for period in moments)
    codes, left_over = KINDS.get(measure.code, ((), ""))
    of_kinds = [kind for kind in [*measures.ACTIVITY, *measures.people()] if kind.code in codes]
    versions = versions_of(area, days)
    cells = figures.of_areas([area.pk, *versions], moments, [measure, *of_kinds])
    shown = tuple(cells[area.pk, period.pk][measure.code] for period in moments)
    total = Amount(measure.name, *(one.value for one in shown), area.pk)
    children = [
        Amount(
            version.name,
            *(cells[pk, moments[side].pk][measure.code].value if belonged[side] else None for side in (0, 1)),
            pk,
            note_of(belonged),
            version.area.level,
        )
        for pk, (version, belonged) in versions.items()
    ]
    kinds = [
        Amount(kind.name, *(cells[area.pk, period.pk][kind.code].value for period in moments)) for kind in of_kinds
    ]
    return AmountExplanation(
        area,
        measure,
        *moments,
        shown,
        total,
        tuple(_with_rest(children, total, OWN)),
        tuple(_with_rest(kinds, total, left_over)),
    )


def _with_rest(parts: list[Amount], total: Amount, label: str) -> list[Amount]:
    """With the line that makes them add up."""
    if not parts:
        return []
    ends = [(getattr(total, end) or 0) - sum(getattr(part, end) or 0 for part in parts) for end in ("before", "after")]
    return [*parts, Amount(label, *ends)] if any(ends) else parts
