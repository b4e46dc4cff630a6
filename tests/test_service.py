"""Functions of a service's own, and the other things that a schema can say of what a service documents."""

import datetime as dt
import pickle
import re
from collections.abc import Iterator
from typing import Any

import pytest

import odatafilter as of
from odatafilter._functions import FUNCTIONS
from odatafilter.derive import functions_of
from odatafilter.facts import ALL_FUNCTIONS

METADATA = """<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="Crm.Model" Alias="C" xmlns="http://docs.oasis-open.org/odata/ns/edm">
  <EnumType Name="Grade"><Member Name="Good"/></EnumType>
  <EntityType Name="Account"><Property Name="Name" Type="Edm.String"/><Property Name="Size" Type="Edm.Int32"/>
    <Property Name="Since" Type="Edm.DateTimeOffset"/><NavigationProperty Name="Owner" Type="C.User"/></EntityType>
  <EntityType Name="User"><Property Name="Mail" Type="Edm.String"/></EntityType>
  <Function Name="LastDays"><Parameter Name="Property" Type="Edm.String"/><Parameter Name="Days" Type="Edm.Int32"/>
    <ReturnType Type="Edm.Boolean"/></Function>
  <Function Name="LastDays"><Parameter Name="Property" Type="Edm.String"/><Parameter Name="Hours" Type="Edm.Int32"/>
    <ReturnType Type="Edm.Boolean"/></Function>
  <Function Name="Rank"><Parameter Name="Grade" Type="C.Grade"/><Parameter Name="By" Type="Collection(Edm.String)">
    <Annotation Term="Core.OptionalParameter"/></Parameter><ReturnType Type="Edm.Int32"/></Function>
  <Function Name="Boss" IsBound="true"><Parameter Name="on" Type="C.Account"/><Parameter Name="Level" Type="Edm.Int32"/>
    <ReturnType Type="C.User"/></Function>
  <Function Name="Void"/>
  <EntityContainer Name="K"><EntitySet Name="Accounts" EntityType="C.Account"/>
    <FunctionImport Name="RankOf" Function="C.Rank"/></EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>"""

AS_JSON = {
    "$Version": "4.01",
    "Crm.Model": {
        "$Alias": "C",
        "Account": {"$Kind": "EntityType", "Name": {}},
        "Recount": [{"$Kind": "Action"}],
        "Rank": [
            {
                "$Kind": "Function",
                "$Parameter": [
                    {"$Name": "Grade", "$Type": "Edm.Int32"},
                    {"$Name": "By", "$Collection": True, "@Core.OptionalParameter": {}},
                ],
                "$ReturnType": {"$Type": "Edm.Int32"},
            },
            {"$Kind": "Function", "$IsBound": True, "$Parameter": [{"$Name": "on", "$Type": "C.Account"}]},
        ],
        "K": {"$Kind": "EntityContainer", "RankOf": {"$Function": "C.Rank"}},
    },
}

ACCOUNTS = of.schema_from_metadata(METADATA, "Accounts")


@pytest.mark.parametrize(
    "text",
    [
        "Crm.Model.LastDays(Property='x',Days=3)",
        "C.LastDays(Days=3,Property='x')",
        "C.LastDays(Property=Name,Hours=Size add 1)",
        "C.LastDays(Property=@p,Days=@d) and Size gt 1",
        "C.LastDays(Property='x',Days=null)",
        "not C.LastDays(Property='x',Days=3)",
        "C.Rank(Grade=C.Grade'Good') gt 2",
        "C.Rank(Grade='Good',By=['a','b']) add 1 gt 2",
        "RankOf(Grade='Good') eq 1",
        "$it/C.Boss(Level=1)/Mail eq 'x'",
        "C.Boss(Level=1)/Mail eq 'x'",
        "C.Boss(on=$it,Level=1)/Mail eq 'x'",
        "C.Void() eq 1",
    ],
)
def test_functions_of_the_document_are_valid_with_their_parameters(text: str) -> None:
    made = of.parse(text, schema=ACCOUNTS)
    assert str(made) == text
    assert pickle.loads(pickle.dumps(made)).schema == ACCOUNTS.__facts__


LAST_DAYS = "Crm.Model.LastDays(Property=String,Days=Int32) or Crm.Model.LastDays(Property=String,Hours=Int32)"


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("C.Other(x=1)", ["Account documents no function 'C.Other'"]),
        (
            "c.LastDays(Property='x',Days=3)",
            ["Account documents no function 'c.LastDays'; did you mean 'Crm.Model.LastDays'?"],
        ),
        ("Bos(Level=1)/Mail eq 'x'", ["Account documents no function 'Bos'; did you mean 'Crm.Model.Boss'?"]),
        (
            "C.Rank(Grade=C.Gade'Good') gt 2",
            ["'Grade' is of the type Crm.Model.Grade, not C.Gade; did you mean Crm.Model.Grade'Good'?"],
        ),
        ("C.Rank(Grade='God') gt 2", ["'Grade' has no word 'God'; did you mean 'Good'?"]),
        ("C.LastDays()", [f"'C.LastDays' takes {LAST_DAYS}, not ()"]),
        ("C.LastDays(Property='x')", [f"'C.LastDays' takes {LAST_DAYS}, not (Property=String)"]),
        (
            "C.LastDays(Property='x',Days=3,Hours=1)",
            [f"'C.LastDays' takes {LAST_DAYS}, not (Property=String,Days=Number,Hours=Number)"],
        ),
        (
            "C.LastDays(Property='x',Days='3')",
            ["'C.LastDays' takes Crm.Model.LastDays(Property=String,Days=Int32), not (Property=String,Days=String)"],
        ),
        ("C.LastDays(Property=Nmae,Days=1)", ["unknown property 'Nmae'; did you mean 'Name'?"]),
        ("C.LastDays(Property='x',Days=1) gt 1", ["this is a condition; it cannot be compared with the Number 1"]),
        ("C.Boss(Level=1)/Maul eq 'x'", ["unknown property 'Maul'; did you mean 'Mail'?"]),
        (
            "C.Rank(Grade='Good') eq 'x'",
            ["this is an Int32; it cannot be compared with the String 'x'; an Int32 is written like 42"],
        ),
    ],
)
def test_other_functions_and_arguments_are_refused(text: str, messages: list[str]) -> None:
    with pytest.raises(of.FilterValidationError) as caught:
        of.parse(text, schema=ACCOUNTS)
    found = [re.sub("; an? [A-Z][a-z]+ is written like .*", "", problem.message) for problem in caught.value.problems]
    assert found == messages


def test_json_says_the_same_of_functions() -> None:
    made = of.schema_from_metadata(AS_JSON, "Account")
    functions = made.__facts__.service_functions
    assert list(functions) == ["Crm.Model.Rank", "RankOf"]
    assert [one.bound for one in functions["RankOf"]] == [False, True]
    for text in ("C.Rank(Grade=1) eq 1", "C.Rank(Grade=1,By=['x']) eq 1", "RankOf(Grade=1) eq 1", "C.Rank()/x eq 1"):
        of.parse(text, schema=made)
    with pytest.raises(of.FilterValidationError):
        of.parse("C.Rank(By=['x']) eq 1", schema=made)


def test_functions_of_the_document_stand_beside_those_that_are_declared() -> None:
    made = of.schema_from_metadata(METADATA, "Accounts", functions=("contains", "Other.F"))
    of.parse("contains(Name,'x') and Other.F(anything=1) and C.LastDays(Property='x',Days=3)", schema=made)
    with pytest.raises(of.FilterValidationError):
        of.parse("startswith(Name,'x')", schema=made)


# --- written schemas --------------------------------------------------------------------------------------------------


class Place(of.Schema):
    town = of.String()


LAST_DAYS_OF = of.Function("NS.LastDays", {"p": of.String(), "n": of.Int32()}, of.Boolean())
RANK = of.Function("Rank", {"of": of.String(), "by": of.Collection(of.String())}, of.Int32(), optional="by")
WITHIN = of.Function("geo.within", (of.String(), of.Double()), of.Boolean())
TOP = of.Function("top", (of.Int32(),), of.Int32())
HOME = of.Function("NS.Home", {}, Place)
ANY = of.Function("NS.Any", {"x": of.field("x")})


class Person(
    of.Schema, functions=("contains", "any", LAST_DAYS_OF, RANK, WITHIN, TOP, HOME, ANY, "Contoso.In"), max_in=3
):
    name = of.String(functions=("contains",))
    alias = of.String(functions=())
    born = of.DateTimeOffset(quoted=True)
    tags = of.Collection(of.String(), functions=("any", "$count"))
    age = of.Int32()


@pytest.mark.parametrize(
    ("built", "text"),
    [
        (lambda: LAST_DAYS_OF(p="x", n=3), "NS.LastDays(p='x',n=3)"),
        (lambda: LAST_DAYS_OF("x", n=3), "NS.LastDays(p='x',n=3)"),
        (lambda: ~LAST_DAYS_OF(n=3, p=Person.name), "not NS.LastDays(p=name,n=3)"),
        (lambda: LAST_DAYS_OF(of.param("q"), Person.age) & (Person.age == 1), "NS.LastDays(p=@q,n=age) and age eq 1"),
        (lambda: RANK("x") > 2, "Rank(of='x') gt 2"),
        (lambda: RANK("x", ["a", "b"]) + 1 > 2, 'Rank(of=\'x\',by=["a","b"]) add 1 gt 2'),
        (lambda: RANK(of="x", by=Person.tags) > Person.age, "Rank(of='x',by=tags) gt age"),
        (lambda: WITHIN(Person.name, 2), "geo.within(name,2)"),
        (lambda: TOP(3) > TOP(Person.age), "top(3) gt top(age)"),
        (lambda: HOME() / "town" == "Bonn", "NS.Home()/town eq 'Bonn'"),
        (lambda: HOME() / Place.town == "Bonn", "NS.Home()/town eq 'Bonn'"),
        (lambda: Person.tags.any(lambda tag: LAST_DAYS_OF(tag, 1)), "tags/any(tag:NS.LastDays(p=tag,n=1))"),
        (lambda: Person.tags.any(lambda tag: RANK(tag) > 1), "tags/any(tag:Rank(of=tag) gt 1)"),
        (lambda: ANY(dt.date(2024, 1, 1)).eq(True), "NS.Any(x=2024-01-01) eq true"),
    ],
)
def test_a_declared_function_builds_filters_that_its_schema_allows(built: Any, text: str) -> None:
    made = built()
    assert str(made) == text
    assert of.parse(text, schema=Person) == made
    read = of.parse(text, schema=Person)
    assert pickle.loads(pickle.dumps(read)) == made
    assert read.replace(read, read) == made
    if "geo.within" not in text and "top" not in text:  # which are no OData without a schema that says so
        assert of.parse(text) == made


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: LAST_DAYS_OF("x"), "NS.LastDays lacks n"),
        (lambda: LAST_DAYS_OF("x", 3, 4), "NS.LastDays takes p and n, not 3 arguments"),
        (lambda: LAST_DAYS_OF("x", p="y", n=1), "NS.LastDays is given 'p' twice"),
        (lambda: LAST_DAYS_OF("x", m=1), "the function NS.LastDays takes no 'm', only p and n"),
        (lambda: LAST_DAYS_OF(1, 1), "'p' is a String and takes a str, not 1 (int)"),
        (lambda: LAST_DAYS_OF("x", "1"), "'n' is an Int32 and takes an int, not '1' (str)"),
        (lambda: LAST_DAYS_OF("x", Person.name), "'n' is an Int32; it cannot be combined with 'name', a String"),
        (lambda: of.Function("a b"), "'a b' cannot name a function: ' ' cannot stand in a name"),
        (lambda: TOP(1, 2), "top takes argument 1, not 2 arguments"),
        (lambda: TOP("x"), "'argument 1' is an Int32 and takes an int, not 'x' (str)"),
        (lambda: of.Function("NS.F", 5), "parameters is 5: kinds by the names of parameters is wanted"),  # type: ignore[call-overload]
        (lambda: of.Function("F", {"p": str}), "p is <class 'str'>: a kind such as of.String() is wanted"),  # type: ignore[dict-item]
        (lambda: of.Function("F", {"p": of.String()}, optional="q"), "the function F takes no 'q', only p"),
        (lambda: of.Function("F", {"p q": of.String()}), "'p q' cannot name a property: ' ' cannot stand in a name"),
    ],
)
def test_wrong_calls_and_declarations_of_functions_are_refused(call: Any, message: str) -> None:
    with pytest.raises(of.FilterError) as caught:
        call()
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("geo.within(name)", ["'geo.within' takes geo.within(String,Double), not (String)"]),
        ("geo.within(2,name)", ["'geo.within' takes geo.within(String,Double), not (Number,String)"]),
        ("top(1,2) eq 1", ["'top' takes top(Int32), not (Number,Number)"]),
        ("top(p=1) eq 1", ["'top' takes top(Int32), not (p=Number)"]),
        ("NS.LastDays('x','y')", ["'NS.LastDays' takes NS.LastDays(p=String,n=Int32), not (String,String)"]),
        ("geo.within(nmae,1)", ["unknown property 'nmae'; did you mean 'name'?"]),
    ],
)
def test_arguments_without_names_are_judged_by_their_places(text: str, messages: list[str]) -> None:
    with pytest.raises(of.FilterValidationError) as caught:
        of.parse(text, schema=Person)
    assert [problem.message for problem in caught.value.problems] == messages


def test_arguments_without_names_are_read_with_a_schema_that_documents_the_function_only() -> None:
    for text in ("NS.LastDays('x',1)", "not NS.LastDays(name,1)", "geo.within(name,2) and top(age) gt 1"):
        assert str(of.parse(text, schema=Person)) == text
        with pytest.raises(of.FilterSyntaxError, match="unknown function"):
            of.parse(text)
    with pytest.raises(of.FilterSyntaxError, match=r"unknown function 'contians'|unknown function 'NS\.Other'"):
        of.parse("NS.Other('x',1)", schema=Person)
    with pytest.raises(of.FilterSyntaxError, match="unknown function"):
        of.parse("NS.LastDays('x',n=1)", schema=Person)


def test_a_function_is_judged_by_the_schema_of_what_it_is_combined_with() -> None:
    other = of.Function("NS.Other", {"p": of.String()}, of.Boolean())
    with pytest.raises(of.FilterValidationError, match=r"Person documents no function 'NS\.Other'"):
        _ = other("x") & (Person.age == 1)
    with pytest.raises(of.FilterValidationError, match=r"Person documents no function 'NS\.Other'"):
        other(Person.name)


def test_what_is_no_function_is_refused_in_a_schema() -> None:
    with pytest.raises(of.FilterError) as caught:
        type("S", (of.Schema,), {}, functions=("contains", "foo"))
    assert str(caught.value).startswith("OData has no function 'foo', only $count, all, any, case")
    assert str(caught.value).endswith("one of the service is declared as of.Function('foo', …)")


# --- functions by property, values after 'in', quoted timestamps ------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("contains(alias,'x')", "'alias' is documented with nothing, not with 'contains'"),
        ("contains('x',alias)", "'alias' is documented with nothing, not with 'contains'"),
        ("age in (1,2,3,4)", "Person documents at most 3 values after 'in', not 4"),
        ("age in [1,2,3,4]", "Person documents at most 3 values after 'in', not 4"),
        ("born eq 'yesterday'", "'born' is a DateTimeOffset; it cannot be compared with the String 'yesterday'"),
    ],
)
def test_what_a_property_or_a_service_does_not_document_is_refused(text: str, message: str) -> None:
    with pytest.raises(of.FilterValidationError) as caught:
        of.parse(text, schema=Person)
    assert [problem.message.partition("; a DateTimeOffset is")[0] for problem in caught.value.problems] == [message]


VALUES = {"String": "x", "Collection": ["x"], "Byte": 1}
KINDS: dict[str, Any] = {
    "String": of.String,
    "Collection": lambda **declared: of.Collection(of.String(), **declared),
    "Date": of.Date,
    "DateTimeOffset": of.DateTimeOffset,
    "TimeOfDay": of.TimeOfDay,
    "Duration": of.Duration,
    "Decimal": of.Decimal,
}


def calls() -> Iterator[Any]:
    """One call of each function that can be built, by the kind of the property that it is called on."""
    for name, function in FUNCTIONS.items():
        for signature in function.signatures:
            kind, *others = [
                next((one for one in taken if one in {*KINDS, *VALUES}), "") for taken in signature.parameters
            ] or [""]
            if kind in KINDS and all(other in VALUES for other in others):
                yield pytest.param(name, kind, [VALUES[other] for other in others], id=f"{name} {kind}")
    for name in ("any", "all", "$count"):
        yield pytest.param(name, "Collection", [lambda element: element == "x"], id=name)


@pytest.mark.parametrize(("function", "kind", "arguments"), list(calls()))
def test_the_builder_and_the_check_agree_on_the_functions_of_a_property(
    function: str, kind: str, arguments: list[Any]
) -> None:
    def declare(functions: frozenset[str]) -> Any:
        return type("S", (of.Schema,), {"a": KINDS[kind](functions=functions)})

    method = FUNCTIONS[function].method if function in FUNCTIONS else function.removeprefix("$")
    with_it = declare(frozenset({function}))
    made = getattr(with_it.a, method)(*arguments)
    filter_ = made if isinstance(made, of.Filter) else made.ne(None)
    assert of.parse(str(filter_), schema=with_it) == filter_
    without = declare(ALL_FUNCTIONS - {function})
    with pytest.raises(of.FilterError, match="'a' is documented with"):
        getattr(without.a, method)(*arguments)
    with pytest.raises(of.FilterValidationError, match="'a' is documented with"):
        of.parse(str(filter_), schema=without)


def test_the_builder_refuses_the_same() -> None:
    class All(of.Schema):
        tags = of.Collection(of.String(), functions=("any", "$count"))
        name = of.String(functions=("contains",))

    builds: list[Any] = [
        lambda: Person.alias.contains("x"),
        lambda: Person.name.contains(Person.alias),
        lambda: All.tags.all(lambda tag: tag == "x"),
        lambda: All.name.startswith("x"),
    ]
    for build in builds:
        with pytest.raises(of.FilterError, match="is documented with"):
            build()
    with pytest.raises(of.FilterError, match="Person documents at most 3 values after 'in', not 4"):
        Person.age.in_([1, 2, 3, 4])
    assert str(Person.age.in_([1, 2, 3])) == "age in (1,2,3)"


def test_a_list_grows_no_longer_than_documented() -> None:
    made = of.any_of([Person.age == number for number in range(5)])
    assert of.parse(str(made.simplify()), schema=Person).matches({"age": 4})
    few = of.any_of([Person.age == number for number in range(3)])
    assert str(few.simplify()) == "age in (0,1,2)"


def test_timestamps_are_quoted_where_the_service_wants_that() -> None:
    moment = dt.datetime(2024, 6, 24, 13, tzinfo=dt.UTC)
    made = Person.born.ge(moment)
    assert str(made) == "born ge '2024-06-24T13:00:00Z'"
    for text in (str(made), "born ge 2024-06-24T13:00:00Z", "born in ('2024-06-24T13:00:00Z')"):
        read = of.parse(text, schema=Person)
        assert read.matches({"born": "2024-06-24T15:00:00+02:00"})
    assert not of.parse("born gt '2024-06-24T13:00:00Z'", schema=Person).matches({"born": "2024-06-24T15:00:00+02:00"})


@pytest.mark.parametrize("value", [0, -1, True])
def test_a_number_of_values_that_cannot_be_is_refused(value: Any) -> None:
    with pytest.raises(of.FilterError, match=f"max_in is {value}: a whole number from 1 is wanted"):
        type("S", (of.Schema,), {}, max_in=value)


# --- functions of a document, called ----------------------------------------------------------------------------------


def test_functions_of_a_document_can_be_called() -> None:
    functions = functions_of(ACCOUNTS)
    assert list(functions) == ["Crm.Model.LastDays", "Crm.Model.Rank", "Crm.Model.Boss", "Crm.Model.Void", "RankOf"]
    made: Any = ACCOUNTS
    built = {
        functions["Crm.Model.LastDays"]("x", 3)
        & (made.Size > 1): "Crm.Model.LastDays(Property='x',Days=3) and Size gt 1",
        functions["Crm.Model.LastDays"](Property=made.Name, Hours=3): "Crm.Model.LastDays(Property=Name,Hours=3)",
        functions["RankOf"]("Good", ["a"]) > 1: "RankOf(Grade=Crm.Model.Grade'Good',By=[\"a\"]) gt 1",
        functions["Crm.Model.Boss"](1) / "Mail" == "x": "Crm.Model.Boss(Level=1)/Mail eq 'x'",
    }
    for filter_, text in built.items():
        assert str(filter_) == text
        assert filter_.schema == ACCOUNTS.__facts__
        assert of.parse(text, schema=ACCOUNTS) == filter_
    assert repr(functions["Crm.Model.LastDays"]) == "<Function Crm.Model.LastDays, 2 overloads>"
    with pytest.raises(
        of.FilterTypeError, match=r"LastDays lacks Property and Days; Crm\.Model\.LastDays lacks Property and"
    ):
        functions["Crm.Model.LastDays"]()
    with pytest.raises(of.FilterError, match="'Grade' has no word 'Bad'"):
        functions["RankOf"]("Bad")


def test_functions_of_a_written_schema_can_be_called() -> None:
    functions = functions_of(Person)
    assert "Contoso.In" not in functions
    assert str(functions["geo.within"](Person.name, 2)) == "geo.within(name,2)"
    assert str(functions["Rank"]("x") > 1) == "Rank(of='x') gt 1"


def test_functions_that_no_filter_can_name_are_left_out() -> None:
    made = of.schema_from_metadata(
        METADATA.replace('"LastDays"', '"Last Days"').replace('"Grade" Type', '"a b" Type'), "Accounts"
    )
    assert list(functions_of(made)) == ["Crm.Model.Boss", "Crm.Model.Void"]


def test_null_is_a_word_of_no_enumeration_of_a_parameter() -> None:
    class Painted(
        of.Schema, functions=(of.Function("NS.Is", {"hue": of.Enum("Red", type_name="NS.Hue")}, of.Boolean()),)
    ):
        name = of.String()

    for hue in ("null", "NS.Hue'Red'", "'Red'"):
        assert str(of.parse(f"NS.Is(hue={hue})", schema=Painted)) == f"NS.Is(hue={hue})"
    with pytest.raises(of.FilterValidationError, match="has no word 'Blue'"):
        of.parse("NS.Is(hue='Blue')", schema=Painted)


def test_a_function_shows_its_name_and_its_parameters() -> None:
    assert repr(of.Function("N.F", {"a": of.Int32(), "b": of.String()})) == "<Function N.F(a, b)>"
    assert repr(of.Function("N.F", (of.Int32(),))) == "<Function N.F(argument 1)>"
