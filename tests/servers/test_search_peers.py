"""PostgreSQL and Lucene find the same as SQLite; each is skipped, with a word, where it is not
installed, as `influencr bench search` names it as missing."""

import shutil
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.search_speed import builds
from benchmarks.search_speed.answers import difference
from benchmarks.search_speed.missing import Missing
from benchmarks.search_speed.questions import logs

pytestmark = pytest.mark.peers
N = 2_000


@pytest.fixture(scope="module")
def root():
    # pytest's own folders are closed to the user that the database server runs as.
    folder = Path(tempfile.mkdtemp(prefix="influencr-peers-"))
    folder.chmod(0o755)
    builds.build(folder, "sqlite", N, say=lambda _: None)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("engine", ["postgres", "lucene"])
def test_it_finds_the_same(root, engine):
    try:
        told = builds.build(root, engine, N, say=lambda _: None)
        one = builds.opened(root, engine)
    except Missing as missing:
        pytest.skip(str(missing))
    assert told["bytes"] > 0
    other = builds.opened(root, "sqlite")
    try:
        assert one.processes()
        for question in logs(1)[0]:
            answer = one.ask(question)
            assert difference(answer, other.ask(question)) is None, question
            assert len(set(answer.top)) == min(20, answer.total)
            assert one.spent() >= 0
    finally:
        one.close()
        other.close()
