"""Every URL, as every member of the cast: nobody meets, changes or tells apart what is not hers."""

from __future__ import annotations

import os

import pytest

from .crawl import Crawl
from .world import EYES

# Two who may do nearly everything in a village and in a ward, and one each who may see names of teams but of no
# household, meet all that is near; the others look at one other place.
THOROUGH = {"lan": 3, "minh": 3, "dung": 2, "an": 1}


# What is asked of the database is the same on both: on PostgreSQL three go on every change, everybody on the long run.
EVERYWHERE = {"lan", "minh", "viewer"}
ON_POSTGRESQL = os.environ["TEST_DATABASE"] == "postgresql"


def _goes(who: str):
    return pytest.param(who, marks=[pytest.mark.long] if ON_POSTGRESQL and who not in EVERYWHERE else [])


@pytest.mark.parametrize("who", [_goes(who) for who in sorted(EYES)])
def test_nobody_meets_or_changes_what_is_not_hers(world, who):
    crawl = Crawl(world, who, writes=who in THOROUGH, near=THOROUGH.get(who, 1))
    before = world.snapshot(crawl.foreign_places)
    faults = crawl.go()
    assert faults == [], "\n".join(["", *faults])
    assert world.snapshot(crawl.foreign_places) == before
    assert crawl.seen > 100
