"""The columns of a log of visits, and the words that people write into them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError

from areas.models import Area
from intake import cells
from intake.blanks import BlankColumn
from intake.words import Field
from residents.models import ResultKind, Topic, Visit
from residents.visit_time import HOURS, When
from sheets.text import search_key

Outcome, Way = Visit.Outcome, Visit.Way
HOME, VISIT = "Hộ", "Lượt"
FIELDS = (
    Field(
        "day",
        "Ngày",
        (
            "ngay den",
            "ngay den ho",
            "ngay di",
            "ngay ho tro",
            "ngay thuc hien",
            "ngay thang",
            "ngay thang nam",
            "ngay gio",
            "thoi diem",
            "thoi gian",
        ),
        VISIT,
    ),
    Field("clock", "Giờ", ("gio den", "gio ho tro", "luc", "buoi"), VISIT),
    Field(
        "village",
        "Thôn, tổ dân phố",
        ("thon", "to dan pho", "tdp", "thon tdp", "thon to", "to", "khu pho", "ap", "xom", "ban", "buon", "dia ban"),
        HOME,
    ),
    Field("code", "Mã hộ", ("ma ho", "so ho", "ma ho gia dinh"), HOME),
    Field(
        "head",
        "Chủ hộ",
        (
            "ho va ten chu ho",
            "ho ten chu ho",
            "ten chu ho",
            "dai dien ho",
            "ho gia dinh",
            "ten ho",
            "ho ten nguoi dan",
            "ho va ten nguoi dan",
            "ho ten",
            "ho va ten",
        ),
        HOME,
    ),
    Field("address", "Địa chỉ", ("dia chi", "so nha", "noi o"), HOME),
    Field("phone", "Điện thoại", ("so dien thoai", "sdt", "dt", "so dt", "dtdd"), HOME),
    Field("home_id", "Mã số hộ (phần mềm)", ("ma so ho phan mem",), HOME),
    Field("place", "Địa điểm", ("dia diem ho tro", "noi ho tro"), VISIT),
    Field(
        "outcome",
        "Kết quả",
        ("ket qua den ho", "ket qua luot", "ket qua go cua", "gap vang", "tinh trang", "co gap khong"),
        VISIT,
    ),
    Field("come_back_on", "Hẹn lại ngày", ("hen lai", "ngay hen", "ngay hen lai", "hen ngay"), VISIT),
    Field(
        "people_helped",
        "Số người được hỗ trợ",
        ("so nguoi", "so nguoi ho tro", "so nguoi duoc huong dan", "so luot nguoi"),
        VISIT,
    ),
    Field("minutes", "Số phút", ("thoi luong", "thoi luong phut", "phut", "so phut ho tro"), VISIT),
    Field(
        "topics",
        "Nội dung hỗ trợ",
        ("noi dung", "noi dung huong dan", "noi dung cong viec", "viec ho tro", "linh vuc"),
        VISIT,
    ),
    Field("results", "Kết quả hỗ trợ", ("ket qua dat duoc", "ket qua cu the"), VISIT),
    Field("way", "Hình thức", ("hinh thuc ho tro", "cach ho tro"), VISIT),
    Field(
        "team",
        "Tổ công nghệ số",
        ("to cong nghe so cong dong", "to cnscd", "ten to", "ten to cnscd", "to ho tro"),
        VISIT,
    ),
    Field(
        "members",
        "Thành viên đi",
        (
            "thanh vien",
            "thanh vien co mat",
            "thanh vien thuc hien",
            "nguoi di",
            "nguoi ho tro",
            "nguoi thuc hien",
            "nguoi huong dan",
            "can bo ho tro",
        ),
        VISIT,
    ),
    Field("note", "Ghi chú", ("ghi chu",), VISIT),
    Field("visit_id", "Mã số lượt (phần mềm)", ("ma so luot phan mem",), VISIT),
)
LABELS = {field.code: field.label for field in FIELDS}

OUTCOMES = {
    **{search_key(label): value for value, label in Outcome.choices},
    **dict.fromkeys(("da gap", "gap duoc", "co gap", "co nha", "co", "x", "duoc", "da ho tro"), Outcome.MET),
    **dict.fromkeys(
        ("vang", "khong gap", "khong co nha", "khong co ai", "khong o nha", "di vang", "dong cua", "khoa cua"),
        Outcome.NOBODY,
    ),
    **dict.fromkeys(("hen", "hen khi khac", "hen hom khac", "hen ngay khac", "hen quay lai"), Outcome.COME_BACK),
    **dict.fromkeys(("tu choi ho tro", "khong hop tac", "khong dong y", "khong tiep", "khong muon"), Outcome.REFUSED),
}
WAYS = {
    **{search_key(label): value for value, label in Way.choices},
    **dict.fromkeys(("tai ho", "den nha", "den ho", "truc tiep", "luu dong tai ho"), Way.HOME),
    **dict.fromkeys(("tap trung", "tap huan", "sinh hoat", "hop to"), Way.GROUP),
    **dict.fromkeys(("diem co dinh", "mot cua", "truc mot cua", "nha van hoa"), Way.FIXED),
    **dict.fromkeys(("tu xa", "dien thoai", "zalo", "qua dien thoai", "qua zalo", "goi dien"), Way.REMOTE),
    **dict.fromkeys(("luu dong",), Way.MOBILE),
}
# Other words for topics, by their codes; what a place added itself is known by its name alone.
TOPICS = {
    "vneid": "vneid", "dinh danh dien tu": "vneid", "dinh danh muc 2": "vneid", "dich vu cong": "dvc", "dvc": "dvc",
    "khai sinh": "ho-tich", "ket hon": "ho-tich", "khai tu": "ho-tich", "ho tich": "ho-tich", "cu tru": "cu-tru",
    "tam tru": "cu-tru", "thuong tru": "cu-tru", "bao hiem xa hoi": "bao-hiem-xa-hoi", "vssid": "bao-hiem-xa-hoi",
    "bao hiem y te": "bao-hiem-xa-hoi", "bhyt": "bao-hiem-xa-hoi", "bhxh": "bao-hiem-xa-hoi",
    "so suc khoe": "y-te", "ho chieu": "ho-chieu", "giay phep lai xe": "giay-phep-lai-xe", "gplx": "giay-phep-lai-xe",
    "vi dien tu": "tai-khoan", "tai khoan ngan hang": "tai-khoan", "mobile money": "tai-khoan",
    "tien dien": "dien-nuoc", "tien nuoc": "dien-nuoc", "ma qr": "ma-qr", "qr": "ma-qr", "lua dao": "lua-dao",
    "gian hang": "gian-hang", "ocop": "gian-hang", "zalo": "zalo", "thanh toan truc tuyen": "thanh-toan",
}  # fmt: skip
PARTS_OF_DAY = {
    "sang": HOURS[When.MORNING][1],
    "buoi sang": HOURS[When.MORNING][1],
    "chieu": HOURS[When.AFTERNOON][1],
    "buoi chieu": HOURS[When.AFTERNOON][1],
    "toi": HOURS[When.LAST_EVENING][1],
    "buoi toi": HOURS[When.LAST_EVENING][1],
}
COUNTED = re.compile(r"(.+?)\s*[:=]\s*(\d{1,6})")
LONGEST = 60
_CLOCK = re.compile(r"(\d{1,2})\s*(?:(?::|h|g|giờ|\.)\s*(\d{2})?(?::\d{2}(?:\.\d+)?)?|(\d{2}))?\s*(?:phút|p)?", re.I)
_IN_A_MOMENT = re.compile(r"(?<![\d/.-])\d{1,2}\s*(?::\d{2}(?::\d{2})?|h\d{0,2}|giờ(?:\s*\d{2})?)(?![\d/])", re.I)
_LITTLE_WORDS = re.compile(r"\b(?:lúc|ngày|vào)\b", re.I)
_LENGTH = re.compile(r"(?:(\d{1,2})\s*(?:giờ|h|tiếng))?\s*(?:(\d{1,4})\s*(?:phút|p|')?)?", re.I)


def is_outcome(text: str) -> bool:
    return search_key(text) in OUTCOMES


def is_counted(text: str) -> bool:
    """ "Hồ sơ trực tuyến nộp: 2" """
    return COUNTED.search(text) is not None


def outcome(cell) -> str:
    return _chosen(cell, OUTCOMES, "Gặp", "Vắng nhà", "Hẹn lại", "Từ chối")


def way(cell) -> str:
    return _chosen(cell, WAYS, *map(str, Way.labels))


def _chosen(cell, words: dict[str, str], *offered: str) -> str:
    written = cells.text(cell, 500)
    if (key := search_key(written)) and key not in words:
        told = ", ".join(f"“{label}”" for label in offered)
        raise ValidationError(f"“{written}” chưa rõ nghĩa. Ghi một trong: {told}.")
    return words.get(key, "")


def moment(cell, today: dt.date) -> tuple[dt.date | None, dt.time | None]:
    """The day, and the hour if the cell holds both: "19:30 14/11/2026"."""
    written = cells.text(cell, LONGEST) if isinstance(cell, str) else ""
    found = _IN_A_MOMENT.search(written)
    if found is None:
        return cells.date(cell, today), None
    rest = written[: found.start()] + " " + written[found.end() :]
    return cells.date(_LITTLE_WORDS.sub(" ", rest).strip(" ,;-–"), today), clock(found[0])


def clock(cell) -> dt.time | None:
    """19:30, 19h30, 1930, 19h, a time cell or its part of a day; or "sáng", "chiều", "tối". None for nothing."""
    if cells.is_empty(cell):
        return None
    if isinstance(cell, float) and 0 < cell < 1:
        minutes = round(cell * 24 * 60) % (24 * 60)
        return dt.time(minutes // 60, minutes % 60)
    written = cells.text(cell, LONGEST)
    if part := PARTS_OF_DAY.get(search_key(written)):
        return part
    found = None if isinstance(cell, float) and not cell.is_integer() else _CLOCK.fullmatch(written)
    try:
        return dt.time(int(found[1]), int(found[2] or found[3] or 0))
    except (TypeError, ValueError) as error:
        raise ValidationError(
            f"“{written}” không phải là giờ. Ghi giờ và phút, ví dụ 19:30; hoặc sáng, chiều, tối."
        ) from error


def minutes(cell) -> int | None:
    """30, "30 phút", "1 giờ 30 phút"; None for nothing."""
    written = cells.text(cell, LONGEST)
    if written in ("", "-", "–"):
        return None
    found = _LENGTH.fullmatch(written)
    if found is None or not any(found.groups()):
        raise ValidationError(f"“{written}” không phải là số phút. Ghi số, ví dụ 30.")
    return 60 * int(found[1] or 0) + int(found[2] or 0)


def blank_columns(villages: Iterable[Area]) -> list[BlankColumn]:
    def of(code: str, *args, **more) -> BlankColumn:
        return BlankColumn(LABELS[code], *args, **more)

    topics = [str(topic) for topic in Topic.objects.filter(is_offered=True)]
    kinds = ", ".join(str(kind) for kind in ResultKind.objects.filter(is_offered=True))
    outcomes = [str(label) for label in Outcome.labels]
    return [
        of("day", "14/11/2026", is_date=True, help="Đủ ngày, tháng, năm."),
        of("clock", "19:30", is_text=True, width=9, help="Để trống nếu không rõ: tính là 15:00."),
        of("village", "", [village.name for village in villages], width=22),
        of("code", "H001", is_text=True, help="Có mã hộ thì không cần tên chủ hộ."),
        of("head", "Nguyễn Văn Sáu", width=26),
        of("place", "", width=22, help="Chỉ ghi khi hỗ trợ ngoài hộ, ví dụ Nhà văn hóa thôn."),
        of("outcome", outcomes[0], outcomes),
        of("come_back_on", "", is_date=True),
        of("people_helped", 2, help="Để trống là 0 người."),
        of("minutes", 30),
        of("topics", topics[1] if len(topics) > 1 else "", topics, width=40, help="Nhiều nội dung: cách nhau dấu “;”."),
        of("results", "", width=34, help=f"Ghi “tên: số lượng”, cách nhau dấu “;”. Các loại: {kinds}."[:900]),
        of("way", str(Way.HOME.label), [str(label) for label in Way.labels], width=24),
        of("members", "Nguyễn Thị Lan; Trần Văn Hai", width=30, help="Họ tên như trong danh sách tổ."),
        of("note", "", width=30, help="Không ghi số giấy tờ, mã OTP, mật khẩu."),
    ]
