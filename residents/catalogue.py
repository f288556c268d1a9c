"""What is asked and counted everywhere: indicators with their definitions, topics and kinds of result, as data.

The files under `fixtures/residents/` are the source. Loading again changes nothing; what an administrator added by
hand (another code, another date) stays.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Model

from .models import Indicator, IndicatorVersion, ResultKind, Topic

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "residents"
STEP = 10


@dataclass(frozen=True)
class Loaded:
    indicators: int
    versions: int
    topics: int
    result_kinds: int


@transaction.atomic
def load_catalogue(folder: Path = FOLDER) -> Loaded:
    """Bring the catalogue to what the files say; returns how many of each there are."""
    entries = _read(folder / "indicators.json")
    indicators = _bring(
        Indicator,
        ("code",),
        [
            {
                "code": entry["code"],
                "name": entry["name"],
                "short_name": entry["short_name"],
                "group": entry["group"],
                "order": order * STEP,
                "is_reported": entry.get("is_reported", True),
            }
            for order, entry in enumerate(entries, 1)
        ],
    )
    versions = _bring(IndicatorVersion, ("indicator_id", "since"), list(_versions(entries, indicators)))
    _bring_requirements(entries, indicators, versions)
    _bring_topics(_read(folder / "topics.json"))
    kinds = enumerate(_read(folder / "result_kinds.json"), 1)
    _bring(ResultKind, ("code",), [{**kind, "order": order * STEP} for order, kind in kinds])
    return Loaded(*(model.objects.count() for model in (Indicator, IndicatorVersion, Topic, ResultKind)))


def _versions(entries: list[dict], indicators: dict) -> Iterator[dict]:
    for entry in entries:
        for version in entry["versions"]:
            until = version.get("until")
            yield {
                "indicator_id": indicators[(entry["code"],)].pk,
                "subject": version["subject"],
                "min_age": version.get("min_age"),
                "max_age": version.get("max_age"),
                "since": dt.date.fromisoformat(version["since"]),
                "until": dt.date.fromisoformat(until) if until else None,
                "definition": version["definition"],
                "source": version.get("source", ""),
            }


def _bring_requirements(entries: list[dict], indicators: dict, versions: dict) -> None:
    links = IndicatorVersion.requires.through
    wanted = set()
    for entry in entries:
        for version in entry["versions"]:
            key = (indicators[(entry["code"],)].pk, dt.date.fromisoformat(version["since"]))
            wanted |= {(versions[key].pk, indicators[(code,)].pk) for code in version.get("requires", ())}
    of_files = [version.pk for version in versions.values()]
    there = {
        (link.indicatorversion_id, link.indicator_id): link.pk
        for link in links.objects.filter(indicatorversion__in=of_files)
    }
    links.objects.filter(pk__in=[pk for pair, pk in there.items() if pair not in wanted]).delete()
    links.objects.bulk_create(
        links(indicatorversion_id=version, indicator_id=indicator)
        for version, indicator in sorted(wanted - there.keys())
    )


def _bring_topics(entries: list[dict]) -> None:
    """The kinds of help first, then their fields, numbered as one list."""
    order = 0
    kinds, fields = [], []
    for entry in entries:
        order += STEP
        kinds.append({"code": entry["code"], "name": entry["name"], "order": order, "parent_id": None})
        for topic in entry["fields"]:
            order += STEP
            fields.append((entry["code"], {"code": topic["code"], "name": topic["name"], "order": order}))
    made = _bring(Topic, ("code",), kinds)
    _bring(Topic, ("code",), [{**topic, "parent_id": made[(kind,)].pk} for kind, topic in fields])


def _bring(model, key: tuple[str, ...], rows: list[dict]) -> dict[tuple, Model]:
    """Add the rows that are missing and change those that differ; returns key → object, of these rows."""
    there = {tuple(getattr(each, name) for name in key): each for each in model.objects.all()}
    keyed = {tuple(row[name] for name in key): row for row in rows}
    model.objects.bulk_create([model(**row) for at, row in keyed.items() if at not in there])
    changed = []
    for at, row in keyed.items():
        if at in there and any(getattr(there[at], name) != value for name, value in row.items()):
            for name, value in row.items():
                setattr(there[at], name, value)
            changed.append(there[at])
    if changed:
        model.objects.bulk_update(changed, sorted(set(rows[0]) - set(key)))
    every = {tuple(getattr(each, name) for name in key): each for each in model.objects.all()}
    return {at: every[at] for at in keyed}


def _read(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))
