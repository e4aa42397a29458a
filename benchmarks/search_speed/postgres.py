"""PostgreSQL: GIN over tsvector for the words, PostGIS for the points; a server of its own.

The server is started in a folder, listens on a Unix socket in it and nowhere else, runs as an
unprivileged user, and is stopped with the benchmark. It is spoken to through psql, whose own
`\\timing` measures from sending to the last row.

Set up as somebody who knows it would: an unlogged, vacuumed and analysed table; keywords and topics
as small numbers; the words as a tsvector with weights, written by ourselves so that the words are
those of everybody else; one materialised pass over the matches that facets, funnel and page are
made from; a covering index for the six conditions; the distinct points in a table of their own with
a GiST index, so that a radius is a set of points; prepared statements with plans of their own
(plan_cache_mode force_custom_plan: words differ in frequency by 10,000); no JIT, no parallel query.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.search_speed.answers import TOP, Answer, funnel_of_masks, top_topics
from benchmarks.search_speed.corpus import Corpus
from benchmarks.search_speed.missing import Missing
from benchmarks.search_speed.questions import Question

__all__ = ["Postgres", "Server", "build", "programs"]

_MEMORY = {
    "shared_buffers": "4GB",
    "work_mem": "256MB",
    "maintenance_work_mem": "1GB",
    "effective_cache_size": "12GB",
}
_SETTINGS = {
    **_MEMORY,
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "random_page_cost": "1.1",
    "plan_cache_mode": "force_custom_plan",
    "max_wal_size": "8GB",
    "fsync": "off",
    "autovacuum": "off",
    "listen_addresses": "",
    "max_connections": "10",
}
_DATABASE = "creators"
_USER = "bench"
_DEADLINE_S = 120.0
_END = "--end--"
#: Of D, C, B, A, at most 1: everywhere, not used, handle and topics, name; as 1, 2 and 3 elsewhere.
_WEIGHTS = "{0.33,0.5,0.67,1}"

_TABLES = """
CREATE EXTENSION postgis;
CREATE EXTENSION pg_prewarm;
CREATE UNLOGGED TABLE creators (
    id integer, followers integer, last_post integer, point integer, engagement real,
    posts_per_week real, quality smallint, country smallint, language smallint,
    platform smallint, verdict smallint, size smallint, topics smallint[], words tsvector
);
CREATE UNLOGGED TABLE points (point integer, place geography(Point));
CREATE UNLOGGED TABLE codes (field text, value text, code smallint);
"""
_INDEXES = """
CREATE INDEX by_words ON creators USING gin (words) WITH (fastupdate = off);
CREATE INDEX by_country ON creators (country);
CREATE INDEX by_point ON creators (point);
CREATE INDEX by_conditions ON creators
    (platform, verdict, followers, engagement, last_post, posts_per_week);
CREATE INDEX by_place ON points USING gist (place);
VACUUM (ANALYZE, FREEZE) creators;
VACUUM (ANALYZE, FREEZE) points;
"""
_CONDITIONS = (
    "platform = $2",
    "followers BETWEEN $3 AND $4",
    "engagement >= $5",
    "last_post >= $6",
    "posts_per_week >= $7",
    "verdict = $8",
)
_MASK = " | ".join(f"(({one})::int << {i})" for i, one in enumerate(_CONDITIONS))
_INSIDE = (
    "SELECT point FROM points WHERE ST_DWithin(place, ST_MakePoint($2, $3)::geography, $4, false)"
)
_PASSED = f"""
SELECT 'facet', country, language, size, count(*) FROM passed
 GROUP BY GROUPING SETS ((country), (language), (size))
UNION ALL SELECT * FROM (
    SELECT 'topic', topic, NULL::int, NULL::int, count(*) FROM passed, unnest(topics) topic
     GROUP BY topic ORDER BY count(*) DESC) t
UNION ALL SELECT * FROM (
    SELECT 'top', id, NULL::int, NULL::int, 0 FROM passed ORDER BY score DESC, id LIMIT {TOP}) t
UNION ALL SELECT 'total', 0, NULL::int, NULL::int, count(*) FROM passed
"""
_SCORE = f"ts_rank('{_WEIGHTS}', words, $1::tsquery) * quality AS score"
_COLUMNS = "id, country, language, size, topics"
_STATEMENTS = {
    "none": f"(tsquery) AS WITH passed AS MATERIALIZED (SELECT {_COLUMNS}, {_SCORE} "
    f"FROM creators WHERE words @@ $1) {_PASSED}",
    "country": f"(tsquery, smallint) AS WITH passed AS MATERIALIZED (SELECT {_COLUMNS}, {_SCORE} "
    f"FROM creators WHERE words @@ $1 AND country = $2) {_PASSED}"
    "UNION ALL SELECT 'words', 0, NULL::int, NULL::int, count(*) FROM creators WHERE words @@ $1 "
    "UNION ALL SELECT 'others', 0, NULL::int, NULL::int, count(*) FROM creators WHERE country = $2",
    "conditions": "(tsquery, smallint, int, int, real, int, real, smallint) AS "
    f"WITH found AS MATERIALIZED (SELECT {_COLUMNS}, {_MASK} AS mask, "
    f"CASE WHEN {' AND '.join(_CONDITIONS)} THEN ts_rank('{_WEIGHTS}', words, $1) * quality END "
    "AS score FROM creators WHERE words @@ $1), passed AS (SELECT * FROM found WHERE mask = 63) "
    f"{_PASSED} UNION ALL "
    "SELECT 'mask', mask, NULL::int, NULL::int, count(*) FROM found GROUP BY mask "
    "UNION ALL SELECT 'others', 0, NULL::int, NULL::int, count(*) FROM creators "
    f"WHERE {' AND '.join(_CONDITIONS)}",
    "radius": "(tsquery, float8, float8, float8) AS "
    f"WITH inside AS MATERIALIZED ({_INSIDE}), "
    f"passed AS MATERIALIZED (SELECT {_COLUMNS}, {_SCORE} FROM creators WHERE words @@ $1 "
    f"AND point = ANY (ARRAY(SELECT point FROM inside))) {_PASSED}"
    "UNION ALL SELECT 'words', 0, NULL::int, NULL::int, count(*) FROM creators WHERE words @@ $1 "
    "UNION ALL SELECT 'others', 0, NULL::int, NULL::int, count(*) FROM creators "
    "WHERE point = ANY (ARRAY(SELECT point FROM inside))",
}


def programs() -> Path:
    """The folder of PostgreSQL's programs: Debian's newest, else where initdb is on the path.

    Raises Missing where there are none.
    """
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda file: int(file.parts[-3]) if file.parts[-3].isdigit() else 0,
    )
    initdb = str(found[-1]) if found else shutil.which("initdb")
    if initdb is None:
        raise Missing(
            "PostgreSQL: no initdb; Debian has it in postgresql and postgresql-15-postgis-3"
        )
    return Path(initdb).parent


class Server:
    """A server on a folder, from `start` to `stop`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._programs = programs()
        self._process: subprocess.Popen[bytes] | None = None
        # initdb refuses to run as root.
        self._identity: dict[str, Any] = {}
        if os.geteuid() == 0:
            name = next(
                n for n in ("postgres", "nobody") if n in {u.pw_name for u in pwd.getpwall()}
            )
            user = pwd.getpwnam(name)
            self._identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def create(self) -> None:
        """An empty cluster in the folder, whatever was there."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        if self._identity:
            os.chown(self.folder, self._identity["user"], self._identity["group"])
        done = subprocess.run(
            [
                *(self._programs / "initdb", "-D", self.data, "-U", _USER, "-A", "trust"),
                *("-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
            ],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            **self._identity,
        )
        if done.returncode:
            raise Missing(f"PostgreSQL: initdb said {done.stderr.strip() or done.stdout.strip()}")

    def start(self) -> None:
        """Start and wait until it answers. Raises Missing when it does not."""
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self.data, "-k", self.folder, *settings],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self._identity,
            )
        ready = [self._programs / "pg_isready", "-q", "-h", self.folder, "-U", _USER]
        end = time.monotonic() + _DEADLINE_S
        while subprocess.run(ready, check=False).returncode:
            if self._process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise Missing(f"PostgreSQL: the server did not start; see {self.folder / 'log'}")
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop it and wait."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None

    @contextlib.contextmanager
    def running(self) -> Iterator[Server]:
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def psql(self, database: str = _DATABASE) -> list[str]:
        """The command that talks to it."""
        return [
            *(str(self._programs / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1"),
            *("-h", str(self.folder), "-U", _USER, "-d", database),
        ]

    def run(self, sql: str, database: str = _DATABASE) -> str:
        """Run statements; raises Missing with what the server said."""
        done = subprocess.run(
            self.psql(database), input=sql, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Missing(f"PostgreSQL: {done.stderr.strip()}")
        return done.stdout


def build(folder: Path, corpus: Corpus) -> None:
    """Make the cluster and write the documents into it."""
    server = Server(folder)
    server.create()
    with server.running():
        server.run(f"CREATE DATABASE {_DATABASE}", "postgres")
        server.run(_TABLES)
        codes: dict[tuple[str, str], int] = {}
        copying = subprocess.Popen(
            [*server.psql(), "-c", "COPY creators FROM STDIN"], stdin=subprocess.PIPE, text=True
        )
        assert copying.stdin is not None
        for table in corpus.tables():
            copying.stdin.writelines(_line(row, codes) for row in table.iter_rows(named=True))
        copying.stdin.close()
        if copying.wait():
            raise Missing("PostgreSQL: the documents could not be copied into the table")
        listed = "\n".join(f"{field}\t{value}\t{code}" for (field, value), code in codes.items())
        places = "\n".join(
            f"{point}\tPOINT({lon} {lat})" for point, lat, lon in corpus.points().iter_rows()
        )
        server.run(f"COPY codes FROM STDIN;\n{listed}\n\\.\n")
        server.run(f"COPY points FROM STDIN;\n{places}\n\\.\n")
        server.run(_INDEXES)


def _line(row: dict[str, Any], codes: dict[tuple[str, str], int]) -> str:
    def code(field: str, value: str) -> int:
        return codes.setdefault((field, value), len(codes))

    topics = ",".join(str(code("topic", topic)) for topic in row["topic"])
    values = (
        *(row["id"], row["followers"], row["last_post"], row["point"], row["engagement"]),
        *(row["posts_per_week"], row["quality"], code("country", row["country"])),
        *(code("language", row["language"]), code("platform", row["platform"])),
        *(code("verdict", row["verdict"]), row["size"], f"{{{topics}}}", _vector(row)),
    )
    return "\t".join(map(str, values)) + "\n"


def _vector(row: dict[str, Any]) -> str:
    """A tsvector as text: the words with positions and with the weight of where they stand."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    named, raised = set(row["name"].split()), {*row["handle"].split(), *row["topic_words"].split()}
    for position, word in enumerate(row["everything"].split(), start=1):
        weight = "A" if word in named else "B" if word in raised else ""
        if len(found[word]) < 255:
            found[word].append(f"{position}{weight}")
    # Twice: once for the vector's own quotes, once for COPY.
    return " ".join(
        "'{}':{}".format(word.replace("\\", "\\\\\\\\").replace("'", "''"), ",".join(positions))
        for word, positions in found.items()
    )


class Postgres:
    """The cluster of `build`, started; one session."""

    def __init__(self, folder: Path) -> None:
        self._server = Server(folder)
        self._server.start()
        try:
            self._begin()
        except BaseException:
            self._server.stop()
            raise

    def _begin(self) -> None:
        self._psql = subprocess.Popen(
            self._server.psql(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        prepared = "\n".join(f"PREPARE {name} {sql};" for name, sql in _STATEMENTS.items())
        self._say(f"SET geqo = off; {prepared}")
        warmed = ("creators", "by_words", "by_country", "by_point", "by_conditions", "points")
        self._say("\n".join(f"SELECT pg_prewarm('{name}');" for name in warmed))
        every = [line.split("|") for line in self._say("SELECT field, value, code FROM codes;")]
        self._code = {(field, value): int(code) for field, value, code in every}
        self._value = {int(code): value for _, value, code in every}
        self._n = int(self._say("SELECT count(*) FROM creators;")[0])
        self._backend = int(self._say("SELECT pg_backend_pid();")[0])
        version = self._say("SHOW server_version; SELECT postgis_lib_version();")
        self._say("\\timing on")
        self._wall = 0.0
        memory = ", ".join(f"{name} {value}" for name, value in _MEMORY.items())
        self.settings = [
            f"PostgreSQL {version[0].split()[0]}, PostGIS {version[1]}, GIN over tsvector",
            f"{memory}; pg_prewarm of table and indexes",
            "jit off, no parallel query, prepared statements with custom plans, VACUUM, ANALYZE",
            "text score: ts_rank with weights x quality",
        ]

    def _say(self, sql: str) -> list[str]:
        """The lines that psql prints for it."""
        assert self._psql.stdin is not None
        assert self._psql.stdout is not None
        self._psql.stdin.write(f"{sql}\n\\echo {_END}\n")
        self._psql.stdin.flush()
        lines = []
        for line in self._psql.stdout:
            if line.rstrip("\n") == _END:
                return lines
            lines.append(line.rstrip("\n"))
        raise Missing("PostgreSQL: the session ended; what it said stands above")

    def ask(self, question: Question) -> Answer:
        joined = " | " if question.any_word else " & "
        values = ["'" + joined.join(f"''{word}''" for word in question.words) + "'"]
        name = "none"
        if question.country is not None:
            name = "country"
            values.append(str(self._code.get(("country", question.country), -1)))
        elif (asked := question.vetting) is not None:
            name = "conditions"
            values += [
                str(self._code.get(("platform", asked.platform), -1)),
                *(str(asked.followers_min), str(asked.followers_max), str(asked.engagement_min)),
                *(str(asked.last_post_min), str(asked.posts_per_week_min)),
                str(self._code.get(("verdict", asked.verdict), -1)),
            ]
        elif (radius := question.radius) is not None:
            name = "radius"
            values += [repr(radius.lon), repr(radius.lat), repr(radius.km * 1_000)]
        lines = self._say(f"EXECUTE {name} ({', '.join(values)});")
        self._wall = float(lines.pop().split()[1]) / 1_000
        return self._answer([line.split("|") for line in lines])

    def _answer(self, rows: list[list[str]]) -> Answer:
        country: dict[str, int] = {}
        language: dict[str, int] = {}
        topic: dict[str, int] = {}
        size = [0] * 5
        masks: dict[int, int] = {}
        top: list[int] = []
        counts: dict[str, int] = {}
        for kind, first, second, third, n in rows:
            if kind == "facet":
                if first:
                    country[self._value[int(first)]] = int(n)
                elif second:
                    language[self._value[int(second)]] = int(n)
                elif third:
                    size[int(third)] = int(n)
            elif kind == "topic":
                topic[self._value[int(first)]] = int(n)
            elif kind == "top":
                top.append(int(first))
            elif kind == "mask":
                masks[int(first)] = int(n)
            else:
                counts[kind] = int(n)
        total = counts["total"]
        if "words" in counts:
            words = counts["words"]
            funnel = [(words, counts["others"]), (total, words)]
        elif "others" in counts:
            funnel = funnel_of_masks(masks, len(_CONDITIONS), counts["others"])
        else:
            funnel = [(total, self._n)]
        return Answer(
            total=total,
            country=country,
            language=language,
            topic=top_topics(topic),
            size=size,
            funnel=funnel,
            top=top,
        )

    def spent(self) -> float | None:
        return self._wall

    def processes(self) -> list[int]:
        return [self._backend]

    def close(self) -> None:
        self._psql.communicate()
        self._server.stop()
