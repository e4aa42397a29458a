"""Where one instance keeps everything: a single folder, so that a backup or a goodbye is one copy.

    catalogue/<table>/   Delta tables of what was observed
    judged/              one row per creator and judge, rebuilt from the catalogue at any time
    index/               search index generations and the pointer to the one in use
    kept.sqlite          brands and saved searches
    sources.toml         who may be contacted, and the settings of each source
    sources/             what each source was asked, its cursors and counters (SQLite)
    audience/, brands/   what searches with a brand read, rebuilt at any time
    quarantine/          rows that an import could not take, with line number and reason
    service/             members, lists, billing (SQLite unless set otherwise)
    secrets/             the salt of the removal registry and the service's keys; mode 0700

The folder is chosen by `--home`, else INFLUENCR_HOME, else the platform's user data folder.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from influencr.errors import HomeError

__all__ = ["FORMAT", "Home"]

#: Version of the folder's layout. A newer one is refused with a sentence, never half-read.
FORMAT = 1

_MARKER = "influencr-home"


class Home:
    """The data home of one instance.

    path     resolved folder
    create   make it when absent; otherwise an absent home raises HomeError

    Raises HomeError for a path that is a file, for a non-empty folder that is not a home (so
    nobody's documents are ever written into), and for a home of a newer format.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None, *, create: bool = True) -> None:
        self.path = Path(path).expanduser().resolve() if path else self.default_path()
        marker = self.path / _MARKER
        if self.path.exists() and not self.path.is_dir():
            raise HomeError(f"{self.path} is a file; give a folder as --home or INFLUENCR_HOME.")
        if marker.exists():
            self._check_format(marker)
            return
        if not create:
            raise HomeError(
                f"No influencr data at {self.path}; run `influencr import FILE` or "
                "`influencr demo` first, or name the right folder with --home."
            )
        if self.path.exists() and any(self.path.iterdir()):
            raise HomeError(
                f"{self.path} is not empty and not an influencr home; give an empty or new "
                "folder as --home."
            )
        self.path.mkdir(parents=True, exist_ok=True)
        partial = marker.with_suffix(f".{os.getpid()}")
        partial.write_text(f"{FORMAT}\n", encoding="ascii")
        partial.replace(marker)

    @staticmethod
    def default_path() -> Path:
        """INFLUENCR_HOME, else the platform's user data folder for `influencr`."""
        if value := os.environ.get("INFLUENCR_HOME"):
            return Path(value).expanduser().resolve()
        import platformdirs

        return Path(platformdirs.user_data_dir("influencr", appauthor=False))

    def _check_format(self, marker: Path) -> None:
        text = marker.read_text(encoding="ascii").strip()
        if not text.isdecimal() or int(text) > FORMAT:
            raise HomeError(
                f"{self.path} was written by a newer influencr (format {text!r}, this one reads "
                f"up to {FORMAT}); update influencr or choose another --home."
            )

    @property
    def catalogue(self) -> Path:
        """Folder of the Delta tables."""
        return self._folder("catalogue")

    @property
    def judged(self) -> Path:
        """Folder of the judges' tables."""
        return self._folder("judged")

    @property
    def index(self) -> Path:
        """Folder of the search index generations."""
        return self._folder("index")

    @property
    def sources(self) -> Path:
        """Folder of what each source remembers."""
        return self._folder("sources")

    @property
    def quarantine(self) -> Path:
        """Folder of rows that could not be imported."""
        return self._folder("quarantine")

    @property
    def service(self) -> Path:
        """Folder of the web service's own database and files."""
        return self._folder("service")

    def secret(self, name: str, *, n_bytes: int = 32) -> bytes:
        """A random secret of this home, made on first use and never changed.

        Made with O_EXCL and a hard link, so that two processes that start together agree.
        """
        folder = self._folder("secrets")
        folder.chmod(0o700)
        file = folder / name
        if not file.exists():
            partial = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
            partial.write_bytes(secrets.token_bytes(n_bytes))
            partial.chmod(0o600)
            try:
                os.link(partial, file)
            except FileExistsError:
                pass  # another process was first: its secret is the secret
            finally:
                partial.unlink()
        return file.read_bytes()

    def _folder(self, name: str) -> Path:
        folder = self.path / name
        folder.mkdir(exist_ok=True)
        return folder
