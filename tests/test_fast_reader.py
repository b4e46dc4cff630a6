"""The fast reader: what it takes, what it leaves to the LALR loop, and what it needs (law 6 says that it is right)."""

import sys
import tracemalloc
import unicodedata
from collections.abc import Callable

import pytest
from readers import by_fast_reader, by_loop

import odatafilter as of
from odatafilter import _names
from odatafilter._parse import fast, parse
from odatafilter._parse.failure import Left, Refused

ANY_LENGTH = of.Limits(length=1 << 22, nodes=1 << 22, items=1 << 22)

TAKEN = """
id eq 12345678-9abc-def0-1234-56789abcdef0
state eq 'success' and createdDateTime gt 2024-06-24T13:00:00Z and (name ne 'x' or email eq null)
a in ('x','y''z') or b in (1,-2,3e5) or c in (12345678-9abc-def0-1234-56789abcdef0) or d in (2024-01-31,2024-02-28)
a in (1,'x',null)
tolower(a) in ('x','y')
'x' in tags
contains(tolower(name),'x') and startswith(name,'y')
substring(name,1,2) eq 'x' and now() gt created
year(created) eq 2024 and date(created) eq 2024-01-31 and time(created) lt 13:20:00
items/any(i:i/qty gt 5 and i/tags/all(t:t ne 'x')) or items/any()
address/city/name eq 'x' and a/NS.Type/b eq 1 and NS.Type/c eq 2
isof(NS.Type) and isof(a,NS.Type) and cast(a,Edm.String) eq 'x'
a add b mul -c sub 1 gt (d div 2)
not contains(name,'x') and not (a or b) and not c eq 1
((a eq 1) or ((b eq 2) and (c eq 3)))
$it/a eq @p and items/$count gt 5 and a/@NS.Term#q eq 1
color has NS.Color'Red' and color has 'Red,Green' and color eq NS.Color'Red'
größe eq 'ß' and länge gt duration'P1D'
null eq a and true ne false and INF gt -INF
(a eq 1)AND(b eq 2)
not eq 1
a eq binary'Zg' and b eq geography'SRID=0;Point(1 1)'
a in [1,2] and [] eq b and c in ["x, ]",'y',null]
a in (b eq 1) and c in ((1), 'x') and d in (e add 1)
$root/Sales('x')/a eq 1 and Orders(1)/b eq 2 and a/NS.f(1)/@NS.Term ne null
isof('NS.Type') and cast(a,'Edm.String') eq 'x'
contains( name , 'x' ) eq true and length(name) mul 2 le 5 or round(a/b)add 1 eq c
a eq not b and - (c) eq -d mul not
not (not (a)) and (not a or (not (b eq 1))) or not(not not(c))
length('it''s') gt 2 and concat('a','b') eq c and round(-1.5) eq -2 and a/f(12345678-9abc-def0-1234-56789abcdef0)
contains(a,'b')and(c)and not d or (contains(a,'b'))
F(x=1,y='a') eq 1 and a/NS.f( x=@p , y=b/c )/d eq null or Sales(a=null,b=nullable)/$count gt 1 or f() and a/f(true)
"""
LEFT = """
[a] eq b
{"a":1} eq b
case(a:1,true:2) eq 1
F(x=1 add 1) eq 1
a/$filter(b eq 1)/$count gt 1
a/$count($filter=b gt 1) gt 2
"""


@pytest.mark.parametrize("text", TAKEN.strip().splitlines())
def test_the_fast_reader_takes_it(text: str) -> None:
    read = by_fast_reader(text)
    assert read is not None
    assert read[0] == by_loop(text)


@pytest.mark.parametrize(
    "text",
    [
        *("a eq @p('x')", "a/@NS.Term(1) eq 1", "a/$count('x') eq 1", "@p() eq 1", "now(a)", "a eq -13:20"),
        *(")not(a)", " not (a)", "a eq 1 (b)", "a eq 1 not (b)", "a eq 'x'(b)", "a eq 'x'b", "()and a", "a in not (b)"),
        *("length('x')/a eq 1", "a/any('x')", "length(1", "(a eq 1))", "not (", "name eq " + "i" * 129),
        *("f\u00a0g()", "name.f\u00a0g() eq 1", "a/NS.f\u00a0g() eq 1"),
    ],
)
def test_the_fast_reader_refuses_it_as_the_loop_does(text: str) -> None:
    assert by_fast_reader(text) is None
    assert by_loop(text) is None


@pytest.mark.parametrize(
    ("text", "fault", "judged"),
    [("a eq 1 or now(a)", "now(a)", "now(a)"), ("f(a,'x') eq 1", "a", "f(a,'x')"), ("x in tolower(a,b)", *2 * ["tolower(a,b)"])],
)  # fmt: skip
def test_what_the_fast_reader_refuses_is_refused_with_its_places(text: str, fault: str, judged: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(text)
    places = refused.value.places
    assert places is not None
    assert [text[slice(*place)] for place in places] == [fault, judged]


@pytest.mark.parametrize("text", LEFT.strip().splitlines())
def test_the_fast_reader_leaves_it_to_the_loop(text: str) -> None:
    with pytest.raises(Left):
        fast.reader()(text, text.isascii())
    assert by_loop(text) is not None


OPERANDS = (
    """
a | größe | a/b | $it/a | @p | a/NS.T/b | a/$count | a/@NS.T | 1 | -1.5 | 'x' | null | true | INF | 2024-01-31 | 13:20
2024-01-31T13:20:00Z | 12345678-9abc-def0-1234-56789abcdef0 | duration'P1D' | binary'Zg' | NS.C'x' | [1,'x'] | length(a)
LENGTH( a ) | length('x') | now() | substring(a,1) | substring(a,1,2) | substring('a',1) | geo.length(a) | isof(NS.T)
cast(a,Edm.String) | a/any() | a/any(x:x) | a/ALL( x : x eq 1 ) | Items(1) | Items('x')/a | Items(@p) | a/F()
F(x=1,y=@p)/z | $root/Items(1)/a | (a) | ( a eq 1 ) | not a | NOT(a) | - a | -(a) | a/ANY( x : not x ) | tolower('x')
contains(a,b) | ENDSWITH(a,'x') | geo.length(a/b) | Items(-1)/$count | $it/Items(1)/a | a/Items('x')/b | round( -1.5 )
""".replace("\n", " | ")
    .strip(" |")
    .split(" | ")
)
SHAPES = (
    """
{0} | ({0}) | (({0})) | {0} eq {1} | {0} lt {1} | ({0}) ne ({1}) | {0} eq 1 and {1} eq 2 | {0} or not {1} | not({0} lt {1})
{0} add {1} mul 2 gt 3 | {0} in (1,2) | {0} in ('x') | {0} in ( 'x' , 1 ) | {0} IN b | {0} in ({1} eq 1) | {0} in ['x']
{0} has 'R' | {0} has NS.C'R' | concat({0},{1}) eq 'x' | contains({0},'x') or {1} | a/any(x:{0} eq {1}) | -({0}) sub {1}
{0} eq 1 eq true and ({1} or b) | (a or {0}) and {1} eq 'x' | a mod ({0}) divby 2 | {0} gt 1 or a and {1} eq 2 or b
""".replace("\n", " | ")
    .strip(" |")
    .split(" | ")
)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_fast_reader_leaves_no_usual_operand_to_the_loop_wherever_it_stands(shape: str) -> None:
    """Texts of which the loop makes a tree; what law 6 cannot see is that the loop is not needed for them."""
    for place, operand in enumerate(OPERANDS):
        for step in (3, 11, 25):
            text = shape.format(operand, OPERANDS[(place + step) % len(OPERANDS)])
            meant = by_loop(text)
            if meant is not None:
                assert fast.reader()(text, text.isascii())[0] == meant, text


def test_a_name_that_is_one_at_a_glance_is_one() -> None:
    characters = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
    for name in (name for one in characters for name in (one, f"a{one}")):
        if _names.is_plain_name(name):
            assert _names.name_problem(name) is None, name
    assert not _names.is_plain_name("a" * 129)


@pytest.mark.parametrize(
    ("categories", "characters", "places"),
    [
        ("Lu Ll Lt Lm Lo Nl", "Ééǅʰאↁ", (0, 1)),
        ("Nd Mn Mc Pc Cf", "٣\u0301\u0903‿\u00ad", (1,)),
        ("Me No Pd Po Sc Sm So Zs", "\u0488²–§€±©\xa0", ()),
    ],
)
def test_a_character_stands_in_a_name_by_its_category(
    categories: str, characters: str, places: tuple[int, ...]
) -> None:
    """CSDL §15.2: letters lead, digits and marks follow. What Python takes for no name is judged with care."""
    for category, character in zip(categories.split(), characters, strict=True):
        assert unicodedata.category(character) == category
        names = (f"{character}\u200c", f"\u01c5{character}\u200c")
        found = tuple(place for place, name in enumerate(names) if _names.name_problem(name) is None)
        assert found == places, category


GROWING: dict[str, Callable[[int], str]] = {
    "numbers": lambda n: " or ".join(f"a eq {i}" for i in range(n)),
    "texts": lambda n: " or ".join(f"name eq 'job {i}'" for i in range(n)),
    "names": lambda n: " and ".join(f"name{i} eq other{i}" for i in range(n)),
    "groups": lambda n: " and ".join(f"(price gt {i} or not contains(name,'{i}'))" for i in range(n)),
    "lambdas": lambda n: " or ".join(f"items/any(i:i/NS.Type/qty gt {i})" for i in range(n)),
    "lists": lambda n: f"a in ({','.join(map(str, range(n)))})",
    "quotes": lambda n: f"a eq '{'x' * n}{chr(39) * 2 * n}'",
    "binary": lambda n: f"a eq binary'{'AAAA' * n}'",
    "a line": lambda n: f"a eq geography'SRID=0;LineString({','.join(['1 1'] * n)})'",
    "a line of fractions": lambda n: f"a eq geography'SRID=0;LineString({','.join(['-1.25 1e5'] * n)})'",
    "a polygon": lambda n: f"a eq geometry'SRID=0;Polygon(({','.join(['1 1'] * n)}))'",
    "a polygon of many rings": lambda n: f"a eq geometry'SRID=0;Polygon({','.join(['(1 1,2 2)'] * n)})'",
    "points": lambda n: f"a eq geometry'SRID=0;MultiPoint({','.join(['(1 1)'] * n)})'",
    "lines": lambda n: f"a eq geometry'SRID=0;MultiLineString({','.join(['(1 1,2 2)'] * n)})'",
    "polygons": lambda n: f"a eq geometry'SRID=0;MultiPolygon({','.join(['((1 1))'] * n)})'",
    "digits": lambda n: f"a eq {'1' * n}.{'1' * n}",
    "letters outside ASCII": lambda n: f"name eq '{'ß' * n}'",
    "flags": lambda n: f"a eq NS.Color'{','.join(f'Red{i}' for i in range(n))}'",
    "flags after has": lambda n: f"a has NS.Color'{','.join(['1'] * n)}'",
    "members after in": lambda n: f"a in ({','.join(f'NS.Color{chr(39)}Red{i}{chr(39)}' for i in range(n))})",
    "GUIDs after in": lambda n: f"a in ({','.join(f'{i:08X}-0000-4000-8000-00000000abcd' for i in range(n))})",
}


def memory_of_reading(text: str) -> tuple[int, int]:
    """Bytes that are kept with the filter of a text, and the most that reading it takes."""
    tracemalloc.start()
    try:
        read = of.parse(text, limits=ANY_LENGTH)
        memory = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    del read  # kept until then
    return memory


@pytest.mark.parametrize("made", GROWING.values(), ids=GROWING.keys())
def test_reading_takes_little_more_memory_than_the_tree_that_is_kept(made: Callable[[int], str]) -> None:
    text = made(60_000 * 1_000 // len(made(1_000)))
    of.parse(made(2), limits=ANY_LENGTH)
    kept, peak = memory_of_reading(text)
    assert peak <= 1.5 * kept


LONG: dict[str, Callable[[int], str]] = {
    "a text": lambda n: f"a eq '{'ab' * n}'",
    "a text of quotes": lambda n: f"a eq '{chr(39) * 2 * n}'",
    "a text in double quotes": lambda n: f'a in ["{"ab" * n}"]',
    "escapes": lambda n: f'a in ["{chr(92)}u00e9{"a" * n}{chr(92)}n{"b" * n}"]',
    "many escapes": lambda n: f'a in ["{(chr(92) + "n") * n}"]',
    "the name of a member": lambda n: f'a eq {{"{"ab" * n}":1}}',
    "operators after not": lambda n: f"not {'and and ' * n}and x",
    "a name with a namespace": lambda n: f"a/{'N.' * n}T/b eq 1",
    "a search": lambda n: f"a/$count($search={'ab ' * n}) gt 1",
    "a search of phrases": lambda n: f"a/$count($search={chr(34)}ab{chr(34)}{' AND (ab OR (cd))' * n}) gt 1",
}


@pytest.mark.parametrize("made", LONG.values(), ids=LONG.keys())
def test_a_long_literal_takes_a_few_times_its_length(made: Callable[[int], str]) -> None:
    text = made(60_000 * 1_000 // len(made(1_000)))
    of.parse(made(2), limits=ANY_LENGTH)
    _, peak = memory_of_reading(text)
    assert peak <= 3.1 * len(text)


CHAINED: dict[str, Callable[[int], str]] = {
    "the same number": lambda i: "a eq 1",
    "the same text": lambda i: "name eq 'job 123'",
    "a thousand names and numbers": lambda i: f"a{i % 2_000} eq {i % 7_000}",
    "other names and numbers": lambda i: f"name{i} eq {i}",
    "other names and Booleans": lambda i: f"a{10_000 + i} eq true",
    "other texts": lambda i: f"name eq 'job {i}'",
}


@pytest.mark.parametrize("made", CHAINED.values(), ids=CHAINED.keys())
def test_a_chain_of_comparisons_keeps_twelve_times_its_text_at_most(made: Callable[[int], str]) -> None:
    comparisons = list(map(made, range(150_000 // (len(made(10_000)) + 4))))
    text = " or ".join(comparisons)
    of.parse(" or ".join(comparisons[:2]))
    kept, _ = memory_of_reading(text)
    assert kept <= 12 * len(text)
