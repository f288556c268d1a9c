"""The covering report (.docx) that goes with the workbook: sentences with figures, growth and comparison."""

from __future__ import annotations

from areas.models import Level

from . import narrative
from .paper import Paper
from .wording import within

DRAFT = "DỰ THẢO"


def render(tables, *, is_draft: bool | None = None) -> bytes:
    """The report of these tables (a `reports.monthly.MonthlyTables`) as the bytes of a .docx file.

    `is_draft` marks it DỰ THẢO; unless said otherwise it is one while the period runs.
    """
    head = tables.head
    paper = Paper(title=name(tables), author=head.issuer)
    if tables.is_open if is_draft is None else is_draft:
        paper.draft(DRAFT)
    paper.head(parent=head.parent, issuer=head.issuer, symbol=head.symbol, place=head.place, day=head.day)
    paper.title("Báo cáo", about(tables))
    if to := addressee(tables):
        paper.addressee(to)
    paper.paragraph(narrative.opening(tables))
    for section in narrative.sections(tables):
        paper.heading(f"{section.number}. {section.title}", level=section.level)
        for paragraph in section.paragraphs:
            paper.paragraph(paragraph.text, lead=paragraph.lead, is_item=paragraph.is_item)
    paper.paragraph(narrative.closing(tables))
    paper.end(
        recipients=recipients(tables),
        capacity=head.signer_title,
        signer=head.signer,
        instruction="(Ký, đóng dấu)" if head.symbol else "(Ký, ghi rõ họ tên)",
    )
    return paper.content()


def name(tables) -> str:
    return f"Báo cáo {tables.period.label} {tables.area.name}"


def file_name(tables) -> str:
    return f"{name(tables)}.docx"


def about(tables) -> str:
    """What the paper is about (trích yếu)."""
    return f"Kết quả hoạt động của tổ công nghệ số cộng đồng {within(tables.period.label)}"


def addressee(tables) -> str:
    """ "Kính gửi" whom: the body above, where the office has "Như trên" among its recipients."""
    return tables.head.parent if "như trên" in tables.head.recipients.lower() else ""


def recipients(tables) -> list[str]:
    """As the office has set them; else the body above and the archive."""
    lines = [line.strip(" -;.") for line in tables.head.recipients.split("\n") if line.strip(" -;.")]
    if not lines and tables.head.parent and tables.area.area.level != Level.VILLAGE:
        lines = [tables.head.parent]
    archive = [] if any(line.lower().startswith("lưu") for line in lines) else ["Lưu: VT"]
    lines = [*lines, *archive] if tables.head.symbol else lines or [tables.head.parent]
    return [f"{line}{';' if number < len(lines) else '.'}" for number, line in enumerate(lines, 1) if line]
