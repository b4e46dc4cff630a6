"""Filters as fields of pydantic models, and so of the bodies of FastAPI: `Annotated[Filter, FilterOf(Job)]`.

Needs the extra `pydantic`.
"""

from typing import TYPE_CHECKING, Any, Final

from odatafilter._arguments import check_type
from odatafilter._extras import name_missing_extra
from odatafilter._query.describing import describe_filter
from odatafilter._safe_text import show_type
from odatafilter.errors import FilterError, FilterSyntaxError, FilterValidationError
from odatafilter.filter import Filter, facts_of_schema, parse
from odatafilter.limits import DEFAULT, Limits

with name_missing_extra("pydantic"):
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema, PydanticCustomError, core_schema

if TYPE_CHECKING:
    from odatafilter.schema import Schema

__all__ = ["FilterOf"]

_ANY_FILTER: Final = "An OData filter expression."


class FilterOf:
    """What stands beside `Filter` in the annotation of a field: `filter: Annotated[of.Filter, FilterOf(Job)]`.

    The field takes the text of a filter, or a Filter, and holds a Filter; in JSON it is the text. What is wrong is a
    pydantic error of the type "odata_filter" whose `ctx` has the `details` of `to_dict()`. Raises FilterTypeError for
    an argument that is wrong.

    Args:
        schema: what filters may hold; None: any filter.
        limits: bounds of the text and its tree; `Limits()` by default.
    """

    def __init__(self, schema: "type[Schema] | None" = None, *, limits: Limits | None = None) -> None:
        check_type("limits", limits, Limits | None, "a Limits such as Limits(length=2000)")
        self._schema = schema
        self._facts = None if schema is None else facts_of_schema(schema)
        self._limits = limits

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """What pydantic validates and writes such a field by."""
        return core_schema.no_info_plain_validator_function(
            self._read, serialization=core_schema.to_string_ser_schema(when_used="json")
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """The JSON Schema of such a field: a text, with the properties that it may have in its description."""
        about, form = (_ANY_FILTER, {"type": "string"}) if self._facts is None else describe_filter(self._facts)
        return {**form, "description": about, "maxLength": (self._limits or DEFAULT).length}

    def _read(self, value: object) -> Filter:
        if isinstance(value, Filter) and (self._facts is None or value.schema is self._facts):
            return value
        if not isinstance(value, str | Filter):
            message = f"a filter is the text of an OData filter expression, not {show_type(value)}"
            raise PydanticCustomError("odata_filter", "{message}", {"message": message, "details": []})
        try:
            return parse(str(value), schema=self._schema, limits=self._limits)
        except FilterError as error:
            told = error.to_dict()["details"] if isinstance(error, FilterSyntaxError | FilterValidationError) else []
            message = "; ".join(detail["message"] for detail in told) or str(error)
            raise PydanticCustomError("odata_filter", "{message}", {"message": message, "details": told}) from error
