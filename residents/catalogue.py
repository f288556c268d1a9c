"""What is asked and counted everywhere: indicators with their definitions, topics and kinds of result, as data.

The files under `fixtures/residents/` are the source. Loading again changes nothing; what an administrator added by
hand (another code, another date) stays.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

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
    indicators = _read(folder / "indicators.json")
    for order, entry in enumerate(indicators, 1):
        Indicator.objects.update_or_create(
            code=entry["code"],
            defaults={
                "name": entry["name"],
                "short_name": entry["short_name"],
                "group": entry["group"],
                "order": order * STEP,
                "is_reported": entry.get("is_reported", True),
            },
        )
    by_code = {indicator.code: indicator for indicator in Indicator.objects.all()}
    for entry in indicators:
        _load_versions(by_code, entry)
    _load_topics(_read(folder / "topics.json"))
    for order, entry in enumerate(_read(folder / "result_kinds.json"), 1):
        ResultKind.objects.update_or_create(
            code=entry["code"], defaults={"name": entry["name"], "unit": entry["unit"], "order": order * STEP}
        )
    return Loaded(
        Indicator.objects.count(),
        IndicatorVersion.objects.count(),
        Topic.objects.count(),
        ResultKind.objects.count(),
    )


def _load_versions(by_code: dict[str, Indicator], entry: dict) -> None:
    for wanted in entry["versions"]:
        version, _ = IndicatorVersion.objects.update_or_create(
            indicator=by_code[entry["code"]],
            since=wanted["since"],
            defaults={
                "subject": wanted["subject"],
                "min_age": wanted.get("min_age"),
                "max_age": wanted.get("max_age"),
                "until": wanted.get("until"),
                "definition": wanted["definition"],
                "source": wanted.get("source", ""),
            },
        )
        version.requires.set(by_code[code] for code in wanted.get("requires", ()))


def _load_topics(entries: list[dict]) -> None:
    order = 0
    for entry in entries:
        order += STEP
        parent, _ = Topic.objects.update_or_create(
            code=entry["code"], defaults={"name": entry["name"], "order": order, "parent": None}
        )
        for topic in entry["fields"]:
            order += STEP
            Topic.objects.update_or_create(
                code=topic["code"], defaults={"name": topic["name"], "order": order, "parent": parent}
            )


def _read(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))
