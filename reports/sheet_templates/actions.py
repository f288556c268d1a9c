"""Taking in a template, binding its cells, exchanging its file, ending its use."""

from __future__ import annotations

import hashlib

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from areas.models import Area
from journal.actions import record
from journal.models import Act
from reports.models import ReportTemplate
from sheets.patching import Workbook

from . import binding
from .binding import Binding


@transaction.atomic
def upload(*, by, area: Area, name: str, content: bytes, file_name: str) -> ReportTemplate:
    """Take in a template; under a name in use it is a new version with the bindings that still fit.

    Raises ValidationError (Vietnamese) for what is no .xlsx without macros, or too large.
    """
    book = Workbook(content, file_name)
    Area.objects.select_for_update().get(pk=area.pk)
    versions = ReportTemplate.objects.filter(area=area, name=name).order_by("-version")
    last, current = versions.first(), versions.in_use().first()
    template = ReportTemplate(
        area=area,
        name=name,
        version=last.version + 1 if last else 1,
        file_name=file_name[-200:],
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=by,
        uploaded_at=timezone.now(),
    )
    if current:
        binding.write(template, [one for one in binding.read(current) if _fits(book, one)])
        ReportTemplate.objects.filter(pk=current.pk).update(is_current=False)
    template.save()
    verb = Act.Verb.CHANGE if current else Act.Verb.ADD
    record(by=by, verb=verb, obj=template, area_id=area.pk, label=f"Mẫu báo cáo {template}", size=len(content))
    return template


def _fits(book: Workbook, one: Binding) -> bool:
    try:
        binding.check(book, one)
    except ValidationError:
        return False
    return True


@transaction.atomic
def bind(*, by, template: ReportTemplate, one: Binding) -> None:
    """Put something into a cell, in the place of what was bound to it. Raises ValidationError."""
    template = ReportTemplate.objects.select_for_update().get(pk=template.pk)
    binding.check(Workbook(bytes(template.content)), one)
    others = [other for other in binding.read(template) if (other.sheet, other.cell) != (one.sheet, one.cell)]
    if len(others) >= binding.MOST_BINDINGS:
        raise ValidationError(f"Mẫu đã gắn {len(others)} chỗ, là nhiều nhất.")
    _store(by, template, [*others, one], f"gắn ô {one.cell}")


@transaction.atomic
def unbind(*, by, template: ReportTemplate, sheet: str, cell: str) -> None:
    template = ReportTemplate.objects.select_for_update().get(pk=template.pk)
    others = [other for other in binding.read(template) if (other.sheet, other.cell) != (sheet, cell)]
    _store(by, template, others, f"gỡ ô {cell}")


def _store(by, template: ReportTemplate, bindings: list[Binding], what: str) -> None:
    binding.write(template, bindings)
    template.save(update_fields=["bindings"])
    label = f"Mẫu báo cáo {template}: {what}"
    record(by=by, verb=Act.Verb.CHANGE, obj=template, area_id=template.area_id, label=label)


@transaction.atomic
def retire(*, by, template: ReportTemplate) -> None:
    """It is offered no more; reports that were filled from it are not touched."""
    ReportTemplate.objects.filter(pk=template.pk, retired_at=None).update(retired_at=timezone.now())
    record(by=by, verb=Act.Verb.END, obj=template, area_id=template.area_id, label=f"Mẫu báo cáo {template}")
