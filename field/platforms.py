"""A phone's kind in a few words, from what its browser says: enough for the ward to tell two phones apart."""

from __future__ import annotations

import re

BROWSERS = (
    ("Zalo", re.compile(r"Zalo", re.I)),
    ("Facebook", re.compile(r"FBAN|FBAV")),
    ("Samsung Internet", re.compile(r"SamsungBrowser")),
    ("Cốc Cốc", re.compile(r"coc_coc", re.I)),
    ("Edge", re.compile(r"Edg")),
    ("Chrome", re.compile(r"Chrome|CriOS")),
    ("Firefox", re.compile(r"Firefox|FxiOS")),
    ("Safari", re.compile(r"Safari")),
)
SYSTEMS = (
    ("Android", re.compile(r"Android")),
    ("iPhone", re.compile(r"iPhone")),
    ("iPad", re.compile(r"iPad")),
    ("Windows", re.compile(r"Windows")),
    ("macOS", re.compile(r"Macintosh")),
    ("Linux", re.compile(r"Linux")),
)


def platform_of(request) -> str:
    agent = request.headers.get("User-Agent", "")[:400]
    named = [next((name for name, sign in signs if sign.search(agent)), "") for signs in (SYSTEMS, BROWSERS)]
    return " · ".join(name for name in named if name)
