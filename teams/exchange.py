"""Teams and members as workbooks."""

from __future__ import annotations

from accounts.exchange.cells import (
    ChoiceCell,
    DateCell,
    PhoneCell,
    PlainNumberCell,
    RowCell,
    TextCell,
    YesNoCell,
    column,
)
from accounts.exchange.resources import GatedResource, id_column
from accounts.rules import Can

from .models import Member, Team


class TeamResource(GatedResource):
    pk = id_column()
    name = column("name", "Tên tổ")
    kind = column("kind", "Loại tổ", ChoiceCell(Team.Kind.choices, Team.Kind.CNSCD))
    home_area = column("home_area", "Địa bàn", RowCell(lambda user: user.reach().areas(Can.SEE_TEAMS).open()))
    since = column("since", "Hoạt động từ", DateCell())
    until = column("until", "Giải thể từ", DateCell(), readonly=True)
    chat_kind = column("chat_kind", "Nhóm liên lạc", ChoiceCell(Team.ChatKind.choices))
    chat_name = column("chat_name", "Tên nhóm")
    partners = column("partners", "Doanh nghiệp phối hợp", TextCell())
    note = column("note", "Ghi chú", TextCell())

    class Meta(GatedResource.Meta):
        model = Team


class MemberResource(GatedResource):
    pk = id_column()
    team = column("team", "Tổ", RowCell(lambda user: Team.objects.visible_to(user)))
    full_name = column("full_name", "Họ và tên")
    role = column("role", "Vai trò", ChoiceCell(Member.Role.choices, Member.Role.MEMBER))
    organisation = column("organisation", "Tổ chức", ChoiceCell(Member.Organisation.choices, Member.Organisation.OTHER))
    phone = column("phone", "Điện thoại", PhoneCell())
    sex = column("sex", "Giới tính", ChoiceCell(Member.Sex.choices))
    birth_year = column("birth_year", "Năm sinh", PlainNumberCell())
    is_on_payroll = column("is_on_payroll", "Hưởng lương", YesNoCell())
    since = column("since", "Tham gia từ", DateCell())
    until = column("until", "Thôi từ", DateCell(), readonly=True)

    fixed = {"team": "Không chuyển tổ bằng tệp: cho thôi ở tổ cũ rồi thêm vào tổ mới."}

    class Meta(GatedResource.Meta):
        model = Member
