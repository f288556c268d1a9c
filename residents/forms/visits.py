"""A visit in under a minute: outcome and time by a tap each, the rest optional."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django import forms
from django.utils import timezone

from areas.models import Area
from residents.actions import Answer, VisitFacts
from residents.card import Card, Cell
from residents.models import Household, Observation, ResultKind, Topic, Visit
from residents.visit_time import When, instant_of, offered
from sheets.fields import CleanCharFormField, CleanTextFormField
from teams.models import Member, Team

from .careful import CarefulForm, number_box, once_field
from .households import NOT_A_VILLAGE_OF_YOURS

MOST_PEOPLE = 2000
ANSWERS = {"": "", "YES": Observation.Answer.YES, "NO": Observation.Answer.NO}


class VisitForm(CarefulForm):
    free_text = ("note", "place")
    told_at = {"at": "when"}

    key = once_field()

    outcome = forms.ChoiceField(
        label="Kết quả", choices=Visit.Outcome.choices, widget=forms.RadioSelect, initial=Visit.Outcome.MET
    )
    come_back_on = forms.DateField(label="Hẹn lại ngày", required=False)
    when = forms.ChoiceField(label="Thời gian", choices=When.choices, widget=forms.RadioSelect, initial=When.NOW)
    on = forms.DateField(label="Ngày", required=False)
    clock = forms.TimeField(
        label="Giờ",
        required=False,
        input_formats=["%H:%M", "%Hh%M", "%H.%M", "%H %M", "%H%M", "%Hh", "%H"],
        widget=forms.TimeInput(
            attrs={"inputmode": "numeric", "placeholder": "1930", "autocomplete": "off"}, format="%H:%M"
        ),
        help_text="19:30, 19h30 hoặc 1930.",
        error_messages={"invalid": "Ghi giờ và phút, ví dụ 19:30."},
    )
    people_helped = forms.IntegerField(
        label="Số người được hỗ trợ", min_value=0, max_value=MOST_PEOPLE, required=False, widget=number_box()
    )
    minutes = forms.IntegerField(
        label="Số phút",
        min_value=0,
        max_value=1440,
        required=False,
        widget=number_box(),
        error_messages={"max_value": "Nhiều nhất 1.440 phút (một ngày)."},
    )
    way = forms.ChoiceField(
        label="Hình thức", choices=Visit.Way.choices, widget=forms.RadioSelect, initial=Visit.Way.HOME
    )
    topics = forms.ModelMultipleChoiceField(Topic.objects.none(), label="Nội dung", required=False)
    team = forms.ModelChoiceField(Team.objects.none(), label="Tổ", required=False, empty_label="Không ghi tổ")
    members = forms.ModelMultipleChoiceField(
        Member.objects.none(), label="Thành viên có mặt", required=False, widget=forms.CheckboxSelectMultiple
    )
    note = CleanTextFormField(
        label="Ghi chú",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Không ghi số giấy tờ, số tài khoản, mật khẩu, mã OTP.",
    )

    def __init__(
        self,
        *args,
        now: dt.datetime,
        teams: Sequence[Team],
        members: Sequence[Member],
        topics: Sequence[Topic],
        kinds: Sequence[ResultKind],
        household: Household | None = None,
        card: Card | None = None,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.now, self.household, self.card, self.kinds = now, household, card, kinds
        self.all_topics = topics
        self.fields["when"].choices = offered(now)
        self.fields["topics"].queryset = Topic.objects.filter(pk__in=[topic.pk for topic in topics])
        self._offer_teams(teams, members)
        for kind in kinds:
            self.fields[f"result_{kind.pk}"] = forms.IntegerField(
                label=f"{kind.name} ({kind.unit})", min_value=0, max_value=100_000, required=False, widget=number_box()
            )

    def _offer_teams(self, teams, members) -> None:
        self.fields["team"].queryset = Team.objects.filter(pk__in=[team.pk for team in teams])
        self.fields["members"].queryset = Member.objects.filter(pk__in=[member.pk for member in members])
        names = {team.pk: team.name for team in teams}
        self.fields["team"].choices = [("", "Không ghi tổ"), *names.items()]
        self.fields["members"].choices = [(member.pk, member.full_name) for member in members]
        self.present = [(team, [member for member in members if member.team_id == team.pk]) for team in teams]
        if not teams:
            del self.fields["team"]
        if not members:
            del self.fields["members"]

    def clean(self):
        data = super().clean()
        if data.get("when") == When.OTHER:
            for name, ask in (("on", "Ghi ngày đến."), ("clock", "Ghi giờ đến, ví dụ 19:30.")):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, ask)
        if "outcome" in self.fields and data.get("outcome") != Visit.Outcome.MET:
            for kind in self.kinds:
                if data.get(f"result_{kind.pk}"):
                    self.add_error(f"result_{kind.pk}", "Chỉ ghi kết quả khi đã gặp.")
        return data

    def facts(self) -> VisitFacts:
        """Call when valid. What belongs to another outcome (a day to come back, people helped) is left out."""
        data = self.cleaned_data
        met = data["outcome"] == Visit.Outcome.MET
        return VisitFacts(
            at=instant_of(data["when"], self.now, data["on"], data["clock"]),
            outcome=data["outcome"],
            household=self.household,
            village=data.get("village"),
            place=data.get("place", ""),
            team=data.get("team"),
            minutes=data["minutes"],
            way=data["way"],
            come_back_on=data["come_back_on"] if data["outcome"] == Visit.Outcome.COME_BACK else None,
            topics=list(data["topics"]),
            people_helped=(data["people_helped"] or 0) if met else 0,
            members=list(data.get("members") or ()),
            results={kind.pk: data.get(f"result_{kind.pk}") or 0 for kind in self.kinds} if met else {},
            note=data["note"],
        )

    # The household's answers, asked in the same form

    def asked(self) -> list[tuple]:
        """(row, [(cell, name, chosen)]) for what is still missing, most important first."""
        if self.card is None:
            return []
        rows = []
        for row in self.card.rows:
            cells = [cell for cell in row.cells if cell.is_unasked or cell.is_not_reached]
            if cells:
                rows.append((row, [(cell, self._name(cell), self.data.get(self._name(cell), "")) for cell in cells]))
        return rows

    def answers(self) -> list[Answer]:
        return [
            Answer(cell.resident.pk if cell.resident else None, cell.indicator.pk, ANSWERS[chosen])
            for _row, cells in self.asked()
            for cell, _name, chosen in cells
            if ANSWERS.get(chosen) and ANSWERS[chosen] != cell.answer
        ]

    @staticmethod
    def _name(cell: Cell) -> str:
        return f"a-{cell.key}"

    # For the template

    @property
    def result_fields(self):
        return [self[f"result_{kind.pk}"] for kind in self.kinds]

    def topic_groups(self) -> list[dict]:
        """The kinds of help with their fields, and which are ticked."""
        ticked = {str(getattr(value, "pk", value)) for value in (self["topics"].value() or ())}

        def box(topic):
            return {"topic": topic, "ticked": str(topic.pk) in ticked}

        return [
            {
                **box(kind),
                "fields": [box(topic) for topic in self.all_topics if topic.parent_id == kind.pk],
                "open": any(str(topic.pk) in ticked for topic in self.all_topics if topic.parent_id == kind.pk),
            }
            for kind in self.all_topics
            if kind.parent_id is None
        ]

    def member_groups(self) -> list[dict]:
        """The members of each team, and which are ticked; a team with one of them, and the only one, is open."""
        ticked = {str(getattr(value, "pk", value)) for value in (self["members"].value() or ())}
        return [
            {
                "team": team,
                "members": [{"member": member, "ticked": str(member.pk) in ticked} for member in members],
                "open": len(self.present) == 1 or any(str(member.pk) in ticked for member in members),
            }
            for team, members in self.present
            if members
        ]

    @classmethod
    def initial_of(cls, visit: Visit) -> dict:
        local = timezone.localtime(visit.at)
        return {
            "outcome": visit.outcome,
            "come_back_on": visit.come_back_on,
            "when": When.OTHER,
            "on": local.date(),
            "clock": local.time(),
            "people_helped": visit.people_helped,
            "minutes": visit.minutes,
            "way": visit.way,
            "topics": [topic.pk for topic in visit.topics.all()],
            "team": visit.team_id,
            "members": [member.pk for member in visit.members.all()],
            "note": visit.note,
            "place": visit.place,
            "village": visit.village_id,
            **{f"result_{result.kind_id}": result.count for result in visit.results.all()},
        }


class VisitElsewhereForm(VisitForm):
    """Help to people of no household: a mobile desk, a group session, duty at the one-stop shop."""

    village = forms.ModelChoiceField(
        Area.objects.none(),
        label="Thôn, tổ dân phố",
        empty_label="Chọn thôn, tổ dân phố",
        error_messages={"invalid_choice": NOT_A_VILLAGE_OF_YOURS},
    )
    place = CleanCharFormField(
        label="Địa điểm", max_length=150, widget=forms.TextInput(attrs={"placeholder": "Ví dụ: Nhà văn hóa thôn"})
    )

    def __init__(self, *args, villages: Sequence[Area], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["village"].queryset = Area.objects.filter(pk__in=[village.pk for village in villages])
        self.fields["village"].choices = [
            *([("", "Chọn thôn, tổ dân phố")] if len(villages) != 1 else []),
            *((village.pk, str(village)) for village in villages),
        ]
        self.fields["way"].choices = [choice for choice in Visit.Way.choices if choice[0] != Visit.Way.HOME]
        if self.initial.get("way") in (None, Visit.Way.HOME):
            self.initial["way"] = Visit.Way.MOBILE
        self.fields["people_helped"].required = True
        if self.initial.get("people_helped") == 1 and not self.initial.get("place"):
            del self.initial["people_helped"]  # one person is the usual case at a door, not at a desk
        del self.fields["outcome"]
        del self.fields["come_back_on"]

    def clean(self):
        data = super().clean()
        data["outcome"], data["come_back_on"] = Visit.Outcome.MET, None
        return data
