"""What paging costs beside a hand-written `while next` loop, against the same local server in the same run.

    python benchmarks/bench_paging.py [--rounds N] [--quick]

Prints Markdown. Times are the best of several rounds, in which all take turns. The loop decodes with
`response.json()`, follows every link, and does nothing else: it has no retries, limits, cursor or guard. Compare the
ratios; the server, in a process of its own, has its pages ready and waits as long as a row says before it answers.
"""

import argparse
import asyncio
import gc
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter, process_time, sleep
from typing import Any, NamedTuple

import httpx
import msgspec

from odatafilter.paging import Listing, gather_pages, paginate

JOB = {
    "id": "cc3d35cc-416a-4262-9714-b359da70b419",
    "name": "My first RCS job",
    "type": "Conversion",
    "state": "success",
    "createdDateTime": "2020-09-14T14:29:55Z",
    "lastModifiedDateTime": "2020-09-14T14:29:55Z",
    "iTwinId": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "ownerId": "1bc8fd79-b72a-4165-b490-58e5244c4cda",
    "email": "email@example.com",
    "dataCenter": "East US",
    "executionInformation": {
        "submissionDateTime": "2020-09-14T14:34:20Z",
        "startedDateTime": "2020-09-14T14:34:28Z",
        "endedDateTime": "2020-09-14T14:41:49Z",
        "estimatedUnits": 0.05,
    },
    "inputs": [{"id": "58e0c0ca-f730-4e5b-808d-1c8cacacb4d4", "type": "LAS"}],
    "outputs": [{"id": "3ddee08c-01e8-44a5-8e56-3879109f6728", "type": "OPC"}],
    "options": {"processingEngines": 5, "merge": False},
    "costEstimation": {"estimatedCost": 3.5, "gigaPixels": 2.1, "megaPoints": 1.5},
}
LISTING = Listing("http://a.test/jobs")
PAGE = 1000
DEFAULT_PAGE = 100  # what a service gives that is not asked for a size

# --- the server -----------------------------------------------------------------------------------------------------


def serve() -> None:
    """Answers `/PAGES/SIZE/MILLISECONDS/...?at=N` with page N of PAGES after a wait; prints its port first."""
    jobs = [msgspec.json.encode({**JOB, "name": f"job {n}"}) for n in range(PAGE)]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=converse, args=(connection, jobs), daemon=True).start()


def converse(connection: socket.socket, jobs: list[bytes]) -> None:
    with connection, connection.makefile("rb") as stream:
        while line := stream.readline():
            target = line.split()[1].decode()
            while stream.readline().strip():
                pass
            path, _, at = target.partition("?at=")
            pages, size, wait = (int(part) for part in path.split("/")[1:4])
            answer = answered(path, pages, int(at or 0), jobs[1:size])
            sleep(wait / 1000)
            connection.sendall(answer)


def answered(path: str, pages: int, at: int, others: list[bytes]) -> bytes:
    first = msgspec.json.encode({**JOB, "name": f"the first of page {at}"})
    links = msgspec.json.encode({"next": {"href": f"{path}?at={at + 1}"}} if at + 1 < pages else None)
    body = b'{"jobs":[%s],"_links":%s}' % (b",".join([first, *others]), links)
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


# --- the ways to page -----------------------------------------------------------------------------------------------


class Way(NamedTuple):
    """A way to page: `run` gives the number of items it saw."""

    name: str
    run: Callable[[], int]


class Row(NamedTuple):
    """What is measured: ways that take turns, the first of which is the measure of the others."""

    title: str
    clock: Callable[[], float]
    ways: list[Way]


def by_hand(client: httpx.Client, url: str, work: Callable[[], object] = int) -> int:
    """The loop that people write."""
    count = 0
    following: str | None = url
    while following:
        body = client.get(following).json()
        for _ in body["jobs"]:
            count += 1
        work()
        links = body["_links"]
        following = str(client.base_url.join(links["next"]["href"])) if links else None
    return count


def items(client: httpx.Client, url: str, prefetch: int = 0) -> int:
    count = 0
    with paginate(client, Listing(url), prefetch=prefetch) as walk:
        for _ in walk:
            count += 1
    return count


def pages(client: httpx.Client, url: str, work: Callable[[], object], prefetch: int) -> int:
    count = 0
    with paginate(client, Listing(url), prefetch=prefetch) as walk:
        for page in walk.pages():
            count += len(page.items)
            work()
    return count


def parts(client: httpx.Client, urls: list[str]) -> int:
    with gather_pages([paginate(client, Listing(url)) for url in urls]) as gathered:
        return sum(len(page.items) for page in gathered)


def rows(client: httpx.Client, base: str, count: int) -> Iterator[Row]:
    at_once = f"{base}/{count}/{PAGE}/0/jobs"
    yield Row(
        f"CPU time, {PAGE} jobs a page, server at once",
        process_time,
        [
            Way("a loop by hand", lambda: by_hand(client, at_once)),
            Way("the items of a walk", lambda: items(client, at_once)),
            Way("the same with prefetch", lambda: items(client, at_once, 1)),
            Way("the pages of a walk, decoded", lambda: pages(client, at_once, int, 0)),
        ],
    )
    slow = f"{base}/{count}/{PAGE}/20/jobs"
    yield Row(
        f"wall time, {PAGE} jobs a page, server and consumer 20 ms each",
        perf_counter,
        [
            Way("a loop by hand", lambda: by_hand(client, slow, lambda: sleep(0.02))),
            Way("a walk", lambda: pages(client, slow, lambda: sleep(0.02), 0)),
            Way("a walk with prefetch", lambda: pages(client, slow, lambda: sleep(0.02), 1)),
        ],
    )
    chain = f"{base}/{4 * (count // 4)}/{DEFAULT_PAGE}/30/jobs"
    quarters = [f"{base}/{count // 4}/{DEFAULT_PAGE}/30/{part}" for part in range(4)]
    yield Row(
        f"wall time, {DEFAULT_PAGE} jobs a page, server 30 ms",
        perf_counter,
        [
            Way("a loop by hand", lambda: by_hand(client, chain)),
            Way("one walk", lambda: pages(client, chain, int, 0)),
            Way("four walks gathered", lambda: parts(client, quarters)),
        ],
    )


# --- without sockets ------------------------------------------------------------------------------------------------


class Job(msgspec.Struct):
    """What one who knows the members decodes."""

    id: str
    name: str
    state: str


def ready(size: int, count: int) -> httpx.MockTransport:
    """`count` pages with `size` jobs each, which are there at once."""
    jobs = [msgspec.json.encode({**JOB, "name": f"job {n}"}) for n in range(size)]
    pages = []
    for at in range(count):
        link = f'{{"next":{{"href":"http://a.test/jobs?at={at + 1}"}}}}' if at < count - 1 else "null"
        listed = b",".join([msgspec.json.encode({**JOB, "page": at}), *jobs[1:]])
        pages.append(b'{"jobs":[%b],"_links":%b}' % (listed, link.encode()))

    def answer(request: httpx.Request) -> httpx.Response:
        at = int(request.url.query.partition(b"=")[2] or 0)
        return httpx.Response(200, headers={"Content-Type": "application/json"}, content=pages[at])

    return httpx.MockTransport(answer)


async def by_hand_async(client: httpx.AsyncClient, decode: Callable[[httpx.Response], Any]) -> int:
    count, following = 0, "http://a.test/jobs"
    while following:
        body = decode(await client.get(following))
        for _ in body["jobs"]:
            count += 1
        following = body["_links"]["next"]["href"] if body["_links"] else ""
    return count


def by_hand_without_sockets(client: httpx.Client, decode: Callable[[httpx.Response], Any]) -> int:
    count, following = 0, "http://a.test/jobs"
    while following:
        body = decode(client.get(following))
        for _ in body["jobs"]:
            count += 1
        following = body["_links"]["next"]["href"] if body["_links"] else ""
    return count


async def items_async(client: httpx.AsyncClient, **options: Any) -> int:
    count = 0
    async for _ in paginate(client, LISTING, **options):
        count += 1
    return count


async def pages_async(client: httpx.AsyncClient) -> int:
    count = 0
    async for page in paginate(client, LISTING).pages():
        for _ in page.items:
            count += 1
    return count


def without_sockets(size: int, count: int) -> Iterator[Row]:
    transport = ready(size, count)
    client, other = httpx.Client(transport=transport), httpx.AsyncClient(transport=transport)
    yield Row(
        f"CPU time, {size} jobs a page, no sockets",
        process_time,
        [
            Way("a loop by hand, `response.json()`", lambda: by_hand_without_sockets(client, httpx.Response.json)),
            Way("the same, decoded by msgspec", lambda: by_hand_without_sockets(client, _decoded)),
            Way("the items of a walk", lambda: sum(1 for _ in paginate(client, LISTING))),
            Way("its pages", lambda: sum(1 for page in paginate(client, LISTING).pages() for _ in page.items)),
            Way("its items as Structs", lambda: sum(1 for _ in paginate(client, LISTING, item_type=Job))),
        ],
    )
    yield Row(
        f"CPU time, {size} jobs a page, no sockets, asynchronous",
        process_time,
        [
            Way("a loop by hand, `response.json()`", lambda: asyncio.run(by_hand_async(other, httpx.Response.json))),
            Way("the same, decoded by msgspec", lambda: asyncio.run(by_hand_async(other, _decoded))),
            Way("the items of a walk", lambda: asyncio.run(items_async(other))),
            Way("its pages", lambda: asyncio.run(pages_async(other))),
            Way("its items as Structs", lambda: asyncio.run(items_async(other, item_type=Job))),
        ],
    )


def _decoded(response: httpx.Response) -> Any:
    return msgspec.json.decode(response.content)


def measured(row: Row, rounds: int) -> list[float]:
    """The best time of each way, all of which saw the same items."""
    best = [float("inf")] * len(row.ways)
    for _ in range(rounds):
        seen = set()
        for index, way in enumerate(row.ways):
            gc.collect()
            begun = row.clock()
            seen.add(way.run())
            best[index] = min(best[index], row.clock() - begun)
        assert len(seen) == 1, seen
    return best


def growth(client: httpx.Client, base: str, count: int) -> float:
    """How many megabytes the process grows over the items of `count` pages, after the first tenth."""
    before = 0.0
    with paginate(client, Listing(f"{base}/{count}/{PAGE}/0/jobs")) as walk:
        for number, _ in enumerate(walk):
            if number == count * PAGE // 10:
                before = resident()
    return resident() - before


def growth_without_sockets(count: int) -> float:
    """How many megabytes the process grows over a walk of `count` pages of one item, after the first hundred."""

    def answer(request: httpx.Request) -> httpx.Response:
        at = int(request.url.query.partition(b"=")[2] or 0)
        link = b'{"next":{"href":"http://a.test/jobs?at=%d"}}' % (at + 1) if at + 1 < count else b"null"
        return httpx.Response(200, content=b'{"jobs":[{"id":%d}],"_links":%b}' % (at, link))

    before = 0.0
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        for number, _ in enumerate(paginate(client, LISTING)):
            if number == 100:
                before = resident()
        return resident() - before


def resident() -> float:
    """The megabytes this process holds."""
    gc.collect()
    fields = Path("/proc/self/statm").read_text().split()
    return int(fields[1]) * 4096 / 2**20


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--quick", action="store_true", help="one short round, to see that it runs")
    options.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.serve:
        serve()
    rounds, count, many = (1, 8, 20) if given.quick else (given.rounds, 40, 1000)
    command = [sys.executable, __file__, "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        base = f"http://127.0.0.1:{int(server.stdout.readline())}"
        try:
            report(base, rounds, count, many)
        finally:
            server.terminate()


def report(base: str, rounds: int, count: int, many: int) -> None:
    with httpx.Client(base_url=base, trust_env=False, timeout=60) as client:
        print(f"{count} pages a way from the server.\n\n| | ms | ratio |\n|---|---:|---:|")
        sizes = [(10, 8 * count), (100, 2 * count), (PAGE, count // 2)]
        quiet = [row for size, many_pages in sizes for row in without_sockets(size, many_pages)]
        for row in (*quiet, *rows(client, base, count)):
            print(f"| **{row.title}** | | |")
            best = measured(row, rounds)
            for way, seconds in zip(row.ways, best, strict=True):
                print(f"| {way.name} | {seconds * 1000:,.0f} | {seconds / best[0]:.2f} |", flush=True)
        if Path("/proc/self/statm").exists():
            print(f"\nMemory grows by {growth(client, base, many):.1f} MB over {many * PAGE:,} items.")
            pages = 50 * many
            print(f"Memory grows by {growth_without_sockets(pages):.1f} MB over {pages:,} pages of one item.")


if __name__ == "__main__":
    main()
