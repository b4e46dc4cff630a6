"""Which word was perhaps meant: said here again with a plain table of slips, for thousands of pairs of words."""

import itertools
import random

import pytest

from odatafilter._suggest import distance, nearest, nearest_of_many

SHORT = ["".join(letters) for length in range(5) for letters in itertools.product("ab", repeat=length)]
PREFIXES = ("isnot", "not", "non", "no", "n", "un", "in", "im", "ir", "il", "dis", "de", "anti", "never")


def slips(one: str, other: str) -> int:
    """How many letters are lost, added, changed or swapped with the next: the whole table, cell by cell."""
    table = {(row, 0): row for row in range(len(one) + 1)} | {(0, column): column for column in range(len(other) + 1)}
    for row, column in itertools.product(range(1, len(one) + 1), range(1, len(other) + 1)):
        is_other = one[row - 1] != other[column - 1]
        ways = [table[row - 1, column] + 1, table[row, column - 1] + 1, table[row - 1, column - 1] + is_other]
        if row > 1 and column > 1 and one[row - 2 : row] == other[column - 2 : column][::-1]:
            ways.append(table[row - 2, column - 2] + 1)
        table[row, column] = min(ways)
    return table[len(one), len(other)]


def allowed(length: int) -> int:
    return next(most for most, longest in enumerate((1, 4, 8, 1_000)) if length <= longest)


def abbreviates(word: str, other: str) -> bool:
    """Whether `word` has the first and the last letter of `other`, and of the rest some, in their order."""
    ends = word[:1] == other[:1] and word[-1:] == other[-1:]
    return ends and bool(word) and any(word == "".join(some) for some in itertools.combinations(other, len(word)))


def is_opposite(word: str, other: str) -> bool:
    return any(
        one.startswith(prefix)
        and not beside.startswith(prefix)
        and slips(one[len(prefix) :], beside) < slips(one, beside)
        for prefix in PREFIXES
        for one, beside in ((word, other), (other, word))
    )


def is_meant(word: str, other: str) -> bool:
    """Whether `other`, the only word there is, is proposed for `word`."""
    between = slips(word, other)
    most = 2 if abbreviates(word, other) else allowed(min(len(word), len(other)))
    is_near = between <= min(most, max(2, allowed(len(word)))) and not (between > 2 and other in word)
    is_begun = len(word) > 4 and other.startswith(word)
    return (is_near or is_begun) and not is_opposite(word, other)


def pairs(alphabet: str, longest: int, number: int) -> list[tuple[str, str]]:
    """Words of all lengths, each with another that some edits make of it; the same ones each time."""
    draw = random.Random(longest)
    found = []
    for _ in range(number):
        word = "".join(draw.choices(alphabet, k=draw.randint(1, longest)))
        other = word
        for _ in range(draw.randint(0, 4)):
            at = draw.randint(0, len(other))
            kind = draw.randint(0, 3)
            other = (
                other[:at]
                + (draw.choice(alphabet) if kind < 2 else other[at : at + 2][::-1] if kind == 2 else "")
                + other[at + (0, 1, 2, 1)[kind] :]
            )
        found.append((word, other))
    return found


PAIRS = [
    *pairs("abc", 10, 1_500),
    *pairs("inotde", 10, 1_500),
    *((one, other) for one, other in itertools.product(SHORT, SHORT) if one),
]


def test_slips_are_counted_as_a_whole_table_counts_them() -> None:
    """Past the most that is asked for, only that they are more."""
    for one, other in PAIRS:
        between = slips(one, other)
        assert distance(one, other) == between, (one, other)
        for most in (between - 1, between, between + 1):
            assert min(distance(one, other, most), most + 1) == min(between, most + 1), (one, other, most)


def test_the_only_word_is_meant_if_it_is_near_or_begun_and_not_the_opposite() -> None:
    for word, other in PAIRS:
        assert nearest(word, [other]) == (other if is_meant(word, other) else None), (word, other)


def test_of_many_words_those_are_compared_that_begin_or_end_alike_and_are_about_as_long() -> None:
    for word, other in PAIRS:
        is_alike = other and abs(len(word) - len(other)) <= 3 and (word[0] == other[0] or word[-1] == other[-1])
        assert nearest_of_many(word, [other]) == (other if is_alike and is_meant(word, other) else None), (word, other)


@pytest.mark.parametrize(
    ("word", "words", "meant"),
    [
        ("cat", ["bat", "cut"], "cut"),  # begins alike
        ("cat", ["bat", "hat"], None),  # either
        ("cats", ["cast", "cat"], "cat"),
        ("names", ["namesakes", "namesake"], None),
        ("names", ["namesake"], "namesake"),
        ("name", ["nameless"], None),  # too short a word to be a beginning
        ("crea", ["created"], None),
        ("names", ["namesake", "name"], "name"),  # nearer than what it begins
        ("names", ["name", "namesake"], "name"),
        ("NAMES", ["namesake"], "namesake"),
        ("x" * 100 + "y" * 9, ["abc" + "x" * 97], "abc" + "x" * 97),  # a hundred letters are compared
        ("x" * 99 + "y", ["abc" + "x" * 97], None),
    ],
)
def test_of_several_words_the_nearest_is_meant_then_the_one_that_begins_alike(
    word: str, words: list[str], meant: str | None
) -> None:
    assert nearest(word, words) == meant
