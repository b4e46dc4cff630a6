"""Where other OData libraries for Python fail. Each test is named for a fault that at least one of them has."""

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import odatafilter as of


class Thing(of.Schema):
    key = of.Guid()
    title = of.String()
    other = of.String()
    at = of.DateTimeOffset()
    open = of.Boolean()
    small = of.Int32()


def refused(text: str, limits: of.Limits | None = None) -> of.FilterSyntaxError:
    with pytest.raises(of.FilterSyntaxError) as caught:
        of.parse(text, limits=limits)
    return caught.value


# --- language -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "title eq 'O''Brien'",
        "'O''Brien' eq title",
        "title in ('O''Brien','''','')",
        "contains(title,'O''Brien')",
        "tolower('O''Brien') eq title",
        "not startswith('O''Brien',title)",
        "parts/any(p:p eq 'O''Brien')",
        "People('O''Brien')/title ne ''",
        "ns.find(name='O''Brien')",
        "concat('''','''''') eq ''''",
    ],
)
def test_a_quote_inside_a_string_survives_wherever_a_string_can_stand(text: str) -> None:
    assert str(of.parse(text)) == text


def test_a_quote_given_to_the_builder_is_doubled_and_found_again() -> None:
    made = (Thing.title == "O'Brien") & Thing.other.in_(["'", "''"])
    assert str(made) == "title eq 'O''Brien' and other in ('''','''''')"
    assert made.matches({"title": "O'Brien", "other": "''"})
    assert not made.matches({"title": "O''Brien", "other": "''"})


@pytest.mark.parametrize(
    "guid", ["12345678-e5f7-448b-ae06-765de46f0af1", "dc720f05-e5f7-448b-ae06-765de46f0af1", "1e345678-" + "0" * 4]
)
def test_a_guid_may_start_with_a_digit_or_a_letter(guid: str) -> None:
    whole = guid + "12345678-e5f7-448b-ae06-765de46f0af1"[len(guid) :]
    assert str(of.parse(f"key eq {whole}", schema=Thing)) == f"key eq {whole}"
    assert of.parse(f"key eq {whole.upper()}") == (Thing.key == whole)


@pytest.mark.parametrize(
    "name",
    ["allowed", "anyName", "nullable", "trueName", "notes", "inactive", "orders", "android", "in", "eq", "not", "all"],
)
def test_a_name_may_begin_with_a_word_of_the_language_or_be_one(name: str) -> None:
    text = f"{name} eq 1 and ({name} in (1,2) or 2 gt {name})"
    assert str(of.parse(text)) == text
    handle = of.field(name)
    assert (handle == 1) & (handle.in_([1, 2]) | of.parse(f"2 gt {name}")) == of.parse(text)


def test_a_list_after_in_may_have_one_item() -> None:
    assert of.parse("small in (1)") == Thing.small.in_([1])
    assert str(Thing.small.in_([1])) == "small in (1)"
    assert of.parse("title in ('x')", schema=Thing).matches({"title": "x"})


def test_a_time_may_have_no_seconds() -> None:
    assert str(of.parse("at eq 2024-06-24T13:20Z")) == "at eq 2024-06-24T13:20Z"
    assert of.parse("at eq 2024-06-24T13:20Z", schema=Thing).matches({"at": "2024-06-24T13:20:00+00:00"})
    assert str(of.parse("starts lt 13:20")) == "starts lt 13:20"


def test_the_year_1_is_a_year() -> None:
    first = dt.datetime(1, 1, 1, tzinfo=dt.UTC)
    assert str(Thing.at == first) == "at eq 0001-01-01T00:00:00Z"
    assert of.parse("at eq 0001-01-01T00:00:00Z", schema=Thing).matches({"at": first})


@pytest.mark.parametrize("word", ["INF", "-INF", "NaN"])
def test_what_is_no_finite_number_is_a_number(word: str) -> None:
    assert of.parse(f"weight lt {word}") == (of.field("weight") < float(word.lower()))
    assert str(of.parse(f"weight in ({word},1)")) == f"weight in ({word},1)"


@pytest.mark.parametrize("rest", [")", " 'x'", ";drop", " small", "\nor 1 eq 1", "/x", " eq", " and", ",2", "\0"])
def test_what_follows_a_complete_filter_is_an_error_and_not_dropped(rest: str) -> None:
    assert refused(f"(small eq 1){rest}").span[1] > len("(small eq 1)")


def test_what_follows_a_complete_filter_is_shown() -> None:
    assert str(refused("small eq 1)")) == (
        "this ')' closes nothing; did you mean: small eq 1\n    small eq 1)\n              ^"
    )


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("a sub (b sub c) eq 1", "a sub (b sub c) eq 1"),
        ("(a sub b) sub c eq 1", "a sub b sub c eq 1"),
        ("a div (b mul c) eq 1", "a div (b mul c) eq 1"),
        ("(a eq 1) eq (b eq 2)", "a eq 1 eq (b eq 2)"),
        ("(a or b) and not (c and d)", "(a or b) and not (c and d)"),
        ("-(-a) eq 1", "--a eq 1"),
    ],
)
def test_grouping_that_matters_survives(text: str, canonical: str) -> None:
    assert str(of.parse(text)) == canonical
    assert of.parse(canonical) == of.parse(text)


def test_grouping_that_matters_is_in_the_tree() -> None:
    assert of.parse("a sub (b sub c) eq 1") != of.parse("a sub b sub c eq 1")
    assert of.parse("(a eq 1) eq (b eq 2)") != of.parse("((a eq 1) eq b) eq 2")


def test_a_condition_before_a_group_holds_for_all_of_the_group() -> None:
    made = of.parse("open eq true and (small eq 1 or small eq 2)", schema=Thing)
    assert str(made) == "open eq true and (small eq 1 or small eq 2)"
    assert [small for small in range(4) if made.matches({"open": True, "small": small})] == [1, 2]
    assert not any(made.matches({"open": False, "small": small}) for small in range(4))


def test_not_before_a_function_is_kept() -> None:
    assert str(of.parse("not contains(title,'x')")) == "not contains(title,'x')"
    assert of.parse("not contains(title,'x')") != of.parse("contains(title,'x')")


def test_operators_may_be_written_in_any_case() -> None:
    text = "NOT (Small EQ 1) And title iN ('a') OR Contains(title,'b') oR a Add 1 GT 2"
    canonical = "not (Small eq 1) and title in ('a') or contains(title,'b') or a add 1 gt 2"
    assert str(of.parse(text)) == canonical


def test_an_allow_list_looks_at_both_operands() -> None:
    with pytest.raises(of.FilterValidationError) as caught:
        of.parse("'x' eq secret and title eq passwordHash", schema=Thing)
    assert [problem.code for problem in caught.value.problems] == ["unknown-property"] * 2
    assert str(caught.value) == (
        "unknown property 'secret'; Thing has key, title, other, at, open and small\n"
        "    'x' eq secret and title eq passwordHash\n"
        "           ^^^^^^\n"
        "unknown property 'passwordHash'; did you mean 'passwordHash' in quotes?\n"
        "    'x' eq secret and title eq passwordHash\n"
        "                               ^^^^^^^^^^^^"
    )


def test_one_parser_is_shared_by_many_threads() -> None:
    texts = [f"(a{n} eq {n} or b in ({n},'x''y')) and not (c{n} gt 2024-06-24T13:00:00Z)" for n in range(200)]
    expected = [of.parse(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(of.parse, texts * 8)) == expected * 8


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(" * 125 + "a eq 1" + ")" * 125, "the filter nests deeper than the limit 'depth' of 100"),
        ("(" * 100_000, "the filter nests deeper than the limit 'depth' of 100"),
        ("a eq '" + "x" * 10**6 + "'", "the filter has 1000007 characters; the limit 'length' is 100000"),
    ],
)
def test_a_text_past_a_limit_is_refused_by_the_name_of_the_limit(text: str, message: str) -> None:
    assert refused(text).message == message


@pytest.mark.parametrize("depth", [125, 20_000])
def test_not_after_not_is_read_or_past_the_depth(depth: int) -> None:
    assert "'depth'" in refused("not " * depth + "a").message


def test_as_much_as_the_limits_allow_is_read() -> None:
    wide = of.Limits(length=2_000_000, nodes=1_000_000, items=100_000)
    assert str(of.parse("(" * 100 + "a eq 1" + ")" * 100)) == "a eq 1"
    for text in (
        " or ".join(["a eq 1"] * 1000),
        " or ".join(["a eq 1"] * 50_000),
        f"a in ({','.join(map(str, range(50_000)))})",
        f"a eq '{'x' * 10**6}'",
    ):
        made = of.parse(text, limits=wide)
        assert str(made) == text
        assert hash(made) == hash(of.parse(text, limits=wide))


# --- builder --------------------------------------------------------------------------------------------------------


def test_a_comparison_makes_a_filter() -> None:
    assert isinstance(Thing.title == "x", of.Filter)
    assert isinstance(of.field("title") != "x", of.Filter)


NO_TRUTH = "a filter has no truth value; combine filters with & | ~ instead of 'and', 'or', 'not'"


def test_a_filter_has_no_truth_value() -> None:
    one: Any = Thing.title == "x"
    with pytest.raises(TypeError, match=re.escape(NO_TRUTH)):
        bool(one)
    with pytest.raises(TypeError, match=re.escape(NO_TRUTH)):
        _ = one and one
    with pytest.raises(TypeError, match=re.escape(NO_TRUTH)):
        _ = one or one
    with pytest.raises(TypeError, match=re.escape(NO_TRUTH)):
        _ = not one
    with pytest.raises(TypeError, match=re.escape(NO_TRUTH)):
        _ = 1 <= Thing.small <= 3  # Python reads it as `1 <= small and small <= 3`


def test_a_datetime_without_an_offset_is_refused() -> None:
    naive = dt.datetime(2024, 6, 24, 13)  # noqa: DTZ001 - the mistake
    message = (
        f"{naive!r} does not say its offset from UTC; give it a tzinfo, such as datetime.timezone.utc, by "
        "replace(tzinfo=…), or the local one by astimezone()"
    )
    for handle in (Thing.at, of.field("at")):
        with pytest.raises(of.FilterError, match=f"^{re.escape(message)}$"):
            handle.ge(naive)


def test_a_datetime_is_not_cut_to_its_date_nor_its_microseconds_lost() -> None:
    moment = dt.datetime(2024, 6, 24, 13, 59, 59, 999_999, dt.timezone(dt.timedelta(hours=-3, minutes=-30)))
    assert str(Thing.at > moment) == "at gt 2024-06-24T13:59:59.999999-03:30"
    assert str(of.field("at") > moment) == "at gt 2024-06-24T13:59:59.999999-03:30"
    assert str(Thing.at == "2024-06-24T13:00:00.0000001Z") == "at eq 2024-06-24T13:00:00.0000001Z"


def test_true_is_not_1() -> None:
    assert str(of.field("a") == True) == "a eq true"  # noqa: E712 - a filter
    assert str(of.field("a") == 1) == "a eq 1"
    with pytest.raises(TypeError, match=r"^'small' is an Int32 and takes an int, not True \(bool\)$"):
        Thing.small.eq(True)
    with pytest.raises(TypeError, match=r"^'open' is a Boolean and takes a bool, not 1 \(int\)$"):
        Thing.open.eq(1)  # type: ignore[arg-type]


def test_none_is_null() -> None:
    assert str(Thing.title == None) == "title eq null"  # noqa: E711 - a filter
    assert str(of.field("title") != None) == "title ne null"  # noqa: E711 - a filter
    assert str(Thing.title.in_(["x", None])) == "title in ('x',null)"


def test_handles_are_used_again_without_changing_earlier_filters() -> None:
    first = Thing.small == 1
    second = Thing.small > 2
    both = first | second
    third = both & first
    assert [str(made) for made in (first, second, both, third)] == [
        "small eq 1",
        "small gt 2",
        "small eq 1 or small gt 2",
        "(small eq 1 or small gt 2) and small eq 1",
    ]
    assert str(~first & first) == "not (small eq 1) and small eq 1"


def test_an_empty_list_is_refused() -> None:
    for handle in (Thing.title, of.field("title")):
        with pytest.raises(
            of.FilterError, match=r"^'title' in \(\) would match nothing; in_ takes one value at least$"
        ):
            handle.in_([])


@pytest.mark.parametrize("value", ["abc", b"abc", ""])
def test_one_string_is_not_taken_for_several_values(value: str) -> None:
    with pytest.raises(TypeError, match=f"^{re.escape(f'in_ takes several values, not {value!r}')}$"):
        Thing.title.in_(value)


def test_an_iterator_of_values_is_read_once() -> None:
    assert str(Thing.small.in_(n for n in (1, 2))) == "small in (1,2)"


@pytest.mark.parametrize(
    "name",
    ["a eq 1 or b", "a'b", "a b", "", "1a", "a)", "a\n", "a%20b", "null", "true", "x" * 129, "a&$top", "\ud800"],
)
def test_nothing_is_injected_through_a_name(name: str) -> None:
    with pytest.raises(of.FilterError, match="cannot name a property"):
        of.field(name)
    with pytest.raises(of.FilterError, match="cannot name a property"):
        of.String(name=name)


@pytest.mark.parametrize("value", ["' or 1 eq 1 or a eq '", "''", "x' --", "&$top=0", "%27", "\n", "\\"])
def test_nothing_is_injected_through_a_value(value: str) -> None:
    made = Thing.title == value
    assert of.parse(str(made), schema=Thing) == made
    assert made.matches({"title": value})
    assert re.fullmatch(r"title%20eq%20'[^&#+\s]*'", made.quoted)
