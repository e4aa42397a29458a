"""Commands on the service's database: bring its tables up, and whatever Django can do."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from influencr.errors import HomeError

__all__ = ["migrate", "run"]


def run(home: Path | None, words: Sequence[str]) -> int:
    """Run one command on the database of a home; 0 done, 1 failed.

    home   None for INFLUENCR_HOME or the user data folder
    """
    if home is not None:
        os.environ["INFLUENCR_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "influencr.service.settings"
    import django
    from django.core.management import ManagementUtility
    from django.core.management.base import CommandError

    django.setup()
    try:
        ManagementUtility(["influencr manage", *words]).execute()
    except CommandError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except SystemExit as stopped:
        return stopped.code if isinstance(stopped.code, int) else 1
    return 0


def migrate() -> None:
    """Bring the tables up to this version; cheap when they are.

    Raises HomeError when the database cannot be reached or written.
    """
    from django.conf import settings
    from django.core.management import call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=0)
        if settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache"):
            # Where rate limits are counted together; it does nothing when it is there.
            call_command("createcachetable", verbosity=0)
    except DatabaseError as error:
        raise HomeError(
            f"The service's database cannot be used ({str(error).strip().splitlines()[0]}); see "
            "INFLUENCR_DATABASE."
        ) from error
    finally:
        # The threads that answer requests open their own.
        connection.close()
