"""Every notebook of the gallery runs from top to bottom in a kernel of its own and shows something.

What is stored is what is read: no output, no number of a run, so nothing in it can go stale.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

# The first of them waits for the world and the server.
pytestmark = pytest.mark.timeout(900)

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


@pytest.fixture
def home(tiny_home: Path, tmp_path: Path) -> Path:
    """A home of this test's own: notebooks keep lists and write files."""
    return Path(shutil.copytree(tiny_home, tmp_path / "home"))


#: Runs a notebook and prints the texts that its cells show. In a process of its own: a kernel
#: speaks over sockets, which are shut in the tests, and leaves some of them to the end.
RUNNER = """
import json, sys
import nbclient, nbformat
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

notebook = nbformat.read(sys.argv[1], as_version=4)
manager = AsyncKernelManager(kernel_name="python3")
# The interpreter of the tests, whatever kernels are installed beside it.
manager._kernel_spec = KernelSpec(
    argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    language="python",
    display_name="Python 3",
)
nbclient.NotebookClient(
    notebook, km=manager, timeout=280, resources={"metadata": {"path": sys.argv[2]}}
).execute()
print(json.dumps([
    one.get("text") or one["data"].get("text/plain", "")
    for cell in notebook.cells if cell.cell_type == "code" for one in cell.outputs
]))
"""


def shown(file: Path, folder: Path, **environment: str) -> list[str]:
    """What the cells of a notebook show, run in a folder; a cell that fails fails the test."""
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, str(file), str(folder)],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
            "IPYTHONDIR": str(folder / "ipython"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            **environment,
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-4_000:]
    texts: list[str] = json.loads(done.stdout.splitlines()[-1])
    return texts


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) >= 5


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_it_runs_and_no_table_is_empty(file: Path, home: Path, served: str, tmp_path: Path) -> None:
    told = shown(file, tmp_path, INFLUENCR_HOME=str(home), INFLUENCR_URL=served)
    assert len(told) >= 5
    for text in told:
        assert text.strip()
        assert "shape: (0," not in text
        assert "Empty DataFrame" not in text


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_nothing_of_a_run_is_stored(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    notebook = json.loads(text)
    nbformat.validate(nbformat.reads(text, as_version=4))
    assert notebook["cells"][0]["cell_type"] == "markdown"
    assert notebook["cells"][0]["source"][0].startswith("# ")
    for cell in notebook["cells"]:
        assert cell["metadata"] == {}
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


def test_the_page_of_the_gallery_names_every_notebook() -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    for file in NOTEBOOKS:
        assert f"]({file.name})" in page
