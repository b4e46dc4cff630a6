"""Calls of a service's own functions, as what is documented of a function says that they are written."""

from collections.abc import Container, Sequence

from odatafilter._type_names import qualify
from odatafilter.facts import FunctionFacts, PropertyFacts, SchemaFacts


class ServiceNames(Container[str]):
    """The names of the functions that a schema documents as the service's own, with namespaces or aliases of them."""

    def __init__(self, schema: SchemaFacts) -> None:
        self._schema = schema

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and qualify(name, self._schema) in self._schema.service_functions


def service_parameters(facts: FunctionFacts, names: Sequence[str]) -> tuple[PropertyFacts, ...] | None:
    """The parameters of arguments that have these names, or none: empty ones; None where these do not fit.

    An argument is named, or stands at the place of its parameter; what stands before a bound function in a path is the
    value of its first parameter, which can also be given.
    """
    for parameters in (facts.parameters[1:], facts.parameters) if facts.bound else (facts.parameters,):
        found = _parameters(parameters, names, facts.optional)
        if found is not None:
            return found
    return None


def _parameters(
    parameters: tuple[PropertyFacts, ...], names: Sequence[str], optional: frozenset[str]
) -> tuple[PropertyFacts, ...] | None:
    if any(names):
        by_name = {parameter.name: parameter for parameter in parameters if parameter.name}
        given = tuple(by_name[name] for name in names if name in by_name)
        left_out = [parameter for parameter in parameters if parameter not in given]
    else:
        given, left_out = parameters[: len(names)], [*parameters[len(names) :]]
    once = len(given) == len(names) == (len(set(names)) if any(names) else len(names))
    return given if once and all(parameter.name in optional for parameter in left_out) else None


def service_signature(facts: FunctionFacts) -> str:
    """How a function is called, as messages show it: `NS.F(Name=String,Days=Int32)`."""
    parameters = facts.parameters[1:] if facts.bound else facts.parameters
    return f"{facts.name}({','.join(f'{one.name}={one.kind}' if one.name else one.kind for one in parameters)})"
