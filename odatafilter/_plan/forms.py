"""The plan: what a filter means, without anything that is only OData's way to write it.

A form gives a value, a collection, or a truth value. The truth of a form is asked for in one of two ways, and never as
a third value: whether it is true, and whether it is false; where it is neither it is null. `Test`, `IsNull`, `OneOf`,
`AnyOf`, `NotTrue` and `Bool` are two-valued: false wherever they are not true. `Truth`, `And`, `Or` and `Not` may be
null, by Kleene's logic. A form of a truth value may stand where a value does; there it is a Boolean, perhaps null.

Every form says its `kind` (an Edm type without its prefix; "Collection"; "Untyped" where it is not known; "null" of
null itself), whether it is `nullable`, and the `node` of the syntax tree that it comes from.
"""

from typing import Any, Final, TypeAlias
from typing import Literal as OneOfWords

import msgspec

from odatafilter._kinds import KINDS
from odatafilter._literals import value_of, with_prefix
from odatafilter._literals.numbers import to_float
from odatafilter.facts import PropertyFacts
from odatafilter.tree import AnyNode, Literal

UNTYPED: Final = "Untyped"
NULL: Final = "null"
COLLECTION: Final = "Collection"
BOOLEAN: Final = "Boolean"


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What every form has."""

    node: AnyNode
    kind: str = UNTYPED
    nullable: bool = True

    def __repr__(self) -> str:
        """Without what every form has, which would be most of it."""
        own = [name for name in self.__struct_fields__ if name not in {"node", "kind", "nullable", "facts"}]
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in own)})"


# --- values ---------------------------------------------------------------------------------------------------------


class Const(Form, frozen=True, kw_only=True):
    """A literal. `kind` is that of what it is compared with: it may be a number that is compared as a Double, or a text
    in quotes that is a Guid, a Duration, a member of an Enum.
    """

    literal: Literal

    @property
    def is_null(self) -> bool:
        return self.literal.kind == "null"

    @property
    def value(self) -> Any:
        """Python's value, of `kind`: a UUID, a timedelta, an aware datetime, a float for a Double, the names of the
        members of an Enum as a str, None for null. Raises FilterError where Python has none (12 digits of a second).
        """
        kind, text = self.literal.kind, self.literal.text
        value = value_of(kind, text)
        if kind == "Number" and self.kind == "Double":
            return to_float(value)
        if kind != "String":
            return value
        meant = KINDS[self.kind].literal if self.kind in KINDS else None
        if meant in {None, "String", "Enum"}:
            return value
        return value_of(meant, with_prefix(meant, str(value)))


class Element(Form, frozen=True, kw_only=True):
    """One instance: the item where `loop` is 0, else the element that the loop of this number has come to.

    `facts` are what is documented of it; `facts.schema` its properties, where it is complex.
    """

    loop: int
    facts: PropertyFacts | None = None


class Get(Form, frozen=True, kw_only=True):
    """The property `name` of an instance; null where the instance is null or has none.

    `of` is an Element, another Get (a complex or single-valued navigation property), or a collection: then it is the
    collection of what its elements have, collections among them joined. `facts` are what is documented, None where
    nothing is. A collection is never null, only empty.
    """

    of: "Value"
    name: str
    facts: PropertyFacts | None = None

    @property
    def many(self) -> bool:
        """Whether its source says that it stands for several values; it is then the collection of an AnyOf."""
        return self.facts is not None and self.facts.many

    @property
    def path(self) -> tuple[str, ...]:
        """The names from the Element on, which `start` gives."""
        names = []
        form: Value = self
        while isinstance(form, Get):
            names.append(form.name)
            form = form.of
        return tuple(reversed(names))

    @property
    def start(self) -> "Value":
        """What the path starts from: an Element, or a collection that is no property."""
        form: Value = self
        while isinstance(form, Get):
            form = form.of
        return form


class Annotated(Form, frozen=True, kw_only=True):
    """The annotation `term` (with its @) of an instance, or of its property `name`."""

    of: "Value"
    name: str
    term: str


class ServiceOnly(Form, frozen=True, kw_only=True):
    """What only the service knows: a function that it defines, `$root`, a key, a search. `why` ends a sentence."""

    what: str
    why: str


class Array(Form, frozen=True, kw_only=True):
    """A collection that is written out."""

    items: "tuple[Value, ...]"


class Object(Form, frozen=True, kw_only=True):
    """A complex value that is written out: names and values."""

    members: "tuple[tuple[str, Value], ...]"


class Apply(Form, frozen=True, kw_only=True):
    """A function of values: null if one of them is null, else what the function gives.

    `function` is a canonical function by its name (`now`, `mindatetime` and `maxdatetime` have no operands), an
    arithmetic operator (`add sub mul div divby mod`), `negate` (the sign before an operand), `has` (the second operand
    is the Const of an Enum), or `casefold` (of a text, where a schema says that case does not matter).
    """

    function: str
    operands: "tuple[Value, ...]"


class As(Form, frozen=True, kw_only=True):
    """The operand as a value of `kind`: a text is read as one. It stands where only the other side of a comparison
    says what a value is, so its operand is Untyped or a String; elements of a collection are read one by one.
    """

    operand: "Value"


class Cast(Form, frozen=True, kw_only=True):
    """`cast` to the primitive type `to_kind`, of a collection each element; null where that fails (§5.1.1.10.1)."""

    operand: "Value"
    to_kind: str


class IsOf(Form, frozen=True, kw_only=True):
    """`isof`: whether the operand is of the primitive type `of_kind`; null of null."""

    operand: "Value"
    of_kind: str


class Case(Form, frozen=True, kw_only=True):
    """The value of the first branch whose condition is true, null where there is none."""

    branches: "tuple[tuple[Condition, Value], ...]"


class Where(Form, frozen=True, kw_only=True):
    """The elements of a collection for which a condition is true; in it they are the Element of the loop `loop`."""

    collection: "Value"
    condition: "Condition"
    loop: int


class CountOf(Form, frozen=True, kw_only=True):
    """How many elements of a collection there are for which a condition is true."""

    collection: "Value"
    condition: "Condition"
    loop: int


# --- conditions -----------------------------------------------------------------------------------------------------

TestOperator: TypeAlias = OneOfWords["eq", "lt", "le", "gt", "ge"]


class Test(Form, frozen=True, kw_only=True):
    """A comparison, two-valued: `eq`, `le` and `ge` are true of two nulls; with one null every comparison is false.

    Operands are of kinds that are compared, or Untyped. Numbers of two kinds are compared by the wider one: exactly
    where none is a Double, else both as doubles. NaN is equal to nothing and has no order. Texts are ordered by code
    points, false is less than true, timestamps are compared as instants.

    Where an operand is Untyped, its value may turn out to be a collection: beside a single value any element counts.
    """

    op: TestOperator
    left: "Value"
    right: "Value"


class IsNull(Form, frozen=True, kw_only=True):
    """Whether a value is null, two-valued."""

    operand: "Value"


class OneOf(Form, frozen=True, kw_only=True):
    """Whether a value is equal to one of `values`, none of which is null; false of null. Two-valued."""

    operand: "Value"
    values: tuple[Const, ...]


class AnyOf(Form, frozen=True, kw_only=True):
    """Whether a condition is true for an element of a collection; in it that is the Element of the loop `loop`.

    Two-valued: false where the collection is empty, or not there. A property that stands for several values (`many`) is
    the collection of an AnyOf around the comparison that it is an operand of.
    """

    collection: "Value"
    condition: "Condition"
    loop: int


class NotTrue(Form, frozen=True, kw_only=True):
    """Whether a condition is false or null, two-valued. `all(c)` is Not(AnyOf(NotTrue(c)))."""

    operand: "Condition"


class Truth(Form, frozen=True, kw_only=True):
    """A Boolean value as a condition: true, false or null as the value is."""

    operand: "Value"


class And(Form, frozen=True, kw_only=True):
    """True where all operands are, false where one is."""

    operands: "tuple[Condition, ...]"


class Or(Form, frozen=True, kw_only=True):
    """True where one operand is, false where all are."""

    operands: "tuple[Condition, ...]"


class Not(Form, frozen=True, kw_only=True):
    """True where the operand is false, false where it is true."""

    operand: "Condition"


class Bool(Form, frozen=True, kw_only=True):
    """Always true, or always false."""

    value: bool


Condition: TypeAlias = Test | IsNull | OneOf | AnyOf | NotTrue | Truth | And | Or | Not | Bool
Value: TypeAlias = (
    Const
    | Element
    | Get
    | Annotated
    | ServiceOnly
    | Array
    | Object
    | Apply
    | As
    | Cast
    | IsOf
    | Case
    | Where
    | CountOf
    | Condition
)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A whole filter. `loops` is the greatest number of a loop: an Element has a number from 0 to it.

    `functions` are the names of the functions and arithmetic operators that the filter applies to values.
    """

    condition: Condition
    loops: int
    functions: frozenset[str]


def below(form: Value) -> tuple[Value, ...]:
    """The forms directly below a form, in the order of the text."""
    match form:
        case Get(of=one) | Annotated(of=one):
            return (one,)
        case Array(items=several) | Apply(operands=several):
            return several
        case Object(members=members):
            return tuple(value for _, value in members)
        case As(operand=one) | Cast(operand=one) | IsOf(operand=one):
            return (one,)
        case Case(branches=branches):
            return tuple(each for branch in branches for each in branch)
        case (
            Where(collection=collection, condition=condition)
            | CountOf(collection=collection, condition=condition)
            | AnyOf(collection=collection, condition=condition)
        ):
            return (collection, condition)
        case Test(left=left, right=right):
            return (left, right)
        case OneOf(operand=one, values=values):
            return (one, *values)
        case IsNull(operand=one) | NotTrue(operand=one) | Truth(operand=one) | Not(operand=one):
            return (one,)
        case And(operands=conditions) | Or(operands=conditions):
            return conditions
        case _:
            return ()
