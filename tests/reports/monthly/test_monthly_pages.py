import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.rules import Role
from areas.actions import open_area
from areas.models import Level
from journal.models import Act
from reports.models import CompleteMark, Remark, StatedFigure
from tests.cast import SINCE, user_with

PERIOD = "2026-10"


def page(area, **more):
    return reverse("reports:monthly"), {"area": area.pk, "period": PERIOD, **more}


def test_an_official_sees_what_the_workbook_will_say(counted, minh, sign_in):
    url, query = page(counted)
    html = sign_in(minh).get(url, query).content.decode()
    assert "Biểu 03" in html
    assert "50\u00a0%" in html


def test_the_workbook_is_downloaded_and_the_download_is_in_the_journal(counted, minh, sign_in):
    url, query = page(counted, export="xlsx")
    response = sign_in(minh).get(url, query)
    assert response.content[:2] == b"PK"
    assert Act.objects.filter(verb=Act.Verb.REPORT, actor_id=minh.pk).exists()


def test_another_wards_report_is_not_found(counted, hoa, sign_in):
    url, query = page(counted)
    assert sign_in(hoa).get(url, query).status_code == 404


def test_a_role_without_reports_is_refused(counted, lan, place, sign_in):
    url, query = page(place.ta_lang)
    assert sign_in(lan).get(url, query).status_code == 403


def remarks_url(area):
    return reverse("reports:remarks_edit", args=[area.pk, PERIOD])


def test_remarks_are_written_changed_and_taken_away(counted, minh, sign_in):
    client = sign_in(minh)
    client.post(remarks_url(counted), {"difficulty": "Sóng yếu"})
    assert Remark.objects.get().text == "Sóng yếu"
    client.post(remarks_url(counted), {"difficulty": ""})
    assert not Remark.objects.exists()


def test_remarks_of_another_ward_cannot_be_written(counted, hoa, sign_in):
    assert sign_in(hoa).post(remarks_url(counted), {"difficulty": "x"}).status_code == 404
    assert not Remark.objects.exists()


def test_remarks_are_not_changed_by_looking(counted, minh, sign_in):
    assert sign_in(minh).get(remarks_url(counted)).status_code == 405


def stated_url(area):
    return reverse("reports:stated_edit", args=[area.pk, PERIOD])


def test_stated_figures_are_entered_in_one_form(counted, place, minh, sign_in):
    data = {
        "source": "Báo cáo giấy của tổ",
        "cov:vneid2-eligible": "1.200",
        "cov:vneid2-reached": "800",
        "teams-value": "2",
        "teams-qualifier": "gần",
    }
    response = sign_in(minh).post(stated_url(place.gian_bi), data)
    assert response.status_code == 302
    vneid2, teams = StatedFigure.objects.order_by("measure")
    assert (vneid2.eligible, vneid2.reached, vneid2.entered_by) == (1200, 800, minh)
    assert (teams.value, teams.qualifier) == (2, "gần")


def test_a_changed_line_keeps_the_former_one_as_withdrawn(counted, place, minh, sign_in):
    client = sign_in(minh)
    client.post(stated_url(place.gian_bi), {"source": "Sổ", "teams-value": "2"})
    client.post(stated_url(place.gian_bi), {"source": "Sổ", "teams-value": "3"})
    assert StatedFigure.objects.filter(withdrawn_at=None).get().value == 3
    assert StatedFigure.objects.exclude(withdrawn_at=None).get().value == 2


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"cov:vneid2-eligible": "10", "cov:vneid2-reached": "11"}, "lớn hơn “thuộc diện”"),
        ({"cov:vneid2-rate": "101"}, "Tỷ lệ từ 0 đến 100"),
        ({"teams-value": "-1"}, "Số từ 0"),
        ({"source": "", "teams-value": "1"}, "bắt buộc"),
    ],
)
def test_a_wrong_number_is_told_at_its_field_and_nothing_is_written(counted, place, minh, sign_in, data, message):
    response = sign_in(minh).post(stated_url(place.gian_bi), {"source": "Sổ", "members-value": "7", **data})
    assert response.status_code == 200
    assert message in response.content.decode()
    assert not StatedFigure.objects.exists()


def test_figures_are_not_stated_for_another_ward(counted, place, minh, sign_in):
    assert sign_in(minh).post(stated_url(place.bau_cau), {"source": "Sổ", "teams-value": "1"}).status_code == 404


def test_a_viewer_may_read_but_not_state(counted, place, sign_in):
    viewer = user_with("xem", "Lý Thu Hằng", Role.VIEWER, place.hoa_bac)
    assert sign_in(viewer).get(stated_url(place.hoa_bac)).status_code == 403
    assert sign_in(viewer).get(reverse("reports:stated_list")).status_code == 200


def test_a_register_is_marked_complete_and_unmarked(counted, place, minh, sign_in):
    client, url = sign_in(minh), reverse("reports:register_mark", args=[place.ta_lang.pk])
    client.post(url, {"is_complete": "0"})
    assert not CompleteMark.objects.filter(until=None).exists()
    client.post(url, {"is_complete": "1"})
    assert CompleteMark.objects.filter(until=None).get().village == place.ta_lang


def test_a_register_of_another_ward_cannot_be_marked(counted, place, hoa, sign_in):
    assert sign_in(hoa).post(reverse("reports:register_mark", args=[place.ta_lang.pk])).status_code == 404
    assert CompleteMark.objects.count() == 1


def test_the_list_of_registers_costs_the_same_for_many_villages(counted, minh, sign_in, django_assert_max_num_queries):
    client, url = sign_in(minh), reverse("reports:registers_list", args=[counted.pk])
    client.get(url)  # a session's first request also writes the session
    with django_assert_max_num_queries(12):
        assert "Đủ sổ hộ" in client.get(url).content.decode()


def test_the_page_costs_the_same_queries_for_many_villages(counted, count_october, minh, mai, sign_in):
    def queries(user):
        client = sign_in(user)
        client.get(*page(counted))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(*page(counted)).status_code == 200
        return len(asked)

    few = queries(minh), queries(mai)
    for number in range(12):
        open_area(by=None, level=Level.VILLAGE, kind="Thôn", name=f"Thôn {number}", parent=counted, since=SINCE)
    count_october()
    assert (queries(minh), queries(mai)) == few
    assert max(few) <= 19
