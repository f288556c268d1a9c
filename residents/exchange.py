"""Households, people, indicators and topics as workbooks."""

from __future__ import annotations

from accounts.exchange.cells import (
    Cell,
    ChoiceCell,
    CodeCell,
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
from areas.models import Holiday, Level

from .models import Household, Indicator, Resident, Topic


class HouseholdResource(GatedResource):
    pk = id_column()
    code = column("code", "Mã hộ", CodeCell())
    head_name = column("head_name", "Chủ hộ")
    village = column(
        "village",
        "Thôn, tổ dân phố",
        RowCell(lambda user: user.reach().areas(Can.SEE_PEOPLE).open().at(Level.VILLAGE)),
    )
    address = column("address", "Địa chỉ")
    phone = column("phone", "Điện thoại", PhoneCell())
    order_no = column("order_no", "Số thứ tự trên đường", PlainNumberCell())
    note = column("note", "Ghi chú", TextCell())
    since = column("since", "Từ ngày", DateCell())
    until = column("until", "Rời đi từ", DateCell(), readonly=True)

    fixed = {
        "code": "Mã hộ đã cấp không đổi được.",
        "village": "Chuyển thôn ở trang của hộ.",
        "since": "Ngày bắt đầu không đổi được bằng tệp.",
    }

    class Meta(GatedResource.Meta):
        model = Household


class ResidentResource(GatedResource):
    pk = id_column()
    household = column("household", "Hộ", RowCell(lambda user: Household.objects.visible_to(user), by="code"))
    label = column("label", "Tên gọi")
    birth_year = column("birth_year", "Năm sinh", PlainNumberCell())
    birth_date = column("birth_date", "Ngày sinh", DateCell())
    age_band = column("age_band", "Nhóm tuổi", ChoiceCell(Resident.AgeBand.choices))
    sex = column("sex", "Giới tính", ChoiceCell(Resident.Sex.choices))
    stays = column("stays", "Cư trú", ChoiceCell(Resident.Stays.choices, Resident.Stays.PERMANENT))
    is_head = column("is_head", "Là chủ hộ", YesNoCell())
    since = column("since", "Từ ngày", DateCell())
    until = column("until", "Rời đi từ", DateCell(), readonly=True)

    fixed = {
        "household": "Chuyển hộ ở trang của người này.",
        "is_head": "Đổi chủ hộ ở trang của hộ.",
        "since": "Ngày bắt đầu không đổi được bằng tệp.",
    }

    class Meta(GatedResource.Meta):
        model = Resident


class IndicatorResource(GatedResource):
    pk = id_column()
    code = column("code", "Mã", CodeCell())
    name = column("name", "Tên tiêu chí")
    short_name = column("short_name", "Tên ngắn")
    group = column("group", "Nhóm", ChoiceCell(Indicator.Group.choices))
    order = column("order", "Thứ tự", PlainNumberCell())
    is_reported = column("is_reported", "Có trong báo cáo", YesNoCell())

    fixed = {"code": "Mã tiêu chí không đổi được."}

    class Meta(GatedResource.Meta):
        model = Indicator


class TopicResource(GatedResource):
    pk = id_column()
    code = column("code", "Mã", CodeCell())
    name = column("name", "Tên", Cell())
    parent = column("parent", "Thuộc nhóm", RowCell(lambda user: Topic.objects.filter(parent=None)))
    order = column("order", "Thứ tự", PlainNumberCell())
    is_offered = column("is_offered", "Đang dùng", YesNoCell())

    class Meta(GatedResource.Meta):
        model = Topic


class HolidayResource(GatedResource):
    pk = id_column()
    day = column("day", "Ngày", DateCell())
    name = column("name", "Tên")
    kind = column("kind", "Loại", ChoiceCell(Holiday.Kind.choices, Holiday.Kind.OFF))

    fixed = {"day": "Ngày không đổi được: đặt ngày này là “Làm việc”, rồi thêm ngày khác."}

    class Meta(GatedResource.Meta):
        model = Holiday
