"""Reading and writing: canonical texts, what becomes canonical, what a text means, and where it goes wrong."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

import odatafilter as of
from odatafilter import tree
from odatafilter.tree import Comparison, Expression, Literal, Not, Property

A, B, C = Property("a"), Property("b"), Property("c")
ONE = Literal("Number", "1")

# Parsed and printed, these come back as they are.
IDENTITY = """
a
a eq 1
a eq 1 and b eq 2 or c eq 3
(a or b) and c
(a or b) or c
a and (b and c)
a eq b eq c
a eq (b eq c)
a gt 1 eq true
(a eq 1) gt b
a sub (b sub c)
a sub b sub c
a add b mul c
(a add b) mul c
a div b divby c mod d
-a
-(a add 1)
- 5
-5
--a
--5
- INF
-INF
not a
not not a
not (a eq 1)
(not a) in (1)
not a in (1,2)
not contains(a,'x')
a in ()
a in ('x')
a in b
a in (b eq 1)
a in ['x',"y"]
a has NS.Color'Red,Green'
a has 'Red'
eq eq eq
not eq 1
not eq eq 1
and and and
in in (1)
allowed eq 1
nullable eq null
trueName eq true
notes eq 'x'
androidId eq 1
Größe eq 'ß'
name eq 'O''Brien'
name eq ''''''
name eq ''
name eq 'a&b=c#d+e%20f?g/h\\i"j'
id eq 12345678-9abc-def0-1234-56789abcdef0
id eq deadbeef-dead-beef-dead-beefdeadbeef
t eq 2024-06-24T13:00:00Z
t eq 2024-06-24T13:00Z
t eq 2024-06-24T13:00:00.123456789012+05:30
t eq 0000-02-29T23:59:60-00:00
t eq -10000-01-01
t eq 13:20
t eq 13:20:59.5
d eq duration'-P1DT2H3M4.5S'
d eq 'P1D'
b eq binary'Zm9v'
n eq +007.50e-10
n eq NaN or n eq INF
g eq geography'SRID=4326;Point(142.1 64.1)'
$it/a eq $this/b
$root/Sales('x')/a eq @p
@p/a eq 1
a/@NS.Term#q eq 1
NS.Type/a eq 1
a/NS.Type/b eq 1
a/$count gt 1
a/$count($filter=b gt 1;$search=blue OR green) gt 2
a/$filter(b gt 1)/$count lt 10
a/$filter(b gt 1)(Id='x')/c eq 1
Items/any(i:i/Qty gt 1 and i/Tags/all(t:t ne 'x'))
Items/any()
NS.F(x=1,y=@p)/z eq 1
F() eq 1
case(a gt 1:'x',true:'y') eq 'x'
case(a: 1,13: 20) eq 1
cast(a,Edm.String) eq 'x'
isof(NS.Type)
cast(Collection(Edm.String)) eq b
{"a":1,"b":[1,2]} eq c
[] eq a
geo.distance(a,b) lt 5.5
matchesPattern(a,'^x')
now() sub t gt duration'P1D'
"""


@pytest.mark.parametrize("text", IDENTITY.strip().splitlines())
def test_canonical_text_comes_back_as_it_is(text: str) -> None:
    made = of.parse(text)
    assert str(made) == text
    assert of.parse(str(made)) == made


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("(a)", "a"),
        ("((a eq 1))", "a eq 1"),
        ("a  EQ\t1", "a eq 1"),
        ("(a eq 1)AND(b eq 2)", "a eq 1 and b eq 2"),
        ("not(a)", "not a"),
        ("NOT  ( a )", "not a"),
        ("a in(1 ,2)", "a in (1,2)"),
        ("a in ( 1 , 2 )", "a in (1,2)"),
        ("a in (b)", "a in b"),
        ("id eq DC720F05-E5F7-448B-AE06-765DE46F0AF1", "id eq dc720f05-e5f7-448b-ae06-765de46f0af1"),
        ("t eq 2024-06-24t13:00:00.10z", "t eq 2024-06-24T13:00:00.10Z"),
        ("a eq TRUE", "a eq true"),
        ("ToLower(a) eq 'x'", "tolower(a) eq 'x'"),
        ("MATCHESPATTERN(a,'x')", "matchesPattern(a,'x')"),
        ("a/ANY(x : x)", "a/any(x:x)"),
        ("a eq DURATION'p1d'", "a eq duration'P1D'"),
        ("a eq Binary'Zg'", "a eq binary'Zg'"),
        ("- a", "-a"),
        ("now( )", "now()"),
        ('[ 1 , "x" ] eq { "a" : 1 }', '[1,"x"] eq {"a":1}'),
        ("a/$count(filter=b;search=x)", "a/$count($filter=b;$search=x)"),
        ("case( a : 1 , b : 2 )", "case(a: 1,b: 2)"),
        ("isof('NS.Type')", "isof(NS.Type)"),
        ("isof('User') or isof(a,'Group')", "isof(User) or isof(a,Group)"),
        ("cast(a,'Edm.Int32') eq 1", "cast(a,Edm.Int32) eq 1"),
        ("isof(a,'Collection(NS.Type)')", "isof(a,Collection(NS.Type))"),
        ("cast('NS.Car')/Doors gt 2", "NS.Car/Doors gt 2"),
        ("cast(NS.Car)/Maker/Name eq 'x'", "NS.Car/Maker/Name eq 'x'"),
    ],
)
def test_what_means_the_same_gets_one_text(text: str, canonical: str) -> None:
    assert str(of.parse(text)) == canonical


def eq(left: Expression, right: Expression) -> Comparison:
    return Comparison(left, "eq", right)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a eq 1 or b and not c", tree.Or((eq(A, ONE), tree.And((B, Not(C)))))),
        ("not a gt 1", Comparison(Not(A), "gt", ONE)),
        ("not a in (1)", Not(tree.In(A, tree.List((ONE,))))),
        ("a gt 1 eq b", eq(Comparison(A, "gt", ONE), B)),
        ("a eq b eq c", eq(eq(A, B), C)),
        ("a add 1 in (1)", tree.Arithmetic(A, "add", tree.In(ONE, tree.List((ONE,))))),
        ("a sub b sub c", tree.Arithmetic(tree.Arithmetic(A, "sub", B), "sub", C)),
        ("a mul b add c", tree.Arithmetic(tree.Arithmetic(A, "mul", B), "add", C)),
        ("-a mul b", tree.Arithmetic(tree.Negation(A), "mul", B)),
        ("a sub -1", tree.Arithmetic(A, "sub", Literal("Number", "-1"))),
        ("null eq 1", eq(Literal("null", "null"), ONE)),
        ("NULL eq 1", eq(Property("NULL"), ONE)),
        ("null/a eq 1", eq(tree.Path((Property("null"), A)), ONE)),
        ("not eq 1", eq(Property("not"), ONE)),
        ("not eq", Not(Property("eq"))),
        ("not eq eq 1", eq(Not(Property("eq")), ONE)),
        ("Items(1) eq 1", eq(tree.Function("Items", (ONE,)), ONE)),
        ("@a.b eq 1", eq(tree.Annotation("a.b"), ONE)),
        ("@a eq 1", eq(tree.Alias("a"), ONE)),
        ("x/@a eq 1", eq(tree.Path((Property("x"), tree.Annotation("a"))), ONE)),
    ],
)
def test_precedence_is_that_of_the_standard(text: str, meant: Expression) -> None:
    assert of.parse(text).tree == meant


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", " a", "a ", "\ta", "a\n", "a eq\n1", "a eq\u00a01", "a e\u0131n 1", "a \u0131n (1)"),
        *(
            "a eq",
            "eq 1 2",
            "a b",
            "a eq 1 b eq 2",
            "a eq 1 and",
            "and a",
            "a or or b",
            "(a",
            "a)",
            "()",
            "a in",
            "a in (1,)",
        ),
        *(
            "a in (a,b)",
            "a in (1,b)",
            "a has 1",
            "a has b",
            "a eq'x'",
            "a eq 'x'and b",
            "a/ b",
            "a /b",
            "a//b",
            "/a",
            "a/",
        ),
        *(
            "x (1)",
            "foo(a)",
            "foo(a,b)",
            "contains(a)",
            "contains(a,b,c)",
            "now(1)",
            "any()",
            "all(x:x)",
            "a/all()",
            "a/any(x)",
        ),
        *(
            "NS.Type",
            "NS.Type eq 1",
            "a.b eq 1",
            "trim(a)/b",
            "cast(a,1)",
            "cast()",
            "a/$count/b",
            "a/any()/b",
            "$root",
            "$x",
        ),
        # What the productions of paths do not join, whatever the model is.
        *(
            "$root/NS.Type eq 1",
            "$root/NS.F() eq 1",
            "$root/$count gt 1",
            "$root/any(x:x)",
            "$it/$count gt 1",
            "$it/any(x:x)",
            "Items(1)/$count gt 1",
            "Items(@p)/all(x:x)",
            "a/$filter(b)(1)/$count gt 1",
            "a/NS.Type/NS.Other/b eq 1",
            "a/$filter(b)/c eq 1",
            "a/$filter(b)/NS.Type/c eq 1",
            "a/any((x):x)",
            "isof('a type')",
            "isof('null')",
            "cast(a,'NS..Type') eq 1",
            "cast(a,'NS.Type')/b eq 1",
            "cast('Car')/Doors gt 2",
            "a eq NS.E'b\u00a0c'",
            "a eq N\u00a0S.E'b'",
            "isof(a,Collection(NS\u00a0.T))",
            f"a eq NS.E'{'b' * 129}'",
            "NS.F(1) eq 1",
            "NS.F('x')/a eq 1",
        ),
        # Double quotes are for the strings in arrays and objects.
        *(
            'contains(a,"x")',
            "concat(\"a\",b) eq 'x'",
            'F(a="x")',
            "a in (\"x\",'y')",
            "a/$count($filter= b) gt 1",
            "a/$count($search= ) gt 1",
        ),
        *(
            ".5",
            "5.",
            "1e",
            "0x1F",
            "5L",
            "1,000 eq a",
            "+-1",
            "2024-02-30",
            "2023-02-29T00:00:00Z",
            "2024-13-01",
            "24:00",
        ),
        *("2024-06-24T13:00:00", "2024-06-24T13:00:00+0100", "2024-06-24T24:00:00Z", "13:60", "13:00:00.1234567890123"),
        *("'a", "'a''", '"a"', "a eq 'O'Brien'", "duration'P1Y'", "binary'Z'", "NS.E''", "geography'Point(1 2)'"),
        *(
            "{a:1} eq b",
            "{'a':1} eq b",
            "[1,] eq a",
            '["a] eq b',
            "a eq 1;",
            "a=1",
            "a == 1",
            "a && b",
            "!a",
            "a + 1",
            "a%20eq%201",
        ),
        *("a eq 'x\0'", "a eq '\ud800'", "\ufeffa", "²a eq 1", "\u0301a", "x" * 129, "@ eq 1", "@1 eq 1", "#a", "a#b"),
    ],
)
def test_what_is_no_filter_is_refused_at_a_place_inside_it(text: str) -> None:
    with pytest.raises(of.FilterSyntaxError) as caught:
        of.parse(text)
    start, end = caught.value.span
    assert 0 <= start <= end <= len(text)
    assert caught.value.text == text


def test_line_and_column_count_from_one() -> None:
    with pytest.raises(of.FilterSyntaxError) as caught:
        of.parse("name eq 'two\nlines' and x eq")
    assert (caught.value.line, caught.value.column) == (2, 16)
    assert str(caught.value).splitlines()[1:] == ["    lines' and x eq", "                   ^"]


def test_one_parser_shared_by_threads_gives_the_trees_of_one_thread() -> None:
    texts = IDENTITY.strip().splitlines() * 3
    alone = [of.parse(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        for trees in [pool.map(of.parse, texts) for _ in range(8)]:
            assert list(trees) == alone


def test_threads_that_read_the_very_first_filter_at_once_agree() -> None:
    code = (
        "import threading, odatafilter as of; from concurrent.futures import ThreadPoolExecutor as Pool\n"
        "texts = ['a eq 1 and b in (1,2)', \"contains(a,'x') or not b\", 'a/any(x:x gt 1)'] * 8\n"
        "start = threading.Barrier(8)\n"
        "def read(n):\n    start.wait()\n    return [str(of.parse(text)) for text in texts]\n"
        "with Pool(8) as pool:\n    assert all(made == texts for made in pool.map(read, range(8)))\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("a eq 'x y'", "a%20eq%20'x%20y'"),
        ("a eq 'a+b&c=d#e%f?g/h'", "a%20eq%20'a%2Bb%26c%3Dd%23e%25f%3Fg/h'"),
        (
            "a in (1,2) and t gt 2024-06-24T13:00:00+01:00",
            "a%20in%20(1,2)%20and%20t%20gt%202024-06-24T13:00:00%2B01:00",
        ),
        ("name eq 'Größe'", "name%20eq%20'Gr%C3%B6%C3%9Fe'"),
        ("$it/a eq @p", "$it/a%20eq%20@p"),
        ("a eq '(*!,:;~._-)'", "a%20eq%20'(*!,:%3B~._-)'"),
    ],
)
def test_quoted_is_percent_encoded_for_a_url(text: str, quoted: str) -> None:
    assert of.parse(text).quoted == quoted


@pytest.mark.parametrize(
    ("shape", "known"),
    [
        ("Point(1 2)", True),
        ("GeometryCollection(Point(1 2),geometrycollection(Point(1 2),Point(1 2)),Point(1 2))", True),
        ("GeometryCollection(" * 99 + "MultiPoint()" + ")" * 99, True),
        ("GeometryCollection(Point(1 2)", False),
        ("GeometryCollection(Point(1 2)))", False),
        ("GeometryCollection(Point(1 2),)", False),
        ("GeometryCollection()", False),
        ("GeometryCollection(Point(1 2)),Point(1 2)", False),
        ("GeometryCollection(Point(1 2)Point(1 2))", False),
        ("Point(1 2),Point(1 2)", False),
        ("Point(1 2))", False),
        ("", False),
    ],
)
def test_collections_of_shapes_nest(shape: str, known: bool) -> None:
    literal = f"geography'SRID=0;{shape}'"
    if known:
        assert str(of.parse(f"a eq {literal}", limits=of.Limits(depth=150))) == f"a eq {literal}"
        return
    with pytest.raises(of.FilterSyntaxError) as caught:
        of.parse(f"a eq {literal}")
    assert caught.value.message == f"{literal:.80} is no shape such as geography'SRID=4326;Point(142.1 64.1)'"


@pytest.mark.parametrize("word", ["null", "true", "FALSE", "NaN", "INF"])
@pytest.mark.parametrize("function", ["cast", "isof"])
def test_a_word_that_is_a_literal_is_one_before_a_type(function: str, word: str) -> None:
    read = of.parse(f"{function}({word},Edm.String) eq null").tree
    assert isinstance(read, Comparison)
    assert isinstance(read.left, tree.Call)
    assert isinstance(read.left.arguments[0], Literal)


@pytest.mark.parametrize("text", ["isof(Collection.A)", "isof(a,'Collection.A')", "a/Collection.A/b eq 1"])
def test_a_namespace_may_be_called_as_collections_are_written(text: str) -> None:
    """`Collection(` begins the type of a collection, `Collection.` a name."""
    assert tree.TypeName("Collection.A") in tree.nodes(of.parse(text).tree)
