"""What the emulator answers, whole, to requests of every kind."""

from collections.abc import Iterator
from urllib.parse import quote

import httpx

from odatafilter.emulator import Behaviour, Server, running

JOBS = "/realityconversion/jobs"
SAMPLES = (
    "/insights/carbon-calculation/oneclicklca/jobs/f7dc5506-84c4-4505-9995-66d81e6fd907",
    "/insights/carbon-calculation/ec3/jobs/0ee7070d-20e7-43b6-993f-cef689711ddc",
    "/accesscontrol/itwins/6c9aba19-76f5-4a21-a4df-a8512df2201e/jobs/fb936e1f-5a60-4fe0-8237-e7afbf47512b",
)
FILTERS = (
    "state eq 'success' and createdDateTime ge 2024-01-01T00:00:00Z",
    "state in ('failed','cancelled') or name eq null",
    "iTwinId eq dc720f05-e5f7-448b-ae06-765de46f0af1 and inputId ne '482b2968-6a85-4e50-b05c-8acbf828c1bd'",
    "iTwinId eq 00000000-0000-0000-0000-000000000000",
    "outputId eq null",
    "email le 'b' and type gt 'A' and createdDateTime lt 2025-01-01T00:00:00.5+01:00",
    "stat eq 'success' and state eq 'succes'",
    "state eq",
    "not (state eq 'success')",
)


def answers() -> str:
    """The log of all requests."""
    return "\n".join((*_with_defaults(), *_with_other_behaviour(), ""))


def _with_defaults() -> Iterator[str]:
    with running(jobs=12, seed=1) as server, httpx.Client(headers=_accepts(1)) as client:
        known = {"Authorization": f"Bearer {server.token}"}
        for headers in (
            {},
            {"Authorization": "Basic x"},
            {"Authorization": "Bearer x"},
            {**known, "Accept": "text/html"},
        ):
            yield _answer(server, client, f"{JOBS}?$filter=outputId%20eq%20null", headers)
        for path in (
            "/",
            f"{JOBS}/",
            JOBS,
            f"{JOBS}?$top=0",
            f"{JOBS}?$top=1001&$top=2",
            f"{JOBS}?$filter=a&continuationToken=b",
        ):
            yield _answer(server, client, path, known)
        for text in FILTERS:
            yield _answer(server, client, f"{JOBS}?$filter={quote(text)}&$top=2", known)
        page = client.get(f"{server.url}{JOBS}?$filter={quote(FILTERS[0])}&$top=1", headers=known).json()
        for _ in range(2):
            link = page["_links"]["next"]["href"].removeprefix(server.url)
            yield _answer(server, client, link, known)
            yield _answer(server, client, link, {"Authorization": f"Bearer {server.callers[1].token}"})
            page = client.get(f"{server.url}{link}", headers=known).json()
        for path in SAMPLES:
            prefer = {**known, **_accepts(2 if "accesscontrol" in path else 1), "Prefer": "return=representation"}
            for headers in (known, *[prefer] * 5):
                yield _answer(server, client, path, headers)
            yield _answer(server, client, f"{path[:-1]}0", prefer)
        hidden = f"/accesscontrol/itwins/{server.callers[1].itwins[0]}/jobs/fb936e1f-5a60-4fe0-8237-e7afbf47512b"
        yield _answer(server, client, hidden, {**known, **_accepts(2)})


def _with_other_behaviour() -> Iterator[str]:
    behaviour = Behaviour(last_page="href empty", filter_required=False, throttle_every=2, retry_after="3")
    with running(jobs=1, seed=2, behaviour=behaviour) as server, httpx.Client(headers=_accepts(1)) as client:
        for _ in range(2):
            yield _answer(server, client, JOBS, {"Authorization": f"Bearer {server.token}"})


def _accepts(version: int) -> dict[str, str]:
    return {"Accept": f"application/vnd.bentley.itwin-platform.v{version}+json"}


def _answer(server: Server, client: httpx.Client, path: str, headers: dict[str, str]) -> str:
    found = client.get(f"{server.url}{path}", headers=headers)
    sent = "".join(f", {name}: {value}" for name, value in headers.items())
    told = [found.headers.get("content-type", "no type"), found.headers.get("retry-after", "")]
    answer = f"    {found.status_code} {'; '.join(filter(None, told))}\n    {found.text}\n"
    text = f"GET {path}{sent}\n{answer}".replace(server.url, "http://SERVER")
    for number, caller in enumerate(server.callers, 1):
        text = text.replace(caller.token, f"TOKEN{number}")
    return text
