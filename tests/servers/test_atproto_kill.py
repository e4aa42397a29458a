"""`listen` killed at any moment, its server restarted, its wire cut: none lost, none twice."""

import json
import random
import threading
import time
from collections import Counter

import pytest
from atproto_world.compare import Stored, differences
from atproto_world.listener import knows, until
from atproto_world.report import report
from atproto_world.streams import Jetstream, Wire
from atproto_world.writer import Life

pytestmark = [pytest.mark.server_atproto, pytest.mark.kill, pytest.mark.timeout(1_500)]

KILLS = 20
#: After so many kills the server in front of the network is restarted, and the PDS itself.
STREAM_RESTARTS, PDS_RESTART = (6, 12), 16


class Acting:
    """Random acts in a thread of its own for as long as the block lasts; its errors come out."""

    def __init__(self, life: Life, pause: float) -> None:
        self.life = life
        self.pause = pause
        self.quiet = threading.Event()
        self.error: Exception | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._act)

    def _act(self) -> None:
        try:
            while not self._over.is_set():
                if not self.quiet.is_set():
                    self.life.act()
                self._over.wait(self.pause)
        except Exception as error:  # noqa: BLE001 - raised where the block ends
            self.error = error

    def __enter__(self) -> "Acting":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        if self.error is not None:
            raise self.error


def test_no_event_is_lost_and_none_counted_twice(
    network, home, search_in_front, tmp_path, record_property
):
    # Moments differ from run to run; the seed of a bad one is told.
    seed = time.time_ns()
    chance = random.Random(seed)
    people = sorted(set(network.scene.everybody) & network.ledger.active())
    stream = Jetstream(network.where["jetstream"], network.where["pds"], tmp_path / "jetstream")
    life = Life(network.writer, network.scene.lively, random.Random(chance.random()))

    def wrong():
        listener.check()
        return differences(Stored(home.path), network.ledger, people)

    with stream.running():
        wire = Wire(stream.port)
        address = f"ws://127.0.0.1:{wire.port}/subscribe"
        listener = knows(home, network, search_in_front, address, people)
        with listener.running("--from", "1"):
            # All that was ever written is known; from here on it goes on by itself, where `--from`
            # would begin anew each time.
            rest, _ = until(wrong, within=400, every=2)
            assert rest == {}
            listener.kill()
            kills = 1
            with Acting(life, pause=0.02) as acting:
                while kills < KILLS:
                    listener.start()
                    # Before it is connected, while it stores, while it judges, while it waits.
                    alive = chance.uniform(0.2, 9.0)
                    if chance.random() < 0.5:
                        time.sleep(alive / 2)
                        wire.cut()
                        time.sleep(alive / 2)
                    else:
                        time.sleep(alive)
                    listener.kill()
                    kills += 1
                    if kills in STREAM_RESTARTS:
                        stream.restart()
                    if kills == PDS_RESTART:
                        # The PDS goes and comes; the stream server ends with it.
                        acting.quiet.set()
                        time.sleep(0.5)
                        network.writer.restart_pds()
                        stream.restart()
                        acting.quiet.clear()
                listener.start()
                for _ in range(5):
                    time.sleep(chance.uniform(0.5, 2.0))
                    wire.cut()
                stream.restart()

            rest, seconds = until(wrong, within=400, every=2)
            assert rest == {}, f"seed {seed}"
        wire.close()
    assert stored_twice(home) == {}
    assert life.n_acts > KILLS
    figures = {
        "kills": kills,
        "acts": life.n_acts,
        "cuts": wire.n_cuts,
        "stream_restarts": len(STREAM_RESTARTS) + 2,
        "pds_restarts": 1,
        "caught_up_s": round(seconds, 1),
        "seed": seed,
    }
    record_property("killing", json.dumps(figures))
    report("killing", figures)


def stored_twice(home) -> dict:
    """Rows of acts that the stream brought more than once, whatever a view makes of them."""
    from influencr.engine import Engine

    with Engine(home.path) as engine:
        found = {}
        for table, key in (
            ("engagements", ("actor_id", "post_id", "kind", "at", "deleted_at")),
            ("follows", ("follower_id", "followed_id", "followed_at", "deleted_at")),
        ):
            heard = engine.catalogue.scan(table).filter(fetch_method="stream")
            rows = heard.select(key).collect().rows()
            found[table] = {row: n for row, n in Counter(rows).items() if n > 1}
    return {table: rows for table, rows in found.items() if rows}
