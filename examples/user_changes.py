"""Keeps a copy of the users of a service like Microsoft Graph, and asks only for what has changed since.

    GRAPH_TOKEN=… python user_changes.py users.json

The first run reads all users. The last page has a delta link, which is kept: the next run reads what has changed since.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any, TypedDict

import httpx

import odatafilter as of

USERS = "https://graph.microsoft.com/v1.0/users/delta"


class User(of.Schema):
    """What is read of a user."""

    id = of.String(nullable=False)
    displayName = of.String()
    accountEnabled = of.Boolean()


class Copy(TypedDict):
    """The users by their ids, and where to ask for changes."""

    users: dict[str, dict[str, Any]]
    delta_link: str | None


def update(client: httpx.Client, copy: Copy, url: str = USERS) -> Copy:
    """The copy as it is now. Raises PagingError where the service cannot be read: the old copy is still right then."""
    users = dict(copy["users"])
    if copy["delta_link"] is None:
        walk = of.paginate(client, of.Listing.odata(url, schema=User), select=[User.displayName, User.accountEnabled])
    else:
        walk = of.paginate(client, of.Listing.odata(copy["delta_link"]))
    for user in walk:
        if "@removed" in user:
            users.pop(user["id"], None)
        else:
            users[user["id"]] = users.get(user["id"], {}) | user
    return {"users": users, "delta_link": walk.delta_link}


def main(path: Path) -> None:
    """Brings the copy in the file `path` up to date."""
    copy: Copy = json.loads(path.read_text("utf-8")) if path.exists() else {"users": {}, "delta_link": None}
    with httpx.Client(headers={"Authorization": f"Bearer {os.environ['GRAPH_TOKEN']}"}) as client:
        copy = update(client, copy)
    whole = path.with_suffix(".new")
    whole.write_text(json.dumps(copy), "utf-8")
    whole.replace(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
