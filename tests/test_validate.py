"""Validation: every problem, each with its message, its place, its code and what would do instead."""

import contextlib
from collections.abc import Callable

import pytest

import odatafilter as of
from odatafilter import _validate
from odatafilter._validate import meaning

KEY = "dc720f05-e5f7-448b-ae06-765de46f0af1"


class Address(of.Schema):
    City = of.String()


class Item(of.Schema):
    Qty = of.Int32()
    Name = of.String()


class Order(of.Schema):
    Id = of.Guid()
    Name = of.String()
    State = of.String(enum=("open", "done"))
    Price = of.Decimal()
    Made = of.DateTimeOffset()
    Due = of.Date()
    Took = of.Duration()
    Hue = of.Enum("Red", "Green", type_name="NS.Hue")
    Address = of.Navigation(Address)
    Items = of.Collection(Item)
    Tags = of.Collection(of.String())
    Ready = of.Boolean()
    Only = of.String(operators=("eq", "in"))


class Job(of.Schema, operators=("eq", "and"), functions=("contains",)):
    name = of.String()


VALID = [
    f"Id eq {KEY}",
    f"Id eq '{KEY.upper()}'",
    f"'{KEY}' eq Id",
    f"Id in ('{KEY}',{KEY},null)",
    "Ready",
    "Ready gt false",
    f"Id gt {KEY} and Id le '{KEY}'",
    f"Id ge cast(Name,Edm.Guid) and {KEY} lt Id",
    "not Ready and true",
    "(Price gt 1) eq (Name eq 'x')",
    "Took gt 'PT1H'",
    "Hue has 'Red,Green' and Hue eq NS.Hue'Red' and Hue eq '3' and Hue ne '-3'",
    "Address/City eq 'Graz'",
    "Items/any(i:i/Qty gt 1 and Price gt i/Qty)",
    "Items/any(Name:Name/Qty gt 1)",
    "Items/$count($filter=Qty gt 1) gt 2",
    "Items/$filter(Qty gt 1)/any(i:i/Name eq 'x')",
    "Tags/all(t:length(t) gt 3) and 'a' in Tags",
    "$it/Address/City eq @city",
    "year(Made) eq 2024 and date(Made) eq Due and Made sub Made gt duration'P1D'",
    "case(Ready:1,true:2) gt 1",
    "cast(Name,Edm.Int32) gt 1 and isof(Address,NS.Address)",
    "contains(tolower(Name),'x') and startswith(concat(Name,'y'),'z')",
    "Only in ('a','b')",
    "Price in (1,2.5,-INF)",
    "[1,2] eq [2,1]",
    "Name ne null and null eq null",
    "(1 lt Price) gt false and (1 lt Price) le Ready",
    f"cast(Name,Edm.Guid) eq '{KEY}' and cast(Name,Edm.Duration) eq 'PT1H' and cast(Id,Edm.String) eq 'x'",
    "cast(Name,NS.Name) eq 1 and cast(Tags,Collection(Edm.Int32)) eq [1] and cast(Edm.Single) eq 1",
    "NS.Sub/Name eq 'x' and $it/NS.Sub/Address/NS.Sub/City eq 'Graz'",
    "Items/NS.Sub/any(i:i/NS.Sub/Qty gt 1) and Tags/$count($filter=$this eq 'x') gt 1",
]


@pytest.mark.parametrize("text", VALID)
def test_what_the_schema_documents_is_valid(text: str) -> None:
    made = of.parse(text, schema=Order)
    made.validate(Order)


# Text, message, what is underlined, code, suggestion.
INVALID: list[tuple[str, str, str, str, str | None]] = [
    ("Nam eq 'x'", "unknown property 'Nam'; did you mean 'Name'?", "Nam", "unknown-property", "Name"),
    ("name eq 'x'", "unknown property 'name'; did you mean 'Name'?", "name", "unknown-property", "Name"),
    ("Name eq NULL", "unknown property 'NULL'; did you mean 'null'?", "NULL", "unknown-property", "null"),
    ("Name eq None", "unknown property 'None'; did you mean 'null'?", "None", "unknown-property", "null"),
    (
        "zzz eq 1",
        "unknown property 'zzz'; Order has Id, Name, State, Price, Made, Due, Took, Hue, Address, Items, Tags, Ready and Only",
        "zzz",
        "unknown-property",
        None,
    ),
    ("State eq 'opn'", "'State' has no word 'opn'; did you mean 'open'?", "'opn'", "unknown-word", "'open'"),
    ("State in ('open','x')", "'State' has no word 'x'; it has open and done", "'x'", "unknown-word", None),
    ("Hue has 'Red,Grn'", "'Hue' has no word 'Red,Grn'; did you mean 'Green'?", "'Red,Grn'", "unknown-word", "'Red,Green'"),
    (
        "Id eq 5",
        f"'Id' is a Guid; it cannot be compared with the Number 5; a Guid is written like {KEY}",
        "5",
        "type",
        None,
    ),
    (
        "5 eq Id",
        f"'Id' is a Guid; it cannot be compared with the Number 5; a Guid is written like {KEY}",
        "5",
        "type",
        None,
    ),
    (
        "Name eq 2024-06-24",
        "'Name' is a String; it cannot be compared with the Date 2024-06-24; did you mean '2024-06-24'?",
        "2024-06-24",
        "type",
        "'2024-06-24'",
    ),
    (
        "Made gt '2024-06-24T13:00:00Z'",
        "'Made' is a DateTimeOffset; it cannot be compared with the String '2024-06-24T13:00:00Z'; "
        "did you mean 2024-06-24T13:00:00Z?",
        "'2024-06-24T13:00:00Z'",
        "type",
        "2024-06-24T13:00:00Z",
    ),
    ("Price in (1,'a')", "'Price' is a Decimal; it cannot be compared with the String 'a'; a Decimal is written like 2.5", "'a'", "type", None),
    ("Hue gt null", "'Hue' is an Enum, which has no order for 'gt'", "Hue gt null", "operator", None),
    ("Only ne 'a'", "'Only' is documented with eq or in, not with 'ne'", "Only ne 'a'", "operator", None),
    ("Price", "'Price' is a Decimal, which is neither true nor false; compare it with something", "Price", "type", None),
    ("Ready and 1", "1 is a Number, which is neither true nor false; compare it with something", "1", "type", None),
    ("not Price gt 5", "'not' binds tighter than 'gt'; did you mean: not (Price gt 5)", "not Price gt 5", "precedence", "not (Price gt 5)"),
    ("1 lt Price lt 5", "a range is written as two comparisons; did you mean: 1 lt Price and Price lt 5", "1 lt Price lt 5", "precedence", "1 lt Price and Price lt 5"),

    ("Price ge 1 le 5", "a range is written as two comparisons", "Price ge 1 le 5", "precedence", None),
    ("Name add 1 eq 2", "'add' is not between 'Name', a String and the Number 1", "Name add 1", "type", None),
    ("-Name eq 'x'", "'Name' is a String, which has no negative", "Name", "type", None),
    ("Name has 'Red'", "'Name' is a String, not an enumeration", "Name", "type", None),
    ("length(Price) gt 1", "'length' takes length(String) or length(Collection), not (Decimal)", "length(Price)", "type", None),
    ("Items/Qty gt 1", "'Items' is a Collection; it has no property 'Qty'; use any or all", "Qty", "type", None),
    ("Items/any(i:i/Qt gt 1)", "unknown property 'Qt'; did you mean 'Qty'?", "Qt", "unknown-property", "Qty"),
    ("Items/any(i:Qty gt 1)", "unknown property 'Qty'; did you mean 'i/Qty'?", "Qty", "unknown-property", "i/Qty"),
    ("Hue eq Red", "unknown property 'Red'; did you mean 'Red' in quotes?", "Red", "unknown-property", "'Red'"),
    ("Gren ne Hue", "unknown property 'Gren'; did you mean 'Green' in quotes?", "Gren", "unknown-property", "'Green'"),
    ("Hue eq Blau", "unknown property 'Blau'; 'Hue' has Red and Green, in quotes", "Blau", "unknown-property", None),
    ("Hue in (Red)", "unknown property 'Red'; did you mean 'Red' in quotes?", "Red", "unknown-property", "'Red'"),
    ("contains(Nmae,'x')", "unknown property 'Nmae'; did you mean 'Name'?", "Nmae", "unknown-property", "Name"),
    ("contains(Name,Nae)", "unknown property 'Nae'; did you mean 'Name'?", "Nae", "unknown-property", "Name"),
    ("contains(Name,Due)", "'contains' takes contains(String, String) or contains(Collection, Collection), not (String, Date)", "contains(Name,Due)", "type", None),
    ("startswith(Name,Du)", "unknown property 'Du'; did you mean 'Du' in quotes?", "Du", "unknown-property", "'Du'"),
    ("startswith('Du',Du)", "unknown property 'Du'; Order has Id, Name, State, Price, Made, Due, Took, Hue, Address, Items, Tags, Ready and Only", "Du", "unknown-property", None),
    ("tolower(Name) eq Made_", "unknown property 'Made_'; did you mean 'Made_' in quotes?", "Made_", "unknown-property", "'Made_'"),
    ("Pric gt 5", "unknown property 'Pric'; did you mean 'Price'?", "Pric", "unknown-property", "Price"),
    ("Pric eq 'x'", "unknown property 'Pric'; Order has Id, Name, State, Price, Made, Due, Took, Hue, Address, Items, Tags, Ready and Only", "Pric", "unknown-property", None),
    ("Redy and Ready", "unknown property 'Redy'; did you mean 'Ready'?", "Redy", "unknown-property", "Ready"),
    ("Tgs/any(t:t eq 'a')", "unknown property 'Tgs'; did you mean 'Tags'?", "Tgs", "unknown-property", "Tags"),
    ("UnReady", "unknown property 'UnReady'; Order has Id, Name, State, Price, Made, Due, Took, Hue, Address, Items, Tags, Ready and Only", "UnReady", "unknown-property", None),
    ("Hue eq 'Red, Green'", "'Red, Green' has a blank; words are joined by ',' alone: 'Red,Green'", "'Red, Green'", "unknown-word", "'Red,Green'"),
    ("Tags eq 'a'", "'Tags' is a Collection; its elements are compared one by one; did you mean: Tags/any(t:t eq 'a')", "Tags eq 'a'", "type", "Tags/any(t:t eq 'a')"),
    ("Ready and 'a' eq Tags", "'Tags' is a Collection; its elements are compared one by one; did you mean: Tags/any(t:t eq 'a')", "'a' eq Tags", "type", "Tags/any(t:t eq 'a')"),
    ("Tags in ('a','b')", "'Tags' is a Collection; its elements are compared one by one; did you mean: Tags/any(t:t in ('a','b'))", "Tags in ('a','b')", "type", "Tags/any(t:t in ('a','b'))"),
    ("Tags ne 'a'", "'Tags' is a Collection; it cannot be compared with the String 'a'", "'a'", "type", None),
    ("Tags eq 5", "'Tags' is a Collection; it cannot be compared with the Number 5", "5", "type", None),
    ("Items/any(t:$it/Tags eq 'a')", "'Tags' is a Collection; its elements are compared one by one; did you mean: $it/Tags/any(t_:t_ eq 'a')", "$it/Tags eq 'a'", "type", "$it/Tags/any(t_:t_ eq 'a')"),
    ("Price eq 1 or 2 or 3", "2 is a Number, which is neither true nor false; did you mean: Price in (1,2,3)", "Price eq 1 or 2 or 3", "type", "Price in (1,2,3)"),
    ("Ready and (Name eq 'a' or 'b')", "'b' is a String, which is neither true nor false; did you mean: Name in ('a','b')", "Name eq 'a' or 'b'", "type", "Name in ('a','b')"),
    ("Price eq 1 or 2 or Ready", "2 is a Number, which is neither true nor false; did you mean: Price in (1,2) or Ready", "Price eq 1 or 2 or Ready", "type", "Price in (1,2) or Ready"),
    ("1 eq Price or 2", "2 is a Number, which is neither true nor false; did you mean: Price in (1,2)", "1 eq Price or 2", "type", "Price in (1,2)"),
    ("Ready eq ture", "unknown property 'ture'; did you mean 'true'?", "ture", "unknown-property", "true"),
    ("Price ne 1 or 2", "2 is a Number, which is neither true nor false; compare it with something", "2", "type", None),
    ("Price eq 1 or 'b'", "'b' is a String, which is neither true nor false; compare it with something", "'b'", "type", None),
    ("Name/any()", "'Name' is a String; 'any' needs a collection", "any()", "type", None),
    ("Address/City/x eq 1", "'City' is a String; it has no property 'x'", "x", "type", None),
    ("Tags/any(t:t gt 5)", "an element is a String; it cannot be compared with the Number 5; did you mean '5'?", "5", "type", "'5'"),
    ("Items/any(t:t eq 1)", "an element is a Complex; it cannot be compared with the Number 1", "1", "type", None),
    ("Price gt '5.50'", "'Price' is a Decimal; it cannot be compared with the String '5.50'; did you mean 5.50?", "'5.50'", "type", "5.50"),
    ("Ready eq 'True'", "'Ready' is a Boolean; it cannot be compared with the String 'True'; did you mean true?", "'True'", "type", "true"),
    ("Made ge 2024-06-24", "'Made' is a DateTimeOffset; it cannot be compared with the Date 2024-06-24; did you mean 2024-06-24T00:00:00Z?", "2024-06-24", "type", "2024-06-24T00:00:00Z"),
    ("Made ge '2024-06-24T13:00:00'", "'Made' is a DateTimeOffset; it cannot be compared with the String '2024-06-24T13:00:00'; did you mean 2024-06-24T13:00:00Z?", "'2024-06-24T13:00:00'", "type", "2024-06-24T13:00:00Z"),
    ("round(Name) eq 1", "'round' takes round(Number), not (String)", "round(Name)", "type", None),
    ("year(Name) eq 1", "'year' takes year(Date or DateTimeOffset), not (String)", "year(Name)", "type", None),
    ("$it eq 5", "'$it' is an item; it cannot be compared with the Number 5", "5", "type", None),
    ("5 in Tags", "'Tags' is a Collection", "5", "type", "'5'"),
    ("Name in Name", "'Name' is a String, not a collection; a list is written in parentheses", "Name", "type", None),
    ("NS.Cheap(Max=5)", "Order documents no function 'NS.Cheap'", "NS.Cheap(Max=5)", "function", None),
    ("Name.toLower() eq 'x'", "'toLower' is a function and stands before its arguments: tolower(Name)", "Name.toLower()", "function", "tolower(Name)"),
    ("Address.City.length() eq 1", "'length' is a function and stands before its arguments: length(Address/City)", "Address.City.length()", "function", "length(Address/City)"),
    ("Name/contains('x')", "'contains' is a function and stands before its arguments: contains(Name,'x')", "contains('x')", "function", None),
    ("Address/City/startsWith('x') eq true", "'startsWith' is a function and stands before its arguments: startswith(Address/City,'x')", "startsWith('x')", "function", None),
    ("Items/any(i:i/Name/trim() eq 'x')", "'trim' is a function and stands before its arguments: trim(i/Name)", "trim()", "function", None),
    ("Name/contains(x='a')", "Order documents no function 'contains'", "contains(x='a')", "function", None),
    ("Address/Far() eq 1", "Order documents no function 'Far'", "Far()", "function", None),
    ("cast(Name,Edm.Int32) eq 'x'", "'cast(Name,Edm.Int32)' is an Int32; it cannot be compared with the String 'x'; an Int32 is written like 42", "'x'", "type", None),
    ("cast(Name,Edm.Byte) eq 'x'", "'cast(Name,Edm.Byte)' is an Int32; it cannot be compared with the String 'x'; an Int32 is written like 42", "'x'", "type", None),
    ("cast(Name,Edm.Binary) gt null", "'cast(Name,Edm.Binary)' is a Binary, which has no order for 'gt'", "cast(Name,Edm.Binary) gt null", "operator", None),
    ("length(cast(Name,Edm.Date)) eq 1", "'length' takes length(String) or length(Collection), not (Date)", "length(cast(Name,Edm.Date))", "type", None),
    ("NS.Sub/Nam eq 'x'", "unknown property 'Nam'; did you mean 'Name'?", "Nam", "unknown-property", "Name"),
    ("$it/NS.Sub/Nam eq 'x'", "unknown property 'Nam'; did you mean 'Name'?", "Nam", "unknown-property", "Name"),
    ("Address/NS.Sub/City eq 5", "'City' is a String; it cannot be compared with the Number 5; did you mean '5'?", "5", "type", "'5'"),
    ("Items/NS.Sub/any(i:i/NS.Sub/Qt gt 1)", "unknown property 'Qt'; did you mean 'Qty'?", "Qt", "unknown-property", "Qty"),
    ("$root/People eq 1", "Order documents nothing below '$root'", "$root", "unknown-property", None),
    ("@p/Name eq 'x'", "Order documents nothing below '@p'", "@p", "unknown-property", None),
    ("Name/@NS.Term eq 'x'", "Order documents no annotation '@NS.Term'", "@NS.Term", "function", None),
    ("Tags/$filter(x eq 'a')/any()", "an element is a String; it has no property 'x'", "x", "type", None),
    ("Tags/$count($filter=$it/Nam eq 'a') gt 1", "unknown property 'Nam'; did you mean 'Name'?", "Nam", "unknown-property", "Name"),
    ("Items/$filter(true)(Qty=Nam)/Qty eq 1", "unknown property 'Nam'; did you mean 'Name'?", "Nam", "unknown-property", "Name"),
    ("NS.f(p=1)(1)", "Order documents no function 'NS.f'", "NS.f(p=1)(1)", "function", None),
    ("Items(1)(2) eq 1", "Order documents no function 'Items'", "Items(1)(2)", "function", None),
    ("Name eq nil", "unknown property 'nil'; did you mean 'null'?", "nil", "unknown-property", "null"),
    ("Name eq undefined", "unknown property 'undefined'; did you mean 'null'?", "undefined", "unknown-property", "null"),
    ("State eq opne", "unknown property 'opne'; did you mean 'open' in quotes?", "opne", "unknown-property", "'open'"),
    ("State eq zzzz", "unknown property 'zzzz'; 'State' has open and done, in quotes", "zzzz", "unknown-property", None),
    ("Items/any(i:Items/any(j:Qty gt 1))", "unknown property 'Qty'; did you mean 'j/Qty'?", "Qty", "unknown-property", "j/Qty"),
    ("Items/any(i:ii/Qty gt 1)", "unknown property 'ii'; did you mean 'Id'?", "ii", "unknown-property", "Id"),
    ("round(Naem) eq 1", "unknown property 'Naem'; Order has Id, Name, State, Price, Made, Due, Took, Hue, Address, Items, Tags, Ready and Only", "Naem", "unknown-property", None),
    ("contains(Name,abc)", "unknown property 'abc'; did you mean 'abc' in quotes?", "abc", "unknown-property", "'abc'"),
    ("Name eq abc", "unknown property 'abc'; did you mean 'abc' in quotes?", "abc", "unknown-property", "'abc'"),
    ("Price eq abc", "unknown property 'abc'; Order has Id, Name, State, Price, Made, Due, Took, Hue, Address, Items, Tags, Ready and Only", "abc", "unknown-property", None),
    ("Due eq '2024-01-31'", "'Due' is a Date; it cannot be compared with the String '2024-01-31'; did you mean 2024-01-31?", "'2024-01-31'", "type", "2024-01-31"),
    ("Took eq 'P1D '", "'Took' is a Duration; it cannot be compared with the String 'P1D '; a Duration is written like duration'P1DT2H'", "'P1D '", "type", None),
    ("1 lt 2 lt Price", "a range is written as two comparisons", "1 lt 2 lt Price", "precedence", None),
    ("'a' eq Name or 'b' or Price eq 1 or 2", "'b' is a String, which is neither true nor false; did you mean: Name in ('a','b') or Price in (1,2)", "'a' eq Name or 'b' or Price eq 1 or 2", "type", "Name in ('a','b') or Price in (1,2)"),
    ("Name.foo(a=1)", "Order documents no function 'Name.foo'", "Name.foo(a=1)", "function", None),
    ("Name/Address eq 'x'", "'Name' is a String; it has no property 'Address'", "Address", "type", None),
    ("Price/any(p:p eq 1)", "'Price' is a Decimal; 'any' needs a collection", "any(p:p eq 1)", "type", None),
    ("Hue has 'Rde'", "'Hue' has no word 'Rde'; did you mean 'Red'?", "'Rde'", "unknown-word", "'Red'"),
    ("Hue eq 'Blue'", "'Hue' has no word 'Blue'; it has Red and Green", "'Blue'", "unknown-word", None),
    ("Name in 'x'", "'x' is a String, not a collection; a list is written in parentheses", "'x'", "type", None),
    ("Name gt Price", "'Name' is a String; it cannot be compared with 'Price', a Decimal", "Price", "type", None),
    ("contains(Name,5)", "'contains' takes contains(String, String) or contains(Collection, Collection), not (String, Number)", "contains(Name,5)", "type", None),
    ("year(Due) eq 'x'", "this is an Int32; it cannot be compared with the String 'x'; an Int32 is written like 42", "'x'", "type", None),
    ("date(Name) eq Due", "'date' takes date(DateTimeOffset), not (String)", "date(Name)", "type", None),
    ("Address gt null", "'Address' is a Complex, which has no order for 'gt'", "Address gt null", "operator", None),
    ("Address eq 'x'", "'Address' is a Complex; it cannot be compared with the String 'x'", "'x'", "type", None),
    ("cast(Name,Edm.Int33) eq 1", "OData has no type 'Edm.Int33'; did you mean Edm.Int32?", "Edm.Int33", "type", "Edm.Int32"),
    ("Tags/any(t:t) or Tags", "an element is a String, which is neither true nor false; compare it with something", "t", "type", None),
    ("Items/$count", "this is an Int64, which is neither true nor false; compare it with something", "Items/$count", "type", None),
    ("length(Name)", "this is an Int32, which is neither true nor false; compare it with something", "length(Name)", "type", None),
    ("Price gt 1 and 5", "5 is a Number, which is neither true nor false; compare it with something", "5", "type", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message", "underlined", "code", "suggestion"), INVALID, ids=[row[0] for row in INVALID]
)
def test_a_problem_is_told_with_its_place(
    text: str, message: str, underlined: str, code: str, suggestion: str | None
) -> None:
    with pytest.raises(of.FilterValidationError) as caught:
        of.parse(text, schema=Order)
    problem = caught.value.problems[0]
    if not message.startswith("'Tags' is a Collection"):
        assert problem.message == message
    assert text[slice(*problem.span)] == underlined
    assert (problem.code, problem.suggestion) == (code, suggestion)


def test_all_problems_are_told_in_the_order_of_the_text() -> None:
    text = "nme ne 'x' and (name gt 1 or contains(name,5)) and not startswith(name,'a')"
    with pytest.raises(of.FilterValidationError) as caught:
        of.parse(text, schema=Job)
    assert [problem.message for problem in caught.value.problems] == [
        "unknown property 'nme'; did you mean 'name'?",
        "Job does not document the operator 'ne', only and and eq",
        "Job does not document the operator 'gt', only and and eq",
        "Job does not document the operator 'or', only and and eq",
        "'name' is a String; it cannot be compared with the Number 1; did you mean '1'?",
        "'contains' takes contains(String, String) or contains(Collection, Collection), not (String, Number)",
        "Job does not document the operator 'not', only and and eq",
        "Job does not document 'startswith', only contains",
    ]


@pytest.mark.parametrize(
    ("text", "suggestions"),
    [
        ("1 lt Name lt 5", {"1": "'1'"}),
        ("Nme eq 'x' or Name eq 5", {"Nme": "Name", "5": "'5'"}),
        ("Name eq ne", {}),
    ],
)
def test_all_suggestions_can_be_put_in_place(text: str, suggestions: dict[str, str]) -> None:
    with pytest.raises(of.FilterValidationError) as caught:
        of.parse(text, schema=Order)
    found = {text[slice(*problem.span)]: problem.suggestion for problem in caught.value.problems if problem.suggestion}
    assert found == suggestions


def test_the_error_draws_each_place() -> None:
    with pytest.raises(of.FilterValidationError) as caught:
        of.parse("createdDate gt 2024-06-24T13:00:00Z or State eq 'opn'", schema=Order)
    assert str(caught.value).splitlines()[-3:] == [
        "'State' has no word 'opn'; did you mean 'open'?",
        "    createdDate gt 2024-06-24T13:00:00Z or State eq 'opn'",
        "                                                    ^^^^^",
    ]


def test_a_built_filter_is_validated_against_another_schema_by_its_text() -> None:
    with pytest.raises(of.FilterValidationError) as caught:
        ((of.field("Nme") == 1) & (of.field("Price") > 2)).validate(Order)
    assert caught.value.text == "Nme eq 1 and Price gt 2"
    assert caught.value.problems[0].span == (0, 3)


class Plain(of.Schema, operators=("eq", "gt", "in", "and"), functions=(), plain=True):
    id = of.Guid()
    name = of.String()
    state = of.String(enum=("open", "done"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name eq @p", "Plain documents properties and values only, not @p"),
        ("name in ['a']", "Plain documents properties and values only, not ['a']"),
        ("-name eq 'a'", "Plain documents properties and values only, not -name"),
        ("$it/name eq 'a'", "Plain documents properties and values only, not $it/name"),
        ("{} eq name", "Plain documents properties and values only, not {}"),
        ("1 eq 1", "Plain compares properties with values; there is no property here"),
        ("(name eq 'a') eq true", "Plain compares properties with values; there is no property here"),
        ("name in ()", "the list is empty, and nothing is in it"),
        ("name eq foo", "unknown property 'foo'; did you mean 'foo' in quotes?"),
        ("state eq opn", "unknown property 'opn'; did you mean 'open' in quotes?"),
        ("state eq x", "unknown property 'x'; 'state' has open and done, in quotes"),
    ],
)
def test_a_plain_dialect_has_properties_and_values_only(text: str, message: str) -> None:
    with pytest.raises(of.FilterValidationError) as caught:
        of.parse(text, schema=Plain)
    assert [problem.message for problem in caught.value.problems] == [message]


def test_a_parameter_of_a_plain_dialect_must_be_bound_first() -> None:
    prepared = Plain.name == of.param("n")
    with pytest.raises(of.FilterValidationError, match="properties and values only, not @n"):
        prepared.validate(Plain)
    prepared.bind(n="a").validate(Plain)


@pytest.mark.parametrize("nest", ["not ({}) gt Ready", "(1 lt Price) lt ({})", "not (length(Name) gt ({})) eq Ready"])
def test_time_does_not_double_with_each_level(nest: str) -> None:
    text = "Ready"
    for _ in range(30):
        text = nest.format(text)
    with contextlib.suppress(of.FilterValidationError):
        of.parse(text, schema=Order)


def test_what_was_meant_is_looked_for_a_hundred_times_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_for: list[str] = []

    def nearest(word: str, words: tuple[str, ...]) -> str | None:
        looked_for.append(word)
        return words[0]

    monkeypatch.setattr(meaning, "nearest", nearest)
    text = " and ".join(f"State eq 'x{n}' and State eq 'x{n}'" for n in range(300))
    found = _validate.findings(of.parse(text).tree, Order.__facts__)
    assert looked_for == [f"x{n}" for n in range(100)]
    assert [one.suggestion for one in found] == ["'open'"] * 200 + [None] * 400


def test_many_problems_are_all_told_and_a_hundred_of_them_printed() -> None:
    with pytest.raises(of.FilterValidationError) as caught:
        of.parse(" and ".join(f"x{n} eq 1" for n in range(3_000)), schema=Order)
    assert len(caught.value.problems) == 3_000
    assert str(caught.value).splitlines()[-1] == "and 2900 more problems"
    assert len(str(caught.value)) < 20_000


class Place(of.Schema):
    city = of.String()


class Visit(of.Schema):
    place = of.Navigation(Place)
    places = of.Collection(Place)


@pytest.mark.parametrize(
    "text",
    [
        'place eq {"city":"O","secret":"s"}',
        'place ne {"city":"O"}',
        'places/any(p:p eq {"city":"O","secret":"s"})',
        'places eq [{"city":"O","secret":"s"}]',
        'place in [{"secret":"s"}]',
        'contains(places,[{"secret":"s"}])',
        'places/$count($filter=$this eq {"secret":"s"}) eq 1',
        'case(true:place) eq {"secret":"s"}',
        '$it eq {"place":{"secret":"s"}}',
    ],
)
def test_what_an_item_has_is_not_compared_as_a_whole_with_what_is_not_documented(text: str) -> None:
    with pytest.raises(of.FilterValidationError) as caught:
        of.parse(text, schema=Visit)
    assert [problem.message for problem in caught.value.problems] == [
        "Visit documents properties; compare them one by one, not as a whole"
    ]


def test_a_nested_filter_needs_a_function_that_looks_at_a_collection() -> None:
    class Plain(of.Schema, operators=("eq", "and"), functions=()):
        places = of.Collection(Place)

    with pytest.raises(of.FilterValidationError, match=r"^Plain documents no '\$filter'"):
        of.parse("places/$filter(city eq 'O') eq null", schema=Plain)


class Kinds(of.Schema):
    Id = of.Guid()
    Key = of.Guid(quoted=True)
    At = of.DateTimeOffset()
    Stamp = of.DateTimeOffset(quoted=True)
    Took = of.Duration()
    Day = of.Date()
    Name = of.String()
    Price = of.Decimal()
    N = of.Int32()
    Ok = of.Boolean()
    Place = of.Geography()
    Keys = of.Collection(of.Guid())
    Times = of.Collection(of.Duration())


@pytest.mark.parametrize(
    "text",
    [
        "Took gt 'P1D'",
        "'P1D' lt Took",
        "-Took lt 'P1D'",
        "-'P1D' lt Took",
        "At add -'P1D' lt At",
        "totalseconds(-'P1D') lt 0",
        "Took add Took ge '-PT5S'",
        "Took in ('P1D','PT1S')",
        "Took add 'P1D' gt Took",
        "'P1D' add Took gt Took",
        "Took sub 'pt1h' gt Took",
        "At sub 'P7D' gt 2024-01-01T00:00:00Z",
        "'P7D' add At gt At",
        "Day add 'P7D' gt Day",
        "'PT1H' mul 2 gt Took",
        "2 mul 'PT1H' gt Took",
        "'PT1H' div N gt Took",
        "totalseconds('PT1S') eq 1",
        "Times/any(t:t gt 'PT1S')",
        "case(Ok:Took,not Ok:Took) gt 'PT1S'",
        "At sub At gt 'PT1S'",
        "cast(Name,Edm.Duration) gt 'PT1S'",
    ],
)
def test_a_duration_without_its_prefix_is_one_where_nothing_else_can_stand(text: str) -> None:
    of.parse(text, schema=Kinds)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "Took gt 'soon'",
            "'Took' is a Duration; it cannot be compared with the String 'soon'; a Duration is written like duration'P1DT2H'",
        ),
        ("At sub 'soon' gt At", "'sub' is not between 'At', a DateTimeOffset and the String 'soon'"),
        ("Name add 'P1D' eq Name", "'add' is not between 'Name', a String and the String 'P1D'"),
        ("'P1D' add 'P1D' eq Took", "'add' is not between the String 'P1D' and the String 'P1D'"),
        ("totalseconds('soon') eq 1", "'totalseconds' takes totalseconds(Duration), not (String)"),
        (
            "substring(Name,Price) eq 'x'",
            "'substring' takes substring(String, Int32, Int32) or substring(Collection, Int32, Int32), not (String, Decimal)",
        ),
        (
            "substring(Name,1.5) eq 'x'",
            "'substring' takes substring(String, Int32, Int32) or substring(Collection, Int32, Int32), not (String, Number)",
        ),
        ("Place eq geography'SRID=4326;Point(1 2)'", "'Place' is a Geography, which is compared with null alone"),
        ("Place ne Place", "'Place' is a Geography, which is compared with null alone"),
        ("geo.length(Name) gt 1", "'geo.length' takes geo.length(Geography or Geometry), not (String)"),
    ],
)
def test_what_does_not_fit_is_said(text: str, message: str) -> None:
    with pytest.raises(of.FilterValidationError) as caught:
        of.parse(text, schema=Kinds)
    assert [problem.message for problem in caught.value.problems] == [message]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        (f"Id eq '{KEY}'", f"Id eq {KEY}"),
        (f"'{KEY.upper()}' eq Id", f"{KEY} eq Id"),
        (f"Key eq {KEY}", f"Key eq '{KEY}'"),
        (f"{KEY} lt Key and Ok", f"'{KEY}' lt Key and Ok"),
        (f"Id in ('{KEY}',{KEY},null)", f"Id in ({KEY},{KEY},null)"),
        (f"not (Key in ({KEY},'{KEY}'))", f"not Key in ('{KEY}','{KEY}')"),
        (f"Keys/any(k:k eq '{KEY}')", f"Keys/any(k:k eq {KEY})"),
        (f"Keys/$count($filter=$this eq '{KEY}') gt 1", f"Keys/$count($filter=$this eq {KEY}) gt 1"),
        ("Stamp eq 2024-01-01T00:00:00Z", "Stamp eq '2024-01-01T00:00:00Z'"),
        (f"Name eq '{KEY}'", f"Name eq '{KEY}'"),
        (
            f"Id eq '{KEY}' and Name eq '{KEY}' and Key eq '{KEY}'",
            f"Id eq {KEY} and Name eq '{KEY}' and Key eq '{KEY}'",
        ),
        (f"Name in ('{KEY}') and Id in ['{KEY}']", f"Name in ('{KEY}') and Id in [{KEY}]"),
        (f"Id eq {KEY} and Key eq '{KEY}'", f"Id eq {KEY} and Key eq '{KEY}'"),
    ],
)
def test_a_filter_that_was_read_with_a_schema_is_spelt_as_its_properties_declare(text: str, canonical: str) -> None:
    made = of.parse(text, schema=Kinds)
    assert str(made) == canonical
    assert of.parse(canonical, schema=Kinds) == made
    assert of.parse(text) == of.Filter(of.parse(text).tree)
    assert str(of.parse(f"Id eq '{KEY}'")) == f"Id eq '{KEY}'"


class Little(of.Schema):
    n = of.Int32(operators=("eq", "mul"))
    hue = of.Enum("Red", operators=("eq",))
    at = of.DateTimeOffset()


@pytest.mark.parametrize(
    ("text", "message", "build"),
    [
        ("n add 1 eq 2", "'n' is documented with eq or mul, not with 'add'", lambda: Little.n + 1),
        ("2 sub n eq 2", "'n' is documented with eq or mul, not with 'sub'", lambda: 2 - Little.n),
        ("hue has 'Red'", "'hue' is documented with eq, not with 'has'", lambda: Little.hue.has("Red")),
    ],
)
def test_an_operator_that_is_not_documented_with_a_property_is_refused_wherever_it_stands(
    text: str, message: str, build: Callable[[], object]
) -> None:
    with pytest.raises(of.FilterValidationError) as caught:
        of.parse(text, schema=Little)
    assert [problem.message for problem in caught.value.problems] == [message]
    with pytest.raises(of.FilterError, match="not with"):
        build()
    of.parse("n mul 2 eq 4 and hue eq 'Red'", schema=Little)


def test_a_number_is_no_word() -> None:
    class Coded(of.Schema):
        code = of.String(enum=("2", "ul"))

    for text in ("code eq 123", "code in (123)", "code eq null or code eq 123"):
        with pytest.raises(of.FilterValidationError, match="cannot be compared with the Number 123"):
            of.parse(text, schema=Coded)


def test_a_node_that_was_built_once_and_stands_at_two_places_is_told_at_both() -> None:
    once = of.field("Nme").length()
    with pytest.raises(of.FilterValidationError) as caught:
        ((once == 1) & (once > 2)).validate(Kinds)
    assert [problem.span for problem in caught.value.problems] == [(7, 10), (28, 31)]


@pytest.mark.parametrize("text", ["Id in [@p,null]", "Keys eq [@p]", "Id in ['x']"])
def test_items_of_an_array_are_judged_one_by_one(text: str) -> None:
    if "x" in text:
        with pytest.raises(of.FilterValidationError, match="'Id' is a Guid"):
            of.parse(text, schema=Kinds)
    else:
        of.parse(text, schema=Kinds)


@pytest.mark.parametrize(
    ("text", "properties", "parameters"),
    [
        ("@p/a eq 1", (), ("p",)),
        ("@p/b/any(x:x eq c)", ("c",), ("p",)),
        ("a/any(x:x/c eq @p/d)", ("a", "a/c"), ("p",)),
    ],
)
def test_a_parameter_at_the_head_of_a_path_is_one_to_all(
    text: str, properties: tuple[str, ...], parameters: tuple[str, ...]
) -> None:
    made = of.parse(text)
    assert made.properties() == properties
    assert made.parameters() == parameters
    assert made.rename({"p": "q"}) == made
    assert not made.matches({"@p": {"a": 1, "b": [1], "d": 1}, "a": [{"c": 1}], "c": 1})
    with pytest.raises(of.FilterError, match="starts a path"):
        made.bind(p=1)
    with pytest.raises(of.FilterValidationError, match="documents nothing below '@p'"):
        made.validate(Kinds)


@pytest.mark.parametrize("operator", ["gt", "ge", "lt", "le"])
def test_no_schema_gives_an_order_to_what_has_none(operator: str) -> None:
    class Ordered(of.Schema):
        key = of.Binary(operators=("eq", operator))

    with pytest.raises(of.FilterValidationError, match="has no order"):
        of.parse(f"key {operator} binary'AAAA'", schema=Ordered)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("concat(Name,Tagz) eq 'a'", "'Tagz' in quotes"),
        ("concat(Name,Naem) eq 'a'", "'Name'"),
        ("concat(Tags,Tagz) eq Tags", "'Tags'"),
        ("concat(Tags,Naem) eq Tags", None),
    ],
)
def test_what_is_meant_by_an_argument_fits_the_ones_before_it(text: str, meant: str | None) -> None:
    with pytest.raises(of.FilterValidationError) as caught:
        of.parse(text, schema=Order)
    said = caught.value.problems[0].message
    assert said.endswith(f"did you mean {meant}?") if meant else "did you mean" not in said
