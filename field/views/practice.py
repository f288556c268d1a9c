"""Thôn tập thử at the desk: opened for the people of a ward, begun anew, closed."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.rules import can_manage
from field.models import PracticeVillage
from field.practice import close_practice, open_practice
from field.rules import may_open_desk, walkers

PEOPLE_ON_A_PAGE = 50


@require_safe
def practice_list(request):
    """Who goes from door to door in her areas, and whether they have a village to practise in."""
    if not may_open_desk(request.user):
        raise PermissionDenied
    people = walkers(request.user).select_related("practice_village").order_by("sort_key", "pk")
    page = Paginator(people, PEOPLE_ON_A_PAGE).get_page(request.GET.get("page"))
    for each in page.object_list:
        practice = getattr(each, "practice_village", None)
        each.practice = practice if practice and practice.closed_at is None else None
    return render(request, "field/practice_list.html", {"page": page, "people": page.object_list})


@require_POST
def practice_open(request, pk):
    """A new one, or the one that is there from the beginning."""
    person = _person(request.user, pk)
    open_practice(user=person, by=request.user, at=timezone.now())
    messages.success(request, f"{person} có thôn tập thử mới. Máy nhận khi có mạng lần tới.")
    return redirect("field:practice_list")


@require_POST
def practice_close(request, pk):
    person = _person(request.user, pk)
    close_practice(get_object_or_404(PracticeVillage, user=person), by=request.user, at=timezone.now())
    messages.success(request, f"Đã đóng thôn tập thử của {person}.")
    return redirect("field:practice_list")


@require_POST
def practice_open_all(request):
    """For everybody in her areas who has none."""
    if not may_open_desk(request.user):
        raise PermissionDenied
    without = walkers(request.user).exclude(practice_village__in=PracticeVillage.objects.open())
    opened = 0
    for person in without:
        if can_manage(request.user, person):
            open_practice(user=person, by=request.user, at=timezone.now())
            opened += 1
    messages.success(request, f"Đã mở thôn tập thử cho {opened} người.")
    return redirect("field:practice_list")


def _person(user, pk) -> User:
    person = get_object_or_404(User.objects.visible_to(user), pk=pk)
    if not can_manage(user, person):
        raise PermissionDenied
    return person
