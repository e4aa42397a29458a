"""The guide to a new signal works as printed, and the checks notice one that does not."""

import re
import sys
import types

import pytest

NAMES = ("timers", "test_timers")


@pytest.fixture(scope="module")
def blocks(root):
    text = (root / "docs" / "guides" / "add-a-signal.md").read_text(encoding="utf-8")
    found = re.findall(r"```python\n# (\S+)\n(.*?)```", text, re.DOTALL)
    assert [name for name, _ in found] == ["timers/__init__.py", "test_timers.py"]
    return dict(found)


def modules_of(blocks, spoil=("", "")):
    """The guide's signal and its test, with one place of the signal replaced."""
    before = {name: sys.modules.get(name) for name in NAMES}
    try:
        for name, (file, text) in zip(NAMES, blocks.items(), strict=True):
            old, new = spoil if name == "timers" else ("", "")
            assert old in text, f"the guide no longer says {old!r}"
            module = types.ModuleType(name)
            sys.modules[name] = module
            exec(compile(text.replace(old, new) if old else text, file, "exec"), module.__dict__)
        return sys.modules["test_timers"]
    finally:
        for name, module in before.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module


def checks_of(module):
    return {check.name.partition(": ")[2]: check.run for check in module.check_judge(module.TIMERS)}


def test_the_signal_of_the_guide_keeps_every_promise(blocks):
    checks = checks_of(modules_of(blocks))
    assert len(checks) > 5
    for run in checks.values():
        run()


def test_the_test_of_the_guide_passes(blocks):
    modules_of(blocks).test_a_timer_is_seen_and_a_person_is_not()


@pytest.mark.parametrize(
    ("promise", "spoil"),
    [
        ("declares its method and version", ('METHOD = "timers"', "")),
        (
            "answers one row per profile, in order",
            (
                '"profile_id": profiles["profile_id"],',
                '"profile_id": profiles["profile_id"].reverse(),',
            ),
        ),
        (
            "refuses on missing data, with a reason",
            ("return None, f", "return 0.0, f"),
        ),
    ],
)
def test_a_broken_promise_is_noticed(blocks, promise, spoil):
    checks = checks_of(modules_of(blocks, spoil))
    with pytest.raises(AssertionError):
        checks[promise]()
