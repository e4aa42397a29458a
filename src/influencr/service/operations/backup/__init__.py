"""Everything of one home as one folder that is whole or not there, and back again."""

from influencr.service.operations.backup._manifest import FORMAT, MANIFEST, Manifest
from influencr.service.operations.backup._restore import Restored, restore
from influencr.service.operations.backup._write import backup

__all__ = ["FORMAT", "MANIFEST", "Manifest", "Restored", "backup", "restore"]
