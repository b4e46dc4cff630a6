"""Writes the jobs that were created on one day into a file, a line of JSON each.

    ODATAFILTER_TOKEN=… python nightly_export.py 2024-06-24 --folder exports

The file appears when it is whole. After an error or a crash, the same command goes on where it stood. Exit status: 0
for a whole file, 1 for one that cannot be made, 75 for one that is to be asked for again later.
"""

import argparse
import datetime as dt
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import httpx

import odatafilter as of
from odatafilter.itwin import REALITY_CONVERSION_JOBS
from odatafilter.itwin import RealityConversionJob as Job

COME_BACK = 75  # EX_TEMPFAIL of sysexits.h
LOG = logging.getLogger("nightly_export")


def filter_of_day(day: dt.date) -> of.Filter:
    """The jobs that were created on `day`, in UTC."""
    start = dt.datetime.combine(day, dt.time(), dt.UTC)
    return Job.createdDateTime.ge(start) & Job.createdDateTime.lt(start + dt.timedelta(days=1))


def export(client: httpx.Client, jobs: of.Listing, day: dt.date, folder: Path) -> int:
    """The number of jobs in the file of `day`, once it is whole. Raises PagingError where it cannot go on."""
    folder.mkdir(parents=True, exist_ok=True)
    walk = of.paginate(client, jobs, filter=filter_of_day(day), top=1000, retry=of.Retry(attempts=8))
    return walk.to_ndjson(folder / f"{day}.ndjson")


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(description="Write the jobs of one day into a file.")
    parser.add_argument("day", type=dt.date.fromisoformat, help="such as 2024-06-24")
    parser.add_argument("--folder", type=Path, default=Path(), help="where the file goes (default: here)")
    parser.add_argument("--base-url", help="another origin, such as that of the emulator")
    asked = parser.parse_args(arguments)
    jobs = REALITY_CONVERSION_JOBS if asked.base_url is None else REALITY_CONVERSION_JOBS.at(asked.base_url)
    with httpx.Client(headers={"Authorization": f"Bearer {os.environ['ODATAFILTER_TOKEN']}"}) as client:
        try:
            count = export(client, jobs, asked.day, asked.folder)
        except (of.RateLimited, of.RetriesExhausted) as error:
            LOG.warning("after %d jobs: %s", error.items_done, error)
            return COME_BACK
        except of.PagingError as error:
            LOG.error("after %d jobs: %s", error.items_done, error)  # noqa: TRY400  # the message says it all
            return 1
    LOG.info("%d jobs of %s", count, asked.day)
    return 0


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    sys.exit(main())
