"""Words for messages: what was perhaps meant, and lists that read well."""

from collections.abc import Iterable, Sequence

from odatafilter._shown import shorten
from odatafilter.errors import FilterTypeError

_LISTED = 10  # words that a message lists,
_LENGTH = 60  # how many characters each of them has,
_ROOM = 160  # and all of them before the last one


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The one of `words` that `word` was perhaps meant to be, or None."""
    import difflib  # noqa: PLC0415 - only errors need it

    folded = {candidate.casefold(): candidate for candidate in words}
    found = difflib.get_close_matches(word.casefold()[:200], folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def unknown_word(word: str, known: Iterable[str], whose: str) -> FilterTypeError:
    """The error that says that `whose` takes no keyword `word`."""
    known = [*known]
    meant = nearest(word, known)
    hint = f"; did you mean '{meant}'?" if meant else f", only {listed(known)}"
    return FilterTypeError(f"{whose} takes no '{word:.60}'{hint}")


def listed(words: Iterable[str], last: str = "and") -> str:
    """`a, b and c`; `nothing` where there is none; of many the first ten or so and how many more there are."""
    words = tuple(words) or ("nothing",)
    some = _some(words)
    if len(some) < len(words):
        return f"{', '.join(some)} and {len(words) - len(some)} more"
    *first, final = some
    return f"{', '.join(first)} {last} {final}" if first else final


def listed_near(word: str, words: Iterable[str]) -> str:
    """The same, where those that begin like `word` stand first if not all are listed."""
    words = tuple(words)
    if len(_some(words)) == len(words):
        return listed(words)
    folded = word.casefold()
    return listed(sorted(words, key=lambda other: -_common(folded, other.casefold())))


def _common(one: str, other: str) -> int:
    """How many characters two words begin with alike."""
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return index
    return min(len(one), len(other))


def _some(words: Sequence[str]) -> list[str]:
    """The first of `words`: all of them, or as many as a message has room for."""
    found: list[str] = []
    room = _ROOM
    for word in words[: len(words) if len(words) <= 2 * _LISTED else _LISTED]:
        found.append(shorten(word, _LENGTH))
        room -= len(found[-1])
        if room < 0:
            break
    return found


def a(kind: str) -> str:
    """`kind` with its article: a Guid, an Int32."""
    return f"{'an' if kind[0] in 'AEI' else 'a'} {kind}"
