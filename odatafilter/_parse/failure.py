"""What the parser raises for a text that is no filter: facts for `odatafilter._diagnose`, which has the words."""

from typing import Literal, NamedTuple, TypeAlias

from odatafilter.tree import Node

Reason: TypeAlias = Literal[
    "the wording of a literal or a name",
    "a canonical function takes another number of arguments",
    "a canonical function takes values",
    "the last argument is a type",
    "a list holds values only",
    "has takes members",
    "a lambda operator needs a path",
    "a lambda operator takes a variable and a condition",
    "an unknown function",
    "no key follows a canonical function",
    "no path follows a canonical function",
    "an empty key",
    "an option of $count twice",
    "a type at the start",
    "the path ends here",
    "the start of an absolute path",
    "a collection is wanted",
    "a type follows a type",
    "a collection has no properties",
]


class Failure(Exception):
    """The text is no filter expression."""


class Left(Failure):
    """The fast reader leaves the text to the LALR loop."""


class Stuck(Failure):
    """No terminal stands where the parser is that it could accept.

    It stands at `position`, where one of the terminals `expected` would do.
    """

    def __init__(self, position: int = 0, expected: frozenset[str] = frozenset()) -> None:
        self.position = position
        self.expected = expected


class Places(NamedTuple):
    """Where the tree builder has refused something: the node at fault, and all that it was given and has `judged`."""

    fault: tuple[int, int]
    judged: tuple[int, int]


class Refused(Failure):
    """The tree builder refuses what the grammar accepts: the `node` at fault, or None for the terminal just read.

    `facts` are what the sentence about the `reason` needs. `places` are None where the text was read without a trace.
    """

    places: Places | None = None

    def __init__(self, reason: Reason, node: Node | None = None, **facts: str) -> None:
        self.reason = reason
        self.node = node
        self.facts = facts


class Misplaced(Refused):
    """The node at fault is a segment of a path in which it cannot stand where it does."""
