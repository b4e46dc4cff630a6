"""Lists of property paths, as `$orderby` and `$select` are: read, judged by a schema, and written."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from odatafilter._arguments import check_type
from odatafilter._kinds import PRIMITIVE_KINDS, UNORDERED
from odatafilter._names import name_problem
from odatafilter._safe_text import show
from odatafilter._suggest import nearest, with_article, word_list_near
from odatafilter.errors import FilterError, FilterTypeError, OptionProblem
from odatafilter.facts import LOGIC, PropertyFacts, SchemaFacts

_DIRECTIONS: Final = ("asc", "desc")
_LOOKED_FOR: Final = 20  # names in one list for which a similar one is looked for, which is slow
_WORD: Final = re.compile(r"[^ \t]+")


class OrderBy(msgspec.Struct, frozen=True):
    """One item of `$orderby`. Null is less than every value (OData Protocol §11.2.6.2).

    Raises FilterError for what is no path of names.

    Args:
        path: the path of a property, such as `address/city`.
        descending: whether the greatest comes first.
    """

    path: str
    descending: bool = False

    def __post_init__(self) -> None:
        check_type("path", self.path, str, "the path of a property such as 'address/city'")
        check_type("descending", self.descending, bool, "True or False")
        for name in self.path.split("/"):
            if problem := name_problem(name):
                raise FilterError(f"{show(self.path)} is no path of properties such as address/city: {problem}")

    def __str__(self) -> str:
        return f"{self.path} desc" if self.descending else self.path


class _Item(NamedTuple):
    """One item of a list, without the blanks around it, and where it starts."""

    text: str
    start: int


def is_sortable(facts: PropertyFacts) -> bool:
    """Whether a service sorts by a property: not by one that goes with no operator, since an order tells its values."""
    return not facts.operators <= LOGIC


def read_orderby(
    text: str,
    schema: SchemaFacts | None,
    *,
    sortable: frozenset[str] | None = None,
    by_operators: bool = False,
) -> tuple[list[OrderBy], list[OptionProblem]]:
    """The items of `$orderby` and all that is wrong with them: property paths, each with `asc` or `desc` if at all.

    A service says by `sortable` which paths there may be, or by the operators of its properties: `by_operators`.
    """
    reader = _Reader("$orderby", schema)
    found = []
    for item in reader.split_items(text):
        words = list(_WORD.finditer(item.text))
        if len(words) > 2:  # noqa: PLR2004  # a path and a direction
            start = item.start + words[2].start()
            message = "an item of $orderby is a property path, and 'asc' or 'desc' after it; items are joined by commas"
            reader.add_problem(message, (start, item.start + len(item.text)), "syntax")
            continue
        path, direction = words[0].group(), words[1].group() if len(words) > 1 else "asc"
        if direction.lower() not in _DIRECTIONS:
            meant = nearest(direction, _DIRECTIONS)
            hint = f"; did you mean '{meant}'?" if meant else ""
            start = item.start + words[1].start()
            message = f"'{direction:.60}' is no direction, which is 'asc' or 'desc'{hint}"
            reader.add_problem(message, (start, start + len(direction)), "direction", meant)
        at = reader.property_at(path, item.start)
        span = (item.start, item.start + len(path))
        if at is not None and (reason := at.why_without_order()):
            reader.add_problem(f"'{path:.128}' is {reason}", span, "operator")
        elif at is not None and sortable is not None:
            if path not in sortable:
                found_near = word_list_near(path, sorted(sortable)) if sortable else "nothing"
                message = f"items are not sorted by '{path:.128}', only by {found_near}"
                reader.add_problem(message, span, "operator")
        elif by_operators and at is not None and at.facts is not None and not is_sortable(at.facts):
            message = f"'{path:.128}' is documented with no operator; items are not sorted by it"
            reader.add_problem(message, span, "operator")
        found.append((path, direction.lower() == "desc"))
    return ([] if reader.problems else [OrderBy(*each) for each in found]), reader.problems


def read_select(text: str, schema: SchemaFacts | None) -> tuple[list[str], list[OptionProblem]]:
    """The paths of `$select`, none where `*` asks for all properties, and all that is wrong with them."""
    reader = _Reader("$select", schema)
    paths = []
    everything = False
    for item in reader.split_items(text):
        everything = everything or item.text == "*"
        if item.text != "*":
            reader.property_at(item.text, item.start)
            paths.append(item.text)
    return ([] if everything or reader.problems else paths), reader.problems


def ordered_property(path: str, schema: SchemaFacts | None) -> PropertyFacts | None:
    """What is documented of the property at `path`, None where nothing is; it can be null where a part of it can.

    Raises FilterError where it is not there, or has no order.
    """
    reader = _Reader("$orderby", schema)
    at = reader.property_at(path, 0)
    if reader.problems:
        raise FilterError(reader.problems[0].message)
    if at is not None and (reason := at.why_without_order()):
        raise FilterTypeError(f"'{path:.128}' is {reason}")
    if at is None or at.facts is None or not at.nullable:
        return at.facts if at is not None else None
    return msgspec.structs.replace(at.facts, nullable=True)


def sortable_paths(sortable: object, schema: SchemaFacts) -> frozenset[str] | None:
    """The paths of the properties that items may be sorted by. Raises FilterError for one without an order."""
    if sortable is None:
        return None
    several = sortable if isinstance(sortable, list | tuple | set | frozenset) else (sortable,)
    paths = frozenset(map(str, several))
    for path in paths:
        ordered_property(path, schema)
    return paths


def has_order(path: str, schema: SchemaFacts) -> bool:
    """Whether items can be sorted by the property at `path`."""
    try:
        ordered_property(path, schema)
    except FilterError:
        return False
    return True


class _Place(NamedTuple):
    """Where a path leads: what is documented of the property there, whether the path goes through a collection, and
    whether it goes through what can be null.
    """

    facts: PropertyFacts | None
    several: bool
    nullable: bool

    def why_without_order(self) -> str | None:
        if self.several or (self.facts is not None and self.facts.many):
            return "found in several places of an item, which have no order"
        if self.facts is not None and self.facts.kind in UNORDERED:
            return f"{with_article(self.facts.kind)}, which has no order"
        return None


class _Reader:
    """What is found while one list is read."""

    def __init__(self, target: str, schema: SchemaFacts | None) -> None:
        self.problems: list[OptionProblem] = []
        self._target = target
        self._schema = schema
        self._looked_for = 0

    def add_problem(self, message: str, span: tuple[int, int], code: str, suggestion: str | None = None) -> None:
        self.problems.append(OptionProblem(message, span, code, suggestion, target=self._target))

    def split_items(self, text: str) -> Iterator[_Item]:
        """The items that `text` has between its commas; one that is empty is a problem."""
        start = 0
        for part in text.split(","):
            stripped = part.strip(" \t")
            at = start + len(part) - len(part.lstrip(" \t"))
            if stripped:
                yield _Item(stripped, at)
            else:
                where = "" if not text.strip(" \t") else " between two commas, or beside one at the end"
                self.add_problem(f"a property is missing{where}", (start, start + len(part)), "syntax")
            start += len(part) + 1

    def property_at(self, path: str, start: int) -> _Place | None:
        """Where `path`, which starts at `start`, leads; None where it leads nowhere, which is a problem then."""
        schema = self._schema
        facts: PropertyFacts | None = None
        several = nullable = False
        done = 0
        for name in path.split("/"):
            span = (start + done, start + done + len(name))
            if problem := name_problem(name):
                self.add_problem(self._no_name(path, name, problem), span, "syntax")
                return None
            if facts is not None:
                if facts.kind in PRIMITIVE_KINDS or (schema is None and facts.kind == "Collection"):
                    self.add_problem(
                        f"'{path[: done - 1]:.128}' is {with_article(facts.kind)}; it has no property '{name}'",
                        span,
                        "type",
                    )
                    return None
                several = several or facts.kind == "Collection" or facts.many
                nullable = nullable or facts.nullable
            if schema is not None:
                facts = schema.properties.get(name)
                if facts is None and not schema.open:
                    self._add_unknown(name, schema, span)
                    return None
                schema = _schema_below(facts)
            done += len(name) + 1
        return _Place(facts, several, nullable)

    def _no_name(self, path: str, name: str, problem: str) -> str:
        if any(mark in path for mark in "()'=*$@"):
            return f"{show(path)} is no path of properties such as address/city, and {self._target} takes no other"
        return f"{show(name)} is no property: {problem}"

    def _add_unknown(self, name: str, schema: SchemaFacts, span: tuple[int, int]) -> None:
        self._looked_for += 1
        meant = nearest(name, schema.properties) if self._looked_for <= _LOOKED_FOR else None
        hint = f"did you mean '{meant}'?" if meant else f"{schema.name} has {word_list_near(name, schema.properties)}"
        self.add_problem(f"unknown property '{name}'; {hint}", span, "unknown-property", meant)


def _schema_below(facts: PropertyFacts | None) -> SchemaFacts | None:
    """What is documented of what a property holds: its own properties, or those of its elements."""
    if facts is None:
        return None
    return facts.schema or (facts.element.schema if facts.element else None)
