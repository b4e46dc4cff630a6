"""What is declared of a property, and names and words that can be."""

import enum
from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol, TypeAlias, TypedDict

from odatafilter._literals.enums import members_of
from odatafilter._names import name_problem
from odatafilter._safe_text import show
from odatafilter._suggest import word_list
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import ALL_FUNCTIONS, FunctionFacts

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
    functions: Iterable[str]
    """The canonical functions that may be used with it; by default all that the schema documents."""
    source: str
    """Where its value stands in an item, such as `inputs[].id`: any of these. By default under its name."""


# Names and operators are looked at more closely elsewhere.
DECLARED: Final[dict[str, tuple[type, str]]] = {
    "name": (object, "a name"),
    "nullable": (bool, "True or False"),
    "operators": (object, "words"),
    "functions": (object, "words"),
    "source": (str, "a text such as 'inputs[].id'"),
}


def flatten_words(*given: object) -> tuple[Any, ...]:
    """What is given as words: of an enumeration of Python's, what its members stand for."""
    found: list[object] = []
    for one in given:
        if isinstance(one, type) and issubclass(one, enum.Enum):
            found += [word for member in one.__members__.values() for word in members_of(member)]
        else:
            found.append(one)
    return tuple(found)


def words_given(name: str, given: Iterable[str]) -> tuple[str, ...]:
    """The words of the argument `name`: several, or a single one."""
    found = (given,) if isinstance(given, str) or not isinstance(given, Iterable) else tuple(given)
    if not all(isinstance(word, str) for word in found):
        raise FilterTypeError(f"{name} is {show(given)}: words are wanted")
    return found


def checked_words(name: str, given: Iterable[str], known: frozenset[str]) -> frozenset[str]:
    """The words of the argument `name` as a set. Raises FilterError where OData has no such operator or function."""
    found = given if given is known else frozenset(words_given(name, given))
    if unknown := found - known:
        raise FilterError(f"OData has no {word_list(map(repr, sorted(unknown)))}, only {word_list(sorted(known))}")
    return found


class DeclaredFunction(Protocol):
    """What declares a function of a service."""

    @property
    def facts(self) -> FunctionFacts: ...


ServiceFunctions: TypeAlias = Mapping[str, tuple[FunctionFacts, ...]]


def checked_functions(given: "Iterable[str | DeclaredFunction]") -> tuple[frozenset[str], ServiceFunctions]:
    """The canonical functions among those `given`, and those of the service: declared, or named with their namespace.

    Raises FilterError for a word that is neither, FilterTypeError for what is no word and declares nothing.
    """
    several = (given,) if isinstance(given, str) or not isinstance(given, Iterable) else tuple(given)
    canonical: list[str] = []
    service: dict[str, tuple[FunctionFacts, ...]] = {}
    for one in several:
        facts = getattr(one, "facts", None)
        if isinstance(facts, FunctionFacts):
            service[facts.name] = (*service.get(facts.name, ()), facts)
        elif isinstance(one, str) and "." in one and one not in ALL_FUNCTIONS:
            service.setdefault(checked_qualified_name(one), ())
        elif isinstance(one, str):
            canonical.append(one)
        else:
            raise FilterTypeError(f"functions has {show(one)}: words and declared functions are wanted")
    if unknown := sorted(set(canonical) - ALL_FUNCTIONS):
        raise FilterError(
            f"OData has no function {word_list(map(repr, unknown))}, only {word_list(sorted(ALL_FUNCTIONS))}; "
            f"one of the service is declared as of.Function({unknown[0]!r:.60}, …)"
        )
    return frozenset(canonical), service


def checked_qualified_name(name: str) -> str:
    """`name` if it can be that of a function, with or without a namespace. Raises FilterError if not."""
    for part in name.split("."):
        if problem := name_problem(part):
            raise FilterError(f"{show(name)} cannot name a function: {problem}")
    return name


def checked_name(name: object) -> str:
    """`name` if it can be a property's, so that nothing is injected through it. Raises FilterError if not."""
    if not isinstance(name, str):
        raise FilterTypeError(f"a property is named by a str, not by {show(name)}")
    problem = name_problem(name)
    if name in _LITERAL_WORDS or name.lower() in {"true", "false"}:
        problem = "a filter reads it as a literal"
    if problem:
        raise FilterError(f"{show(name)} cannot name a property: {problem}")
    return name
