"""The rows that filters find in SQLite through SQLAlchemy, with this library and others: prints a table of Markdown.

The ids that OData says (URL Conventions §5.1.1) stand beside each filter, written by hand.
"""

from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any, Final

import sqlalchemy as sa
from odata_query.sqlalchemy.shorthand import apply_odata_query
from odatapy.ext.sqlalchemy import filter_to_sqlalchemy
from odatapy.server.uri.expression_parser import ExpressionParser
from sqlalchemy import orm

import odatafilter as of
from odatafilter.sqlalchemy import install, where


class Base(orm.DeclarativeBase):
    pass


class Owner(Base):
    __tablename__ = "owners"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    city: orm.Mapped[str]


class Item(Base):
    __tablename__ = "items"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[str | None]
    note: orm.Mapped[str | None]
    qty: orm.Mapped[int | None]
    owner_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("owners.id"))
    owner: orm.Mapped[Owner | None] = orm.relationship()


class OwnerSchema(of.Schema):
    city = of.String()


class ItemSchema(of.Schema):
    name = of.String()
    note = of.String()
    qty = of.Int32()
    owner = of.Navigation(OwnerSchema)


ROWS: Final = (
    Owner(id=1, city="Oslo"),
    Item(id=1, name="O'Brien", note="100 %", qty=3, owner_id=1),
    Item(id=2, name="abc", note="abc", qty=5, owner_id=None),
    Item(id=3, name=None, note=None, qty=None, owner_id=None),
    Item(id=4, name="aXc", note="Z", qty=0, owner_id=1),
)
FILTERS: Final[tuple[tuple[str, list[int] | None], ...]] = (
    ("qty gt 2 and name ne null", [1, 2]),
    ("name eq 'O''Brien'", [1]),
    ("qty ne 3", [2, 3, 4]),
    ("not (qty eq 0)", [1, 2, 3]),
    ("name eq note", [2, 3]),
    ("name in ('abc')", [2]),
    ("qty in (3,null)", [1, 3]),
    ("contains(note,'%')", [1]),
    ("contains(name,'x')", []),
    ("contains(name,'x'' or 1=1 --')", []),
    ("owner/city eq 'Oslo' or qty eq 5", [1, 2, 4]),
    ("tolower(name) eq 'axc'", [4]),
    ("name eq 'abc' garbage", None),
)


def by_us(text: str) -> Any:
    return sa.select(Item).where(where(of.parse(text, schema=ItemSchema), Item))


def by_odata_query(text: str) -> Any:
    return apply_odata_query(sa.select(Item), text)


def by_odatapy(text: str) -> Any:
    return sa.select(Item).where(filter_to_sqlalchemy(ExpressionParser.parse_string(text), Item))


def with_version(name: str) -> str:
    return f"{name} {'.'.join(version(name).split('.')[:2])}"


LIBRARIES: Final = {
    "odatafilter": by_us,
    with_version("odata-query"): by_odata_query,
    with_version("odatapy"): by_odatapy,
}


def ids(session: orm.Session, statement_of: Callable[[str], Any], text: str) -> Sequence[int] | str:
    """The ids of the rows that are found, or the name of the error."""
    try:
        return sorted(item.id for item in session.scalars(statement_of(text)).unique())
    except Exception as error:  # noqa: BLE001 - whatever a library raises
        session.rollback()
        return type(error).__name__


def compare() -> dict[str, dict[str, str]]:
    """For each filter and library "right", or what comes instead: None as the ids wants an error."""
    engine = sa.create_engine("sqlite://")
    install(engine)
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add_all(ROWS)
        session.commit()
        found: dict[str, dict[str, str]] = {}
        for text, wanted in FILTERS:
            found[text] = {}
            for name, statement_of in LIBRARIES.items():
                given = ids(session, statement_of, text)
                is_right = isinstance(given, str) if wanted is None else given == wanted
                shown = given if isinstance(given, str) else f"finds {', '.join(map(str, given)) or 'none'}"
                found[text][name] = "right" if is_right else shown
        return found


def main() -> None:
    print(f"| Filter | Rows | {' | '.join(LIBRARIES)} |")
    print("|---" * (len(LIBRARIES) + 2) + "|")
    found = compare()
    for text, wanted in FILTERS:
        rows = "an error" if wanted is None else ", ".join(map(str, wanted)) or "none"
        print(f"| `{text}` | {rows} | {' | '.join(found[text].values())} |")


if __name__ == "__main__":
    main()
