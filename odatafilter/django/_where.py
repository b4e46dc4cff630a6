"""`where` and `split`: what a filter becomes in a queryset."""

from typing import Any, Final

from django.db import models
from django.db.models import F

from odatafilter._engines.python_functions import put_into_sqlite
from odatafilter._engines.runnable import check_judged, raise_refusals, split_filter
from odatafilter._engines.translate import Translation
from odatafilter._plan.build import build
from odatafilter._plan.refuse import Refusal
from odatafilter._safe_text import show
from odatafilter.django._postgresql import PostgreSQL
from odatafilter.django._spelling import Related, Spelling, Spelt, check_model
from odatafilter.django._sqlite import SQLite
from odatafilter.errors import FilterError
from odatafilter.facts import SchemaFacts
from odatafilter.filter import Filter
from odatafilter.tree import Not

SPELLINGS: Final[dict[str, type[Spelling]]] = {"sqlite": SQLite, "postgresql": PostgreSQL}
"""By Django's name of the vendor."""

_HAS_FUNCTIONS: Final = "_odatafilter_functions"


def where(f: Filter, model: type[models.Model], *, vendor: str | None = None) -> models.Expression:
    """A condition for `filter(…)` of a queryset of `model`: TRUE for exactly the rows for which the filter is true.

    Raises UnsupportedError for what the database cannot say, FilterError for a filter that nobody has judged.

    Args:
        f: a filter with a schema, whose properties are fields of the model and of those that relations lead to.
        model: a class of models.
        vendor: "sqlite" or "postgresql": what it cannot say is refused at once, else when a query is compiled.
    """
    facts = _check_filter(f, model)
    if vendor is not None:
        raise_refusals(f, _refusals(f, facts, model, vendor))
    return Condition(f, facts, model)


def split(f: Filter, model: type[models.Model], *, vendor: str) -> tuple[Filter | None, Filter | None]:
    """The operands of a top-level `and` that `where` takes for this vendor, and the rest for `matches`.

    Their `and` is the whole filter; either is None where it has no operands. Below an `or` nothing is split.

    Args:
        f: as in `where`.
        model: as in `where`.
        vendor: "sqlite" or "postgresql".
    """
    facts = _check_filter(f, model)
    return split_filter(f, lambda part: _refusals(part, facts, model, vendor))


def _check_filter(f: Filter, model: object) -> SchemaFacts:
    check_model(model)
    return check_judged(f, None)


def spelling_of(vendor: str) -> type[Spelling]:
    """The spellings of a vendor, by Django's name of it. Raises FilterError for one that is not known."""
    if vendor not in SPELLINGS:
        raise FilterError(f"filters run on {', '.join(sorted(SPELLINGS))}, not on {show(vendor)}")
    return SPELLINGS[vendor]


def _spell(f: Filter, facts: SchemaFacts, model: type[models.Model], vendor: str) -> tuple[Any, list[Refusal]]:
    translation = Translation(spelling_of(vendor)(), Related(model, 0))
    return translation.condition(build(f.tree, facts)), translation.refusals


def _refusals(f: Filter, facts: SchemaFacts, model: type[models.Model], vendor: str) -> list[Refusal]:
    return _spell(f, facts, model, vendor)[1]


class Condition(models.Expression):
    """TRUE exactly where a filter is true. It is spelt for the vendor of the connection that compiles it."""

    def __init__(self, f: Filter, facts: SchemaFacts, model: type[models.Model]) -> None:
        super().__init__(output_field=models.BooleanField())
        self._filter = f
        self._facts = facts
        self._model = model

    def __repr__(self) -> str:
        return f"<Condition {self._filter}>"

    def __invert__(self) -> models.Expression:
        """The condition of the filter's `not`."""
        return Condition(Filter(Not(self._filter.tree), self._filter.schema), self._facts, self._model)

    def resolve_expression(self, query: Any = None, *arguments: Any, **options: Any) -> Any:
        """The condition in a query, where the tables of the models that this one inherits from are joined.

        When it is spelt, what the query reads from is written already.
        """
        for name in _parent_links(self._model):
            F(name).resolve_expression(query, *arguments, **options)
        return super().resolve_expression(query, *arguments, **options)

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:
        spelt, refusals = _spell(self._filter, self._facts, self._model, connection.vendor)
        raise_refusals(self._filter, refusals)
        if connection.vendor == "sqlite":
            _give_functions(connection)
        # Names are those of the query that is compiled, which may be another one than the condition was made for.
        sql, parameters = compiler.compile(Spelt("({0})", spelt).resolve_expression(compiler.query))
        return sql, list(parameters)


def _parent_links(model: type[models.Model]) -> list[str]:
    """A field of each table that the rows of a model lie in beside its own."""
    fields = {field.model: field.name for field in model._meta.concrete_fields if not field.primary_key}
    return [name for owner, name in fields.items() if owner is not model._meta.concrete_model]


def _give_functions(connection: Any) -> None:
    """Once for each connection to the database: what is compiled is sent by this one."""
    connection.ensure_connection()
    if getattr(connection, _HAS_FUNCTIONS, None) is not connection.connection:
        put_into_sqlite(connection.connection)
        setattr(connection, _HAS_FUNCTIONS, connection.connection)
