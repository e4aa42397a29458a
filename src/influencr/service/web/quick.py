"""Templates that look their variables up faster: same language, same result, same escaping.

Django looks for a key before it looks for an attribute and pays for an exception each time; what
our pages show are named tuples, thousands of fields a page. After a template is read, its variables
are given a look-up that knows tuples and dictionaries, and leaves everything else to Django. With
debug on nothing is changed, so that errors are told with their place.
"""

from __future__ import annotations

from html import escape
from typing import Any

from django.template import Node, Origin, Template, VariableDoesNotExist
from django.template.base import FilterExpression, Variable, VariableNode, render_value_in_context
from django.template.context import Context
from django.template.defaulttags import IfNode, TemplateLiteral
from django.template.loaders import cached
from django.utils.safestring import SafeString

__all__ = ["Loader"]

_FIELDS: dict[type, frozenset[str]] = {}
_NONE: frozenset[str] = frozenset()


class Loader(cached.Loader):
    """Django's loader that keeps what it has read, with quicker variables."""

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        """The template, quickened when it is first read."""
        template = super().get_template(template_name, skip)
        if not self.engine.debug and not hasattr(template, "_influencr_quick"):
            _quicken(template.nodelist)
            template._influencr_quick = True  # type: ignore[attr-defined]
        return template


class _Variable(Variable):
    """Fields of named tuples and values of dictionaries; what is anything else is Django's."""

    __slots__ = ()

    def _resolve_lookup(self, context: Context) -> Any:
        first, *rest = self.lookups or ()
        for scope in reversed(context.dicts):
            if first in scope:
                current = scope[first]
                break
        else:
            raise VariableDoesNotExist("Failed lookup for key [%s] in %r", (first, context))
        for bit in rest:
            kind = type(current)
            if kind is dict:
                if bit not in current:
                    return super()._resolve_lookup(context)  # type: ignore[misc]
                current = current[bit]
            elif bit in _fields(kind):
                current = getattr(current, bit)
            else:
                return super()._resolve_lookup(context)  # type: ignore[misc]
        if callable(current):
            return super()._resolve_lookup(context)  # type: ignore[misc]
        return current


class _VariableNode(VariableNode):
    """A variable that is written: text is escaped, safe text and whole numbers are as they are."""

    def render(self, context: Context) -> str:
        expression = self.filter_expression
        if expression.filters:
            value = expression.resolve(context)
        else:
            try:
                value = expression.var._resolve_lookup(context)
            except VariableDoesNotExist:
                value = expression.resolve(context)
        kind = type(value)
        if kind is SafeString or not context.autoescape:
            return value if kind is SafeString else render_value_in_context(value, context)
        if kind is str:
            return escape(value)
        if kind is int or kind is float:
            # Numbers are written the English way, which is Python's but for very small ones.
            written = str(value)
            if "e" not in written:
                return written
        return render_value_in_context(value, context)

    render_annotated = render


def _fields(kind: type) -> frozenset[str]:
    found = _FIELDS.get(kind)
    if found is None:
        named = getattr(kind, "_fields", ()) if issubclass(kind, tuple) else ()
        found = _FIELDS[kind] = frozenset(named) if named else _NONE
    return found


def _quicken(nodes: Any) -> None:
    for node in nodes:
        if not isinstance(node, Node):
            continue
        if type(node) is VariableNode and _quick(node.filter_expression):
            node.__class__ = _VariableNode
        for value in vars(node).values():
            _reach(value)
        if isinstance(node, IfNode):
            for condition, inside in node.conditions_nodelists:
                _condition(condition)
                _quicken(inside)
        for name in node.child_nodelists:
            if not isinstance(node, IfNode) and (below := getattr(node, name, None)):
                _quicken(below)


def _reach(value: Any) -> None:
    """Expressions among the arguments of a tag."""
    if isinstance(value, FilterExpression):
        _quick(value)
    elif isinstance(value, dict):
        for one in value.values():
            _reach(one)
    elif type(value) in (list, tuple):
        for one in value:
            _reach(one)


def _condition(condition: Any) -> None:
    if isinstance(condition, TemplateLiteral):
        _reach(condition.value)
        return
    for side in ("first", "second"):
        if (inside := getattr(condition, side, None)) is not None:
            _condition(inside)


def _quick(expression: FilterExpression) -> bool:
    """Whether the expression is of a variable, which now is looked up faster."""
    variable = expression.var
    if not isinstance(variable, Variable) or variable.lookups is None or variable.translate:
        return False
    if type(variable) is Variable:
        variable.__class__ = _Variable
    for _, arguments in expression.filters:
        for is_looked_up, argument in arguments:
            if is_looked_up and type(argument) is Variable and argument.lookups is not None:
                argument.__class__ = _Variable
    return True
