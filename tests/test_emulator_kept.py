"""A seed makes the same jobs in each release and on each machine: who has noted an id or a count of them can rely on it."""

import hashlib
from itertools import islice
from pathlib import Path

import msgspec

from odatafilter.emulator._generate import generate, populate

KEPT = Path(__file__).with_name("kept") / "jobs.ndjson"


def test_the_first_jobs_of_a_seed_are_those_that_are_kept() -> None:
    made = [{"owner": owner.email, **job} for owner, job in islice(generate(20, 1), 20)]
    assert made == [msgspec.json.decode(line) for line in KEPT.read_bytes().splitlines()]


def test_two_thousand_jobs_and_their_callers_are_those_that_they_were() -> None:
    """Every word and every share of the made-up data is in them."""
    made = msgspec.json.encode([populate(1), *generate(2000, 1)])
    assert hashlib.sha256(made).hexdigest() == "786ba77828fa144dffb57c8d7319cc85c4f319be91792a1b4e78548c3ba0a925"
