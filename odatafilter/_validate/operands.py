"""What an expression is: its kind and what is documented of it, and what messages call it."""

from typing import Final, NamedTuple

from odatafilter import _emit
from odatafilter._kinds import CASTABLE, IN_QUOTES, KINDS, kind_of_literal
from odatafilter._literals import reads_in_quotes
from odatafilter._literals.strings import read_quoted
from odatafilter._suggest import with_article
from odatafilter.facts import PropertyFacts, SchemaFacts
from odatafilter.tree import Call, Literal, TypeName

UNKNOWN_KIND: Final = "Untyped"


class Operand(NamedTuple):
    """What an expression is. `kind` is an Edm kind, `Untyped` where it is not known, `null` of null itself.

    `unknown_name` is the number of a finding: that a name is not documented, of which more is said when it is known
    what stands beside it. `parts` are what it hands on as it is: the items of a collection, the values of `case`.
    """

    kind: str
    text: str = "this"
    facts: PropertyFacts | None = None
    literal: Literal | None = None
    schema: SchemaFacts | None = None
    unknown_name: int | None = None
    parts: "tuple[Operand, ...]" = ()

    @property
    def is_known(self) -> bool:
        return self.kind not in {UNKNOWN_KIND, "null"}

    @property
    def is_many(self) -> bool:
        """Whether it is a property that stands for several values, of which any may hold."""
        return self.facts is not None and self.facts.many

    @property
    def is_no_condition(self) -> bool:
        """Whether it is certainly neither true nor false."""
        return self.is_known and self.kind != "Boolean"

    @property
    def shown_kind(self) -> str:
        """What messages call its kind: a number that is written says nothing of its width."""
        return self.literal.kind if self.literal is not None else self.kind

    @property
    def description(self) -> str:
        """The beginning of a sentence that says what it is."""
        if self.facts is not None:
            return f"{self.facts.display_name} is {with_article(self.facts.kind)}"
        if self.literal is not None:
            return f"{self.text:.60} is {with_article(self.shown_kind)}"
        return self.text if self.text != "this" else f"this is {with_article(self.kind)}"

    @property
    def mention(self) -> str:
        """What the middle of a sentence calls it."""
        if self.facts is not None:
            return f"{self.facts.display_name}, {with_article(self.facts.kind)}"
        if self.literal is not None:
            return f"the {self.shown_kind} {self.text:.60}"
        return "a condition" if self is CONDITION else with_article(self.kind)


UNKNOWN: Final = Operand(UNKNOWN_KIND)
CONDITION: Final = Operand("Boolean", "this is a condition")
# What `cast` makes values of; smaller numbers are compared like larger ones.
CAST_KINDS: Final = {f"Edm.{kind}": KINDS[kind].property_kind for kind in CASTABLE}


def of_literal(node: Literal) -> Operand:
    """A literal by itself (URL Conventions §5.1.1.14.1)."""
    return Operand(kind_of_literal(node.kind, node.text) or "null", node.text, literal=node)


def of_value(facts: PropertyFacts) -> Operand:
    """A value that is documented as that of a parameter, or as the result of a function."""
    if facts.kind == "Boolean":
        return CONDITION
    return Operand(facts.kind, "this", facts if facts.name else None, schema=facts.schema)


def of_cast(node: Call) -> Operand:
    """What `cast` gives: a value of a primitive type, or what only the service knows (URL Conventions §5.1.1.10.1)."""
    last = node.arguments[-1]
    kind = CAST_KINDS.get(last.name) if isinstance(last, TypeName) else None
    if kind is None:
        return UNKNOWN
    return Operand(kind, "this", PropertyFacts(name=_emit.emit(node), kind=kind))


def of_element(found: Operand) -> Operand:
    """An element of a collection (URL Conventions §5.1.1.13)."""
    if found.facts is not None and found.facts.element is not None:
        return Operand(found.facts.element.kind, "an element", found.facts.element)
    if found.schema is not None:
        return Operand("Complex", "an element is a Complex", schema=found.schema)
    return found if found.is_many else found._replace(kind=UNKNOWN_KIND)


def reads_as(found: Operand, kind: str) -> bool:
    """Whether it is a text that is a literal of `kind` without its prefix (§5.1.1.14.1, ABNF durationLiteral)."""
    if found.literal is None or found.literal.kind != "String" or kind not in IN_QUOTES:
        return False
    return reads_in_quotes(kind, read_quoted(found.literal.text))
