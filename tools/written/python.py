"""The Python interface, read off the objects that a program holds: signatures and docstrings."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

#: Heading, what stands above it, file, classes and functions of it; `*` is every public method.
PARTS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("Opening", "", "__init__.py", ("*",)),
    (
        "Asking",
        "Methods of what `open` gives. Every keyword of a search is a field of `search.Query`.",
        "engine/_asking.py",
        ("*",),
    ),
    ("Asking about audiences and influence", "", "engine/_judged.py", ("*",)),
    ("Bringing in, judging, letting go", "", "engine/_doing.py", ("*",)),
    ("Planning", "", "engine/_planning.py", ("*",)),
    ("Lists", "Methods of `engine.lists`.", "engine/_listing.py", ("*",)),
    ("A question", "", "search/_query.py", ("Query",)),
    ("An answer", "", "search/_results.py", ("*",)),
    ("A remote instance", "", "remote/__init__.py", ("*",)),
)


def python(root: Path) -> str:
    """The page, from the source text: nothing heavy is imported, `__future__` types stay words."""
    lines = [
        "# Python",
        "",
        "What a program or a notebook holds. `influencr.open` is one data home on this machine;",
        "everything public is typed, and unknown names or impossible numbers raise",
        "[one error](errors.md) that says what is valid.",
        "",
    ]
    for heading, above, file, names in PARTS:
        path = root / "src" / "influencr" / file
        if not path.exists():
            continue
        told = list(_part(ast.parse(path.read_text(encoding="utf-8")), names))
        if told:
            lines += [f"## {heading}", "", *([above, ""] if above else []), *told]
    return "\n".join(lines)


def _part(tree: ast.Module, names: tuple[str, ...]) -> Iterator[str]:
    public = _public(tree) if names == ("*",) else set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            if node.name.startswith("_") or (names != ("*",) and node.name not in names):
                continue
            if _is_record(node):
                yield from _record(node)
            else:
                for method in node.body:
                    if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
                        yield from _function(method, is_method=True)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in public:
            yield from _function(node, is_method=False)


def _public(tree: ast.Module) -> set[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return {e.value for e in ast.walk(node.value) if isinstance(e, ast.Constant)}
    return set()


def _is_record(node: ast.ClassDef) -> bool:
    """Whether a class is its fields: a struct, a named tuple or a data class."""
    bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
    return bool(bases & {"Struct", "NamedTuple"}) or any(
        "dataclass" in ast.unparse(d) for d in node.decorator_list
    )


def _record(node: ast.ClassDef) -> Iterator[str]:
    yield f"### `{node.name}`"
    yield ""
    yield from _docstring(node)
    fields = [s for s in node.body if isinstance(s, ast.AnnAssign)]
    yield "| field | type | default |"
    yield "| --- | --- | --- |"
    for field in fields:
        default = f"`{ast.unparse(field.value)}`" if field.value is not None else ""
        kind = ast.unparse(field.annotation).replace("|", "\\|")
        yield f"| `{ast.unparse(field.target)}` | `{kind}` | {default} |"
    yield ""
    for method in node.body:
        if isinstance(method, ast.FunctionDef):
            yield from _function(method, is_method=True, inside=node.name)


def _function(
    node: ast.FunctionDef | ast.AsyncFunctionDef, *, is_method: bool, inside: str = ""
) -> Iterator[str]:
    if node.name.startswith("_") or not ast.get_docstring(node):
        return
    if any("overload" in ast.unparse(d) or "setter" in ast.unparse(d) for d in node.decorator_list):
        return
    is_value = any("property" in ast.unparse(d) for d in node.decorator_list)
    arguments = _arguments(node.args, skip=int(is_method))
    gives = f" -> {ast.unparse(node.returns)}" if node.returns is not None else ""
    begins = "async " if isinstance(node, ast.AsyncFunctionDef) else ""
    name = f"{inside}.{node.name}" if inside else node.name
    # A heading is a name alone, so that a link to it stays the same when an argument is added.
    yield f"### `{name}`"
    yield ""
    yield "```python"
    yield (
        f"{name}{gives.replace(' -> ', ': ')}"
        if is_value
        else _wrapped(f"{begins}{name}(", arguments, f"){gives}")
    )
    yield "```"
    yield ""
    yield from _docstring(node)


def _arguments(arguments: ast.arguments, *, skip: int) -> list[str]:
    """The arguments as they are written, one text each, `self` left out."""
    told = []
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(plain) - len(arguments.defaults)) + list(arguments.defaults)
    for argument, default in list(zip(plain, defaults, strict=True))[skip:]:
        told.append(_argument(argument, default))
    if arguments.vararg:
        told.append("*" + _argument(arguments.vararg, None))
    elif arguments.kwonlyargs:
        told.append("*")
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        told.append(_argument(argument, default))
    if arguments.kwarg:
        told.append("**" + _argument(arguments.kwarg, None))
    return told


def _argument(argument: ast.arg, default: ast.expr | None) -> str:
    text = argument.arg
    if argument.annotation is not None:
        text += f": {ast.unparse(argument.annotation)}"
    if default is not None:
        equals = " = " if argument.annotation is not None else "="
        text += equals + ast.unparse(default)
    return text


def _wrapped(begin: str, arguments: list[str], end: str) -> str:
    line = begin + ", ".join(arguments) + end
    if len(line) <= 88:
        return line
    return begin + "\n" + "".join(f"    {a},\n" for a in arguments) + end


def _docstring(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """The docstring as Markdown: prose stays prose, columns of names and meanings a block."""
    for paragraph in inspect.cleandoc(ast.get_docstring(node) or "").split("\n\n"):
        lines = paragraph.splitlines()
        if any(line.startswith(" ") or "   " in line.strip() for line in lines):
            yield "```text"
            yield from lines
            yield "```"
        elif paragraph.startswith(">>>"):
            yield "```pycon"
            yield from lines
            yield "```"
        else:
            yield " ".join(lines).replace("<", "\\<")
        yield ""
