"""The verifier sees what it is there to see, and the closure can be built again."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from areas.actions import open_area
from areas.checking import problems
from areas.models import Area, AreaLink, AreaVersion, Level

DAY = dt.date(2026, 1, 1)


def test_a_sound_map_has_no_problems(place):
    assert list(problems()) == []


def test_a_missing_link_is_seen_and_built_again(place, capsys):
    AreaLink.objects.filter(descendant=place.ta_lang, ancestor=place.hoa_vang).delete()
    with pytest.raises(CommandError, match="chỗ sai"):
        call_command("check_areas")
    assert "không khớp" in capsys.readouterr().err
    call_command("check_areas", "--rebuild")
    assert AreaLink.objects.filter(descendant=place.ta_lang, ancestor=place.hoa_vang).count() == 1


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda place: AreaVersion.objects.filter(area=place.ta_lang).update(name="Thôn Khác"), "khác thời kỳ cuối"),
        (lambda place: AreaVersion.objects.filter(area=place.ta_lang).update(until=DAY), "cùng ngày với đơn vị"),
        (lambda place: Area.objects.filter(pk=place.hoa_bac.pk).update(until=DAY), "không tồn tại suốt thời kỳ"),
        (lambda place: AreaVersion.objects.filter(area=place.ta_lang).delete(), "không có thời kỳ nào"),
        (lambda place: AreaVersion.objects.filter(area=place.hoa_bac).update(code="20323"), "cùng mang"),
        (lambda place: AreaVersion.objects.filter(area=place.ta_lang).update(parent=place.gian_bi), "không cao hơn"),
    ],
)
def test_each_kind_of_damage_is_seen(place, spoil, message):
    spoil(place)
    assert any(message in line for line in problems())


def test_a_code_is_borne_by_one_area_of_a_level_at_a_time(place):
    for since in (dt.date(2024, 10, 1), dt.date(2026, 1, 1)):
        with pytest.raises(ValidationError, match="Mã 20293"):
            open_area(
                by=None, level=Level.WARD, kind="Xã", name="Xã Mới", code="20293", parent=place.hoa_vang, since=since
            )
    open_area(by=None, level=Level.VILLAGE, kind="Thôn", name="Thôn X", code="20293", parent=place.hoa_bac, since=DAY)
