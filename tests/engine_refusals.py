"""What each engine refuses of a filter: asked of the code, without a server. Django has a process of its own."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from engine_cases import SCHEMA

import odatafilter as of

COLUMNS = ("sqlite", "postgresql", "duckdb", "django: sqlite", "django: postgresql")


def verdicts(filters: list[str]) -> dict[str, list[str]]:
    """For each filter "yes" or "no" of each column."""
    from test_sqlalchemy import Item  # noqa: PLC0415 - needs SQLAlchemy

    from odatafilter.sqlalchemy import where  # noqa: PLC0415

    found = asked(filters, lambda f, dialect: where(f, Item, dialect=dialect), COLUMNS[:3])
    command = [sys.executable, str(Path(__file__)), *filters]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    of_django = json.loads(done.stdout)
    return {text: [*found[text], *of_django[text]] for text in filters}


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


if __name__ == "__main__":
    print(json.dumps(verdicts_of_django(sys.argv[1:])))  # noqa: T201
