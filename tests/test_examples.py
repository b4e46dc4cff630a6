"""The smaller examples run: the nightly export, the copy of users that is kept up to date, the notebook."""

import ast
import datetime as dt
import json
from typing import Any

import httpx
import nightly_export
import pytest
import user_changes
from documents import CHECKOUT

from odatafilter.emulator import Behaviour, Server, running

NOTEBOOK = CHECKOUT / "examples" / "look_at_a_listing.ipynb"


def export(server: Server, folder: Any, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("ODATAFILTER_TOKEN", server.token)
    return nightly_export.main(["2024-06-24", "--folder", str(folder), "--base-url", server.url])


def test_the_export_holds_the_jobs_of_one_day(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(jobs=5000, seed=1) as server:
        assert export(server, tmp_path, monkeypatch) == 0
        wanted = server.jobs(nightly_export.filter_of_day(dt.date(2024, 6, 24)))
    written = [json.loads(line) for line in (tmp_path / "2024-06-24.ndjson").read_text("utf-8").splitlines()]
    assert written == wanted
    assert wanted


def test_the_export_says_when_to_come_back(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(jobs=10, behaviour=Behaviour(throttle_every=1, retry_after="9999")) as server:
        assert export(server, tmp_path, monkeypatch) == nightly_export.COME_BACK
    with running(jobs=10) as server:
        monkeypatch.setattr(server, "token", "of-nobody")
        assert export(server, tmp_path, monkeypatch) == 1


def test_the_copy_of_users_follows_the_changes() -> None:
    first = "https://graph.test/users/delta"
    pages = {
        "$select=displayName,accountEnabled": {
            "value": [{"id": "1", "displayName": "Ada"}, {"id": "2", "displayName": "Alan"}],
            "@odata.nextLink": f"{first}?$skiptoken=2",
        },
        "$skiptoken=2": {"value": [{"id": "3", "displayName": "Grace"}], "@odata.deltaLink": f"{first}?$deltatoken=a"},
        "$deltatoken=a": {
            "value": [{"id": "2", "@removed": {"reason": "deleted"}}, {"id": "3", "accountEnabled": False}],
            "@odata.deltaLink": f"{first}?$deltatoken=b",
        },
    }
    answer = httpx.MockTransport(lambda request: httpx.Response(200, json=pages[request.url.query.decode()]))
    with httpx.Client(transport=answer) as client:
        copy = user_changes.update(client, {"users": {}, "delta_link": None}, first)
        assert [*copy["users"]] == ["1", "2", "3"]
        copy = user_changes.update(client, copy, first)
    assert copy["users"] == {
        "1": {"id": "1", "displayName": "Ada"},
        "3": {"id": "3", "displayName": "Grace", "accountEnabled": False},
    }
    assert copy["delta_link"] == f"{first}?$deltatoken=b"


def test_the_notebook_runs_from_the_first_cell_to_the_last(capsys: pytest.CaptureFixture[str]) -> None:
    cells = [cell for cell in json.loads(NOTEBOOK.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]
    names: dict[str, Any] = {}
    shown = [run_cell("".join(cell["source"]), names) for cell in cells]
    assert str(shown[1]) == "createdDateTime ge 2024-06-24T13:00:00Z and state in ('success','failed')"
    counts, stats = shown[2]
    assert sum(counts.values()) == stats.items
    assert shown[3]
    assert "did you mean 'createdDateTime'?" in capsys.readouterr().out


def run_cell(source: str, names: dict[str, Any]) -> Any:
    """What a notebook shows of a cell: the value of its last line, where that is an expression."""
    tree = ast.parse(source)
    last = tree.body[-1]
    if not isinstance(last, ast.Expr):
        exec(compile(tree, NOTEBOOK, "exec"), names)
        return None
    del tree.body[-1]
    exec(compile(tree, NOTEBOOK, "exec"), names)
    return eval(compile(ast.Expression(last.value), NOTEBOOK, "eval"), names)
