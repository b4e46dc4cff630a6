"""What each engine refuses of a filter: asked of the code, without a server. Django has a process of its own.

`python tests/engine_refusals.py` prints the rows of the table in `docs/engines.md` as they are to be.
"""

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from documents import DOCS
from engine_cases import SCHEMA

import odatafilter as of

DIALECTS = ("sqlite", "postgresql", "duckdb")  # of SQLAlchemy
COLUMNS = (*DIALECTS, "django: sqlite", "django: postgresql", "ibis: duckdb")
HAS_IBIS = importlib.util.find_spec("ibis") is not None


def verdicts(filters: list[str]) -> dict[str, list[str]]:
    """For each filter "yes" or "no" of each column; without Ibis, the last one is left out."""
    from test_sqlalchemy import Item  # noqa: PLC0415 - needs SQLAlchemy

    from odatafilter.sqlalchemy import where  # noqa: PLC0415

    found = asked(filters, lambda f, dialect: where(f, Item, dialect=dialect), DIALECTS)
    command = [sys.executable, str(Path(__file__)), *filters]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    of_django = json.loads(done.stdout)
    of_ibis = verdicts_of_ibis(filters) if HAS_IBIS else {text: [] for text in filters}
    return {text: [*found[text], *of_django[text], *of_ibis[text]] for text in filters}


def asked(
    filters: Iterable[str], where: Callable[[of.Filter, str], Any], engines: Iterable[str]
) -> dict[str, list[str]]:
    return {text: [verdict(of.parse(text, schema=SCHEMA), where, engine) for engine in engines] for text in filters}


def verdict(f: of.Filter, where: Callable[[of.Filter, str], Any], engine: str) -> str:
    try:
        where(f, engine)
    except of.UnsupportedError:
        return "no"
    return "yes"


def verdicts_of_django(filters: list[str]) -> dict[str, list[str]]:
    import django  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415

    settings.configure(INSTALLED_APPS=["django_models"], USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.AutoField")
    django.setup()
    from django_models.models import Item  # noqa: PLC0415

    from odatafilter.django import where  # noqa: PLC0415

    return asked(filters, lambda f, vendor: where(f, Item, vendor=vendor), ("sqlite", "postgresql"))


def verdicts_of_ibis(filters: list[str]) -> dict[str, list[str]]:
    import ibis  # noqa: PLC0415
    from test_ibis import ITEM, LINE, OWNER  # noqa: PLC0415

    from odatafilter.ibis import Relation, filter_table  # noqa: PLC0415

    connection = ibis.duckdb.connect()
    rows = {"items": ITEM, "owners": OWNER, "lines": LINE}
    items, owners, lines = (connection.create_table(name, schema=ibis.schema(rows[name])) for name in rows)
    relations = {
        "owner": Relation(owners, here="owner_id", there="id"),
        "lines": Relation(lines, here="id", there="item_id", many=True),
    }
    return asked(filters, lambda f, _: filter_table(f, items, relations=relations), ("duckdb",))


def rows_of_page() -> dict[str, list[str]]:
    """The filters of the table in the documentation, each with what stands beside it."""
    section = (DOCS / "engines.md").read_text("utf-8").partition("## What each database refuses")[2]
    rows = [re.split(r"\s*\|\s*", line.strip("| ")) for line in section.splitlines() if line.startswith("| `")]
    return {row[0].strip("`"): row[1:] for row in rows}


if __name__ == "__main__":
    if given := sys.argv[1:]:
        print(json.dumps(verdicts_of_django(given)))  # noqa: T201
    else:
        for text, row in verdicts([*rows_of_page()]).items():
            print(f"| `{text}` | {' | '.join(row)} |")  # noqa: T201
