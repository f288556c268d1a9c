"""What was changed of a team, its members and its papers: by whom, when, and what it was before."""

from __future__ import annotations

from django.db import models

from accounts.models import User

from .models import Decision, Member, Team

_TYPES = {"+": "Thêm", "-": "Xóa", "~": "Sửa"}
_UNTOLD = {"id", "search_key", "sort_key", "team", "user"}


def changes_of(team: Team, *, limit: int = 40) -> list[dict]:
    """The latest changes, newest first, as `_history_list.html` takes them (at, by, text, before)."""
    rows = [
        *told(Team, Team.history.filter(id=team.pk)),
        *told(Member, Member.history.filter(team_id=team.pk)),
        *told(Decision, Decision.history.filter(team_id=team.pk)),
    ]
    rows.sort(key=lambda row: row["at"], reverse=True)
    rows = rows[:limit]
    names = {user.pk: str(user) for user in User.objects.filter(pk__in={row["by"] for row in rows if row["by"]})}
    return [row | {"by": names.get(row["by"], "")} for row in rows]


def told(model: type[models.Model], history) -> list[dict]:
    """One entry for each version that says something new."""
    entries, before = [], {}
    for version in history.order_by("history_date", "history_id"):
        earlier = before.get(version.id)
        before[version.id] = version
        kind, name = str(model._meta.verbose_name), _name(version)
        named = name if name.lower().startswith(f"{kind} ") else f"{kind} {name}"
        what = f"{_TYPES[version.history_type]} {named}"
        if earlier is None or version.history_type != "~":
            entries.append(_entry(version, what))
            continue
        changed = [field for field in _told_fields(model) if _raw(earlier, field) != _raw(version, field)]
        if changed:
            now = "; ".join(f"{field.verbose_name}: {_shown(version, field)}" for field in changed)
            old = "; ".join(f"{field.verbose_name}: {_shown(earlier, field)}" for field in changed)
            entries.append(_entry(version, f"{what} – {now}", old))
    return entries


def _entry(version, text: str, before: str = "") -> dict:
    return {"at": version.history_date, "by": version.history_user_id, "text": text, "before": before}


def _name(version) -> str:
    for attribute in ("full_name", "name", "number"):
        if value := getattr(version, attribute, ""):
            return value
    return ""


def _told_fields(model):
    return [field for field in model._meta.concrete_fields if field.name not in _UNTOLD]


def _raw(version, field):
    return getattr(version, field.attname)


def _shown(version, field) -> str:
    value = _raw(version, field)
    if value in (None, ""):
        return "để trống"
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.BooleanField):
        return "có" if value else "không"
    if isinstance(field, models.DateField):
        return f"{value:%d/%m/%Y}"
    return str(getattr(version, field.name)) if field.is_relation else str(value)
