"""What is said of schemas is true: the code runs, in order, and every keyword of a schema is described."""

import inspect
import re
from typing import Any

from documents import DOCS, blocks, run

import odatafilter as of
from odatafilter._declared import Declaration

DOCUMENT = DOCS / "schemas.md"
TEXT = DOCUMENT.read_text("utf-8")


def test_the_code_runs() -> None:
    names: dict[str, Any] = {"__name__": "document"}
    found = blocks(DOCUMENT, "python")
    for block in found:
        run(block, names)
    assert len(found) == 5


def test_every_keyword_is_described() -> None:
    described = set(
        re.findall(r"`(\w+)`", " ".join(line.split("|")[1] for line in TEXT.splitlines() if line[:3] == "| `"))
    )
    of_schemas = inspect.signature(of.Schema.__init_subclass__).parameters
    of_kinds = {*(of.String.__init__.__kwdefaults__ or {}), *(of.Guid.__init__.__kwdefaults__ or {})}
    of_kinds |= {*(of.Enum.__init__.__kwdefaults__ or {}), *Declaration.__annotations__}
    assert described == {*of_schemas, *of_kinds}
