"""What is counted, and how each measure goes over areas and over time (docs/counting.md)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from residents.models import Indicator, IndicatorVersion, ResultKind, Topic
from teams.models import Member


class Family(StrEnum):
    COVERAGE = "coverage"
    ACTIVITY = "activity"
    PEOPLE = "people"


class Over(StrEnum):
    """SUM: added up. AS_OF: as it stood at the end. DISTINCT: each once, so longer periods are counted afresh."""

    SUM = "sum"
    AS_OF = "as_of"
    DISTINCT = "distinct"


@dataclass(frozen=True, slots=True)
class Measure:
    code: str
    name: str
    short_name: str
    unit: str
    family: Family
    over_time: Over
    # A household visited in two villages of a period counts in the one where it was last visited: so areas add up.
    over_areas: Over = Over.SUM

    @property
    def is_coverage(self) -> bool:
        return self.family == Family.COVERAGE


def _activity(code: str, name: str, short_name: str, unit: str, over_time: Over = Over.SUM) -> Measure:
    return Measure(code, name, short_name, unit, Family.ACTIVITY, over_time)


def _people(code: str, name: str, short_name: str, unit: str) -> Measure:
    return Measure(code, name, short_name, unit, Family.PEOPLE, Over.AS_OF)


ACTIVITY = (
    _activity("visits", "Lượt đến hộ", "Lượt đến", "lượt"),
    _activity("met", "Lượt hỗ trợ (gặp được)", "Lượt hỗ trợ", "lượt"),
    _activity("households_visited", "Số hộ được đến", "Hộ được đến", "hộ", Over.DISTINCT),
    _activity("people_helped", "Lượt người được hỗ trợ", "Người được hỗ trợ", "lượt người"),
    _activity("minutes", "Thời gian hỗ trợ", "Số phút", "phút"),
    _activity("minutes_outside", "Thời gian ngoài giờ hành chính", "Phút ngoài giờ", "phút"),
)
FLOWS = frozenset(measure.code for measure in ACTIVITY)
PEOPLE = (
    _people("teams", "Số tổ", "Tổ", "tổ"),
    _people("members", "Số thành viên", "Thành viên", "người"),
    _people("women", "Thành viên nữ", "Nữ", "người"),
    _people("on_payroll", "Thành viên hưởng lương ngân sách", "Hưởng lương", "người"),
    _people("teams_without_leader", "Tổ chưa có tổ trưởng", "Chưa có tổ trưởng", "tổ"),
    _people("teams_below_norm", "Tổ chưa đủ định mức thành viên", "Chưa đủ định mức", "tổ"),
    _people("villages", "Số thôn, tổ dân phố", "Thôn, TDP", "thôn"),
    _people("villages_with_team", "Thôn, tổ dân phố có tổ phục vụ", "Thôn có tổ", "thôn"),
    _people("wards", "Số phường, xã", "Phường, xã", "xã"),
    _people("wards_with_team", "Phường, xã có tổ", "Xã có tổ", "xã"),
    _people("households", "Số hộ trong sổ", "Hộ", "hộ"),
    _people("residents", "Số nhân khẩu trong sổ", "Nhân khẩu", "người"),
)
BY_ORGANISATION = tuple(
    _people(f"org:{value}", f"Thành viên: {label}", label, "người") for value, label in Member.Organisation.choices
)


# Known from the map. Rows of `wards` stand at districts and above only: counted there, not added up.
OF_THE_MAP = ("villages", "wards")
# No row is zero, not missing.
NEVER_MISSING = (*OF_THE_MAP, "villages_with_team", "wards_with_team")
# Written only where they are not zero; zero where the measure they are part of has a figure.
PART_OF = {"result": "visits", "topic": "visits", "org": "members"}


def base_of(code: str) -> str | None:
    """The measure whose presence makes a missing `code` a zero; None where missing is missing."""
    kind, colon, _ = code.partition(":")
    return PART_OF.get(kind) if colon else None


def is_flow(code: str) -> bool:
    """Does it belong to a stretch of time (visits), not to a day (teams, coverage)?"""
    return code in FLOWS or code.startswith(("result:", "topic:"))


def coverage(day: dt.date) -> list[Measure]:
    """The reported indicators with a definition in force on `day`, in their order."""
    versions = IndicatorVersion.objects.on(day).filter(indicator__is_reported=True).select_related("indicator")
    return [_of(version.indicator, version.subject) for version in versions.order_by("indicator__order", "indicator")]


def _of(indicator: Indicator, subject: str) -> Measure:
    unit = "hộ" if subject == "household" else "người"
    return Measure(indicator.measure, indicator.name, indicator.short_name, unit, Family.COVERAGE, Over.AS_OF)


def results() -> list[Measure]:
    return [_activity(f"result:{kind.code}", kind.name, kind.name, kind.unit) for kind in ResultKind.objects.all()]


def topics() -> list[Measure]:
    """Visits with a topic; those of its fields included."""
    return [of_topic(topic) for topic in Topic.objects.all()]


def of_topic(topic: Topic) -> Measure:
    return _activity(f"topic:{topic.code}", topic.name, topic.name, "lượt")


def activity() -> list[Measure]:
    return [*ACTIVITY, *results(), *topics()]


def people() -> list[Measure]:
    return [*PEOPLE, *BY_ORGANISATION]


def all_of(day: dt.date) -> list[Measure]:
    return [*coverage(day), *activity(), *people()]


def get(code: str, day: dt.date) -> Measure:
    """The measure named `code`; raises ValueError when there is none on `day`."""
    for measure in all_of(day):
        if measure.code == code:
            return measure
    raise ValueError(f"Không có chỉ số “{code}” vào ngày {day:%d/%m/%Y}.")
