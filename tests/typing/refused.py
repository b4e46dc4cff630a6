"""What type checkers must refuse. Checked by mypy and pyright, never run: an error that is not expected fails the check, and
so does a line that is no error (`warn_unused_ignores`, `reportUnnecessaryTypeIgnoreComment`). What mypy cannot see has
`pyright: ignore`.
"""

import datetime as dt

import odatafilter as of


class Part(of.Schema):
    name = of.String()
    quantity = of.Int32()


class Thing(of.Schema):
    key = of.Guid()
    title = of.String()
    at = of.DateTimeOffset()
    open = of.Boolean()
    small = of.Int32()
    price = of.Decimal()
    colour = of.Enum("red", "green")
    took = of.Duration()
    tags = of.Collection(of.String())
    counts = of.Collection(of.Int32())
    parts = of.Collection(Part)
    main = of.Navigation(Part)


def values_of_another_type(moment: dt.datetime) -> None:
    Thing.title.eq(1)  # type: ignore[arg-type]
    Thing.title < 1  # type: ignore[operator]
    Thing.title.in_([1])  # type: ignore[list-item]
    Thing.title.eq(Thing.small)  # type: ignore[arg-type]
    Thing.key.eq(1)  # type: ignore[arg-type]
    Thing.at.ge(2024)  # type: ignore[arg-type]
    Thing.at.ge(moment.date())  # type: ignore[arg-type]
    Thing.open.eq("true")  # type: ignore[arg-type]
    Thing.small.eq("1")  # type: ignore[arg-type]
    Thing.small.eq(1.5)  # type: ignore[arg-type]
    Thing.price.eq(0.1)  # type: ignore[arg-type]


def a_comparison_with_another_type_is_no_filter(moment: dt.datetime, one: of.Filter) -> None:
    # Any two Python objects can be compared for equality: what comes of it is a bool, and of no use as a filter.
    (Thing.title == 1) & one  # type: ignore[operator]
    one | (Thing.title != b"m")  # type: ignore[operator]
    one & ~(Thing.key == moment)  # type: ignore[operator]
    (Thing.at == moment.time()).matches({})  # type: ignore[attr-defined]


def several_values_or_one() -> None:
    Thing.title.in_(1)  # type: ignore[arg-type]
    Thing.small.in_("12")  # type: ignore[arg-type]
    Thing.title.eq(["m"])  # type: ignore[arg-type]


def an_order_that_is_not_there(value: str) -> None:
    Thing.colour < value  # type: ignore[operator]
    Thing.colour >= value  # type: ignore[operator]
    Thing.colour.lt(value)  # type: ignore[attr-defined]
    Thing.open > "true"  # type: ignore[operator]
    Thing.open.ge("false")  # type: ignore[arg-type]
    Thing.title < None  # type: ignore[operator]
    Thing.at.gt(None)  # type: ignore[arg-type]


def results_of_functions() -> None:
    Thing.title.length() > "3"  # type: ignore[operator]
    Thing.title.length().eq("3")  # type: ignore[arg-type]
    Thing.title.lower().eq(1)  # type: ignore[arg-type]
    Thing.title.contains(1)  # type: ignore[arg-type]
    Thing.title.substring("1")  # type: ignore[arg-type]
    Thing.title.contains("m").contains("m")  # type: ignore[attr-defined]
    Thing.at.year().in_(["2024"])  # type: ignore[list-item]
    Thing.at.date().eq(1)  # type: ignore[arg-type]
    Thing.at + 1  # type: ignore[operator]


def wrong_operands(hour: dt.timedelta) -> None:
    (Thing.small * Thing.price) > 2.5  # type: ignore[operator]
    Thing.small + 1.5  # type: ignore[operator]
    Thing.small + Thing.title  # type: ignore[operator]
    "1" + Thing.small  # type: ignore[operator]
    Thing.at + Thing.at  # type: ignore[operator]
    Thing.at - dt.date(2024, 6, 24)  # type: ignore[operator]
    (Thing.at - Thing.at) > 5  # type: ignore[operator]
    Thing.took * hour  # type: ignore[operator]
    Thing.title.substring(Thing.title)  # type: ignore[arg-type]


def collections_of_other_values() -> None:
    Thing.tags.eq(5)  # type: ignore[arg-type]
    Thing.open.eq("true")  # type: ignore[arg-type]
    Thing.small.eq(Thing.small > 1)  # type: ignore[arg-type]
    Thing.small.in_(Thing.tags)  # type: ignore[arg-type]
    Thing.tags.hassubset([1])  # type: ignore[list-item]
    Thing.tags.hassubset(Thing.counts)  # type: ignore[arg-type]
    Thing.parts.hassubset([1])  # type: ignore[misc, arg-type]
    Thing.parts.count(lambda part: part.quantiti > 1)  # type: ignore[attr-defined]


def expressions() -> None:
    of.expression("now()", of.DateTimeOffset()) > 5  # type: ignore[operator]
    of.expression("now()", of.DateTimeOffset)  # type: ignore[call-overload]
    of.expression("now()", "DateTimeOffset")  # type: ignore[call-overload]
    Thing.title.cast(of.Int32()).eq("1")  # type: ignore[arg-type]
    Thing.title.isof(of.Int32)  # type: ignore[arg-type]
    of.field("a").lower().eq(1)  # type: ignore[arg-type]
    of.field("a").length() > "3"  # type: ignore[operator]


def functions_that_the_kind_does_not_have() -> None:
    Thing.small.contains("1")  # type: ignore[attr-defined]
    Thing.small.length()  # type: ignore[attr-defined]
    Thing.title.year()  # type: ignore[attr-defined]
    Thing.title + "x"  # type: ignore[operator]
    Thing.key.lower()  # type: ignore[attr-defined]
    Thing.price / 2  # type: ignore[operator]
    Thing.price % 2  # type: ignore[operator]
    Thing.colour < "red"  # type: ignore[operator]


def paths_and_lambdas() -> None:
    Thing.main / 1  # type: ignore[operator]
    (Thing.main / Part.quantity).eq("1")  # type: ignore[arg-type]
    Thing.parts.any(lambda part: part.quantity)  # type: ignore[arg-type, return-value]
    Thing.parts.any(lambda part: part.quantiti > 1)  # type: ignore[attr-defined]
    Thing.parts.all()  # type: ignore[call-arg]


def what_is_joined_is_a_filter(one: of.Filter) -> None:
    (Thing.small == 1) & True  # type: ignore[operator]
    (Thing.small == 1) & "title eq 'm'"  # type: ignore[operator]
    one | Thing.open  # type: ignore[operator]
    ~Thing.small  # type: ignore[operator]


def names_that_do_not_exist() -> None:
    Thing.titel.eq("m")  # type: ignore[attr-defined]
    of.String(enums=("a",))  # type: ignore[call-arg]
    of.Int32(quoted=True)  # type: ignore[call-arg]


def a_filter_is_immutable(one: of.Filter) -> None:
    one.tree = one.tree  # type: ignore[misc]
    one.quoted = ""  # type: ignore[misc]


def arguments_of_parse() -> None:
    of.parse(b"title eq 'm'")  # type: ignore[arg-type]
    of.parse("title eq 'm'", Thing)  # type: ignore[call-arg]
    of.parse("title eq 'm'", schema=Thing())  # type: ignore[arg-type]
    of.parse("title eq 'm'", limits=100)  # type: ignore[arg-type]


class Declared(of.Schema):
    name = of.String(functions=5)  # type: ignore[arg-type]
    at = of.DateTimeOffset(quoted="yes")  # type: ignore[arg-type]
    day = of.Date(quoted=True)  # type: ignore[call-arg]


# mypy does not look at the keywords of a class that has a metaclass.
class Few(of.Schema, max_in="3"): ...  # pyright: ignore[reportArgumentType, reportGeneralTypeIssues]


class Unknown(of.Schema, max_inn=3): ...  # pyright: ignore[reportCallIssue, reportGeneralTypeIssues]


class Braces(of.Schema, lists="{}"): ...  # pyright: ignore[reportArgumentType, reportGeneralTypeIssues]


def functions_of_a_service() -> None:
    of.Function("NS.F", {"p": str}, of.Boolean())  # type: ignore[dict-item]
    of.Function("NS.F", {}, of.Boolean)  # type: ignore[arg-type]
    of.Function("NS.F", {}, of.Int32())() & (Thing.small == 1)  # type: ignore[operator]
    of.Function("NS.F", {}, of.Int32())().eq("1")  # type: ignore[arg-type]
    of.Function(5)  # type: ignore[call-overload]


def properties_by_name() -> None:
    Thing[1]  # type: ignore[index]
    Thing["title"] & (Thing.small == 1)  # type: ignore[operator]


def joined(one: of.Filter) -> None:
    of.all_of(one, True)  # type: ignore[call-overload]
    of.any_of([1])  # type: ignore[list-item]
    of.all_of(Thing.open)  # type: ignore[call-overload]
    of.all_of(one, default=None) & one  # type: ignore[operator]


def orders_and_query_options() -> None:
    Thing.tags.desc()  # type: ignore[attr-defined]
    Thing.digest.asc()  # type: ignore[attr-defined]
    of.QueryOptions.parse("$top=1")  # type: ignore[call-arg]
    of.QueryOptions.parse("$top=1", schema=Thing, page_size=10)  # type: ignore[arg-type]
    of.OrderBy("title", "desc")  # type: ignore[arg-type]
