"""status, doctor, forget."""

import shutil

import msgspec
import pytest


def test_status_tells_what_is_there(ask, world):
    found = ask("status", "--json").document
    assert found["demo"] is True
    assert found["index"]["n_creators"] == found["creators"] > 0
    assert found["tables"]["follows"]["rows"] > 0
    page = ask("status")
    assert "every person in this home is invented" in page.out
    assert "follows" in page.out


def test_a_healthy_home_passes_the_doctor(ask):
    done = ask("doctor", "--json")
    states = {check["name"]: check["state"] for check in done.document["checks"]}
    assert done.code == 0, done.out
    assert states["gazetteer"] == states["home"] == states["catalogue and index"] == "ok"
    assert ask("doctor").out.count("\n") >= len(states)


def test_the_doctor_does_not_make_a_home(run, home_folder):
    done = run("doctor", "--json")
    assert done.code == 0
    assert any(c["name"] == "home" and c["state"] == "warn" for c in done.document["checks"])
    assert not home_folder.exists()


def test_the_doctor_fails_a_foreign_folder(run, tmp_path):
    (tmp_path / "letters.txt").write_text("dear", encoding="utf-8")
    done = run("--home", tmp_path, "doctor", "--json")
    assert done.code == 1
    (wrong,) = [c for c in done.document["checks"] if c["name"] == "home"]
    assert wrong["state"] == "fail"
    assert (tmp_path / "letters.txt").exists()


@pytest.mark.parametrize("who", ["tiktok:@bo.runs", "tiktok:bo.runs"])
def test_who_left_is_gone_and_stays_gone(run, home_folder, profiles, who):
    run("import", profiles)
    assert run("search", "gym", "--json").document["total"] == 1
    done = run("forget", who, "--json")
    assert done.code == 0
    assert done.document["creators"] == 1
    assert run("search", "gym", "--all", "--json").document["total"] == 0
    run("import", profiles)
    assert run("search", "gym", "--all", "--json").document["total"] == 0
    assert run("show", who).code == 1


def test_forgetting_needs_a_platform(run, home_folder, profiles):
    run("import", profiles)
    done = run("forget", "@bo.runs")
    assert done.code == 2
    assert "platform" in done.err


def test_refresh_says_what_is_searchable_and_does_nothing_twice(ask, world):
    before = ask("status", "--json").document["index"]
    page = ask("refresh", "--quiet")
    assert f"{before['n_creators']:,} creators are searchable" in page.out
    found = ask("refresh", "--json").document
    assert found["creators"] == before["n_creators"]
    assert found["generation"] == before["generation"]
    assert found["judged_everybody"] is False


def test_an_index_of_an_older_version_is_built_anew_by_itself(run, world, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(world, home)
    before = run("--home", home, "search", "vegan", "--json").document
    (manifest,) = (home / "index").glob("*.manifest")
    written = msgspec.msgpack.decode(manifest.read_bytes())
    older = {**written, "format": written["format"] - 1}
    manifest.write_bytes(msgspec.msgpack.encode(older))
    done = run("--home", home, "search", "vegan", "--json")
    assert done.code == 0
    assert "of an older version" in done.err
    assert done.document["total"] == before["total"] > 0
    again = run("--home", home, "search", "vegan", "--json")
    assert again.err == ""


def test_an_index_of_a_newer_version_is_left_alone(run, world, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(world, home)
    (manifest,) = (home / "index").glob("*.manifest")
    written = msgspec.msgpack.decode(manifest.read_bytes())
    newer = msgspec.msgpack.encode({**written, "format": written["format"] + 1})
    manifest.write_bytes(newer)
    done = run("--home", home, "search", "vegan")
    assert done.code == 1
    assert "a newer influencr" in done.err
    assert manifest.read_bytes() == newer
