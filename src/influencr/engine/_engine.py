"""One data home, every question and every order: what CLI, web, API and notebooks call.

    with Engine("path/to/home") as engine:
        engine.search("vegan baking", near="Austin, TX")

Nothing is opened before it is needed; an engine may be shared by threads.
Each concern is a class of its own beside this one; `Engine` is all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from influencr.engine._alerts import Alerting
from influencr.engine._demo import PRESETS
from influencr.engine._doing import Doing
from influencr.engine._export import Exported
from influencr.engine._judged import Judged
from influencr.engine._listing import Listing
from influencr.engine._planning import Planning
from influencr.engine._rights import Listed

if TYPE_CHECKING:
    from influencr.engine._owned import Owned

__all__ = ["PRESETS", "Engine", "Exported"]


class Engine(Alerting, Listed, Planning, Listing, Judged, Doing):
    """Everything that can be asked of one data home, and done to it.

    home     a folder, a Home, or None for INFLUENCR_HOME or the user data folder
    create   make the home when it does not exist; otherwise HomeError says how to begin
    """

    def of(self, owner: str) -> Owned:
        """This engine as one owner sees it: the same creators, their own brands and searches.

        owner   "team:<id>"; what "" keeps is what this engine itself sees
        """
        from influencr.engine._owned import Owned

        return Owned(self, owner)
