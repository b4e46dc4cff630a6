"""What an API documents of its properties, as plain data: read by validation, rewriting and evaluation."""

from typing import Final
from typing import Literal as OneOf

import msgspec

from odatafilter._functions import FUNCTIONS

RELATIONS: Final = frozenset({"lt", "le", "gt", "ge"})
COMPARISONS: Final = RELATIONS | {"eq", "ne"}
ARITHMETIC: Final = frozenset({"add", "sub", "mul", "div", "divby", "mod"})
LOGIC: Final = frozenset({"and", "or", "not"})
OPERATORS: Final = COMPARISONS | ARITHMETIC | LOGIC | {"in", "has"}
ALL_FUNCTIONS: Final = frozenset({*FUNCTIONS, "any", "all", "case", "$count"})


class PropertyFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is documented of one property.

    `kind` is the Edm name of its type without the prefix, `Untyped` if that is not documented. `enum` are its words
    where it has a closed list of them, `operators` those that may be used with it; `quoted` says whether its GUIDs are
    emitted in quotes, `type_name` what is written before the words of an Enum. A Collection has an `element`; a Complex
    (or navigation) property has a `schema`. `source` is where its value stands in an item, as names joined by dots;
    `[]` after a name means any element of that list. `attribute` is the same in an object that is no mapping, where it
    stands elsewhere there.
    """

    name: str
    kind: str
    nullable: bool = True
    enum: tuple[str, ...] = ()
    operators: frozenset[str] = OPERATORS
    quoted: bool = False
    type_name: str = ""
    element: "PropertyFacts | None" = None
    schema: "SchemaFacts | None" = None
    source: str = ""
    attribute: str = ""

    @property
    def called(self) -> str:
        """What messages call it."""
        return f"'{self.name}'" if self.name else "an element"

    @property
    def many(self) -> bool:
        """Whether the property stands for several values, of which any may hold."""
        return "[]" in self.source


class SchemaFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is documented of one listing, or of one complex type: its properties by name, and its dialect.

    `operators` and `functions` are those that filters may use. `lists` are the brackets of a list after `in`. Where
    `either_order` has a function, its arguments may stand in either order. Where `case_sensitive` is false, texts that
    differ in case only are equal. Where it is `plain`, operands are properties and values only: no parameters, paths,
    signs, arrays or objects.
    """

    name: str
    properties: dict[str, PropertyFacts]
    operators: frozenset[str] = OPERATORS
    functions: frozenset[str] = ALL_FUNCTIONS
    lists: OneOf["()", "[]"] = "()"
    either_order: frozenset[str] = frozenset()
    case_sensitive: bool = True
    plain: bool = False

    def __eq__(self, other: object) -> bool:
        """By structure. Types refer to each other, and each pair of them is compared once: not once for each path."""
        if not isinstance(other, SchemaFacts):
            return NotImplemented
        seen: set[tuple[int, int]] = set()
        pending: list[tuple[object, object]] = [(self, other)]
        while pending:
            one, beside = pending.pop()
            if isinstance(one, PropertyFacts | SchemaFacts) and type(one) is type(beside):
                if one is not beside and (id(one), id(beside)) not in seen:
                    seen.add((id(one), id(beside)))
                    pending += ((getattr(one, name), getattr(beside, name)) for name in one.__struct_fields__)
            elif isinstance(one, dict) and isinstance(beside, dict):
                if one.keys() != beside.keys():
                    return False
                pending += ((one[name], beside[name]) for name in one)
            elif one != beside:
                return False
        return True

    def __hash__(self) -> int:
        return hash((self.name, frozenset(self.properties)))
