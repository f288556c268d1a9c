"""The columns of the lists of areas and offices in workbooks."""

from sheets.workbook import Column

AREA_COLUMNS = (
    Column("Cấp", lambda version: version.area.get_level_display(), width=18),
    Column("Tên", "name", width=34),
    Column("Loại", "kind", width=14),
    Column("Mã", "code", "code", width=10),
    Column("Thuộc", lambda version: version.parent_name or "", width=34),
    Column("Số đơn vị bên dưới", "below", "integer"),
    Column("Từ ngày", lambda version: version.area.since, "date"),
    Column("Đến ngày", lambda version: version.area.until, "date"),
)


def _of_office(name):
    return lambda area: getattr(area.known_offices[0], name) if area.known_offices else ""


OFFICE_COLUMNS = (
    Column("Địa bàn", "name", width=32),
    Column("Tên cơ quan", _of_office("name"), width=40),
    Column("Cơ quan chủ quản", _of_office("parent_name"), width=34),
    Column("Ký hiệu văn bản", _of_office("symbol"), width=16),
    Column("Địa danh", _of_office("place"), width=18),
    Column("Người lập biểu", _of_office("preparer_name"), width=24),
    Column("Chức vụ người ký", _of_office("signer_title"), width=24),
    Column("Người ký", _of_office("signer_name"), width=24),
    Column("Từ ngày", _of_office("since"), "date"),
)
