"""What is said of a text that is no filter: every mistake of `examples.toml`, whole errors, and law 3 beside valid filters."""

import json
import pickle
import re
import time
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import trees

import odatafilter as of
from odatafilter._diagnose import calls, habits, literals, mistakes, negations, operands, operators, pieces
from odatafilter._diagnose.finding import Finding, is_faithful
from odatafilter._diagnose.place import SEEN
from odatafilter._parse import lalr
from odatafilter.errors import FilterSyntaxError, FilterValidationError, Problem, draw

TABLE = tomllib.loads(Path(__file__).with_name("examples.toml").read_text("utf-8"))
CASES: list[dict[str, str]] = [case for table in TABLE["mistakes"] for case in table["cases"]]


def refused(text: str) -> FilterSyntaxError:
    with pytest.raises(FilterSyntaxError) as caught:
        of.parse(text)
    return caught.value


# --- every mistake of the table -------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"] or "empty")
def test_a_mistake_is_named_placed_and_mended(case: dict[str, str]) -> None:
    error = refused(case["text"])
    mended = case.get("mended")
    assert error.message == case["message"] + (f"; did you mean: {mended}" if mended else "")
    assert case["text"][slice(*error.span)] == case["at"]
    assert error.suggestion == mended
    assert mended is None or str(of.parse(mended))


# --- characters that look like those of OData ------------------------------------------------------------------------

# A character each with the text that it stands in, and what the text becomes.
LOOKALIKES = {
    "a eq {}x{}": ("‘’‚‛′‵´`｀＇‹›❛❜「」『』", "a string stands in straight single quotes", "a eq 'x'"),
    "b eq {}x{}": ('"“”„‟″‶«»＂〝〞〟❝❞', "a string stands in single quotes", "b eq 'x'"),
    "a gt {}5": ("‐‑‒–—―−﹘﹣－", "{!r} is not the minus sign '-'", "a gt -5"),
    "a {} 5": ("‐‑‒–—―−﹘﹣－", "{!r} is written 'sub'", "a sub 5"),
    "a {}eq 1": (
        "\u00ad\u034f\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2065"
        "\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\ufe00\ufe07\ufe0f\ufeff",
        "'{}' is invisible, and no part of a filter",
        "a eq 1",
    ),
    "b eq{}1": ("\u180e\u2800\u3164", "'{}' is invisible, and no part of a filter", "b eq 1"),
    "a eq{}1": (
        "\n\v\f\r\x1c\x1d\x1e\x1f\x85\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029"
        "\u202f\u205f\u3000",
        "'{}' is no blank in OData",
        "a eq 1",
    ),
}


@pytest.mark.parametrize("template", LOOKALIKES)
def test_a_character_that_looks_like_another_is_named_and_replaced(template: str) -> None:
    characters, message, mended = LOOKALIKES[template]
    for character in characters:
        shown = character if "!r" in message else character.encode("unicode_escape").decode()
        error = refused(template.format(character, character))
        assert error.message == f"{message.format(shown)}; did you mean: {mended}", shown
        assert error.suggestion == mended


def test_a_sign_beyond_ascii_ends_a_name() -> None:
    signs = {"≥": "ge", "≤": "le", "≠": "ne", "×": "mul", "÷": "div", "≡": "eq", "＝": "eq", "＜": "lt", "＞": "gt"}
    for sign, operator in signs.items():
        assert refused(f"a{sign}1").suggestion == f"a {operator} 1"
    for sign in "≈·…":
        assert refused(f"a{sign} eq 1").message == f"'{sign}' cannot stand in a name"


@pytest.mark.parametrize(
    "placeholder",
    [
        *(
            "{{x}}",
            "${{x}}",
            "@{{x}}",
            "{{x}}}",
            "{x}",
            "{x:d}",
            "@{x}",
            "${x}",
            "#{x}",
            "%{x}",
            "{% x %}",
            "<%x%>",
            "<<x>>",
        ),
        *("@f()", "@f(x(1))", "$(x)", "%(x)s", "%(x)", "%s", "%d", "%x%", "%%x%%", "#x#", "##x##", "<x>", "<x y>", "?"),
        *("…", "..."),
    ],
)
def test_what_a_template_leaves_is_named(placeholder: str) -> None:
    error = refused(f"a eq {placeholder}")
    assert error.message == f"the placeholder {placeholder!r} was not filled in"
    assert error.span == (5, 5 + len(placeholder))
    assert error.suggestion is None


@pytest.mark.parametrize(
    ("text", "message", "mended"),
    [
        *((f"a eq 1{bracket}", f"this '{bracket}' closes nothing", "a eq 1") for bracket in ")]}"),
        *((f"(a eq 1{bracket}", "')' is expected here", "(a eq 1)") for bracket in "]}"),
        *((f"a eq [1{bracket}", "']' is expected here", "a eq [1]") for bracket in ")}"),
        *((f'a eq {{"b":1{bracket}', "'}' is expected here", 'a eq {"b":1}') for bracket in ")]"),
    ],
)
def test_a_bracket_that_closes_another_one_is_named(text: str, message: str, mended: str) -> None:
    error = refused(text)
    assert error.message == f"{message}; did you mean: {mended}"
    assert error.span == (len(text) - 1, len(text))


@pytest.mark.parametrize(
    ("text", "closers"),
    [("a eq [1", "]"), ("a eq [[1,2", "]]"), ('a eq {"b":1', "}"), ('a eq {"b":[1', "]}"), ("contains(a,'x'", ")")],
)
def test_brackets_that_are_missing_at_the_end_are_added(text: str, closers: str) -> None:
    error = refused(text)
    assert error.message == f"a '{closers[0]}' is missing at the end; did you mean: {text}{closers}"
    assert error.suggestion == text + closers


@pytest.mark.parametrize("literal", ["'x'", "5", "+5", "-5"])
def test_a_literal_that_was_read_is_no_part_of_a_text(literal: str) -> None:
    error = refused(f"a eq {literal} km b")
    assert error.message == "found 'km' where an operator or the end is expected"
    assert error.suggestion is None


@pytest.mark.parametrize("values", ["1,2", "'x',-2.5", "null,true", "true,false"])
def test_a_list_of_literals_stands_after_in(values: str) -> None:
    assert refused(f"a eq ({values})").suggestion == f"a in ({values})"
    assert refused(f"a eq ({values},b)").suggestion is None


@pytest.mark.parametrize("quote", ["\\'", '\\"'])
def test_quotes_escaped_for_a_program_are_named(quote: str) -> None:
    error = refused(f"a eq 1 and b eq {quote}x{quote}")
    assert error.message.startswith("a backslash before a quote is for programs alone")
    assert (error.span, error.suggestion) == ((16, 17), "a eq 1 and b eq 'x'")
    assert refused("a eq \\x").suggestion == "a eq '\\x'"


@pytest.fixture(scope="module")
def examples() -> dict[habits.Habit, list[re.Match[str]]]:
    """What each habit matches in the cases of the table."""
    seen: dict[habits.Habit, list[re.Match[str]]] = {
        habit: []
        for table in (
            literals.LITERALS,
            literals.STRINGS,
            literals.UNQUOTED,
            operators.FOR_OPERATORS,
            operands.FOR_OPERANDS,
        )
        for habit in table
    }
    explain = habits.explain

    def spy(place: Any, habit: habits.Habit, found: re.Match[str], begin: int) -> Finding:
        seen[habit].append(found)
        return explain(place, habit, found, begin)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(habits, "explain", spy)
        for case in CASES:
            refused(case["text"])
    return seen


def test_every_habit_has_an_example(examples: dict[habits.Habit, list[re.Match[str]]]) -> None:
    assert [habit.pattern for habit, found in examples.items() if not found] == []


def test_every_alternative_of_a_habit_has_an_example(examples: dict[habits.Habit, list[re.Match[str]]]) -> None:
    """Without any one of the alternatives, some case of the table is matched in another way or not at all.

    An alternative of a piece that many patterns share needs a case of one of them.
    """
    missing: set[tuple[str, str]] = set()
    changing: set[tuple[str, str]] = set()
    for habit, found in examples.items():
        for owner, alternative, without in alternatives(habit.pattern):
            if owner == pieces.WORDS:
                continue  # the operators themselves
            rest = re.compile(without, re.IGNORECASE | re.DOTALL)
            matches = (rest.match(one.string, one.start(), one.start() + SEEN) for one in found)
            is_needed = any(now is None or now.regs != one.regs for now, one in zip(matches, found, strict=True))
            (changing if is_needed else missing).add((owner, alternative))
    assert sorted(missing - changing) == []


_OPENING = re.compile(r"\((?!\?P=)(?P<kind>\?(?:P<\w+>|[:>=!]|-i:|<[=!]))?")
_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?P=\w+\)|.", re.DOTALL)
_PIECES = [piece for name, piece in vars(pieces).items() if name.isupper() and isinstance(piece, str) and "|" in piece]


def alternatives(pattern: str) -> Iterator[tuple[str, str, str]]:
    """Each alternative in `pattern`, outside what must not follow: the piece or the pattern that it belongs to, itself,
    and the pattern without it.
    """
    shared = [(found.span(), piece) for piece in _PIECES for found in re.finditer(re.escape(piece), pattern)]
    groups = [("", [0])]
    at = 0
    while at <= len(pattern):
        if opening := _OPENING.match(pattern, at):
            groups.append((opening["kind"] or "", [at := opening.end()]))
            continue
        part = _PART.match(pattern, at)
        written = part.group() if part else ")"  # the end closes what is around the whole
        if written == "|":
            groups[-1][1].append(at + 1)
        elif written == ")":
            starts = [*groups[-1][1], at + 1]
            is_wanted = not any(kind.endswith("!") for kind, _ in groups)
            groups.pop()
            for start, following in pairwise(starts if is_wanted and len(starts) > 2 else ()):
                owners = [piece for (first, last), piece in shared if first <= start and following - 1 <= last]
                last = following == starts[-1]
                without = pattern[: start - last] + pattern[following - last :]
                yield min(owners, key=len, default=pattern), pattern[start : following - 1], without
        at += len(written)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("noteq(n,1)", "n ne 1"),
        ("notgt(n,1)", "not (n gt 1)"),
        ("notge(n,1)", "not (n ge 1)"),
        ("notlt(n,1)", "not (n lt 1)"),
        ("notle(n,1)", "not (n le 1)"),
        ("notnull(n)", "n ne null"),
        ("notempty(n)", "n ne ''"),
        ("notlike(n,'a')", "not contains(n,'a')"),
        ("notbetween(n,1,2)", "not (n ge 1 and n le 2)"),
        ("notcontains(n,'a')", "not contains(n,'a')"),
        ("notstartswith(n,'a')", "not startswith(n,'a')"),
        ("notendswith(n,'a')", "not endswith(n,'a')"),
        ("notmatchesPattern(n,'a')", "not matchesPattern(n,'a')"),
        ("notin(n,1,2)", "not n in (1,2)"),
        ("notin(n,1)", "not n in (1)"),
        ("in(n,(1))", "n in (1)"),
        ("d.adddays(1) gt now()", "(d add duration'P1D') gt now()"),
        ("d.addhours(1) gt now()", "(d add duration'PT1H') gt now()"),
        ("d.addminutes(1) gt now()", "(d add duration'PT1M') gt now()"),
        ("d.addseconds(1) gt now()", "(d add duration'PT1S') gt now()"),
    ],
)
def test_calls_that_negate_or_move_are_written_with_operators(text: str, meant: str) -> None:
    with pytest.raises(of.FilterSyntaxError) as caught:
        of.parse(text)
    assert caught.value.suggestion == meant


NEGATED = {
    "a ne 'x'": "equal equals equalto equalsto same sameas thesameas",
    "a ne null": "null nil none",
    "a ne ''": "empty blank",
    "a ne true": "true",
    "a ne false": "false",
    "not a in ('x')": "in inlist oneof anyof among memberof within",
    "not a has 'x'": "has have",
    "not contains(a,'x')": "contains contain containing includes include including",
    "not startswith(a,'x')": "startswith startwith startingwith startsin beginswith beginwith beginningwith",
    "not endswith(a,'x')": "endswith endwith endingwith",
    "not matchesPattern(a,'x')": "matches match matchespattern regex regexp regexmatch rlike",
    "not contains(a,'y')": "like ilike",
    "not (a ge 1 and a le 2)": "between",
    "not (a gt 'x')": "gt greater greaterthan morethan largerthan after",
    "not (a lt 'x')": "lt less lessthan smallerthan fewerthan before",
    "not (a ge 'x')": "ge gte greaterthanorequal greaterthanorequalto greaterorequal atleast",
    "not (a le 'x')": "le lte lessthanorequal lessthanorequalto lessorequal atmost",
}
AUXILIARIES = [
    "does",
    "do",
    "did",
    "is",
    "are",
    "was",
    "were",
    "has",
    "have",
    "can",
    "could",
    "should",
    "will",
    "would",
]


def operands_behind(meant: str) -> str:
    """What stands behind the word in the text whose suggestion is `meant`."""
    if meant.startswith("a ne ") and meant != "a ne 'x'":
        return ""
    values = {"not a in ('x')": " ('x')", "not contains(a,'y')": " '%y%'", "not (a ge 1 and a le 2)": " 1 and 2"}
    return values.get(meant, " 'x'")


@pytest.mark.parametrize(
    ("word", "meant"), [(word, meant) for meant, words in NEGATED.items() for word in words.split()]
)
def test_every_word_can_be_negated(word: str, meant: str) -> None:
    for prefix in ("not", "n", "!", "isnot", "are not "):
        if prefix in {"n", "!"} and word in {"in", "equal", "equals", "null", "empty", "oneof", "none"}:
            continue  # these are rows of the tables, or words of their own
        assert refused(f"a {prefix}{word}{operands_behind(meant)}").suggestion == meant


def test_no_word_is_left_out_of_those() -> None:
    words = {word for words in NEGATED.values() for word in words.split()}
    assert negations.MEANINGS.keys() - words == {"eq", "and", "or"}


@pytest.mark.parametrize("auxiliary", AUXILIARIES)
def test_every_auxiliary_can_be_negated(auxiliary: str) -> None:
    for no in ("not", "_not_", " not ", "n't ", "nt ", "n’t "):
        if (auxiliary, no) != ("has", " not "):  # that is the operator
            assert refused(f"a {auxiliary}{no}contain 'x'").suggestion == "not contains(a,'x')"


@pytest.mark.parametrize("words", ["cannot", "can't", "can’t", "cant", "won't", "wont"])
def test_what_cannot_be_is_negated(words: str) -> None:
    assert refused(f"a {words} contain 'x' and b").suggestion == "not contains(a,'x') and b"


@pytest.mark.parametrize("word", ["aint", "isnt", "arent", "wasnt", "werent", "isnot", "arenot", "wasnot", "werenot"])
def test_a_verb_that_is_negated_alone_says_that_two_are_not_equal(word: str) -> None:
    assert refused(f"a {word} 'x'").suggestion == "a ne 'x'"


@pytest.mark.parametrize(
    "words", ["noneof", "is noneof", "isnoneof", "are noneof", "arenoneof", "none of", "are none of"]
)
def test_none_of_some_is_not_in_them(words: str) -> None:
    assert refused(f"a {words} ('x')").suggestion == "not a in ('x')"


@pytest.mark.parametrize(
    ("word", "is_negation"),
    [
        *((word, True) for word in ["not", "ne", "neq", "without", "except", "unless", "never", "neither", "cannot"]),
        *(
            (word, True)
            for word in [
                "nand",
                "nor",
                "xnor",
                "andnot",
                "ornot",
                "isnt",
                "can't",
                "wouldn’t",
                "!",
                "!=",
                "!==",
                "<>",
                "=/=",
                "~=",
                "≠",
                "unequal",
            ]
        ),
        *(
            (word, False)
            for word in [
                "note",
                "one",
                "order",
                "and",
                "or",
                "name",
                "until",
                "understand",
                "'not'",
                "'!='",
                "eq",
                "none",
                "null",
            ]
        ),
    ],
)
def test_what_negates_is_known(word: str, is_negation: bool) -> None:
    assert negations.loses_negation(f"a {word} b", "a b") == is_negation
    assert not negations.loses_negation(f"a {word} b", f"b {word} a")


FOREIGN = {
    "case(a: b,true: c)": "if iif",
    "a eq null": "isnull",
    "a ne null": "isnotnull",
    "a eq ''": "isempty",
    "(a eq null or a eq '')": "isnullorempty nullorempty",
    "(a eq null or trim(a) eq '')": "isnullorwhitespace",
    "a eq b": "eq equals",
    **{
        f"a {word} b": word
        for word in ["ne", "lt", "le", "gt", "ge", "has", "add", "sub", "mul", "div", "divby", "mod"]
    },
    "(a and b)": "and",
    "(a or b)": "or",
    "(a ge b and a le c)": "between",
    "contains(a,b)": "like includes",
    "startswith(a,b)": "beginswith",
    "indexof(b,a)": "charindex locate",
    "indexof(a,b)": "instr position",
    "a/$count": "count",
    "length(a)": "len size strlen",
    "tolower(a)": "lcase lower lowercase tolowercase tolowerinvariant",
    "toupper(a)": "ucase upper uppercase touppercase toupperinvariant",
    "trim(a)": "ltrim rtrim",
    "substring(a,b)": "substr",
    "matchesPattern(a,b)": "matches regexmatch",
    "ceiling(a)": "ceil",
    **{f"{unit}(a)": f"{unit}s" for unit in ["year", "month", "day", "hour", "minute", "second"]},
    "cast(a,Edm.String)": "tostring",
    "geo.distance(a,b)": "distance",
    "geo.intersects(a,b)": "intersects",
}


def test_functions_of_other_languages_are_known() -> None:
    names = {name: meant for meant, words in FOREIGN.items() for name in words.split()}
    assert calls.CALLS.keys() == names.keys()
    for name, meant in names.items():
        given = ",".join(sorted({*re.findall(r"\b[abc]\b", meant)}))
        assert f"it is written {meant}" in refused(f"{name}({given})").message


def test_what_is_expected_is_named_in_the_words_of_odata() -> None:
    signs = {"_SLASH": "'/'", "_OPEN": "'('", "_COLON": "':'", "_EQUALS": "'='", "_COMMA": "','", "_SEMICOLON": "';'"}
    signs |= {"_CLOSE": "')'", "_CLOSE_ARRAY": "']'", "_CLOSE_OBJECT": "'}'", "END": "the end"}
    signs |= {"_FILTER_IS": "'$filter='", "SEARCH": "'$search='"}
    for terminal, words in signs.items():
        assert mistakes.words_for(frozenset({terminal})) == words
        behind = "an operator" + ("" if terminal in {"_SLASH", "_OPEN", "_COLON", "_EQUALS"} else f" or {words}")
        assert mistakes.words_for(frozenset({terminal, "EQUALITY"})) == behind
    assert mistakes.words_for(frozenset({"NUMBER", "NAME"})) == "a property or a value"
    assert mistakes.words_for(frozenset({"NAME"})) == "a property"
    assert mistakes.words_for(frozenset({"STRING"})) == "a text of enumeration members such as 'Red,Green'"
    assert mistakes.words_for(frozenset({"JSON_STRING", "_CLOSE_OBJECT"})) == "a name in double quotes or '}'"
    assert mistakes.words_for(frozenset({"_COMMA", "_CLOSE"})) == "',' or ')'"


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("String.IsNullOrEmpty(a)", "(a eq null or a eq '')"),
        ("System.String.IsNullOrEmpty(a)", "(a eq null or a eq '')"),
        ("Math.Round(a) eq 1", "round(a) eq 1"),
        ("System.Math.Ceil(a) eq 1", "ceiling(a) eq 1"),
        ("Convert.ToString(a) eq 'x'", "cast(a,Edm.String) eq 'x'"),
        ("Strings.IsNullOrEmpty(a)", None),
        ("notin(a,(1))", "not a in (1)"),
        ("in(a,('x')) and b", "a in ('x') and b"),
        ("a.b.trim() == 'x'", "trim(a/b) eq 'x'"),
        ("a.b.ToLower().contains('x')", "contains(tolower(a/b),'x')"),
        ("a.b.ToUpper() == 'A'", "toupper(a/b) eq 'A'"),
    ],
)
def test_a_function_written_as_a_method_stands_before_its_arguments(text: str, mended: str | None) -> None:
    assert refused(text).suggestion == mended


@pytest.mark.parametrize("function", sorted(calls.CALLS))
def test_what_stands_for_a_foreign_function_is_a_filter(function: str) -> None:
    template = calls.CALLS[function]
    several = 1 + max((int(number) for number in re.findall(r"\{(\d)\}", template)), default=-1)
    arguments = ["a", "'b'", "c"][:several]
    assert refused(f"{function}({','.join(arguments)})").suggestion == template.format(*arguments)


@pytest.mark.parametrize(
    ("text", "mended", "span", "repaired", "is_kept"),
    [
        ("a = 1", "a eq 1", (2, 3), None, True),
        ("a = 1", "a = 1", (2, 3), None, False),
        ("a = 1", None, (2, 3), None, False),
        # names, numbers and strings outside what is repaired
        ("a = 1 and b", "a eq 1", (2, 3), None, False),
        ("a = 1 and b", "a eq 1 and c", (2, 3), None, False),
        ("a = 1 and b", "A eq 1 and B", (2, 3), None, True),
        ("a = 1 and b", "a eq 1", (2, 3), (2, 11), True),
        ("a = 'x' and b", "a eq 'X' and b", (2, 3), None, False),
        ("a = 'x' and b", "b and a eq 'x'", (2, 3), None, True),
        ("a = 1 and b eq 1", "a eq 1 and b", (2, 3), None, False),
        ("a = 1 and 12 eq b", "a eq 1 and 1 eq b", (2, 3), None, False),
        # where what is repaired ends
        ("abc = 1", "ab eq 1", (0, 3), None, True),
        ("abc = 1", "ab eq 1", (0, 2), None, True),
        ("abc = 1", "ab eq 1", (3, 5), None, False),
        ("abc = 1", "abc eq 2", (3, 6), None, False),
        ("abc = 1", "abc eq 2", (3, 7), None, True),
        # negations, wherever they stand
        ("not a = 1", "a eq 1", (0, 7), None, False),
        ("a != 1", "a eq 1", (2, 4), None, False),
        ("a != 1", "a ne 1", (2, 4), None, True),
        ("a != 1", "not (a eq 1)", (2, 4), None, True),
    ],
)
def test_what_is_mended_says_what_was_written(
    text: str, mended: str | None, span: tuple[int, int], repaired: tuple[int, int] | None, is_kept: bool
) -> None:
    assert is_faithful(text, Finding("", span, mended, repaired)) == is_kept


# --- whole errors, carets included ----------------------------------------------------------------------------------


def test_errors_are_drawn_under_the_text() -> None:
    assert [str(refused(text)).split("\n") for text in RENDERED] == [lines.split("\n") for lines in RENDERED.values()]


RENDERED = {
    "state = 'active'": """\
'=' is written 'eq'; did you mean: state eq 'active'
    state = 'active'
          ^""",
    "state eq 'active' && type ne null": """\
'&&' is written 'and'; did you mean: state eq 'active' and type ne null
    state eq 'active' && type ne null
                      ^^""",
    "name eq": """\
the filter ends where a property or a value is expected
    name eq
           ^""",
    "name eq 'O'Brien'": """\
a quote inside a string is written twice: ''; did you mean: name eq 'O''Brien'
    name eq 'O'Brien'
              ^""",
    'name eq "my job"': """\
a string stands in single quotes; did you mean: name eq 'my job'
    name eq "my job"
            ^^^^^^^^""",
    "name eq 'my job": """\
the string is not closed; did you mean: name eq 'my job'
    name eq 'my job
            ^^^^^^^""",
    "(a eq 1 or b eq 2": """\
a ')' is missing at the end; did you mean: (a eq 1 or b eq 2)
    (a eq 1 or b eq 2
                     ^""",
    "(a eq (b eq 1": """\
a ')' is missing at the end; did you mean: (a eq (b eq 1))
    (a eq (b eq 1
                 ^""",
    "createdDateTime gt 2024-06-24T13:00:00": """\
the timestamp '2024-06-24T13:00:00' does not say its offset from UTC: 'Z' for UTC, or hours and minutes \
such as +01:00; did you mean: createdDateTime gt 2024-06-24T13:00:00Z
    createdDateTime gt 2024-06-24T13:00:00
                       ^^^^^^^^^^^^^^^^^^^""",
    "substringof('x',name)": """\
unknown function 'substringof'; it is written contains(name,'x'); did you mean: contains(name,'x')
    substringof('x',name)
    ^^^^^^^^^^^""",
    "contains(name)": """\
'contains' takes 2 arguments, not 1, such as contains(name,'text')
    contains(name)
    ^^^^^^^^^^^^^^""",
    "a eq\tmy job": """\
'my job' stands without quotes
    a eq my job
         ^^^^^^""",
    "名前 = '東京'": """\
'=' is written 'eq'; did you mean: 名前 eq '東京'
    名前 = '東京'
         ^""",
    "a eq 1\nand b = 2": """\
'\\n' is no blank in OData; did you mean: a eq 1 and b eq 2
    a eq 1
          ^""",
    "a\u00a0eq 1": """\
'\\xa0' is no blank in OData; did you mean: a eq 1
    a\N{REPLACEMENT CHARACTER}eq 1
     ^""",
}


@pytest.mark.parametrize(
    ("text", "span", "drawn"),
    [
        ("abc", (1, 2), "    abc\n     ^"),
        ("abc", (1, 1), "    abc\n     ^"),
        ("abc", (3, 3), "    abc\n       ^"),
        ("", (0, 0), "    \n    ^"),
        ("a\tb", (2, 3), "    a b\n      ^"),
        ("a\x1bb", (1, 3), "    a\N{REPLACEMENT CHARACTER}b\n     ^^"),
        ("東京x", (2, 3), "    東京x\n        ^"),
        ("東京x", (1, 2), "    東京x\n      ^^"),
        ("ＡｱA", (0, 3), "    ＡｱA\n    ^^^^"),
        ("e\u0301\u0488x", (3, 4), "    e\u0301\u0488x\n     ^"),
        ("e\u0301x", (2, 3), "    e\u0301x\n     ^"),
        ("e\u0301x", (0, 2), "    e\u0301x\n    ^"),
        ("e\u0301x", (1, 2), "    e\u0301x\n     ^"),
        ("a\nbcd\ne", (3, 4), "    bcd\n     ^"),
        ("a\nbcd\ne", (3, 7), "    bcd\n     ^^"),
        ("a\nb", (1, 2), "    a\n     ^"),
        ("x" * 200 + "!" + "y" * 200, (200, 201), f"    …{'x' * 70}!{'y' * 139}…\n    {' ' * 71}^"),
        ("x" * 200, (100, 200), f"    …{'x' * 170}\n    {' ' * 71}{'^' * 100}"),
        ("x" * 400, (0, 400), f"    {'x' * 140}…\n    {'^' * 140}"),
    ],
)
def test_carets_stand_below_the_span(text: str, span: tuple[int, int], drawn: str) -> None:
    assert draw(text, span) == drawn


def test_a_long_proposal_is_left_to_the_attribute() -> None:
    text = " or ".join(["a eq 1"] * 40) + " or a = 1"
    error = refused(text)
    assert error.message == "'=' is written 'eq'"
    assert error.suggestion == text.replace("=", "eq")


def test_what_is_past_a_limit_is_not_proposed() -> None:
    error = refused("not " * 120 + "a = 1")
    assert error.message == "'=' is written 'eq'"
    assert error.suggestion is None


# --- errors as the body of an answer --------------------------------------------------------------------------------


def test_a_syntax_error_becomes_the_body_of_an_answer() -> None:
    assert refused("a = 1").to_dict() == {
        "code": "InvalidFilter",
        "message": "the filter cannot be read",
        "details": [
            {
                "code": "syntax",
                "message": "'=' is written 'eq'; did you mean: a eq 1",
                "target": "$filter",
                "span": [2, 3],
                "suggestion": "a eq 1",
            }
        ],
    }


def test_a_validation_error_becomes_the_body_of_an_answer() -> None:
    problems = Problem("one", (0, 1), "operator"), Problem("other", (2, 3), "unknown-property", "name")
    assert FilterValidationError("a b", problems).to_dict() == {
        "code": "InvalidFilter",
        "message": "the filter is not allowed",
        "details": [
            {"code": "operator", "message": "one", "target": "$filter", "span": [0, 1]},
            {
                "code": "unknown-property",
                "message": "other",
                "target": "$filter",
                "span": [2, 3],
                "suggestion": "name",
            },
        ],
    }


# --- law 3, where it is most at risk --------------------------------------------------------------------------------

PIECE = re.compile(r"'[^']*'|\w+|\s+|.", re.DOTALL)
FILTERS = (
    "iTwinId eq dc720f05-e5f7-448b-ae06-765de46f0af1",
    "inputId in ('482b2968-6a85-4e50-b05c-8acbf828c1bd', '14c03448-bea0-4d76-b53b-4b20bd3f4cbc')",
    "createdDateTime gt 2024-06-24T13:00:00Z and (state eq 'active' or state eq 'success')",
    "not (contains(tolower(name),'o''brien') and length(name) mul 2 ge -5.5)",
    "Address/City eq 'Oslo' or Items/any(i:i/Qty add 1 gt @least) or Items/$count($filter=Qty gt 1) gt 2",
    'style has Sales.Pattern\'Yellow,Red\' and tags in ["a","b"] and cast(a,Edm.String) ne null',
    "case(a eq 1:'x',true:'y') eq {\"a\":[1,2]} and now() sub duration'P1D' lt date",
)
SCRAPS = st.sampled_from(
    [
        *"'\"()[]{},;:/.=<>!&|+-*%$@#?\\ \t\n‘“`–…≥é0a",
        "''",
        "&&",
        " and ",
        " eq ",
        " not ",
        "null",
        "\xa0",
        "\u200b",
        "--",
        "%20",
        "2024-06-24",
        "T13:00",
        "guid'",
        "any(",
        " like ",
        " between ",
        " is not ",
        "0x",
        "\ufeff",
        "😀",
    ]
)


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """A valid filter with one to three pieces or characters lost, doubled, swapped, replaced or put in."""
    text = draw(st.one_of(st.sampled_from(FILTERS), trees.map(lambda tree: str(of.Filter(tree)))))
    for _ in range(draw(st.integers(1, 3))):
        pieces = PIECE.findall(text) if draw(st.booleans()) else list(text)
        at = draw(st.integers(0, len(pieces)))
        kept = draw(st.sampled_from([[], pieces[at : at + 1] * 2, pieces[at : at + 2][::-1], [draw(SCRAPS)]]))
        text = "".join([*pieces[:at], *kept, *pieces[at + draw(st.integers(0, len(kept))) :]])
    return text


@given(spoilt())
@example("{")
@example("a in {")
@example("'\\'a")
@example("'case(null:A_A)")
def test_law_3_and_8_beside_valid_filters(text: str) -> None:
    try:
        of.parse(text)
    except FilterSyntaxError as error:
        start, end = error.span
        assert 0 <= start <= end <= len(text)
        assert error.suggestion is None or str(of.parse(error.suggestion))
        # What the text itself says may be said again, in a mended text, too: `A_A` is a name there.
        words = re.findall(r"\b_?[A-Z]+_[A-Z]+\b|LALR|[Tt]oken|[Tt]erminal", error.message)
        assert [word for word in words if word not in text] == []
        assert json.loads(json.dumps(error.to_dict()))["details"][0]["message"] == error.message
        assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_where_an_operator_is_expected_a_comparison_is() -> None:
    for state in lalr._machine().states:
        assert ("EQUALITY" in state) == (not {"EQUALITY", "RELATION", "ADDITION", "MULTIPLICATION"}.isdisjoint(state))


def test_in_every_state_of_the_parser_something_is_expected_in_the_words_of_odata() -> None:
    machine = lalr._machine()
    for number, state in enumerate(machine.states):
        if number != machine.tables.accepting:
            wanted = mistakes.words_for(frozenset(state) & machine.lookaheads)
            assert wanted
            assert not re.search(r"[A-Z]{2}|_", wanted)


@pytest.mark.parametrize("text", ["a eq 1(2)", "$it(1)"])
def test_of_a_blank_nothing_is_said_where_there_is_none(text: str) -> None:
    assert refused(text).message == "found '(' where an operator or the end is expected"


NASTY = (
    *"'\"()[]{},;:/.=<>!&|+*%$@#?\\ \n‘“`–≥", "\u00a0", "\u200b", "%20", "+eq+", "'x'y", "a = 1 and ", "a\u00a0", "2024-",
    "1,", "/*", " \t", "is ", "a eq 'x and b eq 'y' and ", "a like '%x%' and ",
)  # fmt: skip


@pytest.mark.parametrize("before", ["a ", "a eq "])
def test_long_texts_are_answered_at_once(before: str) -> None:
    for piece in NASTY:
        text = (before + piece * 100_000)[:100_000]
        began = time.process_time()
        assert len(str(refused(text))) < 1500
        assert time.process_time() - began < 2  # most take a hundredth of that


@pytest.mark.parametrize("mark", [*pieces.SINGLE, *pieces.DOUBLE])
def test_each_mark_that_stands_for_a_quote_becomes_one(mark: str) -> None:
    with pytest.raises(FilterSyntaxError) as caught:
        of.parse(f"a eq {mark}x{mark}")
    assert caught.value.suggestion == "a eq 'x'"


def test_the_marks_for_quotes_are_those_of_unicode_and_of_typewriters() -> None:
    assert [f"{ord(mark):04x}" for mark in sorted(pieces.QUOTES)] == [
        *("0060", "00ab", "00b4", "00bb", "2018", "2019", "201a", "201b", "201c", "201d", "201e", "201f"),
        *("2032", "2033", "2035", "2036", "2039", "203a", "275b", "275c", "275d", "275e"),
        *("300c", "300d", "300e", "300f", "301d", "301e", "301f", "ff02", "ff07", "ff40"),
    ]
