"""Functions that look for one collection in another (OData URL Conventions §5.1.1.5 and .6), element by element.

Elements get numbers, so that two are equal exactly where their numbers are; then the time is linear in the sum of the
lengths. Where equality does not allow that, elements are compared in pairs, each of which takes a visit.
"""

import math
import sys
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from odatafilter._evaluate.budget import Budget, take_visits
from odatafilter._evaluate.compare import are_equal, has_members
from odatafilter._evaluate.values import BY_CLASS, Enumerated, Instant, read_untyped
from odatafilter._literals.numbers import to_float

# Classes beside which nothing but null and their own values can stand: a text beside them is read as one of theirs.
_ALONE: Final = frozenset(BY_CLASS) - {Enumerated}

_MODULUS: Final = sys.hash_info.modulus
_FAR: Final[int] = 10**400  # further out numbers are kept as they are: they are long, so that there are few


def find_part(budget: Budget, whole: list[Any], part: list[Any]) -> int:
    """Where `part` first stands in `whole`, from 0; -1 where it does not."""
    numbers = number_elements(budget, whole, part)
    if numbers is not None:
        return _first_place(*numbers)
    places = range(len(whole) - len(part) + 1)
    return next((at for at in places if _are_equal(budget, whole[at : at + len(part)], part)), -1)


def starts_with(budget: Budget, whole: list[Any], part: list[Any]) -> bool:
    """Whether `whole` begins with `part`."""
    return len(part) <= len(whole) and _are_equal(budget, whole[: len(part)], part)


def ends_with(budget: Budget, whole: list[Any], part: list[Any]) -> bool:
    """Whether `whole` ends with `part`."""
    return len(part) <= len(whole) and _are_equal(budget, whole[len(whole) - len(part) :], part)


def has_subset(budget: Budget, whole: list[Any], part: list[Any]) -> bool:
    """Whether each of `part` stands in `whole`, as often as it stands in `part`."""
    numbers = number_elements(budget, whole, part)
    if numbers is not None:
        return Counter(numbers[1]) <= Counter(numbers[0])
    rest = list(whole)
    for one in part:
        index = next((index for index, other in enumerate(rest) if _is_equal(budget, other, one)), None)
        if index is None:
            return False
        del rest[index]
    return True


def has_subsequence(budget: Budget, whole: list[Any], part: list[Any]) -> bool:
    """Whether `part` is what `whole` is after some of its elements are taken away."""
    rest = iter(whole)
    return all(any(_is_equal(budget, other, one) for other in rest) for one in part)


def _are_equal(budget: Budget, one: list[Any], other: list[Any]) -> bool:
    return all(_is_equal(budget, a, b) for a, b in zip(one, other, strict=True))


def _is_equal(budget: Budget, one: Any, other: Any) -> bool:
    take_visits(budget, 1)
    return are_equal(read_untyped(one), read_untyped(other), budget)


def _first_place(whole: list[int], part: list[int]) -> int:
    """The search of Knuth, Morris and Pratt."""
    if not part:
        return 0
    borders = _border_lengths(part)
    matched = 0
    for index, one in enumerate(whole):
        while matched and part[matched] != one:
            matched = borders[matched - 1]
        if part[matched] == one:
            matched += 1
        if matched == len(part):
            return index - matched + 1
    return -1


def _border_lengths(part: list[int]) -> list[int]:
    """For each beginning of `part` the length of the longest shorter one with which it ends."""
    found: list[int] = []
    length = 0
    for one in part:
        while length and part[length] != one:
            length = found[length - 1]
        length += bool(found) and part[length] == one
        found.append(length)
    return found


# --- numbers for elements -------------------------------------------------------------------------------------------


class _NotNumberedError(Exception):
    """Equality of these elements is none of numbers."""


def number_elements(budget: Budget, *collections: list[Any]) -> list[list[int]] | None:
    """A number for each element, the same for equal ones; None where equality is none of numbers.

    It is none where texts stand beside values that texts are read as, where a double is equal to two numbers that
    differ, and where a collection holds itself.
    """
    for doubles in (False, True):
        numbering = _Numbering(budget, doubles=doubles)
        try:
            return [[numbering.number(element) for element in each] for each in collections]
        except _NotNumberedError:
            continue
    return None


class _Numbering:
    """Numbers for values. With `doubles` numbers are compared as doubles, which then must tell them apart."""

    def __init__(self, budget: Budget, *, doubles: bool) -> None:
        self._budget = budget
        self._doubles = doubles
        self._numbers: dict[Hashable, int] = {}
        self._exact: dict[float, int | Decimal] = {}
        self._classes: set[type] = set()
        self._containers: dict[int, int | None] = {}  # by identity; None while their members are looked at
        self._kept: list[Any] = []  # so that no identity is used twice

    def number(self, value: Any) -> int:
        """The number of `value`. Needs no stack."""
        pending = [value]
        while pending:
            one = pending[-1]
            if not has_members(one):
                pending.pop()
                continue
            members = [each for each in _members_of(one) if has_members(each)]
            state = self._containers.get(id(one), -1)
            if state == -1:
                self._kept.append(one)
                self._containers[id(one)] = None
                if any(self._containers.get(id(each), -1) is None for each in members):
                    raise _NotNumberedError
                pending += members
                continue
            if state is None:
                self._containers[id(one)] = self._number_of_key(self._container_key(one))
            pending.pop()
        return self._number_of(value)

    def _number_of(self, value: Any) -> int:
        take_visits(self._budget, 1)
        if has_members(value):
            number = self._containers[id(value)]
            if number is None:
                raise _NotNumberedError
            return number
        return self._number_of_key(self._key_of(read_untyped(value)))

    def _number_of_key(self, key: Hashable) -> int:
        return self._numbers.setdefault(key, len(self._numbers))

    def _container_key(self, value: Any) -> Hashable:
        if not isinstance(value, Mapping):
            return "collection", tuple(self._number_of(one) for one in value)
        null = self._number_of_key(("null",))
        members = ((name, self._number_of(one)) for name, one in value.items() if "@" not in str(name))
        return "complex value", frozenset(member for member in members if member[1] != null)

    def _key_of(self, value: Any) -> Hashable:
        kind = type(value)
        if value is None:
            return ("null",)
        self._note_class(kind)
        if kind is float or kind is int or kind is Decimal:
            return "number", self._number_key(value)
        if kind is Instant:
            return "timestamp", value.picoseconds
        if kind in {str, bool} or kind in _ALONE:
            return kind.__name__, value
        raise _NotNumberedError

    def _note_class(self, kind: type) -> None:
        """Raises _NotNumberedError where values of these classes together are not compared by class and value."""
        if kind in self._classes:
            return
        self._classes.add(kind)
        if len(self._classes) > 1 and self._classes & _ALONE:
            raise _NotNumberedError

    def _number_key(self, value: float | Decimal) -> Hashable:
        if not self._doubles:
            if isinstance(value, float):
                raise _NotNumberedError
            return _key_of_number(value)
        double = to_float(value)
        if math.isnan(double):  # which is equal to nothing
            return object()
        if not isinstance(value, float) and (math.isinf(double) or self._exact.setdefault(double, value) != value):
            raise _NotNumberedError
        return double


def _key_of_number(value: int | Decimal) -> Hashable:
    """A key for a number. Python's hash of a large one is what a division leaves, the same for as many as one likes."""
    if (isinstance(value, Decimal) and not value.is_finite()) or -_MODULUS < value < _MODULUS:
        return value
    if not -_FAR < value < _FAR:
        return value
    whole = int(value)
    return value if whole != value else whole.to_bytes(whole.bit_length() // 8 + 1, "big", signed=True)


def _members_of(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        return (one for name, one in value.items() if "@" not in str(name))
    return iter(value)
