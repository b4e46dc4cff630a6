"""`check`, `match` and `schema`: is a filter valid, which lines of JSON does it choose, and by which schema."""

import argparse
import sys
from codecs import BOM_UTF8
from pathlib import Path
from typing import TYPE_CHECKING, Any

from odatafilter._commands.streams import LongLine, UsageError, escape_lines, input_lines, say, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from odatafilter.schema import Schema

DONE, FAILED = 0, 1
SCHEMA_FILES = "declarations in JSON, a JSON Schema or OpenAPI document, or $metadata; NAME is what is wanted in it"
_SCHEMAS = {  # of each API, what `odatafilter.itwin` has
    "realityconversion": "RealityConversionJob",
    "analysisjobs": "AnalysisJob",
    "analysisdetectors": "AnalysisDetector",
    "itwins": "ITwin",
}
_WIDEST = 4  # bytes of a character
_LONGEST_ITEM = 64 << 20  # bytes of a line of JSON


def add_schema_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options that say which properties a filter may have."""
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument(
        "--api", choices=tuple(_SCHEMAS), help="judge by the properties and operators that this API documents"
    )
    chosen.add_argument(
        "--schema",
        metavar="FILE[#NAME]",
        help=f"judge by the schema in a file: {SCHEMA_FILES}",
    )


def check(asked: argparse.Namespace) -> int:
    """Says whether filters are valid: the one that is given, or each line of standard input."""
    verdict = Verdict(_schema(asked), as_json=asked.json)
    if asked.text != "-":
        return DONE if verdict.of_text(asked.text) else FAILED
    from odatafilter.limits import Limits  # noqa: PLC0415 - as late as it is needed

    length = Limits().length
    status = None
    for number, line in input_lines(_WIDEST * length):
        is_valid = verdict.of_line(number, line, length)
        status = DONE if is_valid and status is not FAILED else FAILED
    return status if status is not None else DONE if verdict.of_text("") else FAILED


class Verdict:
    """What is said about filters, as text or as JSON."""

    def __init__(self, schema: "type[Schema] | None", *, as_json: bool) -> None:
        self._schema = schema
        self._as_json = as_json

    def of_line(self, number: int, line: bytes | LongLine, length: int) -> bool:
        """Whether the line `number` of standard input is a valid filter; says so, or why not."""
        if isinstance(line, LongLine):
            return self._say_wrong(number, f"the filter has more than {length} characters, the limit 'length'")
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            wrong = f"byte 0x{line[error.start]:02x} at position {error.start + 1}"
            return self._say_wrong(number, f"it is not UTF-8: {wrong}")
        return self.of_text(text, number)

    def of_text(self, text: str, number: int | None = None) -> bool:
        """Whether `text` is a valid filter; says so, or why not."""
        from odatafilter.errors import (  # noqa: PLC0415
            FilterError,
            FilterSyntaxError,
            FilterValidationError,
        )
        from odatafilter.filter import parse  # noqa: PLC0415

        try:
            found = parse(text, schema=self._schema)
        except FilterError as error:
            told = error.to_dict() if isinstance(error, FilterSyntaxError | FilterValidationError) else None
            return self._say_wrong(number, str(error), told)
        if self._as_json:
            _write_json({**_line_of(number), "valid": True, "filter": str(found)})
        else:
            write(f"valid: {found}")
        return True

    def _say_wrong(self, number: int | None, message: str, told: object = None) -> bool:
        if self._as_json:
            error = told or {"code": "InvalidFilter", "message": message, "details": []}
            _write_json({**_line_of(number), "valid": False, "error": error})
        else:
            say(message if number is None else f"line {number}: {message}")
        return False


def _line_of(number: int | None) -> dict[str, int]:
    return {} if number is None else {"line": number}


def _write_json(value: object) -> None:
    from msgspec import json  # noqa: PLC0415

    line = json.encode(value)
    print((escape_lines(line) if sys.stdout.isatty() else line).decode(), flush=True)


def match(asked: argparse.Namespace) -> int:
    """Writes the lines of standard input, each a JSON object, for which a filter is true."""
    from odatafilter.errors import FilterError  # noqa: PLC0415
    from odatafilter.filter import parse  # noqa: PLC0415

    try:
        is_match = parse(asked.filter, schema=_schema(asked)).compile()
    except FilterError as error:
        say(str(error))
        return FAILED
    status = DONE
    for number, line in input_lines(_LONGEST_ITEM):
        if (wrong := _write_if_it_matches(is_match, line)) is not None:
            say(f"line {number}: {wrong}")
            status = FAILED
    return status


def _write_if_it_matches(is_match: "Callable[[Any], bool]", line: bytes | LongLine) -> str | None:
    """Writes `line` if it is an item that matches. Returns what is wrong with it, or None."""
    from msgspec import json  # noqa: PLC0415

    from odatafilter.errors import FilterError  # noqa: PLC0415

    if isinstance(line, LongLine):
        return f"it has more than {_LONGEST_ITEM} bytes"
    try:
        item = json.decode(line)
    except (ValueError, RecursionError):
        return "it is no JSON"
    if not isinstance(item, dict):
        return "it is no JSON object"
    try:
        wanted = is_match(item)
    except FilterError as error:
        return str(error)
    if wanted:
        sys.stdout.buffer.write((escape_lines(line) if sys.stdout.isatty() else line) + b"\n")
        sys.stdout.buffer.flush()
    return None


def write_schema(asked: argparse.Namespace) -> int:
    """Writes the Python source of a typed schema class."""
    from odatafilter.derive import schema_source  # noqa: PLC0415
    from odatafilter.errors import FilterError  # noqa: PLC0415

    try:
        source = schema_source(_schema_from_file(asked.file))
    except FilterError as error:
        raise UsageError(str(error)) from error
    print(source, end="")
    return DONE


def _schema(asked: argparse.Namespace) -> "type[Schema] | None":
    if asked.schema is not None:
        return _schema_from_file(asked.schema)
    if asked.api is None:
        return None
    from odatafilter import itwin  # noqa: PLC0415

    schema: type[Schema] = getattr(itwin, _SCHEMAS[asked.api])
    return schema


def _schema_from_file(source: str) -> "type[Schema]":
    """The schema in a file: `source` is its path, and perhaps the name of what is wanted in it."""
    from msgspec import json  # noqa: PLC0415

    from odatafilter import derive  # noqa: PLC0415
    from odatafilter.errors import FilterError  # noqa: PLC0415

    path, _, name = source.partition("#")
    try:
        content = Path(path).read_bytes().removeprefix(BOM_UTF8)
    except OSError as error:
        raise UsageError(f"the schema {path}: {error.strerror}") from error
    try:
        if content.lstrip().startswith(b"<"):
            return derive.schema_from_metadata(content, name)
        try:
            document = json.decode(content)
        except (ValueError, RecursionError):
            raise UsageError(f"the schema {path} is neither JSON nor XML") from None
        if not isinstance(document, dict):
            raise UsageError(f"the schema {path} holds no JSON object")
        if "$Version" in document:
            return derive.schema_from_metadata(document, name)
        if not {"properties", "components", "$defs", "definitions", "$ref", "allOf"}.isdisjoint(document):
            return derive.schema_from_json_schema(document, name)
        return derive.schema_from_dict(document)
    except FilterError as error:
        raise UsageError(f"the schema {path}: {error}") from error
