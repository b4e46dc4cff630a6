"""Numbers, with the arithmetic that gives one of the wider kind (URL Conventions §5.1.1.2, §5.1.1.9)."""

import decimal
from typing import Any, Final, Generic, Self, SupportsIndex, TypeAlias, TypeVar, cast, overload

from msgspec.structs import replace

from odatafilter.filter import Param
from odatafilter.handle import Ordered, UntypedHandle
from odatafilter.tree import (
    ArithmeticOperator,
    Negation,
)

V = TypeVar("V")
T = TypeVar("T")
N = TypeVar("N", bound="Number[Any, Any]")
F = TypeVar("F", bound="Fraction[Any, Any]")
Factor: TypeAlias = "int | float | decimal.Decimal | Number[Any, Any] | Param"
Whole: TypeAlias = "int | Integer[Any] | UntypedHandle | Param"


class Number(Ordered[V], Generic[V, T]):
    """A number: `+`, `-` and `*` as operators, `div`, `divby` and `mod` by name, since Python's mean something else.

    The result is of the wider kind: `T` are the handles that are no wider than this one.
    """

    @overload
    def __add__(self, value: V | T | Param) -> Self: ...
    @overload
    def __add__(self, value: N) -> N: ...
    def __add__(self, value: object) -> Any:
        return self._calculate("add", value)

    def __radd__(self, value: V | Param) -> Self:
        return self._calculate_turned("add", value)

    @overload
    def __sub__(self, value: V | T | Param) -> Self: ...
    @overload
    def __sub__(self, value: N) -> N: ...
    def __sub__(self, value: object) -> Any:
        return self._calculate("sub", value)

    def __rsub__(self, value: V | Param) -> Self:
        return self._calculate_turned("sub", value)

    @overload
    def __mul__(self, value: V | T | Param) -> Self: ...
    @overload
    def __mul__(self, value: N) -> N: ...
    def __mul__(self, value: object) -> Any:
        return self._calculate("mul", value)

    def __rmul__(self, value: V | Param) -> Self:
        return self._calculate_turned("mul", value)

    def __neg__(self) -> Self:
        self._check_open()
        return self._make(type(self), Negation(self._node))

    @overload
    def div(self, value: V | T | Param) -> Self: ...
    @overload
    def div(self, value: N) -> N: ...
    def div(self, value: object) -> Any:
        """`div`: divided, and cut towards zero where both are integers."""
        return self._calculate("div", value)

    @overload
    def mod(self, value: V | T | Param) -> Self: ...
    @overload
    def mod(self, value: N) -> N: ...
    def mod(self, value: object) -> Any:
        """`mod`: the remainder of `div`, with the sign of this number."""
        return self._calculate("mod", value)

    def round(self) -> Self:
        """`round`: to the nearest whole number, halves away from zero."""
        return self._call(type(self), "round")

    def floor(self) -> Self:
        """`floor`: to the next lower whole number."""
        return self._call(type(self), "floor")

    def ceiling(self) -> Self:
        """`ceiling`: to the next higher whole number."""
        return self._call(type(self), "ceiling")

    def _calculate_turned(self, operator: ArithmeticOperator, value: object) -> Self:
        return cast("Self", self._calculate(operator, value, turned=True))


class Integer(Number[SupportsIndex, T]):
    """A whole number."""

    @overload
    def divby(self, value: "int | Integer[Any] | Param") -> "Decimal": ...
    @overload
    def divby(self, value: F) -> F: ...
    def divby(self, value: object) -> Any:
        """`divby`: divided, with a fraction."""
        return self._calculate("divby", value)


class Int32(Integer["Int32"]):
    """Edm.Int32: from -2³¹ to 2³¹-1."""

    _kind = "Int32"


class Int64(Integer["Int32 | Int64"]):
    """Edm.Int64: from -2⁶³ to 2⁶³-1."""

    _kind = "Int64"


class Fraction(Number[V, T]):
    """A number with a fraction."""

    @overload
    def divby(self, value: V | T | Param) -> Self: ...
    @overload
    def divby(self, value: N) -> N: ...
    def divby(self, value: object) -> Any:
        """`divby`: divided, with a fraction."""
        return self._calculate("divby", value)


class Decimal(Fraction[decimal.Decimal | int, "Integer[Any] | Decimal"]):
    """Edm.Decimal: every digit is kept."""

    _kind = "Decimal"


class Double(Fraction[float, "Integer[Any] | Decimal | Double"]):
    """Edm.Double: INF and NaN included."""

    _kind = "Double"


ARGUMENT: Final = Int32()
ARGUMENT._facts = replace(ARGUMENT._facts, name="the argument")
