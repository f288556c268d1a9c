"""The usual ways to get the same numbers: one honest SQL statement over the record, and DuckDB over Parquet.

The statement joins everybody present with every definition in force and looks up the answer that held at the end of
the day. It is the same text in PostgreSQL, SQLite and DuckDB, but for dates; it shares nothing with `reports/`.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from bench.city import COLUMNS, NULL, SINCE, City

NUMBERS = ("eligible", "known", "reached", "unclear")
COUNTED = "CREATE TABLE bench_counted AS"

_STATEMENT = """
WITH present AS (
    SELECT p.village_id, h.id AS household_id, h.id AS subject, 'household' AS kind, NULL AS born_on
    FROM residents_household h
    JOIN residents_placement p ON p.household_id = h.id AND p.since <= {day} AND (p.until IS NULL OR p.until > {day})
    WHERE (h.until IS NULL OR h.until > {day}) AND h.merged_into_id IS NULL {limit}
    UNION ALL
    SELECT p.village_id, h.id, r.id, 'resident', {born_on}
    FROM residents_resident r
    JOIN residents_residence s ON s.resident_id = r.id AND s.since <= {day} AND (s.until IS NULL OR s.until > {day})
    JOIN residents_household h ON h.id = s.household_id
    JOIN residents_placement p ON p.household_id = h.id AND p.since <= {day} AND (p.until IS NULL OR p.until > {day})
    WHERE (r.until IS NULL OR r.until > {day}) AND r.merged_into_id IS NULL
      AND (h.until IS NULL OR h.until > {day}) AND h.merged_into_id IS NULL {limit}
),
definition AS (
    SELECT v.id, v.indicator_id, v.subject AS kind, v.min_age, {oldest_birth} AS born_up_to
    FROM residents_indicatorversion v JOIN residents_indicator i ON i.id = v.indicator_id AND i.is_reported
    WHERE v.since <= {day} AND (v.until IS NULL OR v.until > {day})
),
of_age AS (
    SELECT p.village_id, p.household_id, p.subject, p.kind, d.id AS definition, d.indicator_id
    FROM present p JOIN definition d ON d.kind = p.kind
    AND (d.min_age IS NULL OR (p.born_on IS NULL AND d.min_age <= 18) OR p.born_on <= d.born_up_to)
),
answer AS NOT MATERIALIZED (
    SELECT subject, indicator_id, answer FROM residents_observation
    WHERE retracts IS NULL AND effective_at < {instant} AND (until IS NULL OR until >= {instant})
      AND (until IS NULL OR until > effective_at)
),
asked AS (
    SELECT o.*, q.indicator_id AS required
    FROM of_age o JOIN residents_indicatorversion_requires q ON q.indicatorversion_id = o.definition
),
heard AS (
    SELECT s.definition, s.subject, s.required, a.answer
    FROM asked s LEFT JOIN answer a ON a.subject = s.subject AND a.indicator_id = s.required
    UNION ALL
    SELECT s.definition, s.subject, s.required, a.answer
    FROM asked s JOIN answer a ON a.subject = s.household_id AND a.indicator_id = s.required WHERE s.kind = 'resident'
    UNION ALL
    SELECT s.definition, s.subject, s.required, a.answer
    FROM asked s CROSS JOIN residents_residence l CROSS JOIN residents_resident r CROSS JOIN answer a
    WHERE s.kind = 'household' AND l.household_id = s.household_id AND r.id = l.resident_id
      AND l.since <= {day} AND (l.until IS NULL OR l.until > {day})
      AND (r.until IS NULL OR r.until > {day}) AND r.merged_into_id IS NULL
      AND a.subject = r.id AND a.indicator_id = s.required
),
requirement AS (
    SELECT definition, subject,
           CASE WHEN MAX(yes) = 1 THEN 'met' WHEN MIN(known) = 1 THEN 'not' ELSE 'unclear' END AS state
    FROM (
        SELECT definition, subject, required, MAX(CASE WHEN answer = 'yes' THEN 1 ELSE 0 END) AS yes,
               MAX(CASE WHEN answer IS NULL THEN 0 ELSE 1 END) AS known
        FROM heard GROUP BY definition, subject, required
    ) AS each_required GROUP BY definition, subject
),
leaf AS (
    SELECT village_id, indicator_id,
           SUM(CASE WHEN state = 'met' AND COALESCE(answer, '') <> 'na' THEN 1 ELSE 0 END) AS eligible,
           SUM(CASE WHEN state = 'met' AND answer IN ('yes', 'no') THEN 1 ELSE 0 END) AS known,
           SUM(CASE WHEN state = 'met' AND answer = 'yes' THEN 1 ELSE 0 END) AS reached,
           SUM(CASE WHEN state = 'unclear' THEN 1 ELSE 0 END) AS unclear,
           SUM(CASE WHEN state = 'met' AND answer IS NOT NULL THEN 1 ELSE 0 END) AS answers
    FROM (
        SELECT o.village_id, o.indicator_id, COALESCE(q.state, 'met') AS state, a.answer
        FROM of_age o
        LEFT JOIN requirement q ON q.definition = o.definition AND q.subject = o.subject
        LEFT JOIN answer a ON a.subject = o.subject AND a.indicator_id = o.indicator_id
    ) AS everybody GROUP BY village_id, indicator_id
)
SELECT l.ancestor_id AS area, leaf.indicator_id AS indicator, SUM(leaf.eligible) AS eligible, SUM(leaf.known) AS known,
       SUM(leaf.reached) AS reached, SUM(leaf.unclear) AS unclear
FROM leaf JOIN areas_arealink l
  ON l.descendant_id = leaf.village_id AND l.since <= {day} AND (l.until IS NULL OR l.until > {day}) {above}
WHERE leaf.answers > 0 GROUP BY l.ancestor_id, leaf.indicator_id
"""


def statement(vendor: str, day: dt.date, *, district: int | None = None) -> str:
    """SELECT area, indicator, eligible, known, reached, unclear: of all areas, or of a district and right below it."""
    as_date = {"sqlite": "'{}'"}.get(vendor, "DATE '{}'").format
    # Instants are stored in UTC, where the day ends at 17:00.
    end = f"{day} 17:00:00"
    limit = above = ""
    if district is not None:
        below = f"SELECT descendant_id FROM areas_arealink WHERE ancestor_id = {district:d}"  # noqa: S608
        limit, above = f"AND p.village_id IN ({below})", f"AND l.ancestor_id IN ({below} AND depth <= 1)"
    return _STATEMENT.format(
        day=as_date(day),
        instant={"sqlite": f"'{end}'", "duckdb": f"TIMESTAMP '{end}'"}.get(vendor, f"TIMESTAMPTZ '{end}+00'"),
        born_on=_born_on(vendor),
        oldest_birth={
            "sqlite": f"date('{day}', '-' || v.min_age || ' years')",
            "duckdb": f"DATE '{day}' - to_years(v.min_age)",
        }.get(vendor, f"(DATE '{day}' - v.min_age * INTERVAL '1 year')::date"),
        limit=limit,
        above=above,
    )


def _born_on(vendor: str) -> str:
    if vendor == "sqlite":
        first_of_january = "CASE WHEN {0} IS NULL THEN NULL ELSE printf('%04d-01-01', {0}) END".format
        year_of_band = "CAST(strftime('%Y', r.age_band_on) AS INTEGER)"
    else:
        first_of_january = "make_date({0}, 1, 1)".format
        year_of_band = "CAST(EXTRACT(YEAR FROM r.age_band_on) AS INTEGER)"
    youngest = "CASE r.age_band WHEN '0-13' THEN 0 WHEN '14-17' THEN 14 WHEN '18-59' THEN 18 WHEN '60+' THEN 60 END"
    year = first_of_january("CAST(r.birth_year AS INTEGER)")
    return f"COALESCE(r.birth_date, {year}, {first_of_january(f'({year_of_band} - {youngest})')})"


# --- DuckDB over Parquet ----------------------------------------------------------------------------------------------

_READ = [table for table in COLUMNS if table != "residents_visit"]
_TYPES = {
    **dict.fromkeys(("since", "until", "birth_date", "age_band_on"), "DATE"),
    **dict.fromkeys(("id", "household_id", "resident_id", "subject", "retracts", "merged_into_id", "visit_id"), "UUID"),
    **dict.fromkeys(("village_id", "code_village_id", "indicator_id", "birth_year"), "INTEGER"),
    **dict.fromkeys(("effective_at", "received_at"), "TIMESTAMP"),
}


class Duck:
    """The same files as Parquet, all their columns, in the order of the files."""

    def __init__(self, folder: Path, parts: list[Path], city: City, indicators: list[dict]):
        import duckdb

        self.connection = duckdb.connect(config={"threads": 1})
        for table in _READ:
            self._to_parquet(table, folder / f"{table}.parquet", [part / f"{table}.tsv" for part in parts])
        self._make_small_tables(city, indicators)

    def _to_parquet(self, table: str, target: Path, sources: list[Path]) -> None:
        types = {column: _TYPES.get(column, "VARCHAR") for column in COLUMNS[table].split()}
        if table == "residents_observation":
            types["until"] = "TIMESTAMP"
        files = [str(source) for source in sources]
        form = f"delim='\t', header=false, quote='', escape='', nullstr='{NULL}', columns={types!r}, parallel=false"
        self.connection.execute(
            f"COPY (SELECT * FROM read_csv({files!r}, {form})) TO '{target}' (FORMAT parquet)"  # noqa: S608
        )
        self.connection.execute(f"CREATE VIEW {table} AS SELECT * FROM '{target}'")  # noqa: S608

    def _make_small_tables(self, city: City, indicators: list[dict]) -> None:
        run = self.connection.execute
        run("CREATE TABLE residents_indicator (id INT, is_reported BOOLEAN)")
        run(
            "CREATE TABLE residents_indicatorversion "
            "(id INT, indicator_id INT, subject VARCHAR, min_age INT, since DATE, until DATE)"
        )
        run("CREATE TABLE residents_indicatorversion_requires (indicatorversion_id INT, indicator_id INT)")
        ids = {entry["code"]: number for number, entry in enumerate(indicators, 1)}
        version = 0
        for entry in indicators:
            run("INSERT INTO residents_indicator VALUES (?, ?)", [ids[entry["code"]], entry.get("is_reported", True)])
            for one in entry["versions"]:
                version += 1
                cells = [
                    version,
                    ids[entry["code"]],
                    one["subject"],
                    one.get("min_age"),
                    one["since"],
                    one.get("until"),
                ]
                run("INSERT INTO residents_indicatorversion VALUES (?, ?, ?, ?, ?, ?)", cells)
                for code in one.get("requires", ()):
                    run("INSERT INTO residents_indicatorversion_requires VALUES (?, ?)", [version, ids[code]])
        run("CREATE TABLE areas_arealink (ancestor_id INT, descendant_id INT, depth INT, since DATE, until DATE)")
        links = [(above, area, depth, str(SINCE)) for area, line in city.lines() for depth, above in enumerate(line)]
        run(
            "INSERT INTO areas_arealink SELECT l.a, l.b, l.c, CAST(l.d AS DATE), NULL FROM "
            "(SELECT unnest(?, recursive := true)) l",
            [[dict(zip("abcd", link, strict=True)) for link in links]],
        )

    def count(self, day: dt.date) -> None:
        self.connection.execute(f"CREATE OR REPLACE TABLE bench_counted AS {statement('duckdb', day)}")

    def counted(self) -> dict[tuple[int, int], tuple[int, ...]]:
        rows = self.connection.execute("SELECT * FROM bench_counted").fetchall()
        return {(area, indicator): tuple(map(int, numbers)) for area, indicator, *numbers in rows}

    def close(self) -> None:
        self.connection.close()


def read_indicators() -> list[dict]:
    return json.loads((Path(__file__).parent.parent / "fixtures/residents/indicators.json").read_text(encoding="utf-8"))
