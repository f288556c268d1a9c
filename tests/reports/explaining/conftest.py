"""The counted ward of the counting tests."""

from tests.reports.counting.conftest import fresh, indicator, november, see

__all__ = ["fresh", "indicator", "november", "see"]
