"""What is asked and the words for it, as the phone shows them."""

from __future__ import annotations

import datetime as dt
import hashlib

from reports.models import Period
from residents.models import Indicator, Observation, Resident, ResultKind, Topic, Visit

from .decoding import canonical


def catalogue(period: Period, before: Period) -> dict:
    """Indicators with their definitions through time, topics, kinds of result, choices and the two periods."""
    content = {
        "indicators": [_indicator(each) for each in Indicator.objects.prefetch_related("versions__requires")],
        "topics": [
            {"code": topic.code, "name": topic.name, "parent": topic.parent.code if topic.parent else None}
            for topic in Topic.objects.filter(is_offered=True).select_related("parent")
        ],
        "result_kinds": [
            {"code": kind.code, "name": kind.name, "unit": kind.unit}
            for kind in ResultKind.objects.filter(is_offered=True)
        ],
        "outcomes": _words(Visit.Outcome),
        "ways": _words(Visit.Way),
        "answers": _words(Observation.Answer),
        "reasons": _words(Observation.Reason),
        "age_bands": _words(Resident.AgeBand),
        "stays": _words(Resident.Stays),
        "period": _period(period),
        "previous": _period(before),
    }
    return {"version": hashlib.blake2b(canonical(content), digest_size=8).hexdigest()} | content


def _indicator(indicator: Indicator) -> dict:
    return {
        "code": indicator.code,
        "name": indicator.name,
        "short": indicator.short_name,
        "group": indicator.group,
        "order": indicator.order,
        "reported": indicator.is_reported,
        "versions": [
            {
                "subject": version.subject,
                "min_age": version.min_age,
                "max_age": version.max_age,
                "requires": sorted(required.code for required in version.requires.all()),
                "since": _day(version.since),
                "until": _day(version.until),
                "definition": version.definition,
            }
            for version in sorted(indicator.versions.all(), key=lambda version: version.since)
        ],
    }


def _words(choices) -> list[list[str]]:
    return [[value, str(label)] for value, label in choices.choices]


def _period(period: Period) -> dict:
    return {"label": period.label, "since": _day(period.start_on), "until": _day(period.end_on)}


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
