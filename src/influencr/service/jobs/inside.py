"""The worker inside `influencr serve`: a thread beside those that answer."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from influencr.service.jobs.worker import Worker

__all__ = ["Inside", "begin"]

#: How long a stop waits for the step that a task is in. Own choice; what is cut off is lost for
#: nobody, for the task is taken again.
_PATIENCE_S = 5.0


class Inside:
    """A running worker of this process."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        # A daemon: a step that hangs does not keep the process from ending.
        self._thread = threading.Thread(target=worker.run, name="influencr-worker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no other task, and wait some seconds for the one that is being run."""
        self._worker.stop()
        self._thread.join(_PATIENCE_S)


def begin() -> Inside | None:
    """Begin to work; None in an instance without members and where the operator says so."""
    if settings.INFLUENCR_BILLING == "none" or not settings.INFLUENCR_WORKER:
        return None
    from influencr.service.jobs.worker import Worker

    return Inside(Worker())
