"""An invented city, the same every time, written as tab-separated files that PostgreSQL, SQLite and DuckDB all read.

Full size: 2,531 villages, 299,000 households, 1.2 million people, 5.6 million observations. A household is one of a few
thousand shapes (people, ages, answers over two years) with ids of its own. Observations are written in the order of
their arrival: eight rounds through the city. Cells are text, `\\N` is null, as COPY wants it.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sheets.text import person_sort_key, search_key

VILLAGES, HOUSEHOLDS, ANSWERS_PER_HOUSEHOLD = 2531, 299_000, 18.84
VILLAGES_IN_WARD, WARDS_IN_DISTRICT = 27, 11
SHAPES = 2000
SINCE = dt.date(2024, 9, 1)
# The day on which the city is looked at, and the month that is counted: 15/10–14/11/2026.
TODAY = dt.date(2026, 11, 20)
MONTH = (2026, 11)
NULL = "\\N"

# First day of each round, its days, and the share of households met in it. The last one is the month that is counted.
ROUNDS = (
    (dt.date(2024, 10, 1), 60, 0.32), (dt.date(2025, 1, 2), 60, 0.32), (dt.date(2025, 4, 1), 60, 0.32),
    (dt.date(2025, 7, 5), 60, 0.32), (dt.date(2025, 12, 1), 60, 0.28), (dt.date(2026, 4, 1), 60, 0.28),
    (dt.date(2026, 8, 1), 60, 0.25), (dt.date(2026, 10, 15), 31, 0.18),
)  # fmt: skip
OF_PEOPLE = {
    "vneid2": 14, "card": 14, "dvc": 18, "digsig": 18, "epay": 15, "mobilemoney": 18, "smartphone": 15, "ehealth": 0,
    "vssid": 16, "skill": 18, "localapp": 12, "zalo_page": 18,
}  # fmt: skip
OF_HOUSEHOLDS = (
    "business", "ocop", "farm", "pupils", "bills", "billpay", "smartphone_home", "broadband", "netsafe", "zalo", "qr",
    "ecom",
)  # fmt: skip
FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý")
MIDDLES = ("Văn", "Thị", "Hữu", "Ngọc", "Minh", "Thanh", "Đức", "Kim")
GIVEN = (
    "An",
    "Bình",
    "Châu",
    "Dũng",
    "Giang",
    "Hà",
    "Hương",
    "Khánh",
    "Lan",
    "Mai",
    "Nam",
    "Phúc",
    "Quân",
    "Sơn",
    "Thảo",
    "Yến",
)


class City:
    def __init__(self, size: float):
        self.villages = max(3, round(VILLAGES * size))
        self.households = max(30, round(HOUSEHOLDS * size))
        self.wards = -(-self.villages // VILLAGES_IN_WARD)
        self.districts = -(-self.wards // WARDS_IN_DISTRICT)

    # Ids: the country, the province, its districts, wards and villages, one after the other.
    COUNTRY, PROVINCE = 1, 2

    def district_id(self, district: int) -> int:
        return 3 + district

    def ward_id(self, ward: int) -> int:
        return 3 + self.districts + ward

    def village_id(self, village: int) -> int:
        return 3 + self.districts + self.wards + village

    def village_of(self, household: int) -> int:
        return household * self.villages // self.households

    def lines(self) -> Iterator[tuple[int, list[int]]]:
        """Every area with itself and what lies above it, from below; parents come first."""
        yield self.COUNTRY, [self.COUNTRY]
        yield self.PROVINCE, [self.PROVINCE, self.COUNTRY]
        top = [self.PROVINCE, self.COUNTRY]
        for district in range(self.districts):
            yield self.district_id(district), [self.district_id(district), *top]
        for ward in range(self.wards):
            line = [self.ward_id(ward), self.district_id(ward // WARDS_IN_DISTRICT), *top]
            yield line[0], line
        for village in range(self.villages):
            ward = village // VILLAGES_IN_WARD
            line = [self.village_id(village), self.ward_id(ward), self.district_id(ward // WARDS_IN_DISTRICT), *top]
            yield line[0], line

    @property
    def first_third(self) -> int:
        """The number of households in the first third of the villages."""
        third = self.villages // 3
        return -(-third * self.households // self.villages)

    def write(self, folder: Path, shapes: list[Shape], households: range) -> dict[str, int]:
        """Write `folder`/<table>.tsv for some of the households; returns how many rows of each."""
        folder.mkdir(parents=True)
        counts = {}
        writers = {
            "residents_household": self._households,
            "residents_placement": self._placements,
            "residents_resident": self._residents,
            "residents_residence": self._residences,
            "residents_visit": self._visits,
            "residents_observation": self._observations,
        }
        for table, rows in writers.items():
            with open(folder / f"{table}.tsv", "w", encoding="utf-8") as file:
                counts[table] = write_lines(file, rows(shapes, households))
        return counts

    def _shape(self, shapes: list[Shape], household: int) -> Shape:
        return shapes[household * 2_654_435_761 % 2**32 * len(shapes) >> 32]

    def _last_village(self, shape: Shape, household: int) -> int:
        village = self.village_of(household)
        return self.village_id(village ^ 1 if shape.moved_on != NULL and village ^ 1 < self.villages else village)

    def _households(self, shapes: list[Shape], households: range) -> Iterator[str]:
        for number in households:
            shape = self._shape(shapes, number)
            first, last = self.village_id(self.village_of(number)), self._last_village(shape, number)
            cells = (
                f"H{number}",
                first,
                last,
                shape.head,
                f"Số {number % 200}",
                NULL,
                NULL,
                "",
                "",
                SINCE,
                shape.left_on,
                NULL,
            )
            yield "\t".join(map(str, (HOUSEHOLD.replace(N, token(number)), *cells, *shape.head_keys)))

    def _placements(self, shapes: list[Shape], households: range) -> Iterator[str]:
        for number in households:
            shape = self._shape(shapes, number)
            first, last = self.village_id(self.village_of(number)), self._last_village(shape, number)
            key = HOUSEHOLD.replace(N, token(number))
            if first != last:
                yield f"{key}\t{first}\t{SINCE}\t{shape.moved_on}\n{key}\t{last}\t{shape.moved_on}\t{shape.left_on}"
            else:
                yield f"{key}\t{first}\t{SINCE}\t{shape.left_on}"

    def _residents(self, shapes: list[Shape], households: range) -> Iterator[str]:
        for number in households:
            yield self._shape(shapes, number).residents.replace(N, token(number))

    def _residences(self, shapes: list[Shape], households: range) -> Iterator[str]:
        for number in households:
            yield self._shape(shapes, number).residences.replace(N, token(number))

    def _visits(self, shapes: list[Shape], households: range) -> Iterator[str]:
        for number in households:
            if visit := self._shape(shapes, number).visit:
                yield visit.replace(N, token(number))

    def _observations(self, shapes: list[Shape], households: range) -> Iterator[str]:
        for turn in range(len(ROUNDS)):
            for number in households:
                if answers := self._shape(shapes, number).rounds[turn]:
                    yield answers.replace(N, token(number))


# Columns of the files, in order.
COLUMNS = {
    "residents_household": (
        "id code code_village_id village_id head_name address street_id order_no phone note since until "
        "merged_into_id search_key sort_key"
    ),
    "residents_placement": "household_id village_id since until",
    "residents_resident": (
        "id household_id label birth_year birth_date age_band age_band_on sex is_head stays since until "
        "search_key sort_key merged_into_id"
    ),
    "residents_residence": "resident_id household_id since until",
    "residents_visit": (
        "id team_id household_id village_id place at minutes way outcome come_back_on people_helped note replaces_id "
        "withdrawn_at withdrawn_by_id source recorded_by_id received_at device"
    ),
    "residents_observation": (
        "id household_id resident_id subject indicator_id answer reason effective_at until retracts visit_id source "
        "recorded_by_id received_at device"
    ),
}


# --- ids: version 7 with the time in front, the same every time -------------------------------------------------------

# Stands in a shape's text for the number of the household, which every id of it contains.
N = "@"
REGISTERED = f"{int(dt.datetime(2024, 9, 1, tzinfo=dt.UTC).timestamp() * 1000):012x}"
HOUSEHOLD = f"{REGISTERED}70008{N}000"


def token(number: int) -> str:
    return f"{number:012x}"


def person(place: int) -> str:
    return f"{REGISTERED}70018{N}{place:03x}"


def answer_id(at: dt.datetime, place: int) -> str:
    return f"{milliseconds(at)}70038{N}{place:03x}"


# --- shapes -----------------------------------------------------------------------------------------------------------


@dataclass
class Shape:
    """A household as text, `N` standing for its number."""

    head: str
    moved_on: str  # NULL: it stands where it stood
    left_on: str
    birth_years: list[int | None]
    residents: str
    residences: str
    visits: list[dt.datetime | None] = field(default_factory=list)  # the instant of each round's visit
    rounds: list[str] = field(default_factory=list)  # the observations of each round

    @cached_property
    def head_keys(self) -> tuple[str, str]:
        return search_key(self.head), person_sort_key(self.head)

    @cached_property
    def visit(self) -> str:
        """That of the month that is counted; "" for none."""
        if not (at := self.visits[-1]):
            return ""
        cells = (
            f"{REGISTERED}70028{N}000", NULL, HOUSEHOLD, NULL, "", instant(at), 10 + at.microsecond // 1000 % 30,
            "home", "met", NULL, 1 + at.day % 3, "", NULL, NULL, NULL, "phone", NULL, instant(at), "",
        )  # fmt: skip
        return "\t".join(map(str, cells))


def make_shapes(indicators: dict[str, int]) -> list[Shape]:
    rng = random.Random(20241001)  # noqa: S311
    shapes = [_make_shape(rng) for _ in range(SHAPES)]
    asked = [_ask(rng, shape, indicators) for shape in shapes]
    keep = ANSWERS_PER_HOUSEHOLD * SHAPES / sum(map(len, asked))
    assert keep <= 1, "the rounds ask too little"
    for shape, answers in zip(shapes, asked, strict=True):
        _enter(rng, shape, [answer for answer in answers if rng.random() < keep])
    return shapes


def _make_shape(rng: random.Random) -> Shape:
    moved_on = left_on = NULL
    if rng.random() < 0.03:
        moved_on = str(dt.date(2025, 3, 1) + dt.timedelta(days=rng.randrange(600)))
    elif rng.random() < 0.01:
        left_on = str(dt.date(2025, 3, 1) + dt.timedelta(days=rng.randrange(600)))
    size = rng.choices(range(1, 8), (7, 13, 20, 24, 18, 11, 7))[0]
    people = [_make_person(rng, place) for place in range(size)]
    return Shape(
        head=people[0][1][2],
        moved_on=moved_on,
        left_on=left_on,
        birth_years=[year for year, _, _ in people],
        residents="\n".join("\t".join(cells) for _, cells, _ in people),
        residences="\n".join("\t".join(cells) for _, _, cells in people),
    )


def _make_person(rng: random.Random, place: int) -> tuple[int | None, tuple[str, ...], tuple[str, ...]]:
    """Birth year if known, the cells of the resident, the cells of the residence."""
    name = f"{rng.choice(FAMILIES)} {rng.choice(MIDDLES)} {rng.choice(GIVEN)}"
    year = rng.randint(1945, 1990) if place < 2 else rng.randint(1950, 2024)
    birth_year, birth_date, band, band_on = str(year), NULL, "", NULL
    chance = rng.random()
    if chance < 0.06:
        birth_date = f"{year}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    elif chance < 0.10:
        age = 2024 - year
        band = "0-13" if age < 14 else "14-17" if age < 18 else "18-59" if age < 60 else "60+"
        birth_year, band_on = NULL, "2024-10-01"
    elif chance < 0.12:
        birth_year = NULL
    since, until = str(SINCE), NULL
    if place and rng.random() < 0.03:
        since = str(dt.date(2025, 1, 1) + dt.timedelta(days=rng.randrange(500)))
    elif place and rng.random() < 0.02:
        until = str(dt.date(2025, 1, 1) + dt.timedelta(days=rng.randrange(650)))
    cells = (
        person(place), HOUSEHOLD, name, birth_year, birth_date, band, band_on, rng.choice("fm"), str(int(place == 0)),
        "permanent", since, until, search_key(name), person_sort_key(name), NULL,
    )  # fmt: skip
    return None if birth_year == NULL else year, cells, (person(place), HOUSEHOLD, since, until)


def _ask(rng: random.Random, shape: Shape, indicators: dict[str, int]) -> list[tuple]:
    """(round, who, indicator, answer, instant) of every question asked in the rounds that met the household."""
    answers, known = [], {}
    for turn, (first, days, share) in enumerate(ROUNDS):
        met = rng.random() < share
        at = dt.datetime.combine(first, dt.time(11), dt.UTC) + dt.timedelta(
            days=rng.randrange(days), milliseconds=rng.randrange(3 * 3600 * 1000)
        )
        shape.visits.append(at if met else None)
        if not met:
            continue
        questions = [(-1, code) for code in OF_HOUSEHOLDS]
        for who, year in enumerate(shape.birth_years):
            age = first.year - (year or 1990)
            if rng.random() < 0.8:
                questions += [(who, code) for code, youngest in OF_PEOPLE.items() if age >= youngest]
        for who, code in questions:
            before = known.get((who, code))
            if rng.random() > (0.45 if before is None else 0.2):
                continue
            if before is None:
                answer = rng.choices(("yes", "no", "na"), (52, 45, 3))[0]
            else:
                answer = rng.choices(("yes", "no", "na"), (90, 8, 2) if before == "no" else (85, 13, 2))[0]
            known[who, code] = answer
            answers.append((turn, who, indicators[code], answer, at))
    return answers


def _enter(rng: random.Random, shape: Shape, answers: list[tuple]) -> None:
    """Put the answers into the shape's rounds, each until the next of its subject and indicator; take a few back."""
    rounds: list[list[str]] = [[] for _ in ROUNDS]
    lines: dict[tuple, list[tuple]] = {}
    for answer in answers:
        lines.setdefault(answer[1:3], []).append(answer)
    place = 0
    for line in lines.values():
        taken = {number for number in range(len(line)) if rng.random() < 0.004}
        for number, (turn, who, indicator, answer, at) in enumerate(line):
            following = next((later[4] for step, later in enumerate(line) if step > number and step not in taken), None)
            reason = rng.choice(("", "", "no_phone", "away")) if answer == "no" else ""
            own = answer_id(at, place)
            until = at if number in taken else following
            rounds[turn].append(_observation(own, turn, who, indicator, answer, reason, at, until, NULL))
            place += 1
            if number in taken:
                back = at + dt.timedelta(hours=1)
                key = answer_id(back, place)
                rounds[turn].append(_observation(key, turn, who, indicator, "", "", back, back, own))
                place += 1
    shape.rounds = ["\n".join(rows) for rows in rounds]


def _observation(key, turn, who, indicator, answer, reason, at, until, retracts) -> str:
    subject = HOUSEHOLD if who < 0 else person(who)
    visit = f"{REGISTERED}70028{N}000" if turn == len(ROUNDS) - 1 else NULL
    cells = (
        key, HOUSEHOLD, NULL if who < 0 else subject, subject, indicator, answer, reason, instant(at),
        instant(until) if until else NULL, retracts, visit, "phone", NULL, instant(at), "",
    )  # fmt: skip
    return "\t".join(map(str, cells))


def instant(at: dt.datetime) -> str:
    """As both databases read it, and as Django writes it on SQLite."""
    return f"{at:%Y-%m-%d %H:%M:%S.%f}"


def milliseconds(at: dt.datetime) -> str:
    return f"{round(at.timestamp() * 1000):012x}"


def write_lines(file, blocks: Iterator[str]) -> int:
    """Write blocks of one or more lines; returns the number of lines."""
    count = 0
    for block in blocks:
        file.write(block)
        file.write("\n")
        count += block.count("\n") + 1
    return count
