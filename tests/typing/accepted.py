"""What the type checker must know of the public names. Checked by mypy, never run."""

import datetime as dt
import decimal
import uuid
from typing import assert_type

import odatafilter as of


class Thing(of.Schema):
    key = of.Guid()
    title = of.String()
    at = of.DateTimeOffset()
    open = of.Boolean()
    small = of.Int32()
    large = of.Int64()
    price = of.Decimal()
    weight = of.Double()


def comparisons_are_filters(moment: dt.datetime, key: uuid.UUID) -> None:
    assert_type(Thing.key == key, of.Filter)
    assert_type(Thing.key != str(key), of.Filter)
    assert_type(Thing.key.in_([key, str(key), None]), of.Filter)
    assert_type(Thing.title < "m", of.Filter)
    assert_type(Thing.title.eq(None), of.Filter)
    assert_type(Thing.title.eq(Thing.title), of.Filter)
    assert_type(Thing.at.ge(moment), of.Filter)
    assert_type(Thing.at <= "2024-06-24T13:00:00.1234567Z", of.Filter)
    assert_type(Thing.open == True, of.Filter)
    assert_type(Thing.small.in_(range(3)), of.Filter)
    assert_type(Thing.large > 2**40, of.Filter)
    assert_type(Thing.price.lt(decimal.Decimal("0.10")), of.Filter)
    assert_type(Thing.price.lt(1), of.Filter)
    assert_type(Thing.weight >= 1.5, of.Filter)
    assert_type(of.field("anything") == object(), of.Filter)


def filters_join(one: of.Filter, other: of.Filter) -> None:
    assert_type(one & other, of.Filter)
    assert_type(one | ~other, of.Filter)
    assert_type(one == other, bool)
    assert_type(str(one), str)
    assert_type(one.quoted, str)
    assert_type(one.matches({"title": "m"}), bool)
    assert_type(of.parse("title eq 'm'", schema=Thing, limits=of.Limits(depth=10)), of.Filter)


def errors_say_where(syntax: of.FilterSyntaxError, validation: of.FilterValidationError) -> None:
    assert_type(syntax.span, tuple[int, int])
    assert_type(syntax.line, int)
    assert_type(syntax.suggestion, str | None)
    assert_type(validation.problems, tuple[of.Problem, ...])
