"""What the journal page shows, and whose names on it."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from areas.models import Area, AreaLink, Level
from journal.models import Act
from sheets.fields import CleanCharFormField

from .models import User
from .rules import Can
from .within import area_asked, steps_from

# Apps whose objects are no person of a household: their labels are read by all who read the journal.
OPEN_APPS = {"accounts", "areas", "teams", "reports"}


class ActFilter(forms.Form):
    who = CleanCharFormField(label="Người làm", max_length=100, required=False)
    verb = forms.ChoiceField(label="Việc", required=False, choices=[("", "Tất cả"), *Act.Verb.choices])
    trong = forms.ChoiceField(label="Địa bàn", required=False)
    since = forms.DateField(label="Từ ngày", required=False)
    until = forms.DateField(label="Đến ngày", required=False)
    kind = CleanCharFormField(max_length=40, required=False, widget=forms.HiddenInput)
    object = CleanCharFormField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, user: User, data):
        super().__init__(data)
        self.user = user
        self.area = area_asked(user, data["trong"], Can.SEE_JOURNAL) if data.get("trong") else None
        steps = steps_from(user, self.area, Can.SEE_JOURNAL, down_to=Level.VILLAGE)
        self.fields["trong"].choices = [("", "Tất cả"), *steps]

    def clean(self):
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since > until:
            raise ValidationError("Từ ngày phải trước hoặc bằng Đến ngày.")

    def filter(self, acts):
        if not self.is_valid():
            return acts.none()
        wanted = self.cleaned_data
        if wanted["who"]:
            acts = acts.filter(actor_id__in=User.objects.search(wanted["who"]).values("pk"))
        if wanted["verb"]:
            acts = acts.filter(verb=wanted["verb"])
        if self.area:
            inside = AreaLink.objects.open().filter(ancestor=self.area)
            acts = acts.filter(area_id__in=inside.values("descendant"))
        if wanted["since"]:
            acts = acts.filter(at__gte=_midnight(wanted["since"]))
        if wanted["until"]:
            acts = acts.filter(at__lt=_midnight(wanted["until"] + dt.timedelta(days=1)))
        if wanted["kind"] and wanted["object"]:
            acts = acts.about(wanted["kind"], wanted["object"])
        return acts


def readable(acts: list[Act], user: User) -> list[Act]:
    """The acts with `area_name`, `shown_label` and `is_readable`.

    Names of households and residents stand in the journal; they are shown to those alone who may see the people there.
    """
    area_ids = {act.area_id for act in acts if act.area_id}
    areas = Area.objects.in_bulk(area_ids)
    own = set()
    if user.may(Can.SEE_PEOPLE):
        own = set(user.reach().areas_ever(Can.SEE_PEOPLE).filter(pk__in=area_ids).values_list("pk", flat=True))
    for act in acts:
        act.area_name = str(areas.get(act.area_id, ""))
        app = act.object_kind.partition(".")[0]
        act.is_readable = not app or app in OPEN_APPS or act.area_id in own
        act.shown_label = act.label if act.is_readable else "(dữ liệu cá nhân)"
    return acts


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
