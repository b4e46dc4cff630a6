"""The listing: what a client asks for is judged by the schema, and run by the database."""

import secrets
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine, Select, func, select
from sqlalchemy.orm import Session

import odatafilter as of
from jobs_service.database import JobRow
from jobs_service.schema import Job
from odatafilter.fastapi import add_error_handler, query_options
from odatafilter.sqlalchemy import install, order_by, where

PAGE_SIZE = of.PageSize(min=1, max=100, default=20)
_PAGE = Path(__file__).with_name("page")


def create_app(engine: Engine, secret: str | bytes | None = None) -> FastAPI:
    """The service over the database of `engine`. `secret` signs the next links: all its processes share it."""
    install(engine)
    app = FastAPI(title="Jobs")
    add_error_handler(app)
    keyset = of.Keyset(Job, key="id", secret=secret or secrets.token_bytes(32))
    options_of_jobs = query_options(Job, page_size=PAGE_SIZE, allow=("$filter", "$orderby", "$count"), keyset=keyset)

    @app.get("/jobs")
    def list_jobs(request: Request, options: Annotated[of.QueryOptions, Depends(options_of_jobs)]) -> dict[str, Any]:
        """The jobs that the filter lets through, page by page."""
        wanted = select(JobRow)
        if options.filter is not None:
            wanted = wanted.where(where(options.filter, JobRow))
        with Session(engine) as session:
            count = {"@odata.count": _count(session, wanted)} if options.count else {}
            page = options.page(_rows(session, wanted, options), request.url)
            links = {"next": {"href": page.next_link}} if page.next_link else None
            return {**count, "jobs": [_to_json(row) for row in page.items], "_links": links}

    app.mount("/", StaticFiles(directory=_PAGE, html=True))
    return app


def _rows(session: Session, wanted: Select[Any], options: of.QueryOptions) -> list[JobRow]:
    """The rows of one page and the one after it: each part is one range of an index, so that no page is slow."""
    rows: list[JobRow] = []
    limit = options.limit or 0
    for part in options.ranges:
        if len(rows) < limit:
            found = wanted if part is None else wanted.where(where(part, JobRow))
            in_order = found.order_by(*order_by(options.order, JobRow)).limit(limit - len(rows))
            rows += session.scalars(in_order)
    return rows


def _count(session: Session, wanted: Select[Any]) -> int:
    ids = wanted.with_only_columns(JobRow.id).subquery()
    return session.scalar(select(func.count()).select_from(ids)) or 0


def _to_json(row: JobRow) -> dict[str, Any]:
    owner = None if row.owner is None else {"name": row.owner.name, "city": row.owner.city}
    return {
        "id": row.id,
        "name": row.name,
        "state": row.state,
        "created": row.created,
        "size": row.size,
        "owner": owner,
    }
