"""A paper laid out by Decree 30/2020/NĐ-CP, Appendix I: A4 upright, Times New Roman, heads, title, text, signer.

Everything is put in as text of runs, so nothing that people typed can become a field or markup. Sizes in points.
"""

from __future__ import annotations

import datetime as dt
import io

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt

from sheets.dates import official_date_text
from sheets.official import MOTTO, NATION
from sheets.workbook import FONT, safe_text

CENTER, LEFT, JUSTIFY = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.JUSTIFY
TEXT = 14
TEXT_WIDTH = 165  # mm: 210 less the margins
HALVES = (66, 99)


class Paper:
    """Call the parts from top to bottom: `draft`, `head`, `title`, `paragraph`…, `end`; then `content`."""

    def __init__(self, *, title: str, author: str):
        self.document = Document()
        self._set_page()
        self._set_styles()
        properties = self.document.core_properties
        properties.title, properties.author = safe_text(title)[:255], safe_text(author)[:255]
        properties.language, properties.comments = "vi-VN", ""

    # --- the page

    def _set_page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin = section.bottom_margin = Mm(20)
        section.left_margin, section.right_margin = Mm(30), Mm(15)
        section.header_distance = section.footer_distance = Mm(10)
        # The number of the page stands in the middle above the text, not on the first page.
        section.different_first_page_header_footer = True
        line = section.header.paragraphs[0]
        line.alignment = CENTER
        _field(line.add_run(), "PAGE")

    def _set_styles(self) -> None:
        style = self.document.styles["Normal"]
        style.font.name, style.font.size = FONT, Pt(TEXT)
        fonts = style.element.rPr.rFonts
        for name in ("w:eastAsia", "w:cs", "w:hAnsi", "w:ascii"):
            fonts.set(qn(name), FONT)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "vi-VN")
        style.element.rPr.append(language)
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
        style.paragraph_format.line_spacing = 1
        header = self.document.styles["Header"]
        header.font.size = Pt(TEXT)

    # --- parts

    def draft(self, text: str) -> None:
        line = self._line(self.document.add_paragraph(), text, size=TEXT, bold=True, align=LEFT)
        line.paragraph_format.space_after = Pt(6)

    def head(self, *, parent: str, issuer: str, symbol: str, place: str, day: dt.date | None) -> None:
        """Bodies and number left; nation, motto, place and date right."""
        rows = self._table(HALVES, rows=2)
        left, right = rows[0]
        for number, line in enumerate([*_body_lines(parent), *_body_lines(issuer)]):
            is_issuer = number >= len(_body_lines(parent))
            self._line(left.add_paragraph() if number else left.paragraphs[0], line, size=13, bold=is_issuer)
        _rule(left.add_paragraph(), HALVES[0], share=0.4)
        self._line(right.paragraphs[0], NATION, size=12.5, bold=True)
        self._line(right.add_paragraph(), MOTTO, size=13.5, bold=True)
        _rule(right.add_paragraph(), HALVES[1], share=0.58)
        number, place_and_date = rows[1]
        date_line = official_date_text(day) if day else "ngày … tháng … năm …"
        self._line(number.paragraphs[0], f"Số:         /{symbol}" if symbol else "Số:", size=13)
        self._line(place_and_date.paragraphs[0], f"{place}, {date_line}", size=13.5, italic=True)

    def title(self, kind: str, about: str) -> None:
        """The kind of the paper and what it is about, with the short rule below."""
        line = self._line(self.document.add_paragraph(), kind.upper(), size=TEXT, bold=True)
        line.paragraph_format.space_before = Pt(18)
        self._line(self.document.add_paragraph(), about, size=TEXT, bold=True)
        rule = _rule(self.document.add_paragraph(), TEXT_WIDTH, share=0.22)
        rule.paragraph_format.space_after = Pt(12)

    def addressee(self, name: str) -> None:
        line = self._line(self.document.add_paragraph(), f"Kính gửi: {name}.", size=TEXT)
        line.paragraph_format.space_after = Pt(6)

    def heading(self, text: str, *, level: int = 1) -> None:
        """ "I. TỔ CHỨC" in capitals, "1. Hoạt động" below it; kept with what follows."""
        line = self._line(
            self.document.add_paragraph(), text.upper() if level == 1 else text, size=TEXT, bold=True, align=JUSTIFY
        )
        line.paragraph_format.first_line_indent = Cm(1.27)
        line.paragraph_format.space_before = Pt(6)
        line.paragraph_format.keep_with_next = True

    def paragraph(self, text: str, *, lead: str = "", is_item: bool = False) -> None:
        line = self.document.add_paragraph()
        line.alignment = JUSTIFY
        form = line.paragraph_format
        form.first_line_indent, form.space_before, form.line_spacing = Cm(1.27), Pt(6), 1.15
        form.widow_control = True
        if is_item:
            line.add_run("- ")
        if lead:
            line.add_run(safe_text(lead)).italic = True
        line.add_run(safe_text(text))

    def end(self, *, recipients: list[str], capacity: str, signer: str, instruction: str) -> None:
        """Recipients left, who signs right; kept on one page."""
        self.document.add_paragraph()
        left, right = self._table((82, 83))[0]
        self._line(left.paragraphs[0], "Nơi nhận:", size=12, bold=True, italic=True, align=LEFT)
        for recipient in recipients:
            self._line(left.add_paragraph(), f"- {recipient}", size=11, align=LEFT)
        lines = [line for line in capacity.split("\n") if line]
        for number, line in enumerate(lines):
            self._line(right.paragraphs[0] if not number else right.add_paragraph(), line.upper(), size=TEXT, bold=True)
        self._line(right.add_paragraph(), instruction, size=13, italic=True)
        for _ in range(4):
            self._line(right.add_paragraph(), "", size=TEXT)
        self._line(right.add_paragraph(), signer, size=TEXT, bold=True)
        for cell in (left, right):
            for line in cell.paragraphs[:-1]:
                line.paragraph_format.keep_with_next = True

    def content(self) -> bytes:
        target = io.BytesIO()
        self.document.save(target)
        return target.getvalue()

    # --- pieces

    def _table(self, widths: tuple[int, int], *, rows: int = 1) -> list:
        """Rows of two cells side by side without lines; a row is not parted between pages."""
        table = self.document.add_table(rows=rows, cols=2)
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        _no_cell_margins(table)
        for row in table.rows:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            for column, cell, width in zip(table.columns, row.cells, widths, strict=True):
                column.width = cell.width = Mm(width)
        return [row.cells for row in table.rows]

    def _line(self, line, text: str, *, size: float, bold=False, italic=False, align=CENTER):
        line.alignment = align
        run = line.add_run(safe_text(text))
        run.font.size, run.bold, run.italic = Pt(size), bold, italic
        if not text:
            line.paragraph_format.line_spacing = 1
        return line


def _rule(line, width: int, *, share: float):
    """A thin line in the middle, `share` of `width` mm long: the lower border of an empty paragraph."""
    line.alignment = CENTER
    line.paragraph_format.left_indent = line.paragraph_format.right_indent = Mm(width * (1 - share) / 2)
    line.paragraph_format.space_after = Pt(4)
    line.paragraph_format.line_spacing = Pt(3)
    mark = line._p.get_or_add_pPr()
    borders, stroke = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        stroke.set(qn(f"w:{name}"), value)
    borders.append(stroke)
    mark.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
    return line


def _body_lines(name: str) -> list[str]:
    """The name of a body in capitals; what kind of body it is stands on a line of its own."""
    name = name.upper()
    for kind in ("ỦY BAN NHÂN DÂN", "TỔ CÔNG NGHỆ SỐ CỘNG ĐỒNG"):
        if name.startswith(f"{kind} "):
            return [kind, name.removeprefix(kind).strip()]
    return [name] if name else []


def _no_cell_margins(table) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "0")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)


def _field(run, code: str) -> None:
    """A field that the reader works out, such as the number of the page."""
    for kind in ("begin", None, "end"):
        if kind is None:
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = code
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)
