"""Who may do what with a report in which state: one table, read by the actions, the pages and docs/signing.md.

Inside an office: lập → trình → lãnh đạo duyệt or trả lại; upwards: gửi → tiếp nhận or đề nghị giải trình. The office
above receives and asks, it does not approve (Decree 09/2019/NĐ-CP; the working rules of the committees).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils import timezone

from accounts.rules import ROLE_CAN, Can, Role
from areas.models import Area, Level
from reports.models import MonthlyReport, Period

State = MonthlyReport.State


class Who(StrEnum):
    """In which office, and in which part of the work."""

    MAKER = "cán bộ lập của cơ quan"
    LEADER = "lãnh đạo của cơ quan"
    ABOVE = "cán bộ của cơ quan cấp trên trực tiếp"

    @property
    def needs(self) -> Can:
        return Can.APPROVE_REPORTS if self is Who.LEADER else Can.MAKE_REPORTS


class Action(models.TextChoices):
    START = "start", "Lập báo cáo"
    PRESENT = "present", "Trình lãnh đạo"
    WITHDRAW = "withdraw", "Rút về để sửa"
    RETURN = "return", "Trả lại"
    APPROVE = "approve", "Duyệt và chốt số liệu"
    SEND = "send", "Gửi cấp trên"
    RECEIVE = "receive", "Tiếp nhận"
    ASK = "ask", "Đề nghị giải trình"
    EXPLAIN = "explain", "Gửi giải trình"
    ATTACH = "attach", "Ghi số văn bản, bản đã ký"
    REOPEN = "reopen", "Mở lại thành bản mới"


@dataclass(frozen=True)
class Rule:
    """From these states `who` may do `action`; the report is then in `to` (None: it stays where it is)."""

    action: Action
    who: Who
    states: tuple[State, ...]
    to: State | None
    # What must be written along with it: the label of the box, empty where nothing must be.
    words: str = ""


TABLE = (
    Rule(Action.PRESENT, Who.MAKER, (State.DRAFT, State.RETURNED), State.PRESENTED),
    Rule(Action.WITHDRAW, Who.MAKER, (State.PRESENTED,), State.DRAFT),
    Rule(Action.RETURN, Who.LEADER, (State.PRESENTED,), State.RETURNED, "Lý do trả lại, cần sửa gì"),
    Rule(Action.APPROVE, Who.LEADER, (State.PRESENTED,), State.APPROVED),
    Rule(Action.SEND, Who.MAKER, (State.APPROVED,), State.SENT),
    Rule(Action.RECEIVE, Who.ABOVE, (State.SENT,), State.RECEIVED),
    Rule(Action.ASK, Who.ABOVE, (State.SENT, State.RECEIVED), State.EXPLAIN, "Điều đề nghị giải trình"),
    Rule(Action.EXPLAIN, Who.MAKER, (State.EXPLAIN,), State.SENT, "Nội dung giải trình"),
    Rule(Action.ATTACH, Who.MAKER, MonthlyReport.LOCKED, None),
    Rule(Action.REOPEN, Who.LEADER, MonthlyReport.LOCKED, State.DRAFT, "Lý do mở lại"),
)
BY_ACTION = {rule.action: rule for rule in TABLE}


@dataclass(frozen=True)
class Standing:
    """What a user is to a report: in her office, above it, neither. Worked out once for a page."""

    makes: bool
    leads: bool
    above: bool
    user_id: int

    def is_(self, who: Who) -> bool:
        return {Who.MAKER: self.makes, Who.LEADER: self.leads, Who.ABOVE: self.above}[who]

    @property
    def anything(self) -> bool:
        return self.makes or self.leads or self.above


def standing(user, area: Area, above: Area | None) -> Standing:
    """Of `user` to the reports of `area`, whose office above is that of `above`."""
    return Standing(
        makes=holds_office(user, area, Can.MAKE_REPORTS),
        leads=holds_office(user, area, Can.APPROVE_REPORTS),
        above=above is not None and holds_office(user, above, Can.MAKE_REPORTS),
        user_id=user.pk,
    )


def holds_office(user, area: Area, can: Can) -> bool:
    """Is she posted to the office of `area` itself? A right over what lies below does not make its reports hers.

    The office of an area that has ended is held by those over its successor, else by those above it.
    """
    reach = user.reach()
    postings = [posting for posting in reach.postings if can in ROLE_CAN[Role(posting.role)]]
    if any(posting.area_id == area.pk for posting in postings):
        return True
    if area.is_open:
        return False
    above = [posting for posting in postings if Level.PROVINCE <= posting.area.level <= area.level]
    return any(reach.posting_covers(posting, area, strictly=False) for posting in above)


def allowed(standing: Standing, report: MonthlyReport) -> list[Rule]:
    """What she may do with the report as it stands, in the order of the table."""
    return [rule for rule in TABLE if refusal(rule, standing, report) is None]


def refusal(rule: Rule, standing: Standing, report: MonthlyReport) -> str | None:
    """Why this may not be done now, in words for the page; None: it may.

    Raises nothing: whoever is nothing to the report is refused by the caller, with 403.
    """
    if report.state not in rule.states:
        return f"{report} {state_words(report)}: không {rule.action.label.lower()} được nữa."
    if not standing.is_(rule.who):
        return f"Việc “{rule.action.label}” do {rule.who.value} làm."
    if rule.action == Action.APPROVE and report.presented_by_id == standing.user_id:
        return "Người trình không tự duyệt báo cáo của mình; đề nghị lãnh đạo khác duyệt."
    return None


def state_words(report: MonthlyReport) -> str:
    """ "đã duyệt ngày 18/11/2026" """
    when = {State.PRESENTED: report.presented_at, State.APPROVED: report.approved_at, State.SENT: report.sent_at}
    at = when.get(State(report.state))
    return report.get_state_display().lower() + (f" lúc {_local(at)}" if at else "")


def closed_words(report: MonthlyReport) -> str:
    """Which rule closed it, and who can open it again (shown wherever something is closed)."""
    return (
        f"Kỳ này đã chốt ngày {_local(report.approved_at, '%d/%m/%Y')}: lãnh đạo {report.area} đã duyệt báo cáo. "
        f"Ghi nhận mới vẫn được lưu, xếp vào “Bổ sung sau chốt”. Chỉ {Who.LEADER.value} mở lại được, thành bản mới, "
        "có ghi lý do."
    )


def office_above(area: Area, day) -> Area | None:
    """The area whose office receives the reports of `area`, by the map of `day`; a province has none here."""
    return Area.objects.above(area, day).exclude(level=Level.COUNTRY).order_by("-level").first()


def may_report(area: Area, period: Period) -> bool:
    """Do offices of this level report for a period of this kind? A day and a "lũy kế" are not reported."""
    return area.level in MonthlyReport.LEVELS and period.kind not in (Period.Kind.DAY, Period.Kind.TO_DATE)


def _local(at, form: str = "%H:%M ngày %d/%m/%Y") -> str:
    return timezone.localtime(at).strftime(form)
