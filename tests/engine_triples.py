"""Random triples of data, schema and filter: the rows of an engine beside those of `matches` and of `compile`.

`python tests/engine_triples.py --first 0 --last 800 --seconds 3600` draws the data and the filters of seeds for all engines
side by side, as the profile `large` does one engine after the other, and prints what came of them.
"""

import argparse
import contextlib
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import msgspec
from engine_cases import SCHEMA, Luck

import odatafilter as of

FILTERS = 25  # of a seed, which are asked of the same rows
_SHOWN = 20

Item = dict[str, Any]


class Stored(NamedTuple):
    """Rows as they are read back, and what asks an engine for the keys of those that a filter is true of."""

    items: list[Item]
    keys: Callable[[of.Filter], list[int]]


class Tally(msgspec.Struct):
    """What came of filters: rows that are equal, refusals by their message, and what was wrong, with its seed."""

    equal: int = 0
    refused: Counter[str] = msgspec.field(default_factory=Counter)
    wrong: list[tuple[int, str, str]] = msgspec.field(default_factory=list)

    @property
    def tried(self) -> int:
        return self.equal + self.refused.total() + len(self.wrong)

    @property
    def share_refused(self) -> float:
        return self.refused.total() / self.tried

    def __str__(self) -> str:
        return (
            f"{self.tried:,} filters: {self.equal:,} equal, {self.refused.total():,} refused"
            f" ({self.share_refused:.1%}), {len(self.wrong)} wrong"
        )


def count(tally: Tally, seed: int, schema: Any, store: Callable[[Luck], Stored]) -> None:
    """Adds what comes of the filters of a seed."""
    luck = Luck(seed)
    stored = store(luck)
    for _ in range(FILTERS):
        text = luck.filter()
        f = of.parse(text, schema=schema)
        try:
            found = stored.keys(f)
        except of.UnsupportedError as error:
            tally.refused[error.problems[0].message] += 1
            continue
        answers = {"the engine": found, **keys_in_python(f, stored.items)}
        if len(set(map(str, answers.values()))) == 1:
            tally.equal += 1
        else:
            tally.wrong.append((seed, text, str(answers)))


def keys_in_python(f: of.Filter, items: list[Item]) -> dict[str, list[int] | str]:
    """The keys by `matches` and by `compile`, or what these raise."""
    found: dict[str, list[int] | str] = {}
    for name, predicate in (("matches", f.matches), ("compile", f.compile())):
        try:
            found[name] = [item["id"] for item in items if predicate(item)]
        except of.FilterError as error:
            found[name] = str(error)
    return found


def tally_of(seeds: Iterable[int], schema: Any, store: Callable[[Luck], Stored]) -> Tally:
    tally = Tally()
    for seed in seeds:
        count(tally, seed, schema, store)
    return tally


# --- all engines side by side ---------------------------------------------------------------------------------------


@contextlib.contextmanager
def engines() -> Iterator[dict[str, tuple[Any, Callable[[Luck], Stored]]]]:
    """By the name of each engine its schema, and what stores rows in it."""
    import ibis  # noqa: PLC0415 - engines are needed by the program alone
    import test_django  # noqa: PLC0415
    import test_ibis  # noqa: PLC0415
    import test_sqlalchemy  # noqa: PLC0415
    from postgres import server  # noqa: PLC0415

    with server() as folder, test_django.databases(folder):
        found: dict[str, tuple[Any, Callable[[Luck], Stored]]] = {}
        made = [test_sqlalchemy.make_engine(name, folder) for name in test_sqlalchemy.ENGINES]
        for engine in made:
            found[f"SQLAlchemy on {engine.dialect.name}"] = (test_sqlalchemy.SCHEMA, test_sqlalchemy.storing(engine))
        for vendor in test_django.VENDORS:
            found[f"Django on {vendor}"] = (SCHEMA, test_django.storing(vendor))
        found["Ibis on DuckDB"] = (SCHEMA, test_ibis.storing(test_ibis.maker(ibis.duckdb.connect())))
        yield found
        for engine in made:
            engine.dispose()


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--first", type=int, default=0, help="the first seed")
    asked.add_argument("--last", type=int, default=800, help="the seed to stop before: each has 25 filters")
    asked.add_argument("--seconds", type=float, default=float("inf"), help="begin no seed after so many seconds")
    options = asked.parse_args()
    begun = time.monotonic()
    with engines() as several:
        tallies = {name: Tally() for name in several}
        spent = dict.fromkeys(several, 0.0)
        for seed in range(options.first, options.last):
            if time.monotonic() - begun > options.seconds:
                say(f"stopped before the seed {seed}")
                break
            for name, (schema, store) in several.items():
                before, known = time.process_time(), len(tallies[name].wrong)
                count(tallies[name], seed, schema, store)
                spent[name] += time.process_time() - before
                for wrong in tallies[name].wrong[known:]:
                    say(f"WRONG {name}: {wrong}")
    for name, tally in tallies.items():
        say(f"{name}: {tally}, {1000 * spent[name] / tally.tried:.0f} s a thousand")
        for message, number in tally.refused.most_common(_SHOWN):
            say(f"    {number:6,} {message}")


if __name__ == "__main__":
    main()
