"""Why a person or household counts otherwise than before: the causes, and the words for them."""

from __future__ import annotations

from django.db import models

from sheets.numbers import number_text


class Cause(models.TextChoices):
    """In the order in which they are looked for: the first that applies is the one (docs/counting.md)."""

    AREA = "area", "Sắp xếp địa bàn"
    CAME = "came", "Mới vào sổ"
    LEFT = "left", "Rời đi"
    MERGED = "merged", "Gộp ghi trùng"
    MOVED_IN = "moved_in", "Chuyển đến"
    MOVED_OUT = "moved_out", "Chuyển sang nơi khác"
    DEFINITION = "definition", "Định nghĩa tiêu chí thay đổi"
    AGE = "age", "Đến tuổi, quá tuổi"
    REQUIREMENT = "requirement", "Điều kiện thuộc diện"
    SEEN = "seen", "Mới được ghi nhận"
    SEEN_AGAIN = "seen_again", "Ghi nhận lại"
    LATE = "late", "Ghi nhận đến sau"
    CORRECTED = "corrected", "Sửa, rút lại ghi nhận cũ"
    VILLAGE = "village", "Thôn có, không còn số liệu"
    FORGOTTEN = "forgotten", "Không còn tra được"
    BASIS = "basis", "Số công bố thay số đếm"
    REST = "rest", "Chưa giải thích được"


# Of a part without persons behind it.
WITHOUT_SUBJECTS = frozenset({Cause.BASIS, Cause.REST})

# cause → (more, fewer); a pair by number where the words differ. {} is "12 người".
MORE, FEWER = 0, 1
WORDS: dict[Cause, tuple[str, str]] = {
    Cause.AREA: ("{} thuộc thôn mới về địa bàn do sắp xếp", "{} thuộc thôn chuyển khỏi địa bàn do sắp xếp"),
    Cause.CAME: ("{} mới vào sổ (mới đến, mới sinh, mới lập sổ)", "{} mới vào sổ"),
    Cause.LEFT: ("{} đã rời đi", "{} đã rời đi (chuyển đi, qua đời)"),
    Cause.MERGED: ("{} ghi trùng đã gộp", "{} ghi trùng đã gộp"),
    Cause.MOVED_IN: ("{} chuyển đến từ nơi khác", "{} chuyển đến từ nơi khác"),
    Cause.MOVED_OUT: ("{} chuyển sang nơi khác", "{} chuyển sang nơi khác"),
    Cause.DEFINITION: ("{} thuộc diện theo định nghĩa mới", "{} không còn thuộc diện theo định nghĩa mới"),
    Cause.AGE: ("{} vừa đến tuổi", "{} đã quá tuổi"),
    Cause.REQUIREMENT: ("{} nay rõ là thuộc diện", "{} nay không thuộc diện hoặc chưa rõ"),
    Cause.SEEN: ("{} mới được ghi nhận", "{} được ghi nhận là không thuộc diện"),
    Cause.SEEN_AGAIN: ("{} được ghi nhận lại là thuộc diện", "{} được ghi nhận lại là không thuộc diện"),
    Cause.LATE: ("{} có ghi nhận đến sau khi chốt", "{} có ghi nhận “không thuộc diện” đến sau khi chốt"),
    Cause.CORRECTED: ("{} được sửa ghi nhận cũ", "{} bị sửa hoặc rút lại ghi nhận cũ"),
    Cause.VILLAGE: ("{} ở thôn nay mới có số liệu", "{} ở thôn không còn số liệu"),
    Cause.FORGOTTEN: ("{} không còn tra được (đã xóa thông tin)", "{} không còn tra được (đã xóa thông tin)"),
}
WORDS_OF_REACHED = {
    Cause.SEEN: ("{} mới được ghi nhận là đã có", "{} mới được ghi nhận là chưa có"),
    Cause.SEEN_AGAIN: ("{} trước chưa có, nay đã có", "{} trước đã có, nay không có"),
    Cause.LATE: ("{} đã có, ghi nhận đến sau khi chốt", "{} không có, ghi nhận đến sau khi chốt"),
}
WORDS_OF_KNOWN = {
    Cause.SEEN: ("{} mới được hỏi", "{} được ghi nhận là không thuộc diện"),
}


def sentence(cause: Cause, number: str, more: int, fewer: int, unit: str) -> str:
    """ "12 người mới được ghi nhận; 3 người được ghi nhận là không thuộc diện" of one number ("reached")."""
    words = {"reached": WORDS_OF_REACHED, "known": WORDS_OF_KNOWN}.get(number, {}).get(cause) or WORDS[cause]
    found = [
        words[way].format(f"{number_text(count)} {unit}") for way, count in ((MORE, more), (FEWER, fewer)) if count
    ]
    return "; ".join(found)
