"""What a name means where it stands (OData URL Conventions §5.1.1.13 to .16, §5.3, and §4.12 for nested `$filter`).

A filter is asked of an item. Inside `any` and `all` the variable names an element, and all other names are still
properties of the item around; inside a nested `$filter` or `$count` names are properties of an element, which `$this`
is, and `$it` is the item. A variable hides a property of its name.
"""

from collections.abc import Mapping
from typing import Generic, NamedTuple, TypeVar

from odatafilter.tree import Alias, Property, Segment, Variable

I = TypeVar("I")  # noqa: E741 - what a stage knows of an instance


class Root:
    """`$root`, what the service holds, or a numbered variable such as `$1`: a filter knows nothing of these."""


class Parameter(NamedTuple):
    """A parameter alias: its value is not part of the filter, and neither is what a path reaches through it."""

    name: str


class Start(NamedTuple, Generic[I]):
    """Where a path starts: an instance, `$root` or a parameter; and the segments that go on from there."""

    instance: I | Root | Parameter
    rest: tuple[Segment, ...]


class Scope(NamedTuple, Generic[I]):
    """The names that are known at one place of a filter.

    `item` is what `$it` is, `here` what `$this` is, of which a name alone is a property, and `variables` are those of
    the lambdas around. Each stage has its own idea of an instance: its facts, its path, or where its value stands.
    """

    item: I
    here: I
    variables: Mapping[str, I]

    @classmethod
    def of_item(cls, item: I) -> "Scope[I]":
        """The scope of a whole filter."""
        return cls(item, item, {})

    def inside_lambda(self, variable: str, element: I) -> "Scope[I]":
        """The scope of the condition of `any` or `all`."""
        return self._replace(variables={**self.variables, variable: element})

    def inside_filter(self, element: I) -> "Scope[I]":
        """The scope of the condition of a nested `$filter` or `$count`."""
        return self._replace(here=element)

    def find_start(self, segments: tuple[Segment, ...]) -> Start[I]:
        """Where a path, or a name alone, starts.

        A type as the first segment is a cast of the current instance, and an annotation is one of its own.
        """
        match segments[0]:
            case Property(name=name) if name in self.variables:
                return Start(self.variables[name], segments[1:])
            case Variable(name="$it"):
                return Start(self.item, segments[1:])
            case Variable(name="$this"):
                return Start(self.here, segments[1:])
            case Variable():
                return Start(Root(), segments[1:])
            case Alias(name=name):
                return Start(Parameter(name), segments[1:])
            case _:
                return Start(self.here, segments)

    def is_variable(self, name: str) -> bool:
        """Whether a name alone is the variable of a lambda here."""
        return name in self.variables
