"""Admin pages of households, people, what is asked of them and what was seen."""

from . import indicators, people, record

__all__ = ["indicators", "people", "record"]
