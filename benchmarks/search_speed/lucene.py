"""Lucene, in a Java process that runs Peer.java: compiled when the bench runs, jars pinned.

The jars of lucene.toml are brought by Maven, their SHA-256 checked, and kept under build/ of the
checkout. The newest JDK of this machine runs them. Set up as somebody who knows it would: one
segment, memory-mapped; the catch-all field without positions; numbers with points and values, so
that Lucene chooses per query; its query cache as it comes; the vector API on.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.search_speed.answers import Answer, top_topics
from benchmarks.search_speed.corpus import Corpus, weighted
from benchmarks.search_speed.missing import Missing
from benchmarks.search_speed.questions import Question

__all__ = ["Lucene", "build", "java"]

_HERE = Path(__file__).resolve().parent
_KEPT = _HERE.parent.parent / "build" / "lucene"
_FLAGS = ("-Xms2g", "-Xmx2g", "--add-modules", "jdk.incubator.vector")
_NATIVE = ("--enable-native-access=ALL-UNNAMED", "-Djava.util.logging.config.file=/dev/null")


def _pinned() -> dict[str, Any]:
    with (_HERE / "lucene.toml").open("rb") as file:
        return tomllib.load(file)


def java() -> Path:
    """The folder of the newest JDK's programs. Raises Missing where none is new enough."""
    places = [Path(os.environ["JAVA_HOME"], "bin")] if os.environ.get("JAVA_HOME") else []
    places += Path("/usr/lib/jvm").glob("*/bin")
    if (on_path := shutil.which("javac")) is not None:
        places.append(Path(on_path).resolve().parent)
    found: list[tuple[int, Path]] = []
    for place in places:
        if (place / "javac").exists() and (place / "java").exists():
            told = subprocess.run(
                [place / "javac", "-version"], capture_output=True, text=True, check=False
            )
            if (number := re.search(r"javac (\d+)", told.stdout + told.stderr)) is not None:
                found.append((int(number[1]), place))
    needed = _pinned()["java"]
    if not found or max(found)[0] < needed:
        raise Missing(f"Lucene {_pinned()['version']}: no JDK of version {needed} or newer")
    return max(found)[1]


def _classes() -> str:
    """The class path: the pinned jars and the compiled Peer. Raises Missing."""
    pinned = _pinned()
    version = pinned["version"]
    folder = _KEPT / version
    jars = [_jar(folder, name, version, digest) for name, digest in pinned["sha256"].items()]
    path = os.pathsep.join(map(str, jars))
    compiler = java() / "javac"
    source = _HERE / "Peer.java"
    stamp = hashlib.sha256(source.read_bytes() + str(compiler).encode()).hexdigest()[:16]
    classes = folder / f"classes-{stamp}"
    if not (classes / "Peer.class").exists():
        done = subprocess.run(
            [compiler, "-cp", path, "-d", classes, source],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Missing(f"Lucene {version}: Peer.java does not compile: {done.stderr.strip()}")
    return os.pathsep.join((str(classes), path))


def _jar(folder: Path, name: str, version: str, digest: str) -> Path:
    jar = folder / f"{name}-{version}.jar"
    if not jar.exists():
        maven = shutil.which("mvn")
        if maven is None:
            raise Missing(f"Lucene {version}: no mvn to bring {jar.name}")
        done = subprocess.run(
            [
                *(maven, "-q", "-B", "dependency:copy", f"-DoutputDirectory={folder}"),
                *(f"-Dartifact=org.apache.lucene:{name}:{version}", "-Dmdep.useBaseVersion=true"),
            ],
            cwd=_HERE,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or not jar.exists():
            lines = (done.stdout + done.stderr).strip().splitlines()
            raise Missing(f"Lucene {version}: mvn did not bring {jar.name} ({' '.join(lines[:1])})")
    found = hashlib.sha256(jar.read_bytes()).hexdigest()
    if found != digest:
        raise Missing(f"Lucene {version}: {jar.name} has SHA-256 {found}, lucene.toml has {digest}")
    return jar


def _command(what: str, folder: Path) -> list[str]:
    return [str(java() / "java"), *_FLAGS, *_NATIVE, "-cp", _classes(), "Peer", what, str(folder)]


def build(folder: Path, corpus: Corpus) -> None:
    """Write the documents into an index in the folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with (folder.with_name(folder.name + ".log")).open("wb") as log:
        process = subprocess.Popen(
            _command("build", folder),
            stdin=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
        )
        assert process.stdin is not None
        process.stdin.writelines(_lines(corpus))
        process.stdin.close()
        if process.wait():
            raise Missing(f"Lucene: the build ended with code {process.returncode}; see {log.name}")


def _lines(corpus: Corpus) -> Iterator[str]:
    for table in corpus.tables():
        for row in table.iter_rows(named=True):
            place = ("", "") if row["lat"] is None else (repr(row["lat"]), repr(row["lon"]))
            fields = (
                *(row["id"], weighted(row), " ".join(row["topic"]), row["country"]),
                *(row["language"], row["platform"], row["verdict"], row["size"], row["followers"]),
                *(row["engagement"], row["last_post"], row["posts_per_week"], *place),
                row["quality"],
            )
            yield "\t".join(map(str, fields)) + "\n"


class Lucene:
    """The index of `build`, served by a Java process."""

    def __init__(self, folder: Path) -> None:
        with (folder.with_name(folder.name + ".log")).open("ab") as log:
            self._process = subprocess.Popen(
                _command("serve", folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        if not self._out.readline():
            raise Missing(f"Lucene: the server did not start; see {log.name}")
        self._wall = 0.0
        release = (java().parent / "release").read_text(encoding="utf-8")
        version = re.search(r'JAVA_VERSION="([^"]+)"', release)
        self.settings = [
            f"Lucene {_pinned()['version']} on Java {version[1] if version else '?'}, "
            f"{' '.join(_FLAGS)}",
            "one segment, memory-mapped, query cache as it comes; bit sets for count and funnel",
            "one catch-all field without positions; facets from doc values in the scoring pass",
            "text score: BM25 x quality (FunctionScoreQuery)",
        ]

    def ask(self, question: Question) -> Answer:
        vetting = [""] * 7
        if (asked := question.vetting) is not None:
            vetting = [
                *(asked.platform, str(asked.followers_min), str(asked.followers_max)),
                *(str(asked.engagement_min), str(asked.last_post_min)),
                *(str(asked.posts_per_week_min), asked.verdict),
            ]
        radius = question.radius
        fields = (
            *(str(int(question.any_word)), " ".join(question.words), question.country or ""),
            *vetting,
            *(("", "", "") if radius is None else map(repr, (radius.lat, radius.lon, radius.km))),
        )
        self._in.write("\t".join(fields) + "\n")
        self._in.flush()
        line = self._out.readline()
        if not line:
            raise Missing("Lucene: the server ended")
        nanoseconds, total, country, language, topic, size, funnel, top = line[:-1].split("\t")
        self._wall = int(nanoseconds) / 1e9
        steps = [step.split(":") for step in funnel.split()]
        return Answer(
            total=int(total),
            country=_counts(country),
            language=_counts(language),
            topic=top_topics(_counts(topic)),
            size=[int(n) for n in size.split()] or [0] * 5,
            funnel=[(int(left), int(without)) for left, without in steps],
            top=[int(identity) for identity in top.split()],
        )

    def spent(self) -> float | None:
        return self._wall

    def processes(self) -> list[int]:
        return [self._process.pid]

    def close(self) -> None:
        self._process.communicate()


def _counts(text: str) -> dict[str, int]:
    pairs = (pair.rpartition(":") for pair in text.split())
    return {value: int(n) for value, _, n in pairs}
