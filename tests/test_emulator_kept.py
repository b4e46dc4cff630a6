"""A seed makes the same jobs in each release and on each machine: who has noted an id or a count of them can rely on it."""

import hashlib
from itertools import islice
from pathlib import Path

import msgspec

from odatafilter.emulator._generate import generate, populate
from odatafilter.emulator._instants import instant
from odatafilter.emulator._tokens import Continuation, Tokens

KEPT = Path(__file__).with_name("kept") / "jobs.ndjson"


def test_the_first_jobs_of_a_seed_are_those_that_are_kept() -> None:
    made = [{"owner": owner.email, **job} for owner, job in islice(generate(20, 1), 20)]
    assert made == [msgspec.json.decode(line) for line in KEPT.read_bytes().splitlines()]


def test_two_thousand_jobs_and_their_callers_are_those_that_they_were() -> None:
    """Every word and every share of the made-up data is in them."""
    made = msgspec.json.encode([populate(1), *generate(2000, 1)])
    assert hashlib.sha256(made).hexdigest() == "728e20c0fc5fe0fccd08b4cd92459e6a888fa88b08e6490aebcb2bf9199c7bd8"


def test_a_link_to_the_next_page_is_good_after_a_restart() -> None:
    """A cursor that somebody has kept leads to the same page of the same jobs, of a later release, too."""
    bound_to = ("state eq 'success'", "owner")
    token = "7KCkOzznVuvfUPOTkpKzMTAwMDAwMDYzODgxMjY5MjAwLqJpZAU"
    here = Continuation((instant("2024-06-24T13:00:00Z"), "id"), 5)
    assert Tokens("1").make_token(here, bound_to) == token
    assert Tokens("1").read_token(token, bound_to) == here
    assert Tokens("2").read_token(token, bound_to) is None
