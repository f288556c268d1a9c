"""xã Hòa Bắc in October 2026, as in tests/reports/monthly: one of two people of Tà Lang reached, Giàn Bí silent."""

import datetime as dt
import io

import pytest
from docx import Document

from reports import monthly
from tests.reports.monthly.conftest import (  # noqa: F401
    TODAY,
    catalogue,
    count_october,
    counted,
    october,
    ward,
)


@pytest.fixture
def tables(counted, october):  # noqa: F811
    return monthly.collect(counted, october, today=TODAY)


@pytest.fixture
def running(counted, october):  # noqa: F811
    """The same month while it still ran."""
    return monthly.collect(counted, october, today=dt.date(2026, 10, 10))


@pytest.fixture
def text_of():
    """Everything a .docx file says, paragraph by paragraph, its tables too."""

    def read(content: bytes) -> str:
        document = Document(io.BytesIO(content))
        lines = [line.text for line in document.paragraphs]
        for table in document.tables:
            lines += [line.text for row in table.rows for cell in row.cells for line in cell.paragraphs]
        return "\n".join(lines)

    return read
