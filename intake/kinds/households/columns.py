"""The columns of a list of households: of the household, of its people, counts, and what was seen."""

from __future__ import annotations

import datetime as dt

from intake.words import Field
from residents.models import IndicatorVersion, Resident
from residents.models.indicators import Subject
from sheets.text import search_key

HOME, PERSON, COUNTS, SEEN = "Hộ", "Người", "Số người", "Tiêu chí"
BANDS = {
    "0-13": ("duoi 14 tuoi", "duoi 14", "0 13 tuoi", "0 13", "tre em", "nho hon 14"),
    "14-17": ("tu 14 den 17", "14 17 tuoi", "14 17", "14 den 17", "tu 14 den duoi 18"),
    "18-59": ("18 59 tuoi", "18 59", "tu 18 den 59", "18 den 59", "tu 18 den duoi 60"),
    "60+": ("tu 60 tuoi", "tu 60", "60 tuoi tro len", "nguoi cao tuoi", "tren 60", "60 tro len"),
}

FIELDS = (
    Field("home_id", "Mã số hộ (phần mềm)", ("ma so ho phan mem",), HOME),
    Field("code", "Mã hộ", ("ma ho", "so ho", "ma ho gia dinh", "ho so"), HOME),
    Field(
        "head",
        "Chủ hộ",
        (
            "chu ho",
            "ho va ten chu ho",
            "ho ten chu ho",
            "ten chu ho",
            "dai dien ho",
            "ho ten dai dien",
            "chu ho gia dinh",
        ),
        HOME,
    ),
    Field(
        "village",
        "Thôn, tổ dân phố",
        (
            "thon",
            "to dan pho",
            "tdp",
            "thon tdp",
            "thon to",
            "khu pho",
            "ap",
            "xom",
            "ban",
            "buon",
            "khu dan cu",
            "khoi pho",
            "khom",
            "dia ban",
            "to",
        ),
        HOME,
    ),
    Field("address", "Địa chỉ", ("dia chi", "so nha", "noi o", "cho o", "noi o hien tai", "dia chi thuong tru"), HOME),
    Field("street", "Đường, ngõ", ("duong ngo", "duong", "ngo", "ngach", "hem", "kiet", "tuyen duong"), HOME),
    Field("order_no", "Thứ tự trên đường", ("so thu tu tren duong", "thu tu nha"), HOME),
    Field(
        "phone", "Điện thoại", ("so dien thoai", "sdt", "dt", "so dt", "dtdd", "di dong", "dien thoai lien he"), HOME
    ),
    Field("note", "Ghi chú", ("ghi chu",), HOME),
    Field("person_id", "Mã số người (phần mềm)", ("ma so nguoi phan mem",), PERSON),
    Field(
        "name",
        "Họ và tên",
        (
            "ho ten",
            "ho va ten",
            "ten",
            "ho chu dem va ten",
            "ho va ten nhan khau",
            "ho ten thanh vien",
            "ten nhan khau",
            "thanh vien trong ho",
            "ho va ten nguoi dan",
            "ten cong dan",
            "ho va ten cong dan",
        ),
        PERSON,
    ),
    Field(
        "relation",
        "Quan hệ với chủ hộ",
        ("quan he", "qh voi chu ho", "moi quan he", "moi quan he voi chu ho", "qhch"),
        PERSON,
    ),
    Field(
        "birth",
        "Ngày, năm sinh",
        ("nam sinh", "ngay sinh", "ngay thang nam sinh", "sinh nam", "ntns", "ngay thang nam", "sinh ngay"),
        PERSON,
    ),
    Field("birth_m", "Năm sinh (nam)", ("nam sinh nam", "ngay thang nam sinh nam", "ngay sinh nam"), PERSON),
    Field("birth_f", "Năm sinh (nữ)", ("nam sinh nu", "ngay thang nam sinh nu", "ngay sinh nu"), PERSON),
    Field("age", "Tuổi", ("tuoi", "so tuoi", "do tuoi hien nay"), PERSON),
    Field("band", "Nhóm tuổi", ("nhom tuoi", "do tuoi"), PERSON),
    Field("sex", "Giới tính", ("gioi tinh", "gioi", "phai", "nam nu"), PERSON),
    Field("stays", "Cư trú", ("cu tru", "tinh trang cu tru", "loai cu tru", "thuong tru tam tru"), PERSON),
    Field(
        "size",
        "Số người trong hộ",
        (
            "so nhan khau",
            "nhan khau",
            "so nguoi",
            "so khau",
            "khau",
            "tong so nguoi",
            "tong so nhan khau",
            "tong so khau",
            "so thanh vien",
        ),
        COUNTS,
    ),
    *(
        Field(f"band:{value}", f"Số người {label}", words, COUNTS)
        for (value, label), words in zip(Resident.AgeBand.choices, BANDS.values(), strict=True)
    ),
)

WORDS = {
    "vneid2": (
        "vneid",
        "vneid muc 2",
        "dinh danh dien tu",
        "dinh danh muc 2",
        "tai khoan dinh danh",
        "tai khoan vneid",
        "kich hoat vneid",
        "ddt muc 2",
        "tk dinh danh",
    ),
    "card": ("can cuoc", "cccd", "cccd gan chip", "the cccd", "the can cuoc gan chip"),
    "dvc_account": ("tai khoan dvc", "tai khoan dich vu cong", "tk dvc"),
    "dvc": ("dich vu cong", "dvc", "dvctt", "dich vu cong truc tuyen", "su dung dich vu cong"),
    "digsig": ("chu ky so", "cks"),
    "epay": (
        "thanh toan so",
        "thanh toan khong dung tien mat",
        "tttkdtm",
        "tkdtm",
        "tai khoan ngan hang",
        "tk ngan hang",
        "vi dien tu",
        "tai khoan thanh toan",
    ),
    "mobilemoney": ("mobile money",),
    "billpay": ("tra hoa don", "tra tien dien", "tien dien nuoc", "thanh toan dien nuoc"),
    "smartphone": ("dien thoai thong minh", "smartphone", "dttm", "dt thong minh"),
    "smartphone_home": ("ho co dien thoai thong minh", "ho co smartphone"),
    "broadband": ("cap quang", "internet", "bang rong", "wifi", "internet cap quang", "internet bang rong"),
    "ehealth": ("so suc khoe", "ho so suc khoe", "suc khoe dien tu", "so suc khoe dien tu", "hssk"),
    "vssid": ("vssid", "bao hiem xa hoi so"),
    "skill": ("ky nang so",),
    "netsafe": ("an toan mang", "ky nang an toan", "an toan thong tin"),
    "localapp": ("ung dung dia phuong", "cong dan so", "app dia phuong", "danang smart city"),
    "zalo": ("zalo", "nhom zalo"),
    "zalo_page": ("trang zalo", "zalo oa", "zalo phuong"),
    "qr": ("ma qr", "qr", "qr code", "thanh toan qr"),
    "ecom": ("san thuong mai dien tu", "san tmdt", "tmdt", "ban hang online"),
    "business": ("kinh doanh", "ho kinh doanh", "buon ban"),
    "ocop": ("ocop", "san pham ocop"),
    "farm": ("nong san", "san xuat nong nghiep", "nong nghiep"),
    "pupils": ("hoc sinh", "co hoc sinh"),
    "bills": ("hoa don dinh ky",),
}


def fields(day: dt.date) -> list[Field]:
    """The fixed columns and one for each indicator that has a definition on `day`."""
    return [*FIELDS, *(_of(version) for version in versions(day))]


def versions(day: dt.date) -> list[IndicatorVersion]:
    found = IndicatorVersion.objects.on(day).select_related("indicator")
    return list(found.order_by("indicator__order", "indicator"))


def _of(version: IndicatorVersion) -> Field:
    indicator = version.indicator
    whose = "người" if version.subject == Subject.RESIDENT else "hộ"
    return Field(
        f"seen:{indicator.code}",
        f"{indicator.short_name} ({whose})",
        (
            *_keys(indicator.short_name, indicator.name),
            *WORDS.get(indicator.code, ()),
            indicator.code.replace("_", " "),
        ),
        SEEN,
        indicator=indicator.pk,
        subject=version.subject,
    )


def _keys(*names: str) -> list[str]:
    return [search_key(name) for name in names]
