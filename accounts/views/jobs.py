"""Long outputs: what is on its way, how far it is, and the files that are ready. Each sees her own."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import jobs
from accounts.models import Job
from journal.actions import record
from journal.models import Act
from sheets.downloads import file_response

MOST_SHOWN = 100


@require_safe
def job_list(request):
    shown = Job.objects.visible_to(request.user)[:MOST_SHOWN]
    return render(request, "accounts/job_list.html", {"jobs": shown, "kept_days": Job.KEPT.days})


@require_safe
def job_detail(request, pk: int):
    """One job; its card alone where htmx asks for it, every two seconds until it has ended."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    template = "accounts/_job_card.html" if request.htmx else "accounts/job_detail.html"
    return render(request, template, {"job": job, "may_have": jobs.may_have(request.user, job)})


@require_safe
@transaction.atomic
def job_file(request, pk: int):
    """The file: to whoever asked for it, while her posting still covers the area."""
    job = get_object_or_404(Job.objects.visible_to(request.user).filter(state=Job.State.DONE), pk=pk)
    if not jobs.may_have(request.user, job):
        raise Http404
    record(by=request.user, verb=Act.Verb.EXPORT, area_id=job.area_id, label=job.label)
    return file_response(job.file_name, bytes(job.content))


@require_POST
def job_remove(request, pk: int):
    """Stop a job, or throw its file away before its time."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    was_unfinished = job.is_unfinished
    job.delete()
    messages.success(request, f"Đã dừng: {job.label}." if was_unfinished else f"Đã bỏ: {job.label}.")
    return redirect("accounts:job_list")
