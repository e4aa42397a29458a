import importlib.util
import sys
from pathlib import Path

import pytest

# The town is read by file, as this folder is no package.
_FILE = Path(__file__).with_name("town.py")
_SPEC = importlib.util.spec_from_file_location("arrivals_town", _FILE)
sys.modules["arrivals_town"] = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(sys.modules["arrivals_town"])


@pytest.fixture(scope="session")
def town():
    """Makes an audience with batches in it: `town.make_town`."""
    return sys.modules["arrivals_town"].make_town
