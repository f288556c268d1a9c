"""The lists that came in, and bringing in another one."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.rules import Can
from intake import receiving, work
from intake.forms import UploadForm
from intake.kinds import kinds_for
from intake.models import Upload

from .gate import kind_named, upload_of

ROWS_ON_A_PAGE = 25


@require_GET
def upload_list(request):
    user = request.user
    kinds = kinds_for(user)
    if not kinds:
        raise PermissionDenied
    uploads = Upload.objects.visible_to(user).select_related("area", "uploaded_by")
    page = Paginator(uploads, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"kinds": kinds, "page": page, "may_edit_people": user.may(Can.EDIT_PEOPLE)}
    return render(request, "intake/upload_list.html", context)


@require_http_methods(["GET", "POST"])
def upload_add(request):
    kind, user = kind_named(request.GET.get("loai", "")), request.user
    if not user.may(kind.needs):
        raise PermissionDenied
    form = UploadForm(request.POST or None, request.FILES or None, user=user, can=kind.needs)
    if request.method == "POST" and form.is_valid():
        file, now = form.cleaned_data["file"], timezone.now()
        try:
            upload = receiving.receive(
                by=user, kind=kind.code, area=form.chosen_area, content=file.read(), name=file.name, now=now,
                today=timezone.localdate(now),
            )  # fmt: skip
        except ValidationError as error:
            form.add_error("file", error)
        else:
            return redirect("intake:upload_columns", upload.pk)
    may_export = kind.exports is not None and user.may(kind.exports)
    return render(request, "intake/upload_add.html", {"kind": kind, "form": form, "may_export": may_export})


@require_POST
def upload_discard(request, pk):
    upload = upload_of(request.user, pk)
    if upload.is_open:
        work.discard(upload)
        messages.success(request, f"Đã bỏ tệp {upload.file_name}. Sổ không thay đổi.")
        return redirect("intake:upload_list")
    return redirect("intake:upload_detail", upload.pk)
