"""`matchesPattern` has the regular expressions of ECMAScript (§5.1.1.7.1)."""

import pytest
from truth_of_filters import refusal, value


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


def test_an_unknown_flag_of_a_pattern_is_named() -> None:
    message = "matchesPattern has no flag 'x'; it has 'i', 'm', 's' and 'u'"
    assert refusal("matchesPattern(City,'a','x')") == f"property 'City': {message}"
