"""The parts of a query → the values of its options, and all that is wrong with them."""

import re
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any, Final, Protocol, TypeAlias

from odatafilter import _parse, _read
from odatafilter._names import LONGEST
from odatafilter._query.parameters import Binding, varies
from odatafilter._query.parts import Part
from odatafilter._rewrite.bind import parameters
from odatafilter._safe_text import shorten, show
from odatafilter._suggest import nearest, word_list
from odatafilter._system_options import SYSTEM_OPTIONS
from odatafilter.errors import FilterError, FilterSyntaxError, OptionProblem
from odatafilter.facts import SchemaFacts
from odatafilter.filter import Filter
from odatafilter.keyset import Keyset
from odatafilter.limits import Limits
from odatafilter.order import OrderBy, read_orderby, read_select
from odatafilter.tree import Expression, Property, nodes

Span: TypeAlias = tuple[int, int]

_MOST: Final = 2**63 - 1  # items that can be asked for or skipped: what databases count to
_DIGITS: Final = re.compile("[0-9]+")


class PageBounds(Protocol):
    """What is read of a PageSize."""

    @property
    def name(self) -> str: ...
    @property
    def min(self) -> int: ...
    @property
    def max(self) -> int | None: ...
    @property
    def default(self) -> int | None: ...


class Reading:
    """One query while it is read, and all that is wrong with it."""

    def __init__(
        self,
        schema: SchemaFacts,
        allowed: Sequence[str],
        page_size: PageBounds | None,
        keyset: Keyset | None,
        limits: Limits,
        *,
        sortable: frozenset[str] | None = None,
    ) -> None:
        self.problems: list[OptionProblem] = []
        self._texts: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._schema = schema
        self._allowed = allowed
        self._page_size = page_size
        self._keyset = keyset
        self._limits = limits
        self._sortable = sortable

    def read(self, parts: Sequence[Part]) -> dict[str, Any]:
        """The fields of QueryOptions, of which nothing is used where there are problems."""
        self._values = given = self._collect(parts)
        found: dict[str, Any] = {}
        for option, read in _READ.items():
            if option in given:
                found[option[1:]] = read(self, option, given[option])
        if (bounds := self._page_size) is not None:
            size = found.get("top") if found.get("top") is not None else bounds.default
            found["page_size"] = bounds.max if size is None else size
        elif self._keyset is not None:
            found["page_size"] = self._keyset.page_size
        if self._keyset is not None and not self.problems:
            found |= self._read_place(self._keyset, found, given)
        return found

    def texts_of_problems(self) -> dict[str, str]:
        """The value of each option that has a problem."""
        return {problem.target: self._texts.get(problem.target, "") for problem in self.problems}

    def _add(self, target: str, message: str, code: str, span: Span | None = None, meant: str | None = None) -> None:
        whole = (0, len(self._texts.setdefault(target, "")))
        self.problems.append(OptionProblem(message, span or whole, code, meant, target=target))

    def _collect(self, parts: Sequence[Part]) -> dict[str, str]:
        """The values of the options and parameters to be read, by name; the first where one stands twice."""
        token = self._keyset.parameter if self._keyset is not None else None
        given: dict[str, str] = {}
        counts: dict[str, int] = {}
        for part in parts:
            name = shorten(part.name, LONGEST + 1)  # with its mark
            if name[:1] not in {"$", "@"} and name != token:
                continue
            counts[name] = counts.get(name, 0) + 1
            if counts[name] > 1:
                continue
            self._texts[name] = part.value
            if name[0] == "$" and name != token and name not in self._allowed:
                self._refuse(name)
            elif not part.is_text:
                self._add(name, f"{name} is no UTF-8 once it is decoded", "encoding")
            elif name != token and len(part.value) > self._limits.length:  # a token has a bound of its own
                size = len(part.value)
                message = f"{name} has {size} characters; the limit 'length' is {self._limits.length}"
                self._add(name, message, "limit", (self._limits.length, size))
            else:
                given[name] = part.value
        for name, count in counts.items():
            if count > 1:
                self._add(name, f"{name} stands {count} times in the query, and may stand there once", "repeated")
        return given

    def _refuse(self, name: str) -> None:
        supported = (
            f"this service supports {word_list(self._allowed)}" if self._allowed else "this service supports none"
        )
        if name[1:] in SYSTEM_OPTIONS:
            self._add(name, f"{name} is not supported; {supported}", "unsupported-option")
            return
        meant = nearest(name, self._allowed)
        hint = f"did you mean {meant}?" if meant else supported
        self._add(name, f"OData has no query option {name:.60}; {hint}", "unknown-option")

    # --- the single options

    def _read_orderby(self, target: str, text: str) -> tuple[OrderBy, ...]:
        if self._has_too_many_items(target, text):
            return ()
        found, problems = read_orderby(text, self._schema, sortable=self._sortable, by_operators=True)
        self.problems += problems
        if self._keyset is not None and not problems:
            try:
                self._keyset.order(found)
            except FilterError as error:
                self._add(target, str(error), "limit")
        return tuple(found)

    def _read_select(self, target: str, text: str) -> tuple[str, ...]:
        if self._has_too_many_items(target, text):
            return ()
        found, problems = read_select(text, self._schema)
        self.problems += problems
        return tuple(found)

    def _has_too_many_items(self, target: str, text: str) -> bool:
        count = text.count(",") + 1
        if count > self._limits.items:
            self._add(target, f"{target} has {count} items; the limit 'items' is {self._limits.items}", "limit")
        return count > self._limits.items

    def _read_top(self, target: str, text: str) -> int | None:
        if (bounds := self._page_size) is None:
            return self._read_whole(target, text)
        return self._read_whole(target, text, bounds.min, bounds.max)

    def _read_whole(self, target: str, text: str, least: int = 0, most: int | None = None) -> int | None:
        top = _MOST if most is None else most
        # A number of thousands of digits cannot be read, and need not be: it is out of bounds.
        value = int(text) if _DIGITS.fullmatch(text) and len(text.lstrip("0")) <= len(str(top)) else -1
        if least <= value <= top:
            return value
        is_larger = _DIGITS.fullmatch(text) and not 0 <= value <= top
        wanted = f"a whole number from {least}" + (f" to {top}" if most is not None or is_larger else "")
        self._add(target, f"{target} is {show(text)}: {wanted} is wanted", "value")
        return None

    def _read_count(self, target: str, text: str) -> bool:
        if text.lower() not in {"true", "false"}:
            self._add(target, f"{target} is {show(text)}: true or false is wanted", "value")
        return text.lower() == "true"

    def _read_place(self, keyset: Keyset, found: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
        """Where the page starts."""
        orderby = found.get("orderby", ())
        place: dict[str, Any] = {"order": keyset.order(orderby)}
        token = given.get(keyset.parameter)
        if token is None:
            return place
        try:
            bounds = keyset.bounds(found.get("filter"), orderby, token)
        except FilterError as error:
            self._add(keyset.parameter, str(error), "token")
            return place
        return {**place, "bounds": bounds, "after": keyset.after(bounds), "ranges": keyset.ranges(bounds)}

    # --- $filter and its parameters

    def _read_filter(self, target: str, text: str) -> Filter | None:
        given = {name[1:]: value for name, value in self._values.items() if name.startswith("@")}
        try:
            tree = _read.read_expression(text, self._limits, self._schema)
        except FilterSyntaxError as error:
            self._add_syntax_error(target, error)
            return None
        wanted = tuple(dict.fromkeys(parameters(tree)))
        values: dict[str, Expression] = {}
        wrong = set()
        for name in wanted:
            if name in given and (value := self._read_value(name, given[name])) is not None:
                values[name] = value
            elif name in given:
                wrong.add(name)
        bound = Binding(tree, values, self._schema)
        if (problem := bound.size_problem(self._limits)) is not None:
            self._add(target, problem, "limit")
            return None
        made = bound.substitute()
        if len(values) < len(wanted) or bound.path_starts or self._findings(made):
            self._explain(target, text, values, wrong)
            return None
        return Filter._of(made, self._schema)

    def _read_value(self, name: str, text: str) -> Expression | None:
        """The value of a parameter, which is the same wherever the parameter stands."""
        target = f"@{name}"
        try:
            value = _read.read_expression(text, self._limits, self._schema)
        except FilterSyntaxError as error:
            self._add_syntax_error(target, error)
            return None
        if not varies(value):
            return value
        hint = "a text stands in quotes" if isinstance(value, Property) else "one that is the same for all items"
        self._add(target, f"{target} is bound to a value, and {show(text)} is none: {hint}", "value")
        return None

    def _add_syntax_error(self, target: str, error: FilterSyntaxError) -> None:
        self._add(target, error.message, error.code, error.span, error.suggestion)

    def _findings(self, tree: Expression) -> "list[Any]":
        from odatafilter import _validate  # noqa: PLC0415  # as in filter.py

        return list(_validate.findings(tree, self._schema))

    def _explain(self, target: str, text: str, values: Mapping[str, object], wrong: Container[str]) -> None:
        """Adds the problems of a filter, each at its place in the text or in the value of a parameter.

        Of parameters whose values are `wrong` that is known already.
        """
        tree, trace = _parse.parse_with_places(text)
        traced = {name: _parse.parse_with_places(self._texts[f"@{name}"]) for name in values}
        bound = Binding(tree, {name: value for name, (value, _) in traced.items()}, self._schema)
        made = bound.substitute()
        places: dict[int, tuple[str, Span]] = {}
        for name, (value, value_trace) in traced.items():
            for node in nodes(value):
                places[id(node)] = (f"@{name}", value_trace[node])
        found: list[tuple[str, Span, str, str, str | None]] = []
        for node in bound.path_starts:
            message = f"the parameter @{node.name} starts a path, where no value can stand"
            found.append((target, trace[node], message, "type", None))
        without = {id(node): node for node in bound.unbound}
        for node in without.values():
            if node.name in wrong:
                continue
            message = f"the parameter @{node.name} has no value; it is given as @{node.name}=… beside $filter"
            found.append((target, trace[node], message, "unbound-parameter", None))
        named = without.keys() | {id(node) for node in bound.path_starts}
        for finding in self._findings(made):
            if id(finding.node) in named:
                continue
            node = bound.origins.get(id(finding.node), finding.node)
            at, span = places.get(id(node)) or (target, trace[node])
            found.append((at, span, finding.message, finding.code, finding.suggestion))
        for at, span, message, code, meant in sorted(found, key=lambda one: (one[0] != target, one[0], one[1])):
            self._add(at, message, code, span, meant)


# The options that are known, in the order in which they are read and named, and what reads the text of each.
_READ: Final[dict[str, Callable[[Reading, str, str], object]]] = {
    "$filter": Reading._read_filter,
    "$orderby": Reading._read_orderby,
    "$top": Reading._read_top,
    "$skip": Reading._read_whole,
    "$count": Reading._read_count,
    "$select": Reading._read_select,
}
OPTIONS: Final = tuple(_READ)
