"""How fast filters are evaluated, beside lambdas that a careful person writes, in the same run.

    python benchmarks/bench_matches.py [--quick]

Prints Markdown. Items are dicts as JSON gives them, a tenth of their values null or missing, and Structs with UUIDs and
datetimes. Times are the best of several rounds, in which all take turns; compare the ratios to the lambda.
"""

import argparse
import datetime as dt
import gc
import math
import random
import uuid
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any, NamedTuple

import msgspec

import odatafilter as of


class Job(of.Schema):
    state = of.String(enum=("success", "failed", "cancelled", "active"))
    iTwinId = of.Guid()
    name = of.String()
    size = of.Int64()
    createdDateTime = of.DateTimeOffset()
    inputs = of.Collection(of.String())


class JobStruct(msgspec.Struct):
    state: str | None = None
    iTwinId: uuid.UUID | None = None
    name: str | None = None
    size: int | None = None
    createdDateTime: dt.datetime | None = None
    inputs: list[str] | None = None


GUID = uuid.UUID("dc720f05-e5f7-448b-ae06-765de46f0af1")
GUID_TEXT = str(GUID)
SOME = {"success", "failed"}
SINCE, UNTIL = "2024-03-01T00:00:00Z", "2024-09-01T00:00:00Z"
FROM, TO = dt.datetime(2024, 3, 1, tzinfo=dt.UTC), dt.datetime(2024, 9, 1, tzinfo=dt.UTC)

Test = Callable[[Any], object]


class Case(NamedTuple):
    """A filter, and the lambdas that say the same of a dict and of a Struct."""

    name: str
    text: str
    of_dict: Test
    of_struct: Test


CASES = (
    Case(
        "a text",
        "state eq 'success'",
        lambda job: job.get("state") == "success",
        lambda job: job.state == "success",
    ),
    Case(
        "a GUID, a list, null",
        f"iTwinId eq {GUID} and state in ('success','failed') and name ne null",
        lambda job: (
            (key := job.get("iTwinId")) is not None
            and key.lower() == GUID_TEXT
            and job.get("state") in SOME
            and job.get("name") is not None
        ),
        lambda job: job.iTwinId == GUID and job.state in SOME and job.name is not None,
    ),
    Case(
        "a number and texts",
        "size gt 5000 and (startswith(name,'scan') or contains(name,'99')) and not (state eq 'cancelled')",
        lambda job: (
            (size := job.get("size")) is not None
            and size > 5000
            and (name := job.get("name")) is not None
            and (name.startswith("scan") or "99" in name)
            and job.get("state") != "cancelled"
        ),
        lambda job: (
            job.size is not None
            and job.size > 5000
            and job.name is not None
            and (job.name.startswith("scan") or "99" in job.name)
            and job.state != "cancelled"
        ),
    ),
    Case(
        "timestamps",
        f"createdDateTime ge {SINCE} and createdDateTime lt {UNTIL}",
        lambda job: (at := job.get("createdDateTime")) is not None and at >= SINCE and at < UNTIL,
        lambda job: (at := job.createdDateTime) is not None and at >= FROM and at < TO,
    ),
    Case(
        "any, tolower",
        "inputs/any(i:i eq '2') or tolower(name) eq 'tile77'",
        lambda job: any(one == "2" for one in job.get("inputs") or ()) or (job.get("name") or "").lower() == "tile77",
        lambda job: any(one == "2" for one in job.inputs or ()) or (job.name or "").lower() == "tile77",
    ),
)
FOUR = Case(
    "four conditions",
    f"state eq 'success' and createdDateTime ge {SINCE} and size gt 5000 and startswith(name,'scan')",
    lambda job: (
        job.get("state") == "success"
        and (at := job.get("createdDateTime")) is not None
        and at >= SINCE
        and (size := job.get("size")) is not None
        and size > 5000
        and (name := job.get("name")) is not None
        and name.startswith("scan")
    ),
    lambda job: (
        job.state == "success"
        and job.createdDateTime is not None
        and job.createdDateTime >= FROM
        and job.size is not None
        and job.size > 5000
        and job.name is not None
        and job.name.startswith("scan")
    ),
)


def jobs(count: int) -> list[dict[str, Any]]:
    luck = random.Random(2024)
    start = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    made = []
    for n in range(count):
        job: dict[str, Any] = {
            "state": luck.choice(["success", "failed", "cancelled", "active"]),
            "iTwinId": GUID_TEXT if n % 2 else str(uuid.UUID(int=luck.getrandbits(128))),
            "name": luck.choice(["scan", "tile", "Mesh "]) + str(luck.randrange(200)),
            "size": luck.randrange(10_000),
            "createdDateTime": (start + dt.timedelta(minutes=luck.randrange(525_600))).isoformat()[:19] + "Z",
            "inputs": [str(luck.randrange(20)) for _ in range(luck.randrange(6))],
        }
        for name in list(job):
            if luck.random() < 0.1:
                job[name] = None
            if luck.random() < 0.02:
                del job[name]
        made.append(job)
    return made


def seconds(test: Test, items: Sequence[Any]) -> float:
    begun = perf_counter()
    for item in items:
        test(item)
    return perf_counter() - begun


def best(tests: Sequence[Test], items: Sequence[Any], rounds: int) -> list[float]:
    """The best time of each, all taking turns."""
    for test in tests:
        seconds(test, items)
    times = [[seconds(test, items) for test in tests] for _ in range(rounds)]
    return [min(each) for each in zip(*times, strict=True)]


def check(tests: Sequence[Test], items: Sequence[Any], name: str) -> None:
    for item in items:
        if len({bool(test(item)) for test in tests}) > 1:
            raise SystemExit(f"{name}: {item} is judged differently")


def row(case: Case, items: Sequence[Any], tests: Sequence[Test], rounds: int) -> list[float]:
    check(tests, items, case.name)
    lambda_time, *times = best(tests, items, rounds)
    ratios = [time / lambda_time for time in times]
    nanoseconds = 1e9 * lambda_time / len(items)
    print(
        f"| {case.name} | {nanoseconds:.0f} ns | " + " | ".join(f"{ratio:.2f}" for ratio in ratios) + " |", flush=True
    )
    return ratios


def geometric_mean(numbers: Sequence[float]) -> float:
    return math.exp(sum(map(math.log, numbers)) / len(numbers))


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--quick", action="store_true", help="fewer items and rounds")
    quick = reader.parse_args().quick
    items = jobs(300 if quick else 2_000)
    rounds = 5 if quick else 25
    structs = msgspec.convert(items, list[JobStruct], strict=False)
    gc.disable()
    print("| filter, on dicts | lambda | compile | compile, no schema | matches |\n| --- | --: | --: | --: | --: |")
    found = []
    for case in (*CASES, FOUR):
        judged, free = of.parse(case.text, schema=Job), of.parse(case.text)
        tests = [case.of_dict, judged.compile(), free.compile(), judged.matches]
        found.append(row(case, items, tests, rounds))
    mean = [geometric_mean(column) for column in zip(*found[:-1], strict=True)]
    print("| geometric mean of five | | " + " | ".join(f"{ratio:.2f}" for ratio in mean) + " |")
    print("\n| filter, on Structs | lambda | compile |\n| --- | --: | --: |")
    found = []
    for case in CASES:
        compiled = of.parse(case.text, schema=Job).compile(JobStruct)
        found.append(row(case, structs, [case.of_struct, compiled], rounds))
    print(f"| geometric mean | | {geometric_mean([ratios[0] for ratios in found]):.2f} |")


if __name__ == "__main__":
    main()
