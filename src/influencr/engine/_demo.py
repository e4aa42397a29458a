"""The invented world: made, and brought in through the same door as real files."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from influencr.errors import UnknownValue, UsageError

if TYPE_CHECKING:
    from influencr.engine._opened import Opened

__all__ = ["DEMO_MARK", "PRESETS", "invented"]

#: Sizes of invented worlds (`sources.synthetic`).
PRESETS: Final = ("demo", "test", "tiny")
#: The file of a home that says which world is in it.
DEMO_MARK: Final = "demo"
_LICENCE: Final = "synthetic"


def invented(
    engine: Opened, preset: str, seed: int, progress: Callable[[str, int, int], None] | None
) -> None:
    """Write the world and import it; see `Engine.demo`."""
    from influencr.pipeline import import_files
    from influencr.sources import synthetic

    home = engine.home
    if preset not in PRESETS:
        raise UnknownValue("preset", preset, PRESETS)
    if not engine.is_demo and any(v >= 0 for v in engine.catalogue.versions().values()):
        raise UsageError(f"{home.path} holds imported data; make the demo in another --home.")
    (home.path / DEMO_MARK).write_text(f"{preset} {seed}\n", encoding="ascii")
    size = getattr(synthetic, preset.upper())
    folder = home.path / "demo-world"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        world = synthetic.write_world(
            folder,
            **size._asdict(),
            seed=seed,
            progress=None if progress is None else lambda _, d, n: progress("world", d, n),
        )
        files = sorted(world.files, key=str)
        total = sum(file.stat().st_size for file in files)
        before = {file: _sizes_before(files, file) for file in files}
        report = import_files(
            engine.catalogue,
            files,
            quarantine=home.quarantine,
            licence=_LICENCE,
            lawful_basis="invented people",
            progress=None
            if progress is None
            else lambda path, done, _: progress("import", before[path] + done, total),
        )
        for failed in report.failed:
            if failed.error is not None:
                raise failed.error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sizes_before(files: list[Path], file: Path) -> int:
    return sum(f.stat().st_size for f in files[: files.index(file)])
