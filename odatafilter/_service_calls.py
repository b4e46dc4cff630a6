"""Calls of a service's own functions, as what is documented of a function says that they are written."""

from collections.abc import Sequence

from odatafilter.facts import FunctionFacts, PropertyFacts


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
    by_name = {parameter.name: parameter for parameter in parameters}
    named = tuple(by_name[name] for name in names if name in by_name)
    given = named if any(names) else parameters[: len(names)]
    given_names = [parameter.name for parameter in given]
    fits = len(given) == len(names) and len(set(given_names)) == len(names)
    return given if fits and by_name.keys() - set(given_names) <= optional else None


def service_signature(facts: FunctionFacts) -> str:
    """How a function is called, as messages show it: `NS.F(Name=String,Days=Int32)`."""
    parameters = facts.parameters[1:] if facts.bound else facts.parameters
    return f"{facts.name}({','.join(f'{parameter.name}={parameter.kind}' for parameter in parameters)})"
