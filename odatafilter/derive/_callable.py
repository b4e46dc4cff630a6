"""The functions of a service that a schema documents → functions that build filters."""

from typing import Any

from odatafilter.derive._assemble import handle_of
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import FunctionFacts, SchemaFacts
from odatafilter.filter import facts_of_schema
from odatafilter.schema import Schema
from odatafilter.service import Function


def functions_of(schema: type[Schema]) -> "dict[str, Function[Any]]":
    """The functions of the service that `schema` documents, by their names: called, they build filters of the schema.

    Of several of one name, the first is called that takes the arguments. Those of which only the name is documented are
    left out, and so are those with names that no filter can have. Raises FilterTypeError for what is no schema.

    Args:
        schema: a schema, such as one of `schema_from_metadata`.
    """
    facts = facts_of_schema(schema)
    return {
        name: made[0] if len(made) == 1 else _Overloaded(made)
        for name, overloads in facts.service_functions.items()
        if (made := [function for one in overloads if (function := _make_function(one, facts)) is not None])
    }


class _Overloaded(Function[Any]):
    """Several functions of one name."""

    def __init__(self, overloads: list[Function[Any]]) -> None:
        first, *_ = self._overloads = overloads
        super().__init__(first.facts.name)

    def __call__(self, /, *arguments: object, **named: object) -> Any:
        """The call of the first function that takes the arguments. Raises FilterTypeError where none does."""
        reasons = []
        for one in self._overloads:
            try:
                return one(*arguments, **named)
            except FilterTypeError as error:
                reasons.append(str(error))
        raise FilterTypeError("; ".join(dict.fromkeys(reasons)))

    def __repr__(self) -> str:
        return f"<Function {self.facts.name}, {len(self._overloads)} overloads>"


def _make_function(facts: FunctionFacts, schema: SchemaFacts) -> Function[Any] | None:
    given = facts.parameters[1:] if facts.bound else facts.parameters
    kinds = {one.name: handle_of(one) for one in given}
    parameters = kinds if "" not in kinds else [*map(handle_of, given)]
    optional = [one.name for one in given if one.name in facts.optional]
    try:
        made: Function[Any] = Function(facts.name, parameters, handle_of(facts.result), optional=optional)
    except FilterError:
        return None
    made._schema = schema
    return made
