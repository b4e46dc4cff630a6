"""What is declared of a property, and names and words that can be."""

from collections.abc import Iterable
from typing import Final, TypedDict

from odatafilter._names import name_problem
from odatafilter._shown import shown
from odatafilter._suggest import listed
from odatafilter.errors import FilterError, FilterTypeError

# Where an operand is expected, the grammar reads these words as literals.
_LITERAL_WORDS = frozenset({"null", "INF", "NaN"})


class Declaration(TypedDict, total=False):
    """What can be declared of a property of any kind."""

    name: str
    """Its OData name, where that is no Python name, or is taken."""
    nullable: bool
    """Whether it can be null; by default it can."""
    operators: Iterable[str]
    """The operators that may be used with it; by default all that the schema documents."""
    source: str
    """Where its value stands in an item, such as `inputs[].id`: any of these. By default under its name."""


# Names and operators are looked at more closely elsewhere.
DECLARED: Final[dict[str, tuple[type, str]]] = {
    "name": (object, "a name"),
    "nullable": (bool, "True or False"),
    "operators": (object, "words"),
    "source": (str, "a text such as 'inputs[].id'"),
}


def words(name: str, given: Iterable[str]) -> tuple[str, ...]:
    """The words of the argument `name`: several, or a single one."""
    found = (given,) if isinstance(given, str) or not isinstance(given, Iterable) else tuple(given)
    if not all(isinstance(word, str) for word in found):
        raise FilterTypeError(f"{name} is {shown(given)}: words are wanted")
    return found


def checked_words(name: str, given: Iterable[str], known: frozenset[str]) -> frozenset[str]:
    """The words of the argument `name` as a set. Raises FilterError where OData has no such operator or function."""
    found = given if given is known else frozenset(words(name, given))
    if unknown := found - known:
        raise FilterError(f"OData has no {listed(map(repr, sorted(unknown)))}, only {listed(sorted(known))}")
    return found


def checked_name(name: object) -> str:
    """`name` if it can be a property's, so that nothing is injected through it. Raises FilterError if not."""
    if not isinstance(name, str):
        raise FilterTypeError(f"a property is named by a str, not by {shown(name)}")
    problem = name_problem(name)
    if name in _LITERAL_WORDS or name.lower() in {"true", "false"}:
        problem = "a filter reads it as a literal"
    if problem:
        raise FilterError(f"{shown(name)} cannot name a property: {problem}")
    return name
