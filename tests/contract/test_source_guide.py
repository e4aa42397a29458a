"""The guide to a new source works as printed, and the checks notice a source that does not."""

import re
import sys
import types

import pytest

from influencr.testing.check_source import SERVICE_PROMISES, check_source

NAMES = ("plaza", "test_plaza")


@pytest.fixture(scope="module")
def blocks(root):
    """File name -> text of the two programs in the guide."""
    text = (root / "docs" / "guides" / "add-a-source.md").read_text(encoding="utf-8")
    found = re.findall(r"```python\n# (\S+)\n(.*?)```", text, re.DOTALL)
    assert [name for name, _ in found] == ["plaza/__init__.py", "test_plaza.py"]
    return dict(found)


def service_of(blocks, *, spoil=("", "")):
    """The guide's Service, with one place of its source replaced."""
    before = {name: sys.modules.get(name) for name in NAMES}
    try:
        for name, (file, text) in zip(NAMES, blocks.items(), strict=True):
            old, new = spoil if name == "plaza" else ("", "")
            assert old in text, f"the guide no longer says {old!r}"
            module = types.ModuleType(name)
            module.__file__ = file
            sys.modules[name] = module
            exec(compile(text.replace(old, new) if old else text, file, "exec"), module.__dict__)
        return sys.modules["test_plaza"].PLAZA
    finally:
        for name, module in before.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module


def names_of_checks():
    return [c.name.partition(": ")[2] for c in check_source("x", lambda folder: None)]


@pytest.mark.parametrize("promise", [*names_of_checks(), *SERVICE_PROMISES])
def test_the_source_of_the_guide_keeps_its_promises(blocks, promise):
    checks = {c.name: c.run for c in check_source("plaza", service_of(blocks))}
    checks[f"plaza: {promise}"]()


MARK = """            yield from batches_of(rows)
            # The rows are stored: only now are these people done.
            self._state.put(self._run, {"page": None, "ids": left})"""
MARKED_BEFORE = """            self._state.put(self._run, {"page": None, "ids": left})
            yield from batches_of(rows)"""
ALWAYS_ANEW = 'memory = {"page": 1, "ids": []}'


@pytest.mark.parametrize(
    ("promise", "spoil"),
    [
        ("gives every row at least once, killed at any batch", (MARK, MARKED_BEFORE)),
        (
            "goes on where it was killed",
            ('memory = self._state.get(self._run, {"page": 1, "ids": []})', ALWAYS_ANEW),
        ),
        ("stays within its budget", ("budget=budget,", "budget=None,")),
        (
            "gets the same from a service in trouble",
            ("budget=budget,", "budget=budget, attempts=1,"),
        ),
        ("keeps the quota of a day, run again and again", ("state=state,\n", "\n")),
        ("shows no key", ("bio_text=said", "bio_text=self._key + said")),
        ("shows no key", ('f"run {wanted.words}"', 'f"run {wanted.words} {key}"')),
        ("carries consent as it was given", ('if said["listed"] is not True:', "if False:")),
        ("carries consent as it was given", ('no_signed_out=said["members_only"],', "")),
        (
            "forgets who leaves",
            (
                'return state.forget([n.removeprefix("plaza:") ',
                'return len([n.removeprefix("plaza:") ',
            ),
        ),
    ],
)
def test_a_broken_promise_is_noticed(blocks, promise, spoil):
    service = service_of(blocks, spoil=spoil)
    checks = {c.name: c.run for c in check_source("plaza", service)}
    with pytest.raises(AssertionError):
        checks[f"plaza: {promise}"]()
