"""The admin under the strict content-security policy: what the console calls an error fails the test."""

import io

import openpyxl
import pytest

from teams.models import Member, Team


@pytest.fixture
def desk(page, live_server, sign_in, minh):
    """A browser at a desk, signed in as the official."""
    page.set_viewport_size({"width": 1280, "height": 900})
    cookie = sign_in(minh).cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
    return page


@pytest.mark.django_db(transaction=True)
def test_lists_forms_choices_and_histories_work_without_inline_style(desk, place, new_team):
    team = new_team(place.ta_lang, "Tổ Tà Lang", members=["Nguyễn Thị Lan"])
    desk.goto("/quan-tri/")
    desk.goto("/quan-tri/teams/team/?q=ta+lang")
    assert desk.get_by_role("link", name="Tổ Tà Lang").is_visible()
    desk.goto("/quan-tri/teams/member/add/")
    desk.locator(".field-team .select2-selection").click()
    desk.locator(".select2-search__field").fill("ta lang")
    desk.locator(".select2-results__option", has_text="Tổ Tà Lang").click()
    desk.locator("#id_full_name").fill("A Lăng Bình")
    desk.locator("#id_since").fill("01/10/2024")
    desk.locator("input[name=_save]").click()
    desk.wait_for_url("**/teams/member/")
    assert Member.objects.filter(full_name="A Lăng Bình", team=team).exists()
    desk.goto(f"/quan-tri/teams/team/{team.pk}/change/")
    desk.goto(f"/quan-tri/teams/team/{team.pk}/history/")


@pytest.mark.django_db(transaction=True)
def test_a_list_is_previewed_and_taken_in(desk, place):
    book = openpyxl.Workbook()
    book.active.append(["Tên tổ", "Địa bàn", "Hoạt động từ"])
    book.active.append(["Tổ Giàn Bí", "Thôn Giàn Bí", "17/06/2025"])
    file = io.BytesIO()
    book.save(file)
    desk.goto("/quan-tri/teams/team/import/")
    upload = {"name": "to.xlsx", "mimeType": "application/octet-stream", "buffer": file.getvalue()}
    desk.locator("#id_import_file").set_input_files(upload)
    desk.get_by_role("button", name="Xem trước").click()
    desk.get_by_text("1 dòng mới").wait_for()
    desk.locator("input[name=confirm]").click()
    desk.wait_for_url("**/teams/team/")
    assert Team.objects.get().name == "Tổ Giàn Bí"
    desk.goto("/quan-tri/teams/team/export/")
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Tải tệp Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")
