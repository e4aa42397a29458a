"""`python -m influencr.service.operations.probe ADDRESS`: exit code 0 when it answers 200.

For a container's health check: no other program has to be in the image.
"""

from __future__ import annotations

import http.client
import sys
from urllib.parse import urlsplit

__all__ = ["answers"]

_PATIENCE_S = 4.0


def answers(address: str) -> bool:
    """Whether an http address answers 200 within some seconds."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(
        parts.hostname or "", parts.port or 80, timeout=_PATIENCE_S
    )
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if answers(sys.argv[1]) else 1)
