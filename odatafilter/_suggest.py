"""Words for messages: what was perhaps meant, and lists that read well."""

import itertools
from collections.abc import Iterable, Sequence
from typing import Final

from odatafilter._safe_text import shorten
from odatafilter.errors import FilterTypeError

_LISTED = 10  # words that a message lists,
_LENGTH = 60  # how many characters each of them has,
_ROOM = 160  # and all of them before the last one
_SHORT = 4  # letters of a word that can hold one slip


# What such a prefix stands in front of means the opposite: neither of the two is proposed for the other.
_NEGATING: Final = ("isnot", "not", "non", "no", "n", "un", "in", "im", "ir", "il", "dis", "de", "anti", "never")
_LONGEST = 100  # characters of a word that are compared
_SLIP: Final = 3  # characters that a word may have more or less than what is meant
_COMPARED: Final = 200  # words that are compared with another, letter by letter


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The one of `words` that `word` was perhaps meant to be: a slip or two away, or the only one it begins; else None.

    It is never the opposite of `word`, as `read` is of `unread`, and no word that is a part of it: `st_contains`.
    """
    given = word.casefold()[:_LONGEST]
    length, letters = len(given), set(given)
    best: list[tuple[int, int, str]] = []
    begun: list[str] = []
    # The slips of the best that was found: what is further away is not looked at closely.
    least = max(2, _slips_allowed(length))
    for candidate in words:
        folded = candidate.casefold()
        # Each letter that only one of them has takes a slip of its own, so most words need no closer look.
        if (
            abs(len(folded) - length) <= least
            and len(letters.difference(folded)) <= least
            and _letters_apart(given, folded) <= least
        ):
            most = min(least, 2 if _abbreviates(given, folded) else _slips_allowed(min(length, len(folded))))
            found = distance(given, folded, most)
            if found <= most and not (found > 2 and folded in given):  # noqa: PLR2004 - that is no slip
                least = found
                best.append((found, -_common_prefix_length(given, folded), candidate))
                continue
        if not best and length > _SHORT and folded.startswith(given):
            begun.append(candidate)
    best.sort()
    if len(best) > 1 and best[0][:2] == best[1][:2]:
        return None
    meant = best[0][2] if best else begun[0] if len(begun) == 1 else None
    return None if meant is None or _is_opposite(given, meant.casefold()) else meant


def _abbreviates(word: str, other: str) -> bool:
    """Whether `word` is `other` without some letters inside: `grn` for `green`."""
    if not word or not other or word[0] != other[0] or word[-1] != other[-1]:
        return False
    letters = iter(other)
    return all(letter in letters for letter in word)


def _slips_allowed(length: int) -> int:
    """How many slips of the keyboard a word of that length may hold."""
    return 0 if length <= 1 else 1 if length <= _SHORT else 2 if length <= 2 * _SHORT else 3


def _is_opposite(word: str, other: str) -> bool:
    return _negates(word, other) or _negates(other, word)


def _negates(word: str, other: str) -> bool:
    return word.startswith(_NEGATING) and any(
        word.startswith(prefix)
        and not other.startswith(prefix)
        and distance(word[len(prefix) :], other) < distance(word, other)
        for prefix in _NEGATING
    )


def distance(one: str, other: str, most: int = _LONGEST) -> int:
    """How many letters are lost, added, changed or swapped with the next between two words; past `most`, more."""
    if abs(len(one) - len(other)) > most or _letters_apart(one, other) > most:
        return most + 1
    return _count_slips(one, other, most)


def _count_slips(one: str, other: str, most: int) -> int:
    """The same, letter by letter."""
    start = _common_prefix_length(one, other)
    one, other = one[start:], other[start:]
    end = _common_prefix_length(one[::-1], other[::-1])
    one, other = one[: len(one) - end], other[: len(other) - end]
    if not one or not other:
        return max(len(one), len(other))
    before: list[int] = []
    row = list(range(len(other) + 1))
    for index, letter in enumerate(one):
        again, before, row = before, row, [index + 1]
        for place, wanted in enumerate(other):
            cost = before[place]
            if letter != wanted:
                cost = min(cost, before[place + 1], row[place]) + 1
                if index and place and letter == other[place - 1] and one[index - 1] == wanted:
                    cost = min(cost, again[place - 1] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def _letters_apart(one: str, other: str) -> int:
    """How many slips there are at least between two words: a slip brings or takes one letter."""
    left = other
    for letter in one:
        left = left.replace(letter, "", 1)
    return max(len(left), len(one) - len(other) + len(left))


def nearest_of_many(word: str, words: Iterable[str]) -> str | None:
    """As `nearest`, for thousands of `words`: only those are compared that begin or end alike and are about as long."""
    folded = word.casefold()[:200]
    if not folded:
        return None
    alike = (
        one
        for one in words
        if one
        and abs(len(one) - len(folded)) <= _SLIP
        and (one[0].casefold() == folded[0] or one[-1].casefold() == folded[-1])
    )
    return nearest(word, itertools.islice(alike, _COMPARED))


def unknown_word_error(word: str, known: Iterable[str], whose: str) -> FilterTypeError:
    """The error that says that `whose` takes no keyword `word`."""
    known = [*known]
    meant = nearest(word, known)
    hint = f"; did you mean '{meant}'?" if meant else f", only {word_list(known)}"
    return FilterTypeError(f"{whose} takes no '{word:.60}'{hint}")


def word_list(words: Iterable[str], last: str = "and") -> str:
    """`a, b and c`; `nothing` where there is none; of many the first ten or so and how many more there are."""
    words = tuple(words) or ("nothing",)
    some = _words_with_room(words)
    if len(some) < len(words):
        return f"{', '.join(some)} and {len(words) - len(some)} more"
    *first, final = some
    return f"{', '.join(first)} {last} {final}" if first else final


def word_list_near(word: str, words: Iterable[str]) -> str:
    """The same, where those that begin like `word` stand first if not all are listed."""
    words = tuple(words)
    if len(_words_with_room(words)) == len(words):
        return word_list(words)
    folded = word.casefold()
    return word_list(sorted(words, key=lambda other: -_common_prefix_length(folded, other.casefold())))


def _common_prefix_length(one: str, other: str) -> int:
    """How many characters two words begin with alike."""
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return index
    return min(len(one), len(other))


def _words_with_room(words: Sequence[str]) -> list[str]:
    """The first of `words`: all of them, or as many as a message has room for."""
    words = words[: len(words) if len(words) <= 2 * _LISTED else _LISTED]
    together = "".join(words)
    if (
        len(together) <= _ROOM
        and together.isascii()
        and together.isprintable()
        and max(map(len, words), default=0) <= _LENGTH
    ):
        return [*words]
    found: list[str] = []
    room = _ROOM
    for word in words:
        found.append(shorten(word, _LENGTH))
        room -= len(found[-1])
        if room < 0:
            break
    return found


def with_article(kind: str) -> str:
    """`kind` with its article: a Guid, an Int32."""
    return f"{'an' if kind[0] in 'AEI' else 'a'} {kind}"
