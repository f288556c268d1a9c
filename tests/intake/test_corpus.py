"""Lists as they really come: those that say the same are understood alike; what is broken gets a sentence."""

from __future__ import annotations

import datetime as dt
import io
import random
import shutil
import struct
import subprocess
import unicodedata
import zipfile

import openpyxl
import pytest
from django.utils import timezone

from intake import receiving
from intake.kinds import KINDS, households
from intake.kinds.base import Context
from intake.models import Upload
from intake.tables import in_unicode, table_of, texts_of
from sheets import legacy
from sheets.reading import Limits, Sheet, Unreadable, read_workbook

from . import corpus, old_files
from .conftest import workbook

SAID = [
    ("Hộ Nguyễn Văn Sáu, Thôn Tà Lang", [("Nguyễn Văn Sáu", 1960, "m", "yes"), ("Trần Thị Bảy", 1962, "f", "no")]),
    ("Hộ Lê Thị Tám, Thôn Tà Lang", [("Lê Thị Tám", 1955, "f", "")]),
    ("Hộ Đặng Văn Chín, Thôn Giàn Bí", [("Đặng Văn Chín", 1970, "m", "yes")]),
]


class Reader:
    """The way from cells to plans without a row in the database."""

    def __init__(self, user, area):
        now = timezone.now()
        self.day = timezone.localdate(now)
        self.user, self.area = user, area
        self.context = Context(user, area, self.day, self.day, now)
        self.kind = KINDS["households"]()
        self.vocabulary = self.kind.vocabulary(self.day)
        self.kind.vocabulary = lambda day: self.vocabulary

    def units(self, sheet: Sheet):
        encoding = legacy.recognise(texts_of(sheet))
        sheet = in_unicode(sheet, encoding)
        upload = Upload(kind="households", area=self.area, day=self.day)
        head = receiving.find_head(sheet, self.vocabulary) or receiving.head_at(sheet, 0, 0)
        upload.head_first, upload.head_last = head.first, head.last
        upload.columns = self.kind.adjust(self.vocabulary.guess(head.titles), head.titles, [])
        if self.kind.lacking(upload.columns):
            return []
        return self.kind.check(table_of(sheet, upload, self.kind), self.context, lambda done: None)


@pytest.fixture
def reader(minh, place, catalogue, monkeypatch):
    """What the database says is the same for every list: it is asked once."""
    for name in ("fields", "versions", "mark_of", "Places", "Register"):
        answers = {}
        asked = getattr(households, name)
        monkeypatch.setattr(
            households, name, lambda *_, name=name, asked=asked, answers=answers: once(answers, asked, _)
        )
    return Reader(minh, place.hoa_bac)


def once(answers: dict, asked, words: tuple):
    key = repr([word for word in words if not isinstance(word, dict)])
    return answers[key] if key in answers else answers.setdefault(key, asked(*words))


def said(units) -> list:
    found = []
    for unit in units:
        if unit.plan is None:
            found.append((unit.label, [problem.sentence() for problem in unit.problems]))
            continue
        answers = {person: answer for person, _, answer in unit.plan.answers}
        people = [(each.label, each.birth_year, each.sex, answers.get(each.id, "")) for each in unit.plan.people]
        found.append((unit.label, people))
    return found


def test_every_list_that_says_the_same_is_understood_alike(reader):
    named = list(corpus.lists())
    assert len(named) >= 240
    wrong = {}
    for name, sheet in named:
        try:
            found = said(reader.units(sheet))
        except Exception as error:
            found = repr(error)
        if found != SAID:
            wrong[name] = found
    assert not wrong, "\n".join(f"{name}: {found}" for name, found in wrong.items())


TCVN3 = {new: old for old, new in legacy._TCVN3.items()}
VNI = {new: old for old, new in legacy._VNI.items()}


def typed(text: str, table: dict[str, str]) -> str:
    letters = unicodedata.normalize("NFC", text)
    return "".join(table.get(char) or table.get(char.lower(), "").upper() or char for char in letters)


@pytest.mark.parametrize("table", [TCVN3, VNI], ids=["tcvn3", "vni"])
def test_old_fonts_say_the_same(reader, table):
    rows = [[typed(cell, table) if isinstance(cell, str) else cell for cell in row] for row in corpus.rows_of()]
    assert [people for _, people in said(reader.units(Sheet("S", rows)))] == [people for _, people in SAID]


FILES = {
    "xlsx by XlsxWriter": lambda rows: (workbook(*rows), "a.xlsx"),
    "xlsx by openpyxl": lambda rows: (by_openpyxl(rows), "a.xlsx"),
    "xlsm": lambda rows: (workbook(*rows), "a.XLSM"),
    "xls": lambda rows: (old_files.xls(with_dates(rows)), "a.xls"),
    "xls named xlsx": lambda rows: (old_files.xls(rows), "a.xlsx"),
    "ods": lambda rows: (old_files.ods(with_dates(rows)), "a.ods"),
    "xlsx named xls": lambda rows: (workbook(*rows), "a.xls"),
    "csv, commas": lambda rows: (text_of(rows, ",").encode(), "a.csv"),
    "csv, semicolons, BOM": lambda rows: (text_of(rows, ";").encode("utf-8-sig"), "a.csv"),
    "csv, tabs, UTF-16": lambda rows: (text_of(rows, "\t").encode("utf-16"), "a.txt"),
    "csv, Windows-1258": lambda rows: (in_1258(text_of(rows, ";")), "a.csv"),
}


def with_dates(rows) -> list[list]:
    """The years of birth as dates of the workbook."""
    return [[dt.date(cell, 1, 1) if isinstance(cell, int) else cell for cell in row] for row in rows]


@pytest.mark.parametrize("name", FILES)
def test_files_of_every_kind_say_the_same(reader, name):
    content, file_name = FILES[name](corpus.rows_of())
    sheets = read_workbook(content, file_name, in_child=name == "xlsx by XlsxWriter")
    assert said(reader.units(sheets[0])) == SAID


def test_an_old_workbook_typed_in_an_old_font_says_the_same(reader):
    rows = [[typed(cell, TCVN3) if isinstance(cell, str) else cell for cell in row] for row in corpus.rows_of()]
    (sheet,) = read_workbook(old_files.xls(rows), "a.xls", in_child=False)
    assert sheet.rows[1][1] == "NguyÔn V¨n S¸u"
    assert [people for _, people in said(reader.units(sheet))] == [people for _, people in SAID]


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_files_saved_by_libreoffice_say_the_same(reader, tmp_path, ending):
    source = tmp_path / "a.xlsx"
    source.write_bytes(workbook(("DANH SÁCH HỘ",), (), *corpus.rows_of(), merged=[(0, 0, 0, 4)]))
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path / 'office'}", "--headless", "--convert-to", ending]
    subprocess.run([*command, "--outdir", str(tmp_path), str(source)], check=True, capture_output=True, timeout=120)
    (sheet,) = read_workbook((tmp_path / f"a.{ending}").read_bytes(), f"a.{ending}", in_child=False)
    assert said(reader.units(sheet)) == SAID


def by_openpyxl(rows) -> bytes:
    book, target = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(target)
    return target.getvalue()


def text_of(rows, mark: str) -> str:
    return "\r\n".join(mark.join(str(cell) for cell in row) for row in rows)


def in_1258(text: str) -> bytes:
    """As Windows wrote it: the letter with its shape, the tone behind it."""
    out = []
    for char in text:
        parts = unicodedata.normalize("NFD", char)
        tones = "".join(mark for mark in parts[1:] if mark in "\u0300\u0301\u0303\u0309\u0323")
        out.append(unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in tones)) + tones)
    return "".join(out).encode("cp1258")


def bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 40_000_000)
    return target.getvalue()


def far_cell() -> bytes:
    rows = [["Chủ hộ"], ["Nguyễn Văn Sáu"]]
    book = openpyxl.load_workbook(io.BytesIO(workbook(*rows)))
    book.active["XFD1048576"] = "x"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


BROKEN = {
    "an empty file": (b"", "a.xlsx", "empty"),
    "blanks": (b"  \n", "a.csv", "empty"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "a.xlsx", "broken"),
    "a paper": (b"%PDF-1.7 \x00", "a.xls", "broken"),
    "half a workbook": (workbook(*corpus.rows_of())[:900], "a.xlsx", "broken"),
    "a page": (b"<html><body><table></table></body></html>", "a.xls", "html"),
    "XML of 2003": (b'<?xml version="1.0"?><Workbook></Workbook>', "a.xls", "html"),
    "a zip of something else": (bomb()[:0] + b"PK\x05\x06" + bytes(18), "a.xlsx", "broken"),
    "a bomb": (bomb(), "a.xlsx", "packed"),
    "a far cell": (far_cell(), "a.xlsx", "crashed"),
    "an old binary without a book": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls", "broken"),
    "a script": (b"MZ\x90\x00\x03\x00", "a.exe", "ending"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_read_gets_a_sentence(name):
    content, file_name, code = BROKEN[name]
    with pytest.raises(Unreadable) as told:
        read_workbook(content, file_name, limits=Limits(memory_bytes=800 * 2**20, seconds=20))
    assert told.value.code == code
    assert told.value.messages[0].endswith(".")


def test_a_file_over_the_limits_is_refused():
    with pytest.raises(Unreadable, match="nhiều nhất 1 MB"):
        read_workbook(b"x" * (2**20 + 1), "a.csv", limits=Limits(file_bytes=2**20))
    with pytest.raises(Unreadable, match="quá rộng hoặc quá dài"):
        read_workbook(workbook(*corpus.rows_of()), "a.xlsx", limits=Limits(cells=10), in_child=False)


def test_formulas_without_a_value_errors_and_hidden_rows_are_told():
    book, target = openpyxl.Workbook(), io.BytesIO()
    page = book.active
    for row in (["Chủ hộ", "Số khẩu"], ["Nguyễn Văn Sáu", "=1+1"], ["Lê Thị Tám", "#N/A"]):
        page.append(row)
    page.row_dimensions[3].hidden = True
    book.save(target)
    sheet = read_workbook(target.getvalue(), "a.xlsx", in_child=False)[0]
    assert (sheet.without_value, sheet.with_error, sheet.hidden_rows) == (["B2"], ["B3"], [3])


def test_merged_cells_are_told_however_the_file_writes_them():
    rows = [[f"{letter}{number}" for letter in "ABCDE"] for number in range(6)]
    content = workbook(*rows, merged=[(0, 0, 1, 4), (3, 2, 5, 2)])
    [told] = read_workbook(content, "a.xlsx", in_child=False)
    assert told.merged == [[0, 0, 1, 4], [3, 2, 5, 2]]
    other = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as packed, zipfile.ZipFile(other, "w") as written:
        for name in packed.namelist():
            written.writestr(name, packed.read(name).replace(b"<mergeCell ref", b"<mergeCell\n ref"))
    assert read_workbook(other.getvalue(), "a.xlsx", in_child=False) == [told]


def test_text_that_looks_like_a_formula_stays_text(reader):
    people = [list(person) for person in corpus.PEOPLE]
    people[0][1] = "=cmd|'/c calc'!A1 Sáu"
    units = reader.units(read_workbook(workbook(*corpus.rows_of(people)[:1]), "a.xlsx", in_child=False)[0])
    assert units == []


def mutated_cells(chance: random.Random) -> Sheet:
    strange = [
        "", None, "x" * 600, "=1+1", "\x00", "\ud800", -1.0, 1e308, float("nan"), True, ["d", "1800-01-01"], "1830",
        "٣", "🙂", "A\u0300" * 40, "0905", "31/02/1980", "không biết", "'", "<b>", "H01", "Chủ hộ", "Thôn", "Tổng cộng",
    ]  # fmt: skip
    rows = corpus.rows_of()
    for _ in range(chance.randint(1, 8)):
        row = chance.choice(rows)
        row[chance.randrange(len(row))] = chance.choice(strange)
    if chance.random() < 0.3:
        chance.shuffle(rows)
    if chance.random() < 0.2:
        del rows[0]
    return Sheet("S", rows)


def rounds(reader, count: int) -> None:
    chance = random.Random(count)
    for number in range(count):
        sheet = mutated_cells(chance)
        for unit in reader.units(sheet):
            for problem in unit.problems:
                assert problem.sentence().startswith("Dòng "), number
                assert problem.text.strip(), number


def test_whatever_stands_in_the_cells_ends_in_sentences(reader):
    rounds(reader, 150)


@pytest.mark.long
def test_whatever_stands_in_the_cells_ends_in_sentences_long(reader):
    rounds(reader, 5000)


def broken_files(count: int) -> None:
    chance, sound = random.Random(count), workbook(*corpus.rows_of())
    for _ in range(count):
        content = bytearray(sound)
        for _ in range(chance.randint(1, 30)):
            content[chance.randrange(4, len(content))] = chance.randrange(256)
        if chance.random() < 0.3:
            content = content[: chance.randrange(40, len(content))]
        try:
            read_workbook(bytes(content), "a.xlsx", limits=Limits(memory_bytes=800 * 2**20, seconds=10))
        except Unreadable:
            continue


def test_damaged_files_end_in_sentences():
    broken_files(12)


@pytest.mark.long
def test_damaged_files_end_in_sentences_long():
    broken_files(500)


def test_the_size_in_a_zip_may_lie():
    """A header that says less than there is: the child's memory holds what the check of the sizes cannot."""
    content = bytearray(bomb())
    at = content.index(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 24, 10)
    with pytest.raises(Unreadable):
        read_workbook(bytes(content), "a.xlsx", limits=Limits(memory_bytes=800 * 2**20, seconds=20))
