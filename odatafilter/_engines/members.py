"""Members of an enumeration, which a column holds as a number of bits, or as a text of names."""

from typing import Final

import msgspec

from odatafilter._evaluate import values
from odatafilter._kinds import family_of
from odatafilter._plan import forms
from odatafilter._plan.forms import Const, Value
from odatafilter.tree import Literal

SEPARATORS: Final = (",", ", ")
"""What stands between two names in a text; some services write a blank."""


def members_of(form: Value) -> values.Enumerated | None:
    """The members that a literal names; None for all that is no literal of an enumeration."""
    if not isinstance(form, Const) or form.is_null or family_of(form.kind) != "Enum":
        return None
    return values.read_members(form.value)


def as_number(form: Value) -> Value | None:
    """A value of an enumeration as the number of its bits; None for a literal with names, whose bits nobody knows."""
    members = members_of(form)
    if members is None:
        return msgspec.structs.replace(form, kind="Int64")
    if members.names:
        return None
    literal = Literal("Number", str(members.number))
    return Const(node=form.node, kind="Int64", literal=literal)


def contains_name(names: Value, name: str, separator: str) -> Value:
    """Whether a text of names, each after a separator, has one: as functions of texts, which every engine has."""

    def text(value: str) -> Const:
        return Const(node=names.node, kind="String", literal=Literal("String", f"'{value}'"))

    def apply(function: str, *operands: Value, kind: str = "String") -> Value:
        return forms.Apply(
            node=names.node, kind=kind, nullable=names.nullable, function=function, operands=tuple(operands)
        )

    several = apply("concat", apply("concat", text(separator), names), text(","))
    return apply("contains", several, text(f"{separator}{name},"), kind="Boolean")
