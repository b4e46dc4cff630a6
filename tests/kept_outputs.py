"""Outputs that are kept whole in `tests/kept`: whatever changes in them is seen as a difference.

`python tests/kept_outputs.py` writes them anew.
"""

import contextlib
import io
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from unittest import mock

import emulator_answers
import msgspec
import wait_logs
import walk_logs
from fastapi import Depends, FastAPI
from known_facts import known_facts
from scripted_service import logs_as_text
from signatures import signatures

import odatafilter as of
from odatafilter.cli import main
from odatafilter.fastapi import ERROR_RESPONSES, query_options
from odatafilter.itwin import REALITY_CONVERSION_JOBS, RealityConversionJob

KEPT = Path(__file__).with_name("kept")
COMMANDS = ("demo", "check", "match", "schema", "list", "wait", "emulator", "completion")
SHELLS = ("bash", "zsh", "fish")
WIDTH = 100
AGAIN = "if that is wanted, run `python tests/kept_outputs.py`"


def _output_of(*arguments: str) -> str:
    """What a command prints, in a terminal of a known width that has no colours."""
    with (
        mock.patch.dict(os.environ, COLUMNS=str(WIDTH), NO_COLOR="1"),
        contextlib.redirect_stdout(io.StringIO()) as output,
        contextlib.suppress(SystemExit),
    ):
        main(arguments)
    return output.getvalue()


def _help() -> str:
    """The help of the whole and of each command."""
    helps = (_output_of(*command, "--help") for command in ((), *((one,) for one in COMMANDS)))
    return "\n".join(map(_without_usage, helps))


def _without_usage(text: str) -> str:
    """A help without its first paragraph, which Python's versions break in different places."""
    return text.partition("\n\n")[2]


def _openapi() -> str:
    """What OpenAPI says of a service with all query options: of its parameters what is not FastAPI's own."""
    options = query_options(
        RealityConversionJob,
        page_size=REALITY_CONVERSION_JOBS.page_size,
        allow=("$filter", "$orderby", "$skip", "$count", "$select"),
        keyset=of.Keyset(RealityConversionJob, key="id", secret="a secret of the service"),
    )
    app = FastAPI()

    @app.get("/jobs", responses=ERROR_RESPONSES)
    def jobs(options: Annotated[of.QueryOptions, Depends(options)]) -> bool:
        return options.count

    operation = app.openapi()["paths"]["/jobs"]["get"]
    for one in operation["parameters"]:
        one["schema"].pop("title", None)
    kept = {"parameters": operation["parameters"], "422": operation["responses"]["422"]}
    return msgspec.json.format(msgspec.json.encode(kept)).decode() + "\n"


def _what_happens(in_script: Any) -> str:
    """The logs of a script, by a synchronous client."""
    return logs_as_text(in_script.logs(is_async=False))


OUTPUTS: dict[str, Callable[[], str]] = {
    "help.txt": _help,
    **{f"completion.{shell}": partial(_output_of, "completion", shell) for shell in SHELLS},
    "openapi.json": _openapi,
    "signatures.txt": signatures,
    "facts.txt": known_facts,
    "emulator.txt": emulator_answers.answers,
    "walks.txt": partial(_what_happens, walk_logs),
    "waits.txt": partial(_what_happens, wait_logs),
}


if __name__ == "__main__":
    from engine_statements import LIBRARIES, kept_file, written_statements
    from kept_answers import kept_answers
    from kept_expressions import FILE, written_expressions
    from test_source import written_sources

    statements = {kept_file(library): written_statements(library) for library in LIBRARIES}
    outputs = {name: output() for name, output in OUTPUTS.items()}
    for name, text in {
        **outputs,
        "sources.txt": written_sources(),
        **statements,
        **kept_answers(),
        FILE: written_expressions(),
    }.items():
        (KEPT / name).write_text(text, "utf-8")
        sys.stdout.write(f"{name}\n")
