"""Invented people: names put together by chance from common Vietnamese name parts."""

from __future__ import annotations

from random import Random

FAMILIES = (
    "Nguyễn Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Huỳnh Phan Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh "
    "Trương Lương Mai Tạ Cao"
).split()
WOMEN_MIDDLE = ("Thị", "Thị", "Thị", "Thị Kim", "Thị Ngọc", "Thị Thu", "Thị Bích", "Ngọc", "Thanh", "Thùy")
WOMEN = (
    "An Ánh Bình Chi Cúc Diễm Dung Duyên Đào Giang Hà Hạnh Hằng Hiền Hoa Hồng Huệ Hương Lan Liên Linh "
    "Loan Mai My Nga Ngân Nhung Oanh Phương Quyên Sương Tâm Thảo Thủy Trang Trâm Tuyết Vân Xuân Yến"
).split()
MEN_MIDDLE = ("Văn", "Văn", "Văn", "Đình", "Hữu", "Quang", "Minh", "Công", "Đức", "Thanh", "Xuân", "Ngọc")
MEN = (
    "An Anh Bảo Bình Chiến Cường Dũng Duy Đạt Điền Đông Đức Giang Hải Hậu Hiếu Hòa Hoàng Hùng Huy Hưng "
    "Khánh Khoa Lâm Lộc Long Lực Mạnh Minh Nam Nghĩa Nhân Phong Phúc Phước Quân Quốc Sơn Tài Tân Thành "
    "Thắng Thiện Tiến Toàn Trí Trung Tuấn Tùng Việt Vinh"
).split()


def full_name(random: Random, sex: str, family: str = "") -> str:
    middle, given = (WOMEN_MIDDLE, WOMEN) if sex == "f" else (MEN_MIDDLE, MEN)
    return f"{family or random.choice(FAMILIES)} {random.choice(middle)} {random.choice(given)}"


def phone(random: Random) -> str:
    """A number of a range that no operator has given out."""
    return f"0900{random.randrange(10**6):06d}"
