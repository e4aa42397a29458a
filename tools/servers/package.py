"""The package as its users get it: built here, installed into an environment that is empty."""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
import tarfile
from collections.abc import Iterator

from servers.ground import DATA, ROOT, Missing, python_environment, step

#: What `make assets gazetteer` builds and the package cannot do without.
_BUILT = ("src/influencr/geography/gazetteer/data", "src/influencr/service/web/static/dist")


@contextlib.contextmanager
def wheel() -> Iterator[str]:
    """The wheel built, built again from the archive of the sources, and installed; yields the path
    of a JSON file: {"wheel", "again", "archive", "sources", "programs"}.

    The environment holds exactly the hashed packages of constraints/base.txt and the wheel.
    """
    for path in _BUILT:
        if not any((ROOT / path).glob("*")):
            raise Missing(f"{path} is not built: run `make assets gazetteer`.")
    folder = DATA / "wheel"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    build = [sys.executable, "-m", "hatchling", "build"]
    failed = "the package could not be built"
    step([*build, "--directory", str(folder)], failed=failed, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(folder / "unpacked", filter="data")
    (sources,) = (folder / "unpacked").iterdir()
    again = folder / "again"
    step([*build, "--target", "wheel", "--directory", str(again)], failed=failed, cwd=sources)
    programs = python_environment("venv-wheel", ROOT / "constraints" / "base.txt")
    step(
        [
            *(str(programs / "python"), "-m", "pip", "install", "--quiet", "--no-input"),
            *("--disable-pip-version-check", "--no-deps", "--no-index", "--force-reinstall"),
            str(built),
        ],
        failed=f"{built.name} could not be installed",
    )
    told = folder / "told.json"
    (made,) = again.glob("*.whl")
    places = {"wheel": built, "again": made, "archive": archive, "sources": sources}
    places["programs"] = programs
    told.write_text(json.dumps({key: str(path) for key, path in places.items()}))
    yield str(told)
