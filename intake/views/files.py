"""Workbooks to take away: a list with its marks, an empty one to fill in, one as it stands to edit and load back."""

from __future__ import annotations

import io

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone
from django.views.decorators.http import require_GET

from intake.blanks import blank_workbook
from intake.marked import marked_workbook
from intake.models import Upload
from journal.actions import record
from journal.models import Act
from sheets.workbook import write_list, xlsx_response

from .gate import kind_named, upload_of


@require_GET
def upload_marked(request, pk):
    upload = upload_of(request.user, pk)
    if upload.state not in (Upload.State.CHECKED, Upload.State.SAVED) or not upload.sheets.exists():
        raise Http404
    record(
        by=request.user,
        verb=Act.Verb.EXPORT,
        obj=upload,
        area_id=upload.area_id,
        address=request.META.get("REMOTE_ADDR"),
    )
    name = upload.file_name.rpartition(".")[0] or upload.file_name
    return xlsx_response(f"{name} - đã đối chiếu", marked_workbook(upload))


@require_GET
def blank(request):
    kind, user = kind_named(request.GET.get("loai", "")), request.user
    if not user.may(kind.needs):
        raise PermissionDenied
    columns, notes = kind.blank(user, timezone.localdate())
    return xlsx_response(f"Mẫu {kind.label}", blank_workbook(kind.label, columns, notes))


@require_GET
def list_export(request):
    """A list as it stands, to edit and load back."""
    kind, user, today = kind_named(request.GET.get("loai", "")), request.user, timezone.localdate()
    if kind.exports is None:
        raise Http404
    if not user.may(kind.exports):
        raise PermissionDenied
    columns, rows = kind.present(user, today)
    target = io.BytesIO()
    written = write_list(
        target, title=f"Danh sách {kind.label.lower()}", columns=columns, rows=rows,
        subtitle=f"Ngày {today:%d/%m/%Y}. Sửa rồi tải lên lại ở mục Nhập danh sách.",
    )  # fmt: skip
    record(
        by=user, verb=Act.Verb.EXPORT, area_id=user.home_area_id(), label=f"{kind.label} để sửa", rows=written,
        address=request.META.get("REMOTE_ADDR"),
    )  # fmt: skip
    return xlsx_response(f"Danh sách {kind.label.lower()} để sửa {today:%d-%m-%Y}", target.getvalue())
