"""Words for messages: what was perhaps meant, and lists that read well."""

from collections.abc import Iterable

from odatafilter.errors import FilterTypeError


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
    """`a, b and c`; `nothing` where there is none."""
    *first, final = tuple(words) or ("nothing",)
    return f"{', '.join(first)} {last} {final}" if first else final


def a(kind: str) -> str:
    """`kind` with its article: a Guid, an Int32."""
    return f"{'an' if kind[0] in 'AEI' else 'a'} {kind}"
