"""What type checkers must know of the public names. Checked by mypy and pyright, never run."""

import datetime as dt
import decimal
import enum
import uuid
from collections.abc import Callable, Iterator
from typing import assert_type

import odatafilter as of
from odatafilter.kinds import Field


class Colour(enum.Flag):
    red = 1
    green = 2


class Part(of.Schema):
    name = of.String()
    quantity = of.Int32()


class Thing(of.Schema):
    key = of.Guid()
    title = of.String()
    at = of.DateTimeOffset()
    open = of.Boolean()
    small = of.Int32()
    large = of.Int64()
    price = of.Decimal()
    weight = of.Double()
    day = of.Date()
    hour = of.TimeOfDay()
    took = of.Duration()
    digest = of.Binary()
    colour = of.Enum("red", "green")
    tags = of.Collection(of.String())
    parts = of.Collection(Part)
    main = of.Navigation(Part)


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
    assert_type(Thing.colour == Colour.red, of.Filter)
    assert_type(Thing.colour.has(Colour.red | Colour.green), of.Filter)
    assert_type(of.field("anything") == object(), of.Filter)


def collections_are_compared_with_lists_and_booleans_with_filters() -> None:
    assert_type(Thing.tags == ["a", None], of.Filter)
    assert_type(Thing.tags.ne(("a",)), of.Filter)
    assert_type(Thing.parts == None, of.Filter)
    assert_type(Thing.open == (Thing.small > 1), of.Filter)
    assert_type(Thing.open.ne(Thing.small > 1), of.Filter)


def functions_have_the_type_of_their_result() -> None:
    assert_type(Thing.title.contains("m"), of.Filter)
    assert_type(Thing.title.lower().startswith(Thing.title.trim()), of.Filter)
    assert_type(Thing.title.length(), of.Int32)
    assert_type(Thing.title.length() > 3, of.Filter)
    assert_type(Thing.title.substring(1).concat("x"), of.String)
    assert_type(Thing.at.year(), of.Int32)
    assert_type(Thing.at.date(), of.Date)
    assert_type(Thing.at.time().hour(), of.Int32)
    assert_type(Thing.at + dt.timedelta(hours=1), of.DateTimeOffset)
    assert_type(Thing.price.round(), of.Decimal)
    assert_type(Thing.weight.floor(), of.Double)
    assert_type(Thing.took.totalseconds(), of.Decimal)


def arithmetic_keeps_the_type() -> None:
    assert_type(Thing.small + 1, of.Int32)
    assert_type(-Thing.price * decimal.Decimal("1.19"), of.Decimal)
    assert_type(Thing.large.mod(2) == 0, of.Filter)
    assert_type(Thing.small.between(1, 3), of.Filter)


def a_result_is_of_the_wider_kind() -> None:
    assert_type(Thing.small * Thing.small, of.Int32)
    assert_type(Thing.small * Thing.large, of.Int64)
    assert_type(Thing.large * Thing.small, of.Int64)
    assert_type(Thing.small * Thing.price, of.Decimal)
    assert_type((Thing.small * Thing.price) > decimal.Decimal("2.5"), of.Filter)
    assert_type(Thing.price - Thing.large, of.Decimal)
    assert_type(Thing.price.div(Thing.weight), of.Double)
    assert_type(Thing.weight.mod(Thing.small), of.Double)
    assert_type(Thing.small.divby(2), of.Decimal)
    assert_type(Thing.small.divby(Thing.weight), of.Double)
    assert_type(Thing.weight.divby(2), of.Double)
    assert_type(5 - Thing.small, of.Int32)
    assert_type(1.5 * Thing.weight, of.Double)
    assert_type(Thing.small + of.field("n"), Field)


def dates_and_durations_are_calculated_with(moment: dt.datetime, hour: dt.timedelta) -> None:
    assert_type(Thing.day + hour, of.Date)
    assert_type(hour + Thing.at, of.DateTimeOffset)
    assert_type(Thing.at - Thing.took, of.DateTimeOffset)
    assert_type(Thing.at - Thing.at, of.Duration)
    assert_type(Thing.at - moment, of.Duration)
    assert_type(moment - Thing.at, of.Duration)
    assert_type(Thing.day - dt.date(2024, 6, 24), of.Duration)
    assert_type(-Thing.took + hour, of.Duration)
    assert_type(Thing.took + Thing.at, of.DateTimeOffset)
    assert_type(2 * Thing.took.div(Thing.small), of.Duration)


def fields_have_every_function() -> None:
    assert_type(of.field("a").contains("x"), of.Filter)
    assert_type(of.field("a").lower(), of.String)
    assert_type(of.field("a").length() > 3, of.Filter)
    assert_type(of.field("at").date(), of.Date)
    assert_type(5 - of.field("n").round(), Field)
    assert_type(of.field("tags").any(lambda tag: tag.contains("x")), of.Filter)
    assert_type(of.field("lines").count(lambda line: line / "Qty" > 1), of.Int64)
    assert_type(of.field("hue").has("Red"), of.Filter)


def parameters_stand_where_values_do() -> None:
    assert_type(Thing.title.in_(of.param("p")), of.Filter)
    assert_type(Thing.title.substring(of.param("p"), Thing.small), of.String)
    assert_type(Thing.title.concat(of.param("p")).indexof(of.param("p")), of.Int32)
    assert_type(of.param("p") - Thing.small, of.Int32)
    assert_type(Thing.tags.hassubset(of.param("p")), of.Filter)


def collections_have_functions() -> None:
    assert_type(Thing.title.in_(Thing.tags), of.Filter)
    assert_type(Thing.tags.hassubset(["x"]), of.Filter)
    assert_type(Thing.tags.contains(Thing.tags), of.Filter)
    assert_type(Thing.tags.length(), of.Int32)
    assert_type(Thing.parts.count(lambda part: part.quantity > 1), of.Int64)


def the_rest_is_said_as_text() -> None:
    assert_type(of.expression("now()", of.DateTimeOffset()) > Thing.at, of.Filter)
    assert_type(of.expression("NS.Parts()", of.Collection(Part)).any(lambda part: part.quantity > 1), of.Filter)
    assert_type(of.expression(f"case({Thing.small > 1}:1)", of.Int32(), schema=Thing), of.Int32)
    assert_type(of.expression("geo.length(way)"), Field)
    assert_type(Thing.title.cast(of.Int32()), of.Int32)
    assert_type(Thing.title.isof("Edm.Int32"), of.Filter)


def other_kinds(value: bytes) -> None:
    assert_type(Thing.day.ge(dt.date(2024, 6, 24)), of.Filter)
    assert_type(Thing.hour < dt.time(13), of.Filter)
    assert_type(Thing.took <= dt.timedelta(minutes=1), of.Filter)
    assert_type(Thing.digest == value, of.Filter)
    assert_type(Thing.colour.has("red"), of.Filter)


def paths_and_lambdas() -> None:
    assert_type(Thing.main / Part.name, of.String)
    assert_type((Thing.main / Part.quantity) > 1, of.Filter)
    assert_type(Thing.tags.any(lambda tag: tag == "x"), of.Filter)
    assert_type(Thing.parts.all(lambda part: part.quantity > 1), of.Filter)
    assert_type(Thing.parts.any(), of.Filter)
    assert_type(Thing.parts.count() > 2, of.Filter)
    assert_type(of.field("Address") / "City" == "Oslo", of.Filter)


def prepared_filters_are_bound(key: uuid.UUID) -> None:
    prepared = Thing.key == of.param("key")
    assert_type(prepared, of.Filter)
    assert_type(prepared.bind(key=key), of.Filter)


def filters_join(one: of.Filter, other: of.Filter) -> None:
    assert_type(one & other, of.Filter)
    assert_type(one | ~other, of.Filter)
    assert_type(one == other, bool)
    assert_type(str(one), str)
    assert_type(one.quoted, str)
    assert_type(one.matches({"title": "m"}), bool)
    assert_type(one.compile(), Callable[[object], bool])
    assert_type(one.matching([{"title": "m"}]), Iterator[dict[str, str]])
    assert_type(one.matching([1], of.Limits(visits=9)), Iterator[int])
    assert_type(of.parse("title eq 'm'", schema=Thing, limits=of.Limits(depth=10)), of.Filter)


def errors_say_where(syntax: of.FilterSyntaxError, validation: of.FilterValidationError) -> None:
    assert_type(syntax.span, tuple[int, int])
    assert_type(syntax.line, int)
    assert_type(syntax.suggestion, str | None)
    assert_type(validation.problems, tuple[of.Problem, ...])


class Words(enum.Enum):
    yes = 1
    no = 2


class Said(of.Schema, open=True, functions=("contains", of.Function("NS.F", {"p": of.String()})), max_in=15):
    word = of.String(enum=Words, functions=("contains",))
    other = of.Enum(Words, type_name="NS.Words")
    at = of.DateTimeOffset(quoted=True)


IS_NEAR = of.Function("NS.IsNear", {"place": of.String(), "km": of.Double()}, of.Boolean(), optional=("km",))
RANK = of.Function("NS.Rank", {"of": Part}, of.Int32())
HOME = of.Function("NS.Home", {}, Part)
ANYTHING = of.Function("NS.Anything", {"x": of.field("x")})
TAGS = of.Function("NS.Tags", {}, of.Collection(of.String()))


def functions_of_a_service_give_what_they_return() -> None:
    assert_type(IS_NEAR, of.Function[of.Filter])
    assert_type(IS_NEAR("Oslo", km=2.5), of.Filter)
    assert_type(IS_NEAR(Thing.title) & (Thing.small > 1), of.Filter)
    assert_type(RANK(Thing.main) + 1, of.Int32)
    assert_type(RANK(of.param("p")).in_([1, 2]), of.Filter)
    assert_type(HOME() / Part.name, of.String)
    assert_type(ANYTHING(1), Field)
    assert_type(TAGS().any(lambda tag: tag.contains("x")), of.Filter)


def properties_are_found_by_name(name: str) -> None:
    assert_type(Thing[name], Field)
    assert_type(Thing[name] == 1, of.Filter)
    assert_type(Said["anything"].in_([1, "x"]), of.Filter)
    assert_type(of.schema_from_dict({"a": "String"})["a"].contains("x"), of.Filter)


def members_stand_for_their_words() -> None:
    assert_type(Said.word == Words.yes, of.Filter)
    assert_type(Said.word.in_([Words.yes, "no", None]), of.Filter)
    assert_type(Said.other != Words.no, of.Filter)


class Foreign:
    def __index__(self) -> int:
        return 1


def integers_of_other_libraries_are_integers(number: Foreign) -> None:
    assert_type(Thing.small == number, of.Filter)
    assert_type(Thing.large.in_([number, 2]), of.Filter)
    assert_type(Thing.small + number, of.Int32)


def filters_are_joined_where_there_are_some(one: of.Filter, other: of.Filter | None) -> None:
    assert_type(of.all_of(one, other), of.Filter)
    assert_type(of.any_of([one, other], one), of.Filter)
    assert_type(of.all_of(one, default=None), of.Filter | None)
    assert_type(of.any_of([], default=one), of.Filter)
    assert_type(of.any_of(Thing.small == n for n in range(3)), of.Filter)


def orders_and_query_options(query: bytes) -> None:
    assert_type(Thing.day.desc(), of.OrderBy)
    assert_type((Thing.main / Part.name).asc(), of.OrderBy)
    options = of.QueryOptions.parse(query, schema=Thing, page_size=of.PageSize(max=10), allow=["$filter", "$orderby"])
    assert_type(options.filter, of.Filter | None)
    assert_type(options.orderby, tuple[of.OrderBy, ...])
    assert_type(options.page([1, 2], "https://service.test/").items, list[int])
    of.QueryOptions.parse([("$filter", "title eq 'm'")], schema=Thing, keyset=of.Keyset(Thing, key="key", secret=query))
