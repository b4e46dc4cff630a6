"""Strings, with the functions of texts (URL Conventions §5.1.1.5, §5.1.1.7)."""

import enum as enums
from collections.abc import Iterable
from typing import TypeVar, Unpack

from msgspec.structs import replace

from odatafilter._certain import spell_text
from odatafilter._declared import Declaration, flatten_words, words_given
from odatafilter.filter import Filter, Param
from odatafilter.handle import Operand, Ordered
from odatafilter.kinds.numbers import ARGUMENT, Int32, Whole
from odatafilter.tree import (
    Call,
)

V = TypeVar("V")


class Text(Ordered[V]):
    """What has characters."""

    def contains(self, text: "V | Text[V] | Param") -> Filter:
        """`contains`: whether `text` stands anywhere in it."""
        return self._condition_on_text("contains", text)

    def startswith(self, text: "V | Text[V] | Param") -> Filter:
        """`startswith`: whether it begins with `text`."""
        return self._condition_on_text("startswith", text)

    def endswith(self, text: "V | Text[V] | Param") -> Filter:
        """`endswith`: whether it ends with `text`."""
        return self._condition_on_text("endswith", text)

    def matches_pattern(self, pattern: "V | Text[V] | Param", flags: "V | Text[V] | Param | None" = None) -> Filter:
        """`matchesPattern`: whether the ECMAScript regular expression `pattern` matches anywhere in it.

        `flags` are those of ECMAScript, such as "i" (OData 4.02).
        """
        texts = (pattern,) if flags is None else (pattern, flags)
        return self._condition("matchesPattern", *map(self._part, texts))

    def length(self) -> "Int32":
        """`length`: the number of characters."""
        return self._call(Int32, "length")

    def indexof(self, text: "V | Text[V] | Param") -> "Int32":
        """`indexof`: where `text` first stands in it, from 0; -1 where it does not."""
        return self._call(Int32, "indexof", self._part(text))

    def substring(self, start: "Whole", length: "Whole | None" = None) -> "String":
        """`substring`: from the character `start`, counted from 0, at most `length` of them."""
        counts = (start,) if length is None else (start, length)
        return self._call(String, "substring", *(ARGUMENT._operand(count) for count in counts))

    def lower(self) -> "String":
        """`tolower`."""
        return self._call(String, "tolower")

    def upper(self) -> "String":
        """`toupper`."""
        return self._call(String, "toupper")

    def trim(self) -> "String":
        """`trim`: without the white space at both ends."""
        return self._call(String, "trim")

    def concat(self, text: "V | Text[V] | Param") -> "String":
        """`concat`: followed by `text`."""
        return self._call(String, "concat", self._part(text))

    def _condition_on_text(self, function: str, text: object) -> Filter:
        node, schema, levels, _, functions, _, _ = self._ready or self._make_ready()
        if type(text) is str and function in functions and self._facts.kind == "String":
            literal = spell_text(text)
            if literal is not None:
                return Filter._of(Call(function, (node, literal)), schema, levels)
        return self._condition(function, self._part(text))

    def _part(self, text: object) -> Operand:
        # A part of a documented word need be none.
        whole = self._as(String) if self._facts.enum else self
        return whole._operand(text)


class String(Text[str | enums.Enum]):
    """Edm.String.

    Args:
        enum: its words where the API documents a closed list of them, or an enumeration of Python's, of which a member
            stands for its value if that is a text, else for its name.
        declaration: `name`, `nullable`, `operators`, `functions` and `source`, as every property has them.
    """

    _kind = "String"

    def __init__(self, *, enum: Iterable[str] | type[enums.Enum] = (), **declaration: Unpack[Declaration]) -> None:
        super().__init__(**declaration)
        self._facts = replace(
            self._facts, enum=words_given("enum", flatten_words(enum) if isinstance(enum, type) else enum)
        )
