"""The approved workbook, page and JSON say the same, cell by cell, also to other readers; and two at once are one."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import threading
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from python_calamine import CalamineWorkbook

from reports import monthly
from reports.models import FrozenReport, MonthlyReport
from reports.signing import actions, freezing
from reports.signing.rules import Action
from sheets.numbers import number_text

from .conftest import AFTER

MONTH = "2025-03"
COLUMNS = {"eligible": 3, "known": 4, "before": 5, "during": 6, "reached": 7, "rate": 8}


def lines_of(content: bytes) -> dict[str, list]:
    """Biểu 03 as another program reads it: name → its row."""
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Biểu 03").to_python()
    return {row[1]: row for row in rows if len(row) > 8 and isinstance(row[0], float | int)}


def agrees(rows: dict[str, list], tables) -> int:
    checked = 0
    for name, cells in monthly.lines(tables):
        for key, column in COLUMNS.items():
            value, read = cells.get(key), rows[name][column]
            if value is None:
                assert read == "", (name, key)
            else:
                assert Decimal(str(read)) == pytest.approx(Decimal(value), abs=Decimal("0.0000001")), (name, key)
                checked += 1
    return checked


def test_workbook_page_and_json_agree_cell_by_cell(approved, place, minh, sign_in):
    client, url = sign_in(minh), reverse("reports:report_version", args=[place.hoa_bac.pk, MONTH, 1])
    tables = freezing.read(FrozenReport.objects.get())
    assert agrees(lines_of(client.get(f"{url}?export=xlsx").content), tables) >= 6
    data = json.loads(client.get(f"{url}?export=json").content)
    page = client.get(url).content.decode()
    for measure in tables.coverage.columns:
        shown = tables.coverage.total.cells[measure.code]
        cell = data["tables"]["coverage"]["total"]["cells"].get(measure.code, {})
        assert (cell.get("e"), cell.get("r"), cell.get("k")) == (shown.eligible, shown.reached, shown.known)
        assert measure.name in page
        if shown.eligible is not None:
            assert f">{number_text(shown.eligible)}</td>" in page


def test_libreoffice_reads_the_same(approved, tmp_path):
    soffice = shutil.which("soffice")
    if not soffice:
        pytest.skip("LibreOffice is not installed")
    book = tmp_path / "bao-cao.xlsx"
    book.write_bytes(bytes(approved.frozen.workbook))
    target = tmp_path / "ods"
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = [soffice, profile, "--headless", "--convert-to", "ods", "--outdir", str(target), str(book)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert agrees(lines_of((target / "bao-cao.ods").read_bytes()), freezing.read(approved.frozen)) >= 6


@pytest.mark.django_db(transaction=True)
def test_of_two_leaders_at_the_same_moment_one_wins_and_the_other_is_told(do, minh, sang, place):
    do(minh, "start")
    report = do(minh, "present")
    gate, told = threading.Barrier(2), []

    def go(action: str) -> None:
        gate.wait()
        try:
            actions.act(by=sang, report=report, action=Action(action), words="Sai", step=report.step, at=AFTER)
            told.append("")
        except ValidationError as error:
            told.append(" ".join(error.messages))
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=[action]) for action in ("approve", "return")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(bool(words) for words in told) == [False, True]
    assert any("vừa làm việc" in words for words in told)
    assert MonthlyReport.objects.get().state in ("approved", "returned")
