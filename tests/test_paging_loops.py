"""Circles of links and pages are noticed, in a memory that does not grow with the walk."""

import tracemalloc
from typing import Any

import httpx
import pytest
from fault_server import jobs
from hypothesis import given
from hypothesis import strategies as st

from odatafilter.errors import LoopError
from odatafilter.paging import Listing, paginate
from odatafilter.paging._loops import EXACT, SAMPLED, Places, content_digest

LISTING = Listing("http://a.test/jobs")


def place(number: int) -> bytes:
    return number.to_bytes(16)


def noticed_after(tail: int, circle: int) -> int:
    """How many places were new to a walk that goes in a circle after a tail, before it noticed one."""
    places = Places()
    for number in range(tail + 3 * circle):
        at = place(number if number < tail + circle else tail + (number - tail) % circle)
        if at in places:
            return number
        places.add(at)
    raise AssertionError("a circle was not noticed")


def test_contents_that_differ_somewhere_have_different_digests() -> None:
    content = bytes(range(256)) * 400
    digests = {content_digest(content)}
    for at in (0, 5_000, 51_201, 70_000, len(content) - 1):
        changed = bytearray(content)
        changed[at] ^= 1
        digests.add(content_digest(bytes(changed)))
    digests.add(content_digest(content + b"x"))
    assert len(digests) == 7
    assert content_digest(memoryview(content)) == content_digest(content)
    assert content_digest(b"") != content_digest(b"x")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("odatafilter.paging._loops.EXACT", 5)
    monkeypatch.setattr("odatafilter.paging._loops.SAMPLED", 8)


@pytest.mark.parametrize("circle", [1, 2, 3, 999, EXACT])
@pytest.mark.parametrize("tail", [0, 7, 2 * EXACT])
def test_a_short_circle_is_noticed_when_it_closes(tail: int, circle: int) -> None:
    assert noticed_after(tail, circle) == tail + circle


@given(tail=st.integers(0, 40), circle=st.integers(1, 60))
def test_a_circle_is_noticed_within_twice_its_length(tail: int, circle: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("odatafilter.paging._loops.EXACT", 5)
        patch.setattr("odatafilter.paging._loops.SAMPLED", 8)
        # The distance of what is kept is at most a fourth of the walk, and never decides where the circle is short.
        assert noticed_after(tail, circle) <= max(tail + 2 * circle, tail + circle + (tail + 2 * circle) // 4)
        if circle <= 5:
            assert noticed_after(tail, circle) == tail + circle


@pytest.mark.usefixtures("small")
def test_of_the_places_before_the_last_ones_every_second_is_kept_when_they_are_too_many_then_every_fourth() -> None:
    places = Places()
    kept = []
    for number in range(24):
        places.add(place(number))
        kept.append(len(places))
    last = [1, 2, 3, 4, *[5] * 20]
    sampled = [1, 2, 3, 4, 5, 6, 7, 8, 5, 5, 6, 6, 7, 7, 8, 8, 5, 5, 5, 5, 6, 6, 6, 6]
    assert kept == [exact + sample for exact, sample in zip(last, sampled, strict=True)]
    assert [number for number in range(24) if place(number) in places] == [0, 4, 8, 12, 16, 19, 20, 21, 22, 23]
    places.add(place(23))
    assert [number for number in range(24) if place(number) in places] == [0, 4, 8, 12, 16, 19, 20, 21, 22, 23]


def test_the_memory_of_a_long_walk_is_bounded() -> None:
    tracemalloc.start()
    try:
        places = Places()
        for number in range(100_000):
            places.add(place(number))
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(places) <= EXACT + SAMPLED
    assert kept < 8 << 20


def walk_round(tail: int, circle: int, *, is_link_new: bool) -> tuple[LoopError, int]:
    """The error of a walk that goes in a circle, by the links or by the items behind ever new links."""
    asked = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        at = int(request.url.query or 0)
        shown = at if at < tail + circle else tail + (at - tail) % circle
        following = at + 1 if is_link_new or at + 1 < tail + circle else tail
        body: dict[str, Any] = {"jobs": jobs(2 * shown, 2 * shown + 1), "_links": {"next": {"href": f"?{following}"}}}
        return httpx.Response(200, json=body)

    walk = paginate(httpx.Client(transport=httpx.MockTransport(answer)), LISTING)
    with pytest.raises(LoopError) as caught:
        for _ in walk.pages():
            pass
    return caught.value, asked


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("is_link_new", [False, True])
@pytest.mark.parametrize(("tail", "circle"), [(1, 2), (3, 5), (1, 60), (10, 40)])
def test_a_walk_in_a_circle_ends(tail: int, circle: int, *, is_link_new: bool) -> None:
    error, asked = walk_round(tail, circle, is_link_new=is_link_new)
    assert tail + circle <= asked <= tail + 2 * circle
    says = "a new link, but a page with the items of an earlier one; Listing(repeats=True) allows that"
    assert error.message == (says if is_link_new else "the next link leads to a page that was there before")
