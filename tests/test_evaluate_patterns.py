"""`matchesPattern` has the regular expressions of ECMAScript (§5.1.1.7.1)."""

import itertools
import re
import unicodedata
from collections.abc import Callable

import pytest
from truth_of_filters import refusal, value

import odatafilter as of
from odatafilter._evaluate.regular_expressions import pattern
from odatafilter.limits import DEFAULT


@pytest.mark.parametrize(
    ("pattern", "text", "flags", "found"),
    [
        ("^A.*e$", "Alfreds Futterkiste", "", True),
        ("b", "abc", "", True),
        ("^b", "abc", "", False),
        ("a$", "a\n", "", False),
        ("berg$", "Bamberg\nX", "m", True),
        ("^x", "a\u2028x", "m", True),
        ("a.c", "a\rc", "", False),
        ("a.c", "a\nc", "s", True),
        (r"^\d$", "٣", "", False),
        (r"^\w+$", "é", "", False),
        (r"\bé", "aé", "", True),
        (r"^\s$", "\ufeff", "", True),
        (r"^[\s]$", "\x1c", "", False),
        (r"^[^\S]$", "\u00a0", "", True),
        ("ABC", "abc", "i", True),
        (r"^\/\x41\u0042\cJ\t$", "/AB\n\t", "", True),
        (r"^[\b]$", "\b", "", True),
        ("^[^]$", "\n", "", True),
        ("[]", "a", "", False),
        ("^[a-c]$", "b", "", True),
        ("^[a-c]$", "-", "", False),
        ("^[ab]$", "x", "", False),
        (r"^[\x41-C]$", "B", "", True),
        (r"^[\d-x]$", "-", "", True),
        ("^[a[&&b]+$", "[&", "", True),
        (r"^[\w-z]+$", "a-z", "", True),
        ("^a{,2}$", "a{,2}", "", True),
        ("^a{2,}?$", "aaa", "", True),
        ("^(?<x>a)\\k<x>(?=b)(?!c)(?:b)$", "aab", "", True),
        ("^(?<x>a|b)\\k<x>$", "aa", "", True),
        ("^(?<x>a|b)\\k<x>$", "ab", "", False),
        (r"(?<=a)b\B", "abc", "", True),
        (r"^(.)\1$", "aa", "", True),
        ("^\\ud83d\\ude00$|^\\u{1F600}x", "😀", "", True),
        (r"^}\]]$", "}]]", "", True),
    ],
)
def test_patterns_are_those_of_ecmascript(pattern: str, text: str, flags: str, found: bool) -> None:
    item = {"t": text, "p": pattern, "f": flags}
    assert value("matchesPattern(t,p,f)", item) is found


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        "a**",
        "a++",
        "(?i)a",
        "(?P<x>a)",
        "(?>a)",
        "(?#a)",
        "[b-a]",
        r"\c",
        r"a\c",
        r"[\12]",
        r"\p{L}",
        r"\u{110000}",
        r"\A",
        "[a",
        "\\",
        "*",
        "a{99999999999}",
    ],
)
def test_a_pattern_that_ecmascript_does_not_have_is_refused(pattern: str) -> None:
    assert "is no regular expression that can be used" in refusal("matchesPattern(t,p)", {"t": "a", "p": pattern})


def test_a_pattern_and_what_it_is_looked_for_in_have_bounds() -> None:
    assert value(f"matchesPattern(a,'{'a' * 1000}')", {"a": "a" * 100_000}) is True
    assert refusal(f"matchesPattern(a,'{'a' * 1001}')", {"a": "a"}) == (
        "property 'a': a pattern of 1001 characters is too long to be evaluated here: 1000 are allowed"
    )
    assert refusal("matchesPattern(a,'a')", {"a": "a" * 100_001}) == (
        "property 'a': a text to match with a pattern of 100001 characters is too long to be evaluated here: 100000 are allowed"
    )


def test_a_pattern_takes_all_of_its_flags() -> None:
    assert value("matchesPattern(a,'^B.$','imsu')", {"a": "a\nb\n"}) is True


def test_an_unknown_flag_of_a_pattern_is_named() -> None:
    message = "matchesPattern has no flag 'x'; it has 'i', 'm', 's' and 'u'"
    assert refusal("matchesPattern(City,'a','x')") == f"property 'City': {message}"


# --- characters ------------------------------------------------------------------------------------------------------

# The spaces are those of ECMA-262 (12.2 and 12.3): tabs, the byte order mark, line terminators, what Unicode calls Zs.
CLASSES: dict[str, Callable[[str], bool]] = {
    "d": lambda one: one in "0123456789",
    "w": lambda one: one.isascii() and (one.isalnum() or one == "_"),
    "s": lambda one: one in "\t\n\v\f\r\u2028\u2029\ufeff" or unicodedata.category(one) == "Zs",
}
EVERY = [*map(chr, range(0x3100)), *"\ufefe\ufeff\uff00\uffff\U00010000\U0010ffff"]


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("spelling", ["^\\{}$", "^[\\{}]$", "^[x\\{}x]$"])
def test_the_classes_are_those_of_ecmascript(name: str, spelling: str) -> None:
    holds, within, without = (CLASSES[name], pattern(spelling.format(name)), pattern(spelling.format(name.upper())))
    beside = "x" if "x" in spelling else ""
    for one in EVERY:
        assert within.finds(one, [DEFAULT.visits]) is (holds(one) or one == beside), one
        assert without.finds(one, [DEFAULT.visits]) is (not holds(one) or one == beside), one


@pytest.mark.parametrize(
    ("escape", "character"),
    [
        *zip((rf"\{letter}" for letter in "fnrtv0"), "\f\n\r\t\v\0", strict=True),
        *[(rf"\c{letter}", chr(number)) for number, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1)],
        *[(rf"\c{letter}", chr(number)) for number, letter in ((1, "a"), (26, "z"))],
        *[(rf"\{sign}", sign) for sign in "^$\\.*+?()[]{}|/-"],
        (r"\x00", "\0"),
        (r"\xfF", "ÿ"),
        (r"\u00e9", "é"),
        (r"\uFFFF", "\uffff"),
        (r"\u{0}", "\0"),
        (r"\u{10FFFF}", "\U0010ffff"),
        (r"\ud800\udc00", "\U00010000"),
        (r"\uDBFF\uDFFF", "\U0010ffff"),
        (r"\ud83d\ude00", "😀"),
    ],
)
@pytest.mark.parametrize("spelling", ["^{}$", "^[{}]$", "^[^{}]$"])
def test_an_escape_stands_for_one_character(escape: str, character: str, spelling: str) -> None:
    search = pattern(spelling.format(escape))
    for one in {*map(chr, range(256)), character, "\uffff", "\U00010000", "\U0010ffff"}:
        assert search.finds(one, [DEFAULT.visits]) is ((one == character) is not ("[^" in spelling)), one


@pytest.mark.parametrize(
    ("brackets", "members"),
    [
        ("[a-]", "a-"),
        ("[-a]", "-a"),
        ("[-]", "-"),
        ("[--/]", "-./"),
        ("[+--]", "+,-"),
        ("[a-c-e]", "abc-e"),
        ("[a-ce-g]", "abcefg"),
        (r"[+-\d]", "+-0123456789"),
        (r"[\d-+]", "+-0123456789"),
        ("[+.*?|(){}$&~#]", "+.*?|(){}$&~#"),
        ("[a^]", "a^"),
        (r"[\]a\\]", "]a\\"),
        (r"[\x41-\x43]", "ABC"),
        (r"[\b-\n]", "\b\t\n"),
        ("[]", ""),
    ],
)
def test_brackets_hold_characters_and_ranges(brackets: str, members: str) -> None:
    within, without = pattern(f"^{brackets}$"), pattern(f"^[^{brackets[1:]}$")
    for one in map(chr, range(128)):
        assert within.finds(one, [DEFAULT.visits]) is (one in members), one
        assert without.finds(one, [DEFAULT.visits]) is (one not in members), one


@pytest.mark.parametrize("end", "\n\r\u2028\u2029")
def test_lines_end_where_ecmascript_ends_them(end: str) -> None:
    text = f"a{end}b"
    for expression, flags, found in (
        ("^b", "", False),
        ("^b", "m", True),
        ("a$", "", False),
        ("a$", "m", True),
        ("a.b", "", False),
        ("a.b", "s", True),
        ("a.b", "ims", True),
    ):
        assert pattern(expression, flags).finds(text, [DEFAULT.visits]) is found
    assert pattern("a$").finds("a", [DEFAULT.visits])


def test_words_are_of_letters_digits_and_lines_below() -> None:
    words = re.compile("(?a:\\w)")
    for before, after in itertools.product(["", "a", "Z", "0", "9", "_", " ", "-", "é"], repeat=2):
        is_boundary = bool(words.match(before)) is not bool(words.match(after))
        text = f"{before}|{after}".replace("|", "")
        at = rf"^{re.escape(before)}{{}}{re.escape(after)}$"
        assert pattern(at.format(r"\b")).finds(text, [DEFAULT.visits]) is is_boundary
        assert pattern(at.format(r"\B")).finds(text, [DEFAULT.visits]) is not is_boundary


# --- what a search may take ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "most"),
    [
        ("a", 11 * 1),  # from each of eleven places
        ("^a", 1 + 1 + 1),  # from the start alone: each part, and one for all of them
        ("^a|^b", 2 * 3),
        ("^a|b", 11 * (3 + 1)),
        ("^", 1),
        ("(?:)a", 11 * (1 + 1 + 1)),
        ("^(?=ab)", 1 + 1 + 3),
        (r"^(a)\1", 1 + 1 + 1 + 11),
        ("^a?", 1 + 1 + 1),
        ("^a*", 1 + 1 + 10),
        ("^a*b", 1 + 1 + 10 + 11 * 1),
        ("^a*b*c", 1 + 1 + 10 + 11 * 10 + 11 * 11 * 1),
        ("^a{3}b", 1 + 1 + 3 + 1),
        ("^a{2,5}b", 1 + 1 + 5 + 4 * 1),
        ("^a{4,}b", 1 + 1 + 10 + 7 * 1),
        ("^a{2,99}b", 1 + 1 + 10 + 9 * 1),
        ("^a{20}b", 1 + 1 + 20 + 1 * 1),
        ("^a{0}b", 1 + 1 + 1 + 1),
        ("^(?:a|b){3}", 1 + 1 + 3 * 2**3 * 2),
        ("^(?:a|b){1,3}c", 1 + 1 + 3 * 2**3 * 2 + 2**3 * 1),
    ],
)
def test_a_search_from_one_place_to_the_next_takes_no_more_steps_than_this(expression: str, most: int) -> None:
    assert pattern(expression).most_steps(10) == most


@pytest.mark.parametrize(
    ("expression", "text", "visits"),
    [
        ("^a{97}", "b", 0),  # 99 steps of Python's `re` at most
        ("^a{98}", "b", 1),
        ("^a{99}", "b", 2 + 1),  # more than the 100 that are left: an automaton comes to the start and to `a`
        # What can take endless steps is read by an automaton: at each character it comes to the repetition, the choice
        # in it, both of its characters and what follows. What came before in the same states is not looked at again.
        ("(?:a|b)*c", "xx", 5 + 5),
        ("(?:a|b)*c", "aabb", 5 + 5 + 5 + 5),
        (r"(?:a|b)*\bc", "ab", 6 + 5 + 6),
    ],
)
def test_a_search_takes_a_visit_for_a_hundred_steps_or_for_a_state(expression: str, text: str, visits: int) -> None:
    budget = [100]
    assert not pattern(expression).finds(text, budget)
    assert budget == [100 - visits]


def test_an_automaton_has_at_most_twenty_thousand_states() -> None:
    assert not pattern("a{19999}").finds("b", [9])
    with pytest.raises(of.FilterError, match=r"^the pattern repeats too much: it has more than 20000 states$"):
        pattern("a{20000}").finds("b", [9])
