"""A local server that answers as the documents of the iTwin Platform say, from jobs made from a seed.

with running(jobs=25_000, seed=1) as server:
    server.url, server.token
"""

from odatafilter.emulator._behaviour import LAST_PAGES, Behaviour
from odatafilter.emulator.server import Server, running
from odatafilter.errors import MissingExtraError

__all__ = ["LAST_PAGES", "Behaviour", "MissingExtraError", "Server", "running"]
