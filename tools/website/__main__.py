"""Builds the documentation site and holds it to what it promises.

    python tools/website            into build/site
    python tools/website --check    into a temporary folder, for the checks alone

A warning of Sphinx is an error. Afterwards every page is read again as a browser would: each link
and anchor leads somewhere inside the site, and nothing is loaded from anywhere else.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from check import faults_of
from stage import BrokenLink, stage

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="keep nothing, only check")
    parser.add_argument("--output", metavar="FOLDER", default="build/site")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="influencr-site-") as folder:
        work = Path(folder)
        out = work / "site"
        code = build(work, out)
        if code:
            return code
        faults = faults_of(out)
        for fault in faults:
            print(fault, file=sys.stderr)
        if faults:
            print(f"The site has {len(faults)} faults.", file=sys.stderr)
            return 1
        n_pages = len(list(out.rglob("*.html")))
        if options.check:
            print(f"site: {n_pages} pages, every link and anchor leads somewhere")
            return 0
        wanted = (ROOT / options.output).resolve()
        if wanted.exists():
            shutil.rmtree(wanted)
        wanted.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(out, wanted)
        print(f"{n_pages} pages in {options.output}: open {options.output}/index.html")
    return 0


def build(work: Path, out: Path) -> int:
    """Stages and builds into `out`; what Sphinx ended with."""
    try:
        pages = stage(ROOT, work / "source")
    except BrokenLink as broken:
        print(broken, file=sys.stderr)
        return 1
    command = [
        *(sys.executable, "-m", "sphinx", "--builder", "html", "--conf-dir", str(HERE)),
        *("--doctree-dir", str(work / "doctrees"), "--quiet", "--fail-on-warning", "--keep-going"),
        *(str(work / "source"), str(out)),
    ]
    environment = {
        **os.environ,
        "INFLUENCR_SITE_STATIC": str(work / "static"),
        # Nothing on the site tells when it was built: the same commit gives the same bytes.
        "SOURCE_DATE_EPOCH": "0",
        "PYTHONHASHSEED": "0",
    }
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    said = done.stdout + done.stderr
    for name, file in pages.items():
        said = said.replace(f"{work / 'source' / name}.md", str(file.relative_to(ROOT)))
    if said.strip():
        print(said.strip(), file=sys.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
