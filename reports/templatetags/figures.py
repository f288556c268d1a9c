"""Bars for rates that come ready, counted or told: a told rate often has no numbers behind it."""

from __future__ import annotations

from django import template

from sheets.numbers import rate_text

from .charts import mark_id, percent

register = template.Library()


@register.inclusion_tag("charts/coverage_bar.html")
def rate_bar(rate, label: str = ""):
    """A bar for a table cell, beside its number; None is drawn as an empty hatched bar."""
    text = rate_text(rate)
    return {
        "text": f"{label}: {text}" if label else text,
        "width": None if rate is None else percent(min(float(rate), 1)),
        "target": None,
        "hatch": mark_id("hatch", label, str(rate)),
    }
