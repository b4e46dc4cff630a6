"""Dates, times, timestamps and durations, with what moves them (URL Conventions §5.1.1.2, §5.1.1.8)."""

import datetime as dt
from typing import Any, Generic, Self, TypeAlias, TypeVar, Unpack, cast, overload

from msgspec.structs import replace

from odatafilter._arguments import check_type
from odatafilter._declared import (
    Declaration,
)
from odatafilter.filter import Param
from odatafilter.handle import Ordered, UntypedHandle, of_kind
from odatafilter.kinds.numbers import Decimal, Factor, Int32
from odatafilter.tree import (
    Call,
    Negation,
)

V = TypeVar("V")
D = TypeVar("D", bound=dt.date)
M = TypeVar("M", bound="Moved[Any, Any]")
Delta: TypeAlias = "dt.timedelta | Duration | UntypedHandle | Param"


class Calendar(Ordered[V]):
    """What has a day in the calendar."""

    def year(self) -> Int32:
        """`year`."""
        return self._call(Int32, "year")

    def month(self) -> Int32:
        """`month`: from 1 to 12."""
        return self._call(Int32, "month")

    def day(self) -> Int32:
        """`day`: of the month, from 1."""
        return self._call(Int32, "day")


class Clock(Ordered[V]):
    """What has a time of day."""

    def hour(self) -> Int32:
        """`hour`: from 0 to 23."""
        return self._call(Int32, "hour")

    def minute(self) -> Int32:
        """`minute`: from 0 to 59."""
        return self._call(Int32, "minute")

    def second(self) -> Int32:
        """`second`: without its fraction."""
        return self._call(Int32, "second")

    def fractionalseconds(self) -> Decimal:
        """`fractionalseconds`: the fraction of the second alone."""
        return self._call(Decimal, "fractionalseconds")


class Instant(Calendar[V], Clock[V]):
    """What has both, and an offset from UTC."""

    def date(self) -> "Date":
        """`date`: the day, in its own offset."""
        return self._call(Date, "date")

    def time(self) -> "TimeOfDay":
        """`time`: the time of day, in its own offset."""
        return self._call(TimeOfDay, "time")

    def totaloffsetminutes(self) -> Int32:
        """`totaloffsetminutes`: its offset from UTC."""
        return self._call(Int32, "totaloffsetminutes")


class Span(Ordered[V]):
    """What takes some time."""

    def totalseconds(self) -> Decimal:
        """`totalseconds`."""
        return self._call(Decimal, "totalseconds")


class Moved(Ordered[V], Generic[V, D]):
    """What a duration can be added to, and taken from; `D` is Python's type of the values."""

    def __add__(self, value: "Delta") -> Self:
        return cast("Self", self._calculate("add", value))

    def __radd__(self, value: "dt.timedelta | Param") -> Self:
        return cast("Self", self._calculate("add", value, turned=True))

    @overload
    def __sub__(self, value: "Delta") -> Self: ...
    @overload
    def __sub__(self, value: D | Self) -> "Duration": ...
    def __sub__(self, value: object) -> Any:
        return self._calculate("sub", value)

    def __rsub__(self, value: D) -> "Duration":
        return cast("Duration", self._calculate("sub", value, turned=True))


class Date(Calendar[dt.date | str], Moved[dt.date | str, dt.date]):
    """Edm.Date: a date, or its text where that is beyond Python's years."""

    _kind = "Date"


class TimeOfDay(Clock[dt.time | str]):
    """Edm.TimeOfDay: a time, or its text with up to twelve digits of a second."""

    _kind = "TimeOfDay"


class DateTimeOffset(Instant[dt.datetime | str], Moved[dt.datetime | str, dt.datetime]):
    """Edm.DateTimeOffset: a datetime that says its offset, or a text with up to twelve digits of a second.

    Args:
        quoted: whether the API wants its values in quotes; both spellings are read.
        declaration: `name`, `nullable`, `operators`, `functions` and `source`, as every property has them.
    """

    _kind = "DateTimeOffset"

    def __init__(self, *, quoted: bool = False, **declaration: Unpack[Declaration]) -> None:
        super().__init__(**declaration)
        check_type("quoted", quoted, bool, "True or False")
        self._facts = replace(self._facts, quoted=quoted)

    @classmethod
    def now(cls) -> "DateTimeOffset":
        """`now`: the time when the filter is evaluated."""
        return of_kind(DateTimeOffset(), Call("now", ()), None, 1)

    @classmethod
    def mindatetime(cls) -> "DateTimeOffset":
        """`mindatetime`: the earliest timestamp that the service has."""
        return of_kind(DateTimeOffset(), Call("mindatetime", ()), None, 1)

    @classmethod
    def maxdatetime(cls) -> "DateTimeOffset":
        """`maxdatetime`: the latest timestamp that the service has."""
        return of_kind(DateTimeOffset(), Call("maxdatetime", ()), None, 1)


class Duration(Span[dt.timedelta | str]):
    """Edm.Duration: a timedelta, or its ISO 8601 text in days, hours, minutes and seconds."""

    _kind = "Duration"

    @overload
    def __add__(self, value: "Delta") -> "Duration": ...
    @overload
    def __add__(self, value: M) -> M: ...
    def __add__(self, value: object) -> Any:
        return self._calculate("add", value)

    def __radd__(self, value: "dt.timedelta | Param") -> "Duration":
        return cast("Duration", self._calculate("add", value, turned=True))

    def __sub__(self, value: "Delta") -> "Duration":
        return cast("Duration", self._calculate("sub", value))

    def __rsub__(self, value: "dt.timedelta | Param") -> "Duration":
        return cast("Duration", self._calculate("sub", value, turned=True))

    def __mul__(self, value: "Factor") -> "Duration":
        return cast("Duration", self._calculate("mul", value))

    def __rmul__(self, value: "Factor") -> "Duration":
        return cast("Duration", self._calculate("mul", value, turned=True))

    def __neg__(self) -> "Duration":
        self._check_open()
        return self._make(Duration, Negation(self._node))

    def div(self, value: "Factor") -> "Duration":
        """`div`: divided by a number.

        Args:
            value: a number, or a handle of one.
        """
        return cast("Duration", self._calculate("div", value))

    def divby(self, value: "Factor") -> "Duration":
        """`divby`: divided by a number, the same as `div`.

        Args:
            value: a number, or a handle of one.
        """
        return cast("Duration", self._calculate("divby", value))
