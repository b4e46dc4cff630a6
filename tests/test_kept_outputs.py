"""What `tests/kept` has of help, completions, OpenAPI, signatures, walks and waits is changed on purpose alone."""

from typing import Any

import pytest
import wait_logs
import walk_logs
from kept_outputs import AGAIN, KEPT, OUTPUTS
from signatures import without_missing_modules

from odatafilter import __version__
from odatafilter.cli import main


@pytest.mark.parametrize("name", OUTPUTS)
def test_what_is_said_and_done_is_what_is_kept(name: str) -> None:
    """Help with its defaults, examples and exit statuses; completions with every argument; OpenAPI with every option.

    Signatures of public functions and classes with their defaults, and whether values of a class can be changed. Of
    scripted walks and waits, each request, pause, event and item. Of services and documents, all that is known.
    The answers of the emulator.
    """
    found, kept = OUTPUTS[name](), (KEPT / name).read_text("utf-8")
    if name == "signatures.txt":
        kept = without_missing_modules(kept)
    same_words = name == "help.txt" and found.split() == kept.split()  # Python 3.13 has other columns
    assert found == kept or same_words, AGAIN


@pytest.mark.parametrize("scripted", [walk_logs, wait_logs], ids=lambda module: str(module.__name__))
def test_with_an_asynchronous_client_the_same_happens(scripted: Any) -> None:
    assert scripted.logs(is_async=True) == scripted.logs(is_async=False)


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"odatafilter {__version__}\n"
