"""What did the operator decide about sources? `sources.toml` in the home, and the environment.

    contact = "mailto:you@example.org"      who can be reached about this crawler; required

    [bluesky]                               one table per source, its keys are the source's own
    appview = "http://127.0.0.1:2584"       every service address is a setting

    [bluesky.limits."127.0.0.1:2584"]       the pace of one host, in place of the source's own
    per_second = 100.0
    burst = 100

INFLUENCR_CONTACT wins over `contact`. Keys and tokens never stand in this file: they come from
INFLUENCR_<SOURCE>_<NAME>, else from the first line of `secrets/<source>_<name>` in the home. A
base address that names a number or `localhost` is the only way to have a private address asked.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self, TypeVar

from influencr.errors import UsageError, nearest
from influencr.home import Home
from influencr.sources.http._client import Client
from influencr.sources.http._pace import Rule
from influencr.sources.http._state import State

__all__ = ["FILE", "Settings"]

#: Name of the file in the home.
FILE = "sources.toml"

_T = TypeVar("_T")
_ADDRESS = re.compile(r"(?:https?|wss?)://[^\s/?#@]+(?:/[^\s?#]*)?")
# What a rule may say of itself in `limits`; the host is the table's name.
_LIMITS: dict[str, tuple[type, ...]] = {
    "per_second": (int, float),
    "burst": (int,),
    "daily": (int,),
    "zone": (str,),
    "refusals": (int,),
}


class Settings:
    """The settings of all sources of one home.

    read(home)   from the file and the environment; UsageError names what cannot be read
    """

    def __init__(
        self, tables: Mapping[str, Any], *, secrets: Path | None, environ: Mapping[str, str]
    ) -> None:
        self._tables = tables
        self._secrets = secrets
        self._environ = environ
        for name, value in tables.items():
            if name != "contact" and not isinstance(value, dict):
                raise UsageError(
                    f"{FILE}: {name} stands alone; settings stand in a table of their source, "
                    "such as [bluesky].",
                    field=name,
                )

    @classmethod
    def read(cls, home: Home | Path, environ: Mapping[str, str] | None = None) -> Self:
        """The settings of this home; without a file, those of the environment alone."""
        folder = home.path if isinstance(home, Home) else home
        file = folder / FILE
        tables: dict[str, Any] = {}
        try:
            tables = tomllib.loads(file.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            pass  # nothing was decided yet
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise UsageError(f"{file} cannot be read as TOML: {error}.") from None
        return cls(
            tables, secrets=folder / "secrets", environ=os.environ if environ is None else environ
        )

    @property
    def contact(self) -> str | None:
        """Where the operator is reached; None when nobody said."""
        if said := self._environ.get("INFLUENCR_CONTACT", "").strip():
            return said
        value = self._tables.get("contact")
        if value is not None and not isinstance(value, str):
            raise UsageError(f"{FILE}: contact must be a text in quotes.", field="contact")
        return value

    def table(self, source: str) -> Mapping[str, Any]:
        """Everything that the file says about a source."""
        found: Mapping[str, Any] = self._tables.get(source, {})
        return found

    def value(self, source: str, key: str, default: _T) -> _T:
        """One setting, of the type of its default; UsageError for another type."""
        found = self.table(source).get(key, default)
        wanted = type(default)
        if wanted is float and type(found) is int:
            found = float(found)
        if default is not None and type(found) is not wanted:
            raise UsageError(
                f"{FILE}: [{source}] {key} must be {_KINDS.get(wanted, wanted.__name__)}, "
                f"not {found!r}.",
                field=key,
            )
        return found  # type: ignore[no-any-return]

    def address(self, source: str, key: str, default: str) -> str:
        """The base address of a service, without a slash at its end."""
        found = self.value(source, key, default)
        if not _ADDRESS.fullmatch(found):
            raise UsageError(
                f"{FILE}: [{source}] {key} must be an address such as {default!r}, not {found!r}.",
                field=key,
            )
        return found.rstrip("/")

    def check_keys(self, source: str, known: Sequence[str]) -> None:
        """UsageError for a key of the file that the source does not know; names the nearest."""
        for key in self.table(source):
            if key != "limits" and key not in known:
                close = nearest(key, known)
                hint = f"did you mean {close[0]!r}?" if close else f"valid: {', '.join(known)}."
                raise UsageError(f"{FILE}: [{source}] {key} is not known; {hint}", field=key)

    def secret(self, source: str, name: str) -> str | None:
        """A key or token of the operator; None when there is none."""
        said = self._environ.get(f"INFLUENCR_{source}_{name}".upper(), "").strip()
        if said or self._secrets is None:
            return said or None
        try:
            lines = (self._secrets / f"{source}_{name}").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"secrets/{source}_{name} cannot be read: {error}.") from None
        return (lines[0].strip() or None) if lines else None

    def named_addresses(self, source: str) -> list[str]:
        """Every address that the file names in the source's table."""
        return [text for text in _texts(self.table(source)) if _ADDRESS.fullmatch(text)]

    def rules(self, source: str, defaults: Sequence[Rule]) -> list[Rule]:
        """The source's own rules, with what the file says of their hosts and of others.

        `[bluesky.limits."host"]`; `"host bucket"` for a bucket.
        """
        limits = self.value(source, "limits", dict[str, Any]())
        rules = {(r.host, r.bucket): r for r in defaults}
        for name, said in limits.items():
            host, _, bucket = name.partition(" ")
            if not isinstance(said, dict):
                raise UsageError(f"{FILE}: [{source}.limits] {name} must be a table.", field=name)
            for key, value in said.items():
                if key not in _LIMITS or type(value) not in _LIMITS[key]:
                    raise UsageError(
                        f'{FILE}: [{source}.limits."{name}"] {key} = {value!r} is no limit; '
                        f"valid: {', '.join(_LIMITS)}.",
                        field=key,
                    )
            base = rules.get((host, bucket)) or Rule(host, 1.0, bucket=bucket)
            rules[host, bucket] = base._replace(**said)
        return list(rules.values())

    def client(
        self,
        source: str,
        *,
        rules: Sequence[Rule] = (),
        state: State | None = None,
        budget: int | None = None,
        secrets: Sequence[str] = (),
        **others: Any,
    ) -> Client:
        """A client with this source's pace, private addresses and secrets; NoContact without one.

        others   further arguments of Client
        """
        return Client(
            contact=self.contact,
            rules=self.rules(source, rules),
            state=state,
            budget=budget,
            allow=self.named_addresses(source),
            secrets=secrets,
            **others,
        )


_KINDS: dict[type, str] = {
    str: "a text in quotes",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}


def _texts(value: Any) -> list[str]:
    """Every text in a TOML value, however deep."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return []
