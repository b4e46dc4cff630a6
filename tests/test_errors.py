"""What errors say of themselves: lines and columns, and how much of many problems the body of an answer holds."""

import datetime as dt
import json
import pickle

import pytest

import odatafilter as of
from odatafilter._suggest import nearest, nearest_of_many, word_list, word_list_near
from odatafilter.errors import (
    FilterSyntaxError,
    FilterValidationError,
    OptionProblem,
    PagingError,
    Problem,
    QueryOptionsError,
    RateLimited,
    Refusal,
    RetriesExhausted,
    StatusError,
    WaitTimeout,
    place_of,
)


@pytest.mark.parametrize(
    ("text", "start", "place"),
    [
        ("", 0, (1, 1)),
        ("ab", 0, (1, 1)),
        ("ab", 2, (1, 3)),
        ("\nab", 0, (1, 1)),
        ("\nab", 1, (2, 1)),
        ("a\nb\ncd", 4, (3, 1)),
        ("a\nb\ncd", 5, (3, 2)),
    ],
)
def test_lines_and_columns_count_from_one(text: str, start: int, place: tuple[int, int]) -> None:
    error = FilterSyntaxError("no", text, (start, start))
    assert (error.line, error.column) == place
    assert (error.code, error.suggestion) == ("syntax", None)


# --- many problems --------------------------------------------------------------------------------------------------


def problems(number: int, suggestion: str | None = None) -> tuple[Problem, ...]:
    return tuple(Problem(f"p{n}", (n, n + 1), "type", suggestion) for n in range(number))


@pytest.mark.parametrize(
    ("number", "whole", "last"),
    [
        (99, "the filter is not allowed", "p98, at character 99"),
        (100, "the filter is not allowed", "p99, at character 100"),
        (101, "the filter is not allowed: 100 problems and 1 more problem", "and 1 more problem"),
        (102, "the filter is not allowed: 100 problems and 2 more problems", "and 2 more problems"),
    ],
)
def test_a_hundred_problems_are_listed_and_the_others_counted(number: int, whole: str, last: str) -> None:
    error = FilterValidationError("x" * number, problems(number))
    body = error.to_dict()
    assert (body["code"], body["message"]) == ("InvalidFilter", whole)
    assert [detail["message"] for detail in body["details"]] == [f"p{n}" for n in range(min(number, 100))]
    assert str(error).splitlines()[-1] == last


def test_twenty_problems_are_drawn() -> None:
    lines = str(FilterValidationError("x" * 21, problems(21))).splitlines()
    assert lines[:3] == ["p0", f"    {'x' * 21}", "    ^"]
    assert lines[-3:] == [f"    {'x' * 21}", f"    {' ' * 19}^", "p20, at character 21"]
    assert len(lines) == 3 * 20 + 1


@pytest.mark.parametrize(("length", "shown"), [(5_002, True), (5_003, False)])
def test_suggestions_have_the_room_of_ten_thousand_characters_and_the_text(length: int, shown: bool) -> None:
    details = FilterValidationError("text", problems(2, "s" * length)).to_dict()["details"]
    assert ["suggestion" in detail for detail in details] == [True, shown]


def test_each_option_has_its_name_before_its_problem() -> None:
    found = (
        OptionProblem("is wrong", (0, 1), "type", target="$top"),
        OptionProblem("$skip is wrong", (1, 2), "type", "2", target="$skip"),
    )
    error = QueryOptionsError({"$top": "x", "$skip": "-y"}, found)
    assert str(error).splitlines() == ["$top: is wrong", "    x", "    ^", "$skip is wrong", "    -y", "     ^"]
    assert error.to_dict() == {
        "code": "InvalidQueryOptions",
        "message": "the query options are not allowed",
        "details": [
            {"code": "type", "message": "is wrong", "target": "$top", "span": [0, 1]},
            {"code": "type", "message": "$skip is wrong", "target": "$skip", "span": [1, 2], "suggestion": "2"},
        ],
    }


# --- walks and waits ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://user:secret@host.test/a/b?c=secret#d", "https://host.test/a/b"),
        ("https://host.test/a#secret?b", "https://host.test/a"),
        ("https://host.test", "https://host.test"),
        ("", ""),
        (f"https://host.test/{'a' * 182}", f"https://host.test/{'a' * 182}"),
        (f"https://host.test/{'a' * 183}", f"https://host.test/{'a' * 181}…"),
    ],
)
def test_of_a_url_only_the_place_is_shown(url: str, place: str) -> None:
    assert place_of(url) == place


def test_an_error_before_a_walk_stands_on_no_page() -> None:
    error = PagingError("no", url="https://host.test/a?b=secret")
    assert (error.cursor, error.page_number, error.items_done, str(error)) == (None, 0, 0, "no")
    assert repr(error) == "PagingError('no', page=0, items_done=0, url='https://host.test/a')"


def test_what_a_service_said_is_kept_by_the_errors() -> None:
    refusal = Refusal(429, "Slow", ({"a": 1},), {"Retry-After": "9"})
    moment = dt.datetime(2024, 6, 24, tzinfo=dt.UTC)
    assert repr(refusal) == "Refusal(429, 'Slow')"
    limited: StatusError
    for limited in (StatusError("no", None, "", refusal), RateLimited("no", None, "", refusal, moment)):
        again = pickle.loads(pickle.dumps(limited))
        for one in (limited, again):
            assert (one.status, one.code, one.details) == (429, "Slow", ({"a": 1},))
            assert one.headers == {"Retry-After": "9"}
    assert again.retry_at == moment
    exhausted = RetriesExhausted("no", None, "", 3, refusal)
    assert (exhausted.attempts, exhausted.status, exhausted.headers) == (3, 429, {"Retry-After": "9"})
    without = RetriesExhausted("no", None, "", 3)
    assert (without.attempts, without.status, without.headers) == (3, None, {})
    late = WaitTimeout("late\n" * 100, "job", "running")
    assert (late.job_id, late.status, str(late)) == ("job", "running", late.message)
    assert len(late.message) == 400
    assert late.message.isprintable()


# --- words in messages ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "words", "meant"),
    [
        ("state", ["status", "state"], "state"),
        ("STATE", ["status", "state"], "state"),
        ("prcie", ["price", "size"], "price"),
        # one slip in up to four letters, two in up to eight, three in more
        ("nam", ["name"], "name"),
        ("nmea", ["name"], None),
        ("sjze", ["size"], "size"),
        ("sjxe", ["size"], None),
        ("sjxes", ["sizes"], "sizes"),
        ("sjxys", ["sizes"], None),
        ("crextxdd", ["creatxxd"], "creatxxd"),
        ("creatxxDaty", ["createdDate"], "createdDate"),
        ("crxatxxDaty", ["createdDate"], None),
        ("x", ["y"], None),
        # letters left out between the first and the last
        ("grn", ["green"], "green"),
        ("gr", ["green"], None),
        # the beginning of one word, and of no other
        ("creat", ["createdDateTime", "size"], "createdDateTime"),
        ("creat", ["createdDateTime", "creationPlace"], None),
        ("crea", ["createdDateTime", "size"], None),
        # two that are equally near
        ("cat", ["bat", "rat"], None),
        ("cax", ["cat", "bax"], "cat"),
        # the opposite
        ("unread", ["read"], None),
        ("read", ["unread"], None),
        ("isnotnull", ["isnull"], None),
        *((f"{no}xample", ["xample"], None) for no in ("not", "non", "no", "n", "un", "in", "im", "ir", "il", "de")),
        *((no + word, [word], None) for no, word in {"dis": "honest", "anti": "viral", "never": "land"}.items()),
        ("unreads", ["unread"], "unread"),
        ("status_of", ["status"], None),
        ("st_contains", ["contains"], None),
    ],
)
def test_the_nearest_word_is_a_slip_or_two_away(word: str, words: list[str], meant: str | None) -> None:
    assert nearest(word, words) == meant
    assert nearest_of_many(word, words) == (meant if word != "creat" else None)


def test_of_thousands_of_words_two_hundred_are_compared() -> None:
    alike = [f"p{number:04}" for number in range(300)]
    assert nearest_of_many("price", [*alike[:199], "prices"]) == "prices"
    assert nearest_of_many("price", [*alike[:200], "prices"]) is None
    assert nearest_of_many("xrice", ["price"]) == "price"
    assert nearest_of_many("xricy", ["price"]) is None
    assert nearest_of_many("axbcxdefxghij", ["abcdefghij"]) == "abcdefghij"
    assert nearest_of_many("", ["a"]) is None


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], "nothing"),
        (["a"], "a"),
        (["a", "b"], "a or b"),
        (["a", "b", "c"], "a, b or c"),
        ([f"w{n}" for n in range(20)], f"{', '.join(f'w{n}' for n in range(19))} or w19"),
        ([f"w{n}" for n in range(21)], f"{', '.join(f'w{n}' for n in range(10))} and 11 more"),
        (["a" * 60, "b" * 60, "c" * 40], f"{'a' * 60}, {'b' * 60} or {'c' * 40}"),
        (["a" * 61, "b"], f"{'a' * 59}… or b"),
        (["a\n", "b"], "a\\n or b"),
    ],
)
def test_a_list_of_words_reads_well_and_is_short(words: list[str], text: str) -> None:
    assert word_list(words, "or") == text
    assert word_list_near("zz", words) == word_list(words, "and")


def test_the_words_that_begin_like_one_stand_first() -> None:
    words = [f"w{n}" for n in range(30)]
    assert word_list_near("PRICY", [*words, "price", "pride"]) == (
        "price, pride, w0, w1, w2, w3, w4, w5, w6, w7 and 22 more"
    )


def test_the_body_of_an_error_is_json() -> None:
    with pytest.raises(of.FilterSyntaxError) as caught:
        of.parse("a = 1")
    assert json.loads(json.dumps(caught.value.to_dict())) == caught.value.to_dict()
