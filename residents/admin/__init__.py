"""Admin pages of households, people, what is asked of them and what was seen."""

from . import holidays, indicators, people, record

__all__ = ["holidays", "indicators", "people", "record"]
