"""Filters for Vietnamese numbers and dates. Built into every template: no {% load %} needed."""

from django import template

from sheets import dates, numbers, phones

register = template.Library()

register.filter("number", numbers.number_text)
register.filter("rate", numbers.rate_text)
register.filter("points", numbers.points_text)
register.filter("growth", numbers.growth_text)
register.filter("qualified", numbers.qualified_text)
register.filter("vidate", dates.date_text)
register.filter("vidatetime", dates.datetime_text)
register.filter("viweekday", dates.weekday_text)
register.filter("official_date", dates.official_date_text)
register.filter("phone", phones.phone_text)


@register.simple_tag
def rate_of(reached, eligible):
    """{% rate_of row.reached row.eligible %} → 41,9 %; nothing eligible → –."""
    return numbers.rate_text((reached, eligible))
