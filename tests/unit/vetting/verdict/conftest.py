import importlib.util
import sys
from pathlib import Path

# The cast is read by file, as this folder is no package.
_FILE = Path(__file__).with_name("cast.py")
_SPEC = importlib.util.spec_from_file_location("vetting_cast", _FILE)
sys.modules["vetting_cast"] = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(sys.modules["vetting_cast"])
