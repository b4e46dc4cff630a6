"""`order_by`: what an order becomes in a queryset."""

from collections.abc import Iterable
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import F
from django.db.models.expressions import OrderBy as Directed

from odatafilter._safe_text import show
from odatafilter.django._spelling import check_model
from odatafilter.django._where import spelling_of
from odatafilter.errors import FilterError
from odatafilter.order import OrderBy

_TEXTS: Final = (models.CharField, models.TextField)
_WITH_ORDER: Final = (
    *_TEXTS,
    models.BooleanField,
    models.IntegerField,
    models.DecimalField,
    models.FloatField,
    models.DateField,  # and timestamps
    models.TimeField,
    models.DurationField,
    models.UUIDField,
)


def order_by(orders: Iterable[OrderBy], model: type[models.Model]) -> list[Directed]:
    """The expressions for `order_by(*…)` of a queryset: null is the least of all, texts go by code points (Protocol
    §11.2.6.2), as a Keyset needs it.

    Raises FilterError for a path that leads to no field of `model` with an order.

    Args:
        orders: those of QueryOptions: `options.order`, `options.orderby`.
        model: as in `where`.
    """
    check_model(model)
    return [_directed_expression(order, model) for order in orders]


def _directed_expression(order: OrderBy, model: type[models.Model]) -> Directed:
    names = order.path.split("/")
    there: Any = model
    nullable = False
    for name in names[:-1]:
        field = _field_at(order.path, there, name)
        if not (field.many_to_one or field.one_to_one) or field.related_model is None:
            raise FilterError(f"{show(order.path)} leads to no field of {model.__name__}: {show(name)} is not one row")
        nullable = nullable or field.null  # as that of a relation backwards is
        there = field.related_model
    field = _field_at(order.path, there, names[-1])
    if not isinstance(field, _WITH_ORDER):
        raise FilterError(f"{show(order.path)} leads to no field of {model.__name__} whose values have an order")
    nullable = nullable or field.null
    place = F("__".join(names))
    value = _ByCodePoints(place, output_field=models.TextField()) if isinstance(field, _TEXTS) else place
    if order.descending:
        return Directed(value, descending=True, nulls_last=nullable or None)
    return Directed(value, nulls_first=nullable or None)


def _field_at(path: str, model: type[models.Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        raise FilterError(f"{show(path)} leads to no field: {model.__name__} has no {show(name)}") from None


class _ByCodePoints(models.Func):
    """A text whose order is that of code points, whatever the collation of its field."""

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:
        sql, parameters = compiler.compile(self.get_source_expressions()[0])
        return f"{sql}{spelling_of(connection.vendor).by_code_points}", list(parameters)
