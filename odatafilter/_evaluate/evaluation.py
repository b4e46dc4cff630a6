"""One filter as a predicate: the checked one from the start, and the compiled one where it is asked often."""

import operator
from collections.abc import Callable, Iterable

from odatafilter._evaluate.classes import has_fields, item_class
from odatafilter._evaluate.compiled import compile_plan
from odatafilter._evaluate.predicate import predicate
from odatafilter._plan.build import build
from odatafilter.facts import SchemaFacts
from odatafilter.limits import DEFAULT
from odatafilter.tree import Expression

_OFTEN = 50  # items after which compiling has paid off
_MOST_COMPILED = 100  # predicates that one filter keeps, for different limits and classes of items


class Evaluation:
    """What evaluates a filter. `checked` takes an item and its visits and reads every value with care; `matches` takes
    an item. Raises FilterError for what only a service can evaluate.
    """

    __slots__ = ("_asked", "_compiled", "_plan", "checked", "matches")

    def __init__(self, tree: Expression, schema: SchemaFacts | None) -> None:
        self._plan = build(tree, schema)
        self._asked = 0
        self._compiled: dict[tuple[type | None, int], Callable[[object], bool]] = {}
        self.checked: Callable[[object, int], bool] = predicate(self._plan)
        self.matches: Callable[[object], bool] = self._match_and_count

    def _match_and_count(self, item: object) -> bool:
        """Says it by the checked predicate, until that has been asked often."""
        self._asked += 1
        if self._asked > _OFTEN:
            self.matches = self.compile_for(None, DEFAULT.visits)
        return self.checked(item, DEFAULT.visits)

    def compile_for(self, item_type: type | None, visits: int) -> Callable[[object], bool]:
        """The compiled predicate for items of a class, or for dicts.

        That for dicts looks at the classes of all other items and compiles itself for those that come often.
        """
        known = None if item_type is None else item_class(item_type)
        key = (item_type, visits)
        if key not in self._compiled:
            if len(self._compiled) >= _MOST_COMPILED:
                self._compiled.clear()
            others = self._for_other_classes(visits) if known is None else self._checked_with(visits)
            self._compiled[key] = compile_plan(self._plan, others, visits, known)
        return self._compiled[key]

    def predicate_for(self, items: Iterable[object], visits: int) -> Callable[[object], bool]:
        """The predicate that takes the least time for all of `items`: a few do not pay for compiling it."""
        if operator.length_hint(items, _OFTEN + 1) > _OFTEN:
            return self.compile_for(None, visits)
        return self._checked_with(visits)

    def _checked_with(self, visits: int) -> Callable[[object], bool]:
        checked = self.checked
        return lambda item: checked(item, visits)

    def _for_other_classes(self, visits: int) -> Callable[[object], bool]:
        checked = self._checked_with(visits)
        known: dict[type, int | Callable[[object], bool]] = {}

        def match_by_class(item: object) -> bool:
            kind = type(item)
            found = known.get(kind, 0)
            if not isinstance(found, int):
                return found(item)
            if kind is not dict and has_fields(kind) and len(known) < _MOST_COMPILED:
                known[kind] = found + 1 if found < _OFTEN else self.compile_for(kind, visits)
            return checked(item)

        return match_by_class
