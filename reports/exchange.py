"""Stated figures as workbooks."""

from __future__ import annotations

from accounts.exchange.cells import ChoiceCell, CodeCell, CountCell, DateCell, PercentCell, RowCell, TextCell, column
from accounts.exchange.resources import GatedResource, id_column
from accounts.rules import Can

from .models import StatedFigure


class StatedFigureResource(GatedResource):
    pk = id_column()
    area = column("area", "Địa bàn", RowCell(lambda user: user.reach().areas_ever(Can.STATE_FIGURES)))
    on = column("on", "Tại ngày", DateCell())
    since = column("since", "Tính từ ngày", DateCell())
    measure = column("measure", "Chỉ số", CodeCell())
    scope = column("scope", "Riêng cho")
    eligible = column("eligible", "Thuộc diện", CountCell())
    reached = column("reached", "Đã có", CountCell())
    rate = column("rate", "Tỷ lệ (%)", PercentCell())
    value = column("value", "Giá trị", CountCell())
    qualifier = column("qualifier", "Mức", ChoiceCell(StatedFigure.Qualifier.choices))
    basis = column("basis", "Tính chất", ChoiceCell(StatedFigure.Basis.choices, StatedFigure.Basis.STATED))
    source = column("source", "Nguồn")
    document = column("document", "Văn bản, bài viết")
    note = column("note", "Ghi chú", TextCell())

    fixed = {
        "area": "Không chuyển số liệu sang địa bàn khác; nhập dòng mới.",
        "measure": "Không đổi chỉ số của một số liệu; nhập dòng mới.",
    }

    class Meta(GatedResource.Meta):
        model = StatedFigure
