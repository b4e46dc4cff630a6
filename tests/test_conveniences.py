"""What the builder does for people in a hurry: names at run time, Python's enumerations, foreign integers, None."""

import enum
import operator
from typing import Any

import pytest

import odatafilter as of
from odatafilter.handle import Handle


class Shape(enum.Enum):
    ROUND = 1
    FLAT = 2


class State(enum.Enum):
    OPEN = "open"
    DONE = "done"


class Part(of.Schema):
    weight = of.Double()


class Open(of.Schema, open=True):
    known = of.Int32()


class Job(of.Schema):
    kind = of.String(name="class")
    state = of.String(enum=State)
    shape = of.String(enum=Shape)
    colour = of.Enum(Shape, type_name="NS.Shape")
    number = of.Int32()
    total = of.Int64()
    price = of.Decimal()
    weight = of.Double()
    main = of.Navigation(Part)
    parts = of.Collection(Part)
    extra = of.Navigation(Open)


class Foreign:
    """An integer of another library."""

    def __init__(self, number: Any) -> None:
        self.number = number

    def __index__(self) -> int:
        return operator.index(self.number)


class Longer(Job, functions=("contains",)):
    more = of.String()
    number = None  # type: ignore[assignment]


# --- names at run time ----------------------------------------------------------------------------------------------


def test_a_property_is_found_by_its_name() -> None:
    found: object = Job["class"]
    assert found is Job.kind
    assert str(Job["class"].contains("x") & (Job["number"] > 2)) == "contains(class,'x') and number gt 2"
    assert str(Job["parts"].any(lambda part: part / "weight" > 1)) == "parts/any(part:part/weight gt 1)"
    assert str(Job.parts.any(lambda part: part.weight > 1)) == "parts/any(part:part/weight gt 1)"
    assert str(Job["main"] / "weight" < 2) == "main/weight lt 2"
    assert str(Longer["more"] == "x") == "more eq 'x'"
    made = of.schema_from_dict({"class": "String", "n": {"kind": "Collection"}})
    assert str(made["class"] == "x") == "class eq 'x'"
    assert isinstance(made["n"], Handle)


@pytest.mark.parametrize(
    ("schema", "name", "message"),
    [
        (Job, "kind", "Job has no property 'kind': that attribute is 'class'"),
        (Job, "totl", "Job has no property 'totl'; did you mean 'total'?"),
        (Longer, "number", "Longer has no property 'number'"),
        (of.Schema, "a", "Schema has no property 'a', only nothing"),
        (of.schema_from_dict({"a": "String"}, name="S"), "zzz", "S has no property 'zzz', only a"),
    ],
)
def test_a_name_that_a_schema_does_not_have_is_refused(schema: type[of.Schema], name: str, message: str) -> None:
    with pytest.raises(of.FilterError) as caught:
        schema[name]
    assert str(caught.value).startswith(message)


def test_a_name_below_the_depth_of_a_schema_is_called_that() -> None:
    document = {"$defs": {"n": {"properties": {"id": {"type": "string"}, "up": {"$ref": "#/$defs/n"}}}}}
    made = of.schema_from_json_schema(document, "n", depth=0)
    with pytest.raises(of.FilterError, match="'up' of n lies too deep: the schema has depth=0"):
        made["up"]


def test_an_open_type_has_any_name() -> None:
    assert str((Open["anything"] == 1) & (Open["known"] > 2)) == "anything eq 1 and known gt 2"
    assert str(Job.extra / "anything" == "x") == "extra/anything eq 'x'"
    assert of.parse("extra/anything eq 'x'", schema=Job) == (Job.extra / "anything" == "x")
    with pytest.raises(of.FilterError, match="'any thing' cannot name a property"):
        Open["any thing"]


# --- declarations ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [of.String, of.Int32, of.Enum, of.Collection, of.Navigation])
def test_a_kind_without_parentheses_is_no_property(kind: Any) -> None:
    with pytest.raises(of.FilterTypeError) as caught:
        type("Z", (of.Schema,), {"name": kind})
    said = f"Z.name is the class {kind.__name__}; a property is declared as name = of.{kind.__name__}()"
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("space", "message"),
    [
        ({"main": Part}, "Z.main is the schema Part; write of.Navigation(Part) or of.Collection(Part)"),
        ({"name": of.field}, "Z.name is the function field; a property is declared by what it gives"),
        ({"__annotations__": {"name": of.String}}, "Z.name is annotated alone; write name = of.String()"),
    ],
)
def test_what_declares_no_property_is_refused(space: dict[str, Any], message: str) -> None:
    with pytest.raises(of.FilterTypeError) as caught:
        type("Z", (of.Schema,), space)
    assert str(caught.value) == message


def test_a_schema_may_stand_inside_another() -> None:
    class Outer(of.Schema):
        class Inner(of.Schema):
            name = of.String()

        inner: of.Navigation = of.Navigation(Inner)

    assert str(Outer.inner / "name" == "x") == "inner/name eq 'x'"


@pytest.mark.parametrize("element", [int, of.String, "String", None])
def test_a_collection_is_of_a_kind_or_of_a_schema(element: Any) -> None:
    with pytest.raises(of.FilterTypeError) as caught:
        of.Collection(element)
    assert str(caught.value) == f"a Collection is of a kind or of a Schema, not of {element!r}"


def test_a_property_that_is_no_collection_holds_no_several_values() -> None:
    anything: Any = Job.total
    with pytest.raises(of.FilterTypeError, match="in_ takes several values, not <Int64 total>"):
        Job.number.in_(anything)


@pytest.mark.parametrize("name", ["Collection(Edm.Int32!)", "Collection(Edm.Int32", "Edm.Int32)", "Edm..Int32", "a b"])
def test_a_name_that_no_type_has_is_refused(name: str) -> None:
    with pytest.raises(of.FilterError, match="cannot name a type"):
        Job.total.isof(name)


ANYTHING: Any = Job
SPAN: Any = of.expression("took", of.Duration())


@pytest.mark.parametrize(
    ("calculate", "message"),
    [
        (lambda: ANYTHING.state + "x", "not for 'state', a String; a text is followed by another with concat(…)"),
        (lambda: "x" + ANYTHING.kind, "not for 'class', a String; a text is followed by another with concat(…)"),
        (lambda: ANYTHING.price / 2, "not for 'price', a Decimal; a number is divided with div(…), divby(…) or mod(…)"),
        (lambda: 2 / ANYTHING.price, "not for 'price', a Decimal; a number is divided with div(…), divby(…) or mod(…)"),
        (
            lambda: ANYTHING.number % 2,
            "not for 'number', an Int32; a number is divided with div(…), divby(…) or mod(…)",
        ),
        (
            lambda: ANYTHING.number // 2,
            "not for 'number', an Int32; a number is divided with div(…), divby(…) or mod(…)",
        ),
        (lambda: SPAN / 2, "not for 'took', a Duration; a duration is divided with div(…) or divby(…)"),
        (lambda: -ANYTHING.colour, "not for 'colour', an Enum; OData calculates with numbers, dates and durations"),
        (
            lambda: ANYTHING.parts + 1,
            "not for 'parts', a Collection; OData calculates with numbers, dates and durations",
        ),
    ],
)
def test_operators_of_pythons_that_have_no_meaning_name_what_has(calculate: Any, message: str) -> None:
    with pytest.raises(of.FilterTypeError) as caught:
        calculate()
    assert str(caught.value) == f"this operator of Python's is {message}"


def test_an_enumeration_of_pythons_gives_the_words() -> None:
    assert Job.state._facts.enum == ("open", "done")
    assert Job.shape._facts.enum == ("ROUND", "FLAT")
    assert Job.colour._facts.enum == ("ROUND", "FLAT")
    assert str(Job.state == State.DONE) == "state eq 'done'"
    assert str(Job.shape.in_([Shape.FLAT, "ROUND"])) == "shape in ('FLAT','ROUND')"
    assert str(Job.colour != Shape.FLAT) == "colour ne NS.Shape'FLAT'"
    with pytest.raises(of.FilterError, match=r"'state' has no word 'opne'; did you mean 'open'\?"):
        _ = Job.state == "opne"
    with pytest.raises(of.FilterError, match="'state' has no word 'ROUND'; it has open and done"):
        _ = Job.state == Shape.ROUND


# --- values ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["number", "total", "price", "weight"])
def test_integers_of_other_libraries_are_integers(name: str) -> None:
    assert str(Job[name] == Foreign(7)) == f"{name} eq 7"
    assert str(Job[name].in_([Foreign(7), 8])) == f"{name} in (7,8)"
    assert str(Job[name] + Foreign(7) > 1) == f"{name} add 7 gt 1"
    assert str(of.field("a") == Foreign(2**70)) == "a eq 1180591620717411303424"


@pytest.mark.parametrize(
    ("value", "error"),
    [(Foreign(2**31), of.FilterError), (Foreign("x"), of.FilterTypeError), (True, of.FilterTypeError)],
)
def test_integers_of_other_libraries_are_judged_like_ints(value: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        Job.number.eq(value)


# --- joining --------------------------------------------------------------------------------------------------------

ONE, TWO = Job.number == 1, Job.total == 2


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (of.all_of(ONE, TWO), "number eq 1 and total eq 2"),
        (of.any_of(ONE, None, TWO), "number eq 1 or total eq 2"),
        (of.all_of(ONE), "number eq 1"),
        (of.all_of(None, ONE, None), "number eq 1"),
        (of.all_of([ONE, None], TWO), "number eq 1 and total eq 2"),
        (of.any_of((one for one in (None, ONE)), default=TWO), "number eq 1"),
        (of.any_of([], default=TWO), "total eq 2"),
        (of.all_of(None, default=TWO), "total eq 2"),
        (of.any_of(default=TWO), "total eq 2"),
        (of.all_of(ONE, of.any_of(ONE, TWO)), "number eq 1 and (number eq 1 or total eq 2)"),
    ],
)
def test_filters_are_joined_one_by_one_or_from_iterables(made: of.Filter, text: str) -> None:
    assert str(made) == text


def test_what_stands_for_none_can_be_anything() -> None:
    assert of.all_of(None, default=None) is None
    assert of.any_of([None], default="all") == "all"
    for join in (of.all_of, of.any_of):
        with pytest.raises(of.FilterError, match="default= says what stands for none"):
            join()
