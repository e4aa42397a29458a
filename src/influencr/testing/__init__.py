"""How does an outside source, judge or index prove that it keeps the promises? The test kit.

Imported by tests only, ours and other people's; nothing in `influencr` imports it. Each module is
named after what it checks: `testing.check_source`, `testing.check_judge`, `testing.check_index`,
and `testing.oracle`, the slow and simple search that fast ones are compared with.
"""

from __future__ import annotations

__all__: list[str] = []
