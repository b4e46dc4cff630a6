"""Laws of suggestions: one parses, loses no negation, and leaves every literal and name that was read as it was.

What is a negation, a literal or a name is said here again, apart from the code under test.
"""

import itertools
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import odatafilter as of
from odatafilter.errors import FilterSyntaxError, FilterValidationError

TABLE = tomllib.loads(Path(__file__).with_name("examples.toml").read_text("utf-8"))
EXAMPLES: list[str] = [case["text"] for table in TABLE["mistakes"] for case in table["cases"]]
MENDED: list[str] = [case["mended"] for table in TABLE["mistakes"] for case in table["cases"] if "mended" in case]

# --- what a text says, told apart by its tokens ---------------------------------------------------------------------

STRING = r"'[^']*(?:''[^']*)*'"
OPERATORS = frozenset(
    ["and", "or", "eq", "ne", "lt", "le", "gt", "ge", "in", "has", "not", "add", "sub", "mul", "div", "mod"]
)
# What is not closed is a string, too; the apostrophe of "doesn't" opens none.
QUOTED = r"(?!(?<=n)'t\b)'[^']*(?:''[^']*)*(?:'|\Z)"
PLAIN = re.compile(rf"{QUOTED}|(?<![\w'’])(?:not|ne)(?![\w'’])|!=*|<>|≠", re.IGNORECASE)
PREFIXED = re.compile(
    rf"{QUOTED}|(?<![\w'’])(?:(?:does|do|is|are|was)_?(?:not|n['’]?t)|not|non|un|n)_?"
    r"(?:eq|equals?|in|contains?|starts?_?with|ends?_?with|like|between|null|empty|gt|ge|lt|le|has)(?!\w)",
    re.IGNORECASE,
)
READ = re.compile(rf"{STRING}|[\w.]+")


def negations(text: str) -> int:
    """How many negations stand in a text outside its strings, a word with a negating prefix being one."""
    return sum(not found.group().startswith("'") for each in (PLAIN, PREFIXED) for found in each.finditer(text))


def what_was_read(text: str, end: int) -> Counter[str]:
    """The strings, names and numbers that stand wholly before `end`, but for operators."""
    tokens = (found.group() for found in READ.finditer(text) if found.end() <= end)
    return Counter(
        part.casefold()
        for token in tokens
        for part in ([token] if token.startswith("'") else re.split(r"[./]", token))
        if part and part.casefold() not in OPERATORS
    )


def suggestion_of(text: str) -> tuple[str | None, int]:
    """The suggestion for a text, and where its first mistake is; None and 0 for a text that is a filter."""
    try:
        of.parse(text)
    except FilterSyntaxError as error:
        return error.suggestion, error.span[0]
    return None, 0


def check(text: str) -> None:
    suggestion, start = suggestion_of(text)
    if suggestion is None:
        return
    assert str(of.parse(suggestion))
    assert negations(text) <= negations(suggestion)
    if re.search(r"&\w+;|&#|%[0-9A-Fa-f]{2}|\+", text):
        return  # all of such a text is decoded
    if text.count("'") % 2:
        return  # a quote is at fault, and what it seems to close
    joined = re.sub(r"(?<=-\d\d) (?=\d\d:)", "T", text)  # a date and a time are one timestamp
    before = what_was_read(joined, start) - Counter(["datetime", "utcnow"])  # now() of another language
    lost = before - what_was_read(suggestion, len(suggestion))
    # The operand right before the mistake may be a part of it: 1,5 and 2024-01-01 10:00.
    assert sum(lost.values()) <= 2, lost
    assert not any(token.startswith("'") and "," not in token for token in lost), lost  # 'Red, Blue' is no member


# --- texts that are spoilt ------------------------------------------------------------------------------------------

PIECE = re.compile(r"'[^']*'|\w+|\s+|.", re.DOTALL)
SCRAPS = (
    *"'\"()[]{},;:/.=<>!&|+-*%$@#?\\ \t\n‘“`´–≥0a",
    *(" and ", " eq ", " not ", "not", "n", "un", "doesnot", "isnt ", "n't ", "ne", " nin ", "!", "!=", "<>", " notin "),
    *("notcontains", "doesn't contain ", " isnotnull", " andnot ", " nand ", " nor ", "null", "&gt;", "&amp;", "%20", "+"),
    *("datetime'", "guid'", "2024-06-24", "T13:00", " 01:00", "{{x}}", "@{x}", ".Any(", " => ", ".contains(", "any("),
    *(" like ", " between ", " is not ", "--", "/*", "0x", " or 2", "\xa0", "\u200b"),
)  # fmt: skip


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """An example of a mistake, or a filter, with one to three pieces lost, doubled, swapped, replaced or put in."""
    text = draw(st.sampled_from([*EXAMPLES, *MENDED]))
    for _ in range(draw(st.integers(1, 3))):
        pieces = PIECE.findall(text) if draw(st.booleans()) else list(text)
        at = draw(st.integers(0, len(pieces)))
        kept = draw(
            st.sampled_from([[], pieces[at : at + 1] * 2, pieces[at : at + 2][::-1], [draw(st.sampled_from(SCRAPS))]])
        )
        text = "".join([*pieces[:at], *kept, *pieces[at + draw(st.integers(0, len(kept))) :]])
    return text


@given(spoilt())
@example("a not nin (1)")
@example("a doesn't start with '!!!b'")
@example("not not_in(a,1)")
@example("a isn't not 'x'")
@example("a eq 'x and b eq 1`")
@example("begun gt DateTime.UtcNow.AddHours(2,)")
def test_a_suggestion_parses_and_loses_nothing(text: str) -> None:
    check(text)


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_suggestions_of_the_examples_lose_nothing(text: str) -> None:
    check(text)


# --- negations by construction --------------------------------------------------------------------------------------

PREFIXES = (
    "not",
    "not_",
    "n",
    "un",
    "does not ",
    "doesnot",
    "doesn't ",
    "doesnt ",
    "is not ",
    "isnot",
    "isn't ",
    "isnt ",
    "!",
)
WORDS = {
    "eq": "'x'", "equal": "'x'", "equals": "'x'", "equal to": "'x'", "in": "('x','y')", "contain": "'x'", "contains": "'x'",
    "include": "'x'", "startswith": "'x'", "starts with": "'x'", "endswith": "'x'", "like": "'%x%'", "between": "1 and 5",
    "null": "", "empty": "", "gt": "5", "ge": "5", "lt": "5", "le": "5", "has": "'Red'", "matches": "'x'",
}  # fmt: skip


@pytest.mark.parametrize(("prefix", "word"), [*itertools.product(PREFIXES, WORDS)])
def test_a_word_with_a_negation_in_front_is_not_mended_to_the_word(prefix: str, word: str) -> None:
    text = f"city {prefix}{word} {WORDS[word]}".rstrip()
    suggestion, _ = suggestion_of(text)
    if suggestion is not None:
        assert re.search(r"\b(?:not|ne)\b", suggestion), suggestion


FUNCTIONS = (
    "contains",
    "contain",
    "startswith",
    "startwith",
    "endswith",
    "equals",
    "in",
    "like",
    "null",
    "empty",
    "gt",
    "and",
    "or",
    "matchesPattern",
    "isof",
)


@pytest.mark.parametrize(
    ("prefix", "function"),
    [*itertools.product(("not", "not_", "n", "un", "doesnot", "isnot", "isnt", "non"), FUNCTIONS)],
)
def test_a_function_with_a_negation_in_front_is_not_mended_to_the_function(prefix: str, function: str) -> None:
    for arguments in ("city", "city,'x'"):
        suggestion, _ = suggestion_of(f"{prefix}{function}({arguments})")
        if suggestion is not None:
            assert re.search(r"\b(?:not|ne)\b", suggestion), suggestion


class Place(of.Schema):
    active = of.Boolean()
    read = of.Boolean()
    name = of.String()
    state = of.String(enum=("active", "successful", "enabled", "valid"))
    kind = of.Enum("Known", "Used", "Visible")


@pytest.mark.parametrize(
    "text",
    [
        "inactive",
        "notActive",
        "unread",
        "nread eq true",
        "state eq 'inactive'",
        "state eq 'unsuccessful'",
        "state eq 'disabled'",
        "state eq invalid",
        "state in ('inactive','active')",
        "kind eq 'Unknown'",
        "kind eq Unused",
        "kind has 'Invisible'",
        "kind eq 'NotVisible'",
    ],
)
def test_a_word_is_not_mended_to_its_opposite(text: str) -> None:
    with pytest.raises(FilterValidationError) as caught:
        of.parse(text, schema=Place)
    assert [problem.suggestion for problem in caught.value.problems] == [None]


class Street(of.Schema):
    no = of.Int32()
    lane = of.String()


class Town(of.Schema):
    name = of.String()
    people = of.Int32()
    founded = of.Date()
    seen = of.DateTimeOffset()
    open = of.Boolean()
    kind = of.Enum("Known", "Used", "Visible")
    state = of.String(enum=("active", "valid"))
    tags = of.Collection(of.String())
    main = of.Navigation(Street)
    streets = of.Collection(Street)


TOWNS = (
    "nmae ne 'x' and not contains(name,'x')",
    "1 lt name lt 5",
    "not name eq 5",
    "people eq '5' or people in ('1','2')",
    "founded gt 2024-01-01T00:00:00Z and not (seen lt 2024-01-01)",
    "kind ne 'Knwon' and state in ('activ','valid')",
    "not tags/any(t:not contains(t,'x')) or tags eq 'x'",
    "streets/all(s:lane ne 'x' and s/nr gt 1)",
    "main/lnae ne 'x' and lane eq 'y'",
    "open eq 'true' and not open eq 1",
    "startwith(name,'x') and name ne null",
    "streets/$count($filter=no gt '1') gt 2",
)


@st.composite
def about_a_town(draw: st.DrawFn) -> str:
    """A filter with mistakes only a schema shows, or with one to three pieces exchanged for those of another."""
    text = draw(st.sampled_from(TOWNS))
    for _ in range(draw(st.integers(0, 3))):
        pieces = PIECE.findall(text)
        at = draw(st.integers(0, len(pieces)))
        other = draw(st.sampled_from(PIECE.findall(draw(st.sampled_from(TOWNS)))))
        text = "".join([*pieces[:at], *draw(st.sampled_from([[], [other]])), *pieces[at + draw(st.integers(0, 2)) :]])
    return text


@given(about_a_town())
def test_what_a_schema_suggests_can_all_be_put_in_place(text: str) -> None:
    try:
        of.parse(text, schema=Town)
    except FilterSyntaxError:
        return
    except FilterValidationError as error:
        found = sorted((problem.span, problem.suggestion) for problem in error.problems if problem.suggestion)
        assert all(one[1] <= other[0] for (one, _), (other, _) in itertools.pairwise(found))
        mended = text
        for (start, end), suggestion in reversed(found):
            mended = mended[:start] + suggestion + mended[end:]
        assert str(of.parse(mended))
        assert negations(text) <= negations(mended)


# --- literals and names by construction -----------------------------------------------------------------------------

LITERALS = ("'it''s'", "'a and b'", "-7.25", "2024-02-29", "2024-06-24T13:00:00.5+02:00", "duration'PT7M'", "true", "null", "NS.E'Red,Blue'",
            "9c720f05-e5f7-448b-ae06-765de46f0af1", "07:30:15", "binary'TWE'")  # fmt: skip
JOINTS = {"and": ("&&", "AND ", "&", "und", "andd", "+and+"), "or": ("||", "|", "orr", "oder")}
RELATIONS = {"eq": ("=", "==", "is", "equals", "eqq"), "ne": ("!=", "<>", "isnt", "is not", "noteq", "unequal"), "lt": ("<", "lss", "less than"),
             "ge": (">=", "=>", "gte", "&gt;=", "at least")}  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, str]:
    """Comparisons with an operator or two written in another way, and the filter that is meant."""
    text = meant = ""
    for number in range(draw(st.integers(1, 4))):
        joint = draw(st.sampled_from(sorted(JOINTS)))
        relation = draw(st.sampled_from(sorted(RELATIONS)))
        literal = draw(st.sampled_from(LITERALS))
        damage = draw(st.sampled_from(["", "joint", "relation"]))
        if number:
            text += f" {draw(st.sampled_from(JOINTS[joint])).strip() if damage == 'joint' else joint} "
            meant += f" {joint} "
        wrong = draw(st.sampled_from(RELATIONS[relation])) if damage == "relation" else relation
        text += f"name{number} {wrong} {literal}"
        meant += f"name{number} {relation} {literal}"
    return text, meant


@given(damaged())
def test_a_suggestion_leaves_literals_and_names_as_they_are(case: tuple[str, str]) -> None:
    text, meant = case
    suggestion, _ = suggestion_of(text)
    if suggestion is not None:
        assert of.parse(suggestion) == of.parse(meant)


@pytest.mark.parametrize("text", [",'x')' eq 1", "'x')' eq 1", "a eq 1 or ,'x')' eq 1"])
def test_a_string_that_was_read_does_not_become_a_part_of_another(text: str) -> None:
    suggestion, _ = suggestion_of(text)
    assert suggestion is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("c => c.City.Contains('o') && c.Zip == '1'", "contains(City,'o') and Zip eq '1'"),
        ("(c) => c/City eq 'c.x'", "City eq 'c.x'"),
        ("c => c > 5", None),
        ("c => c.Lines.Any(c => c.Sum > 5)", None),
        ("a => 5", "a ge 5"),
    ],
)
def test_a_lambda_that_no_collection_takes_is_its_condition(text: str, meant: str | None) -> None:
    assert suggestion_of(text)[0] == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("City.ToUpper() != 'A'", "toupper(City) ne 'A'"),
        ("Home.City.Trim() == 'b.Trim()'", "trim(Home/City) eq 'b.Trim()'"),
        ("a = 1 and City.Contains(Name.ToLower())", "a eq 1 and contains(City,tolower(Name))"),
        ("!Lines.Any() or Lines.Count() == 0", "not Lines/any() or Lines/$count eq 0"),
        ("N.T/City.Trim() == ''", "N.T/City.Trim() eq ''"),
        ("N.Own() == 1", "N.Own() eq 1"),
        ("a.Any()/b = 1", "a.Any()/b eq 1"),
    ],
)
def test_methods_without_arguments_are_functions_in_a_text_that_is_refused(text: str, meant: str) -> None:
    assert suggestion_of(text)[0] == meant


def test_a_type_in_front_of_a_type_is_no_path_of_properties() -> None:
    assert suggestion_of("Fleet.Car/Fleet.Bus/Seats gt 9")[0] is None
    assert suggestion_of("Home.City eq 'x'")[0] == "Home/City eq 'x'"


class Worded(of.Schema):
    word = of.String()


@pytest.mark.parametrize("word", ["True", "FALSE", "2E3", "AB3b63b4-e0b0-40db-8d5f-fb388bf0eabc"])
def test_what_is_put_in_quotes_keeps_its_capitals(word: str) -> None:
    with pytest.raises(FilterValidationError) as raised:
        of.parse(f"word in ('a',{word})", schema=Worded)
    (problem,) = raised.value.problems
    assert problem.suggestion == f"'{word}'"
    assert problem.message.endswith(f"did you mean '{word}'?")


class Stock(of.Schema):
    title = of.String()
    size = of.Int32()
    shade = of.Enum("Dark", "Light")
    labels = of.Collection(of.String())


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("title == abc", "title eq 'abc'"),
        ("shade = Dark && size = 1", "shade eq 'Dark' and size eq 1"),
        ("labels == 'x'", "labels/any(l:l eq 'x')"),
        ("tilte != 'x'", "title ne 'x'"),
        ("size = 1 or 2", "size in (1,2)"),
        ("unheardOf == 1", "unheardOf eq 1"),
        ("size == 1", "size eq 1"),
    ],
)
def test_what_is_suggested_for_a_mistake_is_mended_for_the_schema(text: str, meant: str) -> None:
    with pytest.raises(FilterSyntaxError) as raised:
        of.parse(text, schema=Stock)
    assert raised.value.suggestion == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("not size eq 1", "not (size eq 1)"),
        ("not labels eq 'x'", "not (labels/any(l:l eq 'x'))"),
        ("not labels ne 'x'", None),
        ("not size eq 'x'", None),
        ("size eq 1 and not title eq 'x'", "not (title eq 'x')"),
    ],
)
def test_what_is_suggested_for_not_before_a_comparison_is_allowed(text: str, meant: str | None) -> None:
    with pytest.raises(FilterValidationError) as raised:
        of.parse(text, schema=Stock)
    (problem,) = raised.value.problems
    assert problem.suggestion == meant
