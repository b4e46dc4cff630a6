"""Faults 18 to 23 of `paging_faults.md`: links and redirects to other places. `Ground` sees to it that no credential goes there."""

from collections.abc import Iterator

import pytest
from fault_server import answer, jobs, page
from paging_ground import CERTIFICATE, DRIVERS, Ground, check, grounds

from odatafilter.errors import LoopError, OriginError, StatusError
from odatafilter.paging import Listing, Origins
from odatafilter.paging.origins import Origin, origin_of

HOME = origin_of("https://api.bentley.com/x")


@pytest.fixture(params=DRIVERS)
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    yield from grounds(request.param)


@pytest.mark.parametrize(
    ("href", "place"),
    [
        ("http://localhost:{port}/jobs?2", "http://localhost:{port}, not at {home}"),
        ("//localhost:{port}/jobs?2", "http://localhost:{port}, not at {home}"),
        ("{other}/jobs?2", "{other}, not at {home}"),
        ("https://127.0.0.1:{port}/jobs?2", "https://127.0.0.1:{port}, not at {home}"),
        ("http://user@127.0.0.1:{port}/jobs?2", "a URL whose host is not plain"),
        ("http://127.0.0.1:{port}@localhost/jobs?2", "a URL whose host is not plain"),
        ("http://127.0.0.1:{port}\\@localhost/jobs?2", "a URL whose host is not plain"),
        ("http:/jobs?2", "a URL whose host is not plain"),
        ("file:///etc/passwd", "a URL of the scheme 'file'"),
        ("javascript:alert(1)", "a URL of the scheme 'javascript'"),
    ],
)
def test_18_to_22_a_link_to_another_place_is_refused_after_the_page_in_hand(
    ground: Ground, href: str, place: str
) -> None:
    names = {"port": ground.server.url.rpartition(":")[2], "other": ground.other.url, "home": ground.server.url}
    ground.serve(page(jobs(1), href.format(**names)))
    outcome = ground.walk()
    check(ground, outcome, items=[1], requests=1, error=OriginError)
    assert outcome.error is not None
    assert outcome.error.message.startswith(f"the next page is at {place.format(**names)}; nothing was sent")
    assert ground.other.seen == []


def test_18_the_error_says_how_to_allow_the_origin(ground: Ground) -> None:
    ground.serve(page(jobs(1), f"{ground.other.url}/jobs"))
    says = (
        f"the next page is at {ground.other.url}, not at {ground.server.url}; nothing was sent; "
        f"origins=Origins.allow('{ground.other.url}') would allow it"
    )
    check(ground, ground.walk(), items=[1], requests=1, error=OriginError, says=says)


def test_18_an_allowed_origin_gets_the_credentials(ground: Ground) -> None:
    ground.serve(page(jobs(1), f"{ground.other.url}/jobs"))
    ground.other.script = lambda _: [page(jobs(2))]
    check(ground, ground.walk(origins=Origins.allow(ground.other.url)), items=[1, 2], requests=1)
    assert [seen.headers["authorization"] for seen in ground.other.seen] == ["Bearer s3cret"]
    ground.other.seen.clear()


def test_19_the_error_of_another_port_has_a_cursor_that_stands_before_it(ground: Ground) -> None:
    ground.serve(page(jobs(1), f"{ground.other.url}/jobs?2"))
    cursor = ground.walk().cursor
    ground.other.script = lambda _: [page(jobs(2))]
    ground.serve(page(jobs(1), f"{ground.other.url}/jobs?2"))
    outcome = ground.walk(start=str(cursor), origins=Origins.allow(ground.other.url))
    check(ground, outcome, items=[2], requests=1)
    ground.other.seen.clear()


@pytest.fixture(params=DRIVERS)
def encrypted(request: pytest.FixtureRequest) -> Iterator[Ground]:
    yield from grounds(request.param, CERTIFICATE)


@pytest.mark.parametrize("origins", [Origins.same(), Origins.strip()], ids=["same", "strip"])
def test_20_a_link_from_https_to_http_is_refused_even_without_credentials(encrypted: Ground, origins: Origins) -> None:
    encrypted.serve(page(jobs(1), "?2"), page(jobs(2), f"{encrypted.other.url}/jobs"))
    says = (
        f"the next page is at {encrypted.other.url}, not at {encrypted.server.url}; nothing was sent; "
        f"origins=Origins.allow('{encrypted.other.url}') would allow it"
    )
    outcome = encrypted.walk(origins=origins)
    check(encrypted, outcome, items=[1, 2], requests=2, error=OriginError, says=says)
    assert encrypted.other.seen == []


def test_20_a_link_to_http_at_the_same_host_and_port_is_refused(encrypted: Ground) -> None:
    plain = encrypted.server.url.replace("https", "http")
    encrypted.serve(page(jobs(1), f"{plain}/jobs"))
    says = (
        f"the next page is at {plain}, not at {encrypted.server.url}; nothing was sent; "
        f"origins=Origins.allow('{plain}') would allow it"
    )
    check(encrypted, encrypted.walk(), items=[1], requests=1, error=OriginError, says=says)


def test_20_a_redirect_from_https_to_http_is_refused(encrypted: Ground) -> None:
    encrypted.serve(page(jobs(1), "?2"), _redirect(302, f"{encrypted.other.url}/jobs"))
    check(encrypted, encrypted.walk(origins=Origins.strip()), items=[1], requests=2, error=OriginError)
    assert encrypted.other.seen == []


BENTLEY = "http://api.bentley.com"


@pytest.mark.parametrize(
    ("home", "href"),
    [
        (BENTLEY, "HTTP://API.Bentley.COM/jobs?2"),
        (BENTLEY, "http://api.bentley.com:80/jobs?2"),
        (f"{BENTLEY}:80", "http://api.bentley.com/jobs?2"),
        (BENTLEY, "//api.bentley.com:80/jobs?2"),
        ("http://[::1]", "http://[0:0:0:0:0:0:0:1]:80/jobs?2"),
    ],
)
def test_21_another_spelling_of_the_origin_is_the_same_one(ground: Ground, home: str, href: str) -> None:
    ground.serve(page(jobs(1), href), page(jobs(2)))
    outcome = ground.walk(listing=Listing(f"{home}/jobs"), client={"proxy": ground.server.url})
    check(ground, outcome, items=[1, 2], requests=2)
    assert [seen.headers["authorization"] for seen in ground.server.seen] == ["Bearer s3cret"] * 2


@pytest.mark.parametrize(
    ("href", "place"),
    [
        ("http://api.bentley.com.evil.test/jobs?2", "http://api.bentley.com.evil.test, not at {home}"),
        ("http://xapi.bentley.com/jobs?2", "http://xapi.bentley.com, not at {home}"),
        ("http://-api.bentley.com/jobs?2", "http://-api.bentley.com, not at {home}"),
        ("http://a.b-api.bentley.com/jobs?2", "http://a.b-api.bentley.com, not at {home}"),
        ("http://eus-api.bentley.com:81/jobs?2", "http://eus-api.bentley.com:81, not at {home}"),
        ("http://[::1]/jobs?2", "http://[::1], not at {home}"),
        ("http://[::ffff:127.0.0.1]/jobs?2", "http://[::ffff:127.0.0.1], not at {home}"),
        ("http://api.bentley.com@evil.test/jobs?2", "a URL whose host is not plain"),
        ("http://api.bentley.com:80@evil.test/jobs?2", "a URL whose host is not plain"),
        ("http://api.bentley.com./jobs?2", "http://api.bentley.com., not at {home}"),
    ],
)
@pytest.mark.parametrize("way", ["link", "redirect"])
def test_21_a_host_that_looks_like_an_allowed_one_is_sent_nothing(
    ground: Ground, href: str, place: str, way: str
) -> None:
    ground.serve(page(jobs(1), href), page(jobs(2)))
    if way == "redirect":
        ground.serve(page(jobs(1), "/jobs?1"), _redirect(302, href), page(jobs(2)))
    outcome = ground.walk(
        listing=Listing(f"{BENTLEY}/jobs"),
        client={"proxy": ground.server.url},
        origins=Origins.allow("http://*-api.bentley.com"),
    )
    check(ground, outcome, items=[1], requests=1 + (way == "redirect"), error=OriginError)
    assert outcome.error is not None
    assert outcome.error.message.startswith(f"the next page is at {place.format(home=BENTLEY)}; nothing was sent")


def test_21_an_allowed_host_is_walked_with_the_credentials(ground: Ground) -> None:
    ground.serve(page(jobs(1), "http://eus-api.bentley.com/jobs?2"), _redirect(307, f"{BENTLEY}/jobs?3"), page(jobs(2)))
    outcome = ground.walk(
        listing=Listing(f"{BENTLEY}/jobs"),
        client={"proxy": ground.server.url},
        origins=Origins.allow("http://*-api.bentley.com"),
    )
    check(ground, outcome, items=[1, 2], requests=3)
    assert ground.targets[1:] == ["http://eus-api.bentley.com/jobs?2", f"{BENTLEY}/jobs?3"]
    assert [seen.headers["authorization"] for seen in ground.server.seen] == ["Bearer s3cret"] * 3


def test_18_a_stripped_walk_visits_a_stranger_without_credentials(ground: Ground) -> None:
    ground.serve(page(jobs(1), f"{ground.other.url}/jobs"), page(jobs(3)))
    ground.other.script = lambda _: [page(jobs(2), f"{ground.server.url}/jobs?3")]
    listing = Listing(f"{ground.server.url}/jobs", headers={"X-Other-Key": "s3cret"})
    check(ground, ground.walk(listing=listing, origins=Origins.strip(), token=None), items=[1, 2, 3], requests=2)
    assert len(ground.other.seen) == 1
    assert sorted(ground.other.seen[0].headers) == ["accept", "accept-encoding", "connection", "host", "user-agent"]
    assert {seen.headers["x-other-key"] for seen in ground.server.seen} == {"s3cret"}


@pytest.mark.parametrize(
    ("url", "trusted"),
    [
        ("https://api.bentley.com/", True),
        ("HTTPS://API.Bentley.COM:443/", True),
        ("https://eus-api.bentley.com", True),
        ("https://x-y-api.bentley.com?q", True),
        ("http://api.bentley.com/", None),
        ("https://api.bentley.com:444/", None),
        ("https://xapi.bentley.com/", None),
        ("https://-api.bentley.com/", None),
        ("https://a.b-api.bentley.com/", None),
        ("https://api.bentley.com.evil.test/", None),
        ("https://x-api.bentley.com.evil.test/", None),
        ("https://bentley.com/", None),
    ],
)
def test_21_a_pattern_matches_whole_labels_only(url: str, trusted: bool | None) -> None:
    assert Origins.allow("https://*-api.bentley.com").trusts(HOME, origin_of(url)) is trusted


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://[::1]:8000/x", Origin("http", "::1", 8000)),
        ("http://[0:0:0:0:0:0:0:1]:8000/", Origin("http", "::1", 8000)),
        ("https://EXAMPLE.test:", Origin("https", "example.test", 443)),
    ],
)
def test_21_origins_are_compared_in_their_normal_form(url: str, origin: Origin) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "https://api.bentley.com@evil.test",
        "https://api.bentley.com:443@evil.test",
        "https://evil.test\\.bentley.com",
        "https://b\u00fccher.test",
        "https://a%2eb.test",
        "https:///x",
        "https://a b.test",
        "https://a.test:x/",
        "https://[::1",
    ],
)
def test_21_a_host_that_two_parsers_could_read_in_two_ways_is_none(url: str) -> None:
    with pytest.raises(ValueError, match=r"^a URL whose host is not plain$"):
        origin_of(url)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("api.bentley.com", "is no origin: no http or https URL"),
        ("ftp://api.bentley.com", "is no origin: a URL of the scheme 'ftp'"),
        ("https://api.bentley.com/jobs", "is no origin: it has a path"),
        ("https://*", "is too wide: the last two labels of a host are to be plain"),
        ("https://*.com", "is too wide: the last two labels of a host are to be plain"),
        ("https://api.*.com", "is too wide: the last two labels of a host are to be plain"),
    ],
)
def test_21_a_pattern_that_says_too_much_or_nothing_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the whole message is compared
        Origins.allow(pattern)
    assert str(caught.value) == f"{pattern!r} {reason}"


def _redirect(status: int, location: str) -> bytes:
    return answer(b"moved", status=status, headers={"Location": location})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("client", [{}, {"follow_redirects": True}], ids=["kept", "followed"])
def test_23_a_redirect_to_the_same_origin_is_followed(ground: Ground, status: int, client: dict[str, bool]) -> None:
    ground.serve(_redirect(status, "/moved?1"), page(jobs(1), "?2"), page(jobs(2)))
    check(ground, ground.walk(client=client), items=[1, 2], requests=3)
    assert ground.targets == ["/jobs", "/moved?1", "/moved?2"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("client", [{}, {"follow_redirects": True}], ids=["kept", "followed"])
def test_23_a_redirect_to_another_origin_is_refused(ground: Ground, status: int, client: dict[str, bool]) -> None:
    ground.serve(page(jobs(1), "/jobs?2"), _redirect(status, f"{ground.other.url}/jobs"))
    check(ground, ground.walk(client=client), items=[1], requests=2, error=OriginError)
    assert ground.other.seen == []


def test_23_a_redirect_to_a_stranger_is_followed_without_credentials_where_they_are_stripped(ground: Ground) -> None:
    ground.serve(_redirect(302, f"{ground.other.url}/jobs"), page(jobs(3)))
    ground.other.script = lambda _: [page(jobs(1, 2), f"{ground.server.url}/jobs?3")]
    check(ground, ground.walk(origins=Origins.strip()), items=[1, 2, 3], requests=2)
    assert len(ground.other.seen) == 1
    assert [seen.headers["x-api-key"] for seen in ground.server.seen] == ["s3cret"] * 2


def test_23_a_redirect_to_an_allowed_origin_takes_the_credentials_along(ground: Ground) -> None:
    ground.serve(_redirect(302, f"{ground.other.url}/jobs"))
    ground.other.script = lambda _: [page(jobs(1))]
    check(ground, ground.walk(origins=Origins.allow(ground.other.url)), items=[1], requests=1)
    assert [seen.headers["x-api-key"] for seen in ground.other.seen] == ["s3cret"]
    ground.other.seen.clear()


def test_23_redirects_in_a_circle_are_noticed(ground: Ground) -> None:
    ground.route({"/jobs": _redirect(302, "/a"), "/a": _redirect(302, "/jobs")})
    check(ground, ground.walk(), items=[], requests=11, error=LoopError, says="redirected more than 10 times")


def test_23_redirects_without_an_end_are_noticed(ground: Ground) -> None:
    ground.serve(*(_redirect(302, f"/{n}") for n in range(99)))
    check(ground, ground.walk(), items=[], requests=11, error=LoopError, says="redirected more than 10 times")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_23_a_redirect_without_a_location_is_a_refusal(ground: Ground, status: int) -> None:
    ground.serve(page(jobs(1), "?2"), answer(b"", status=status))
    check(ground, ground.walk(), items=[1], requests=2, error=StatusError, says=f"{status} without a body")
