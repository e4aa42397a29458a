"""How Sphinx makes the site (docs/decisions/0034); called by `python tools/website`."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DIST = ROOT / "src" / "influencr" / "service" / "web" / "static" / "dist"
sys.path.insert(0, str(HERE))


def version_of_the_program() -> str:
    text = (ROOT / "src" / "influencr" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'__version__ = "([^"]+)"', text)
    if not found:
        raise SystemExit("src/influencr/__init__.py names no __version__")
    return found[1]


project = "influencr"
version = release = version_of_the_program()
project_copyright = "the influencr maintainers, Apache-2.0"
language = "en"
root_doc = "index"
extensions = ["myst_parser"]
exclude_patterns = ["files"]
# Names of headings as GitHub makes them, so that one link serves both.
myst_heading_anchors = 4
myst_links_external_new_tab = False
suppress_warnings: list[str] = []
nitpicky = True
smartquotes = False
# Output is the same whenever it is built.
html_last_updated_fmt = None

html_theme = "furo"
html_title = "influencr"
html_static_path = [str(HERE / "theme" / "static"), os.environ["INFLUENCR_SITE_STATIC"]]
templates_path = [str(HERE / "theme" / "templates")]
html_favicon = str(ROOT / "src" / "influencr" / "service" / "web" / "static" / "mark.svg")
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
html_js_files = ["site.js"]
html_sidebars = {"**": ["sidebar/navigation.html"]}
pygments_style = "palette.Light"
html_theme_options: dict[str, Any] = {}
pygments_dark_style = "palette.Dark"
highlight_language = "text"
html_context = {
    "sections": [
        ("start", "Start"),
        ("guides/index", "Guides"),
        ("algorithms/index", "Methods"),
        ("reference/index", "Reference"),
        ("benchmarks/index", "Figures"),
    ],
}


def write_faces(static: Path) -> None:
    """Copies the product's tokens and faces next to the site's own files.

    The faces are cut out of the built style sheet, so that whatever script a page is in, a browser
    loads the same files in the same ranges as on the product's pages.
    """
    static.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / "assets" / "css" / "tokens.css", static / "tokens.css")
    sheets = sorted(DIST.glob("style-*.css"))
    if not sheets:
        raise SystemExit("The faces are not built: run `make assets` first.")
    faces = re.findall(r"@font-face\{[^}]*\}", sheets[0].read_text(encoding="utf-8"))
    fonts = static / "fonts"
    fonts.mkdir(exist_ok=True)
    for name in sorted({n for face in faces for n in re.findall(r'url\("?\./([^")]+)', face)}):
        shutil.copyfile(DIST / name, fonts / name)
    for licence in sorted(DIST.glob("LICENSE-*plex*.txt")) + sorted(DIST.glob("LICENSE-source*")):
        shutil.copyfile(licence, fonts / licence.name)
    text = "\n".join(face.replace("./", "fonts/") for face in faces) + "\n"
    (static / "faces.css").write_text(text, encoding="utf-8")


write_faces(Path(os.environ["INFLUENCR_SITE_STATIC"]))
