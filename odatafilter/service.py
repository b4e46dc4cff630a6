"""Functions of a service's own: what is documented of them, and filters that call them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, TypeAlias, TypeVar, cast, overload

from msgspec.structs import replace

from odatafilter._arguments import check_type
from odatafilter._declared import checked_name, checked_qualified_name, words_given
from odatafilter._safe_text import show
from odatafilter._suggest import unknown_word_error, word_list
from odatafilter.errors import FilterTypeError
from odatafilter.facts import FunctionFacts, SchemaFacts
from odatafilter.filter import Filter, check_operand, facts_of_schema, same_schema
from odatafilter.handle import H, Handle, of_kind
from odatafilter.kinds import Boolean, Collection, Field, Navigation
from odatafilter.limits import check_depth, measure
from odatafilter.schema import Schema
from odatafilter.tree import Expression, Named
from odatafilter.tree import Function as FunctionNode

R = TypeVar("R")
Kind: TypeAlias = Handle[Any] | type[Schema]


class Function(Generic[R]):
    """A function of a service (CSDL §12.3), for `functions=` of a schema; called, `F(Days=3)`, it builds filters.

    Raises FilterError for what can be no name, FilterTypeError for what is no kind.

    Args:
        name: its qualified name, such as `Shop.Near`.
        parameters: kinds or schemas by name; a sequence of kinds is written without names, and read only with a schema
            that declares the function.
        returns: the kind or schema of its result: with a Boolean, a call is a filter; None: not known.
        optional: the parameters that may be left out.
    """

    _schema: SchemaFacts | None = None  # the one that documents it, where that is known

    @overload
    def __init__(
        self: "Function[Filter]",
        name: str,
        parameters: Mapping[str, Kind] | Sequence[Kind],
        returns: Boolean,
        *,
        optional: Iterable[str] = (),
    ) -> None: ...
    @overload
    def __init__(
        self: "Function[H]",
        name: str,
        parameters: Mapping[str, Kind] | Sequence[Kind],
        returns: H,
        *,
        optional: Iterable[str] = (),
    ) -> None: ...
    @overload
    def __init__(
        self: "Function[Navigation]",
        name: str,
        parameters: Mapping[str, Kind] | Sequence[Kind],
        returns: type[Schema],
        *,
        optional: Iterable[str] = (),
    ) -> None: ...
    @overload
    def __init__(
        self: "Function[Field]",
        name: str,
        parameters: Mapping[str, Kind] | Sequence[Kind] = ...,
        *,
        optional: Iterable[str] = (),
    ) -> None: ...
    def __init__(
        self,
        name: str,
        parameters: Mapping[str, Kind] | Sequence[Kind] = (),
        returns: Kind | None = None,
        *,
        optional: Iterable[str] = (),
    ) -> None:
        check_type("name", name, str, "the name of a function, such as 'NS.F'")
        checked_qualified_name(name)
        check_type("parameters", parameters, Mapping | Sequence, "kinds by the names of parameters")
        self._named = isinstance(parameters, Mapping)
        by_name = (
            {checked_name(key): kind for key, kind in parameters.items()}
            if isinstance(parameters, Mapping)
            else {f"argument {place}": kind for place, kind in enumerate(parameters, 1)}
        )
        self._parameters = {key: _handle(kind, key) for key, kind in by_name.items()}
        self._result = _handle(Field() if returns is None else returns, "")
        left_out = words_given("optional", optional)
        for key in left_out:
            if key not in self._parameters:
                raise unknown_word_error(key, self._parameters, f"the function {name:.60}")
        self._facts = FunctionFacts(
            name=name,
            parameters=tuple(
                replace(kind._facts, name=key if self._named else "") for key, kind in self._parameters.items()
            ),
            optional=frozenset(left_out),
            result=replace(self._result._facts, name="", source=""),
        )

    @property
    def facts(self) -> FunctionFacts:
        """What is documented of it, as plain data."""
        return self._facts

    def __call__(self, /, *arguments: object, **named: object) -> R:
        """The call with `arguments` in the order of the parameters, or by name: values, handles or parameters.

        Raises FilterTypeError for arguments that do not fit the parameters.
        """
        given = self._by_name(arguments, named)
        operands = [(key, *_operand_of_kind(self._parameters[key], value)) for key, value in given.items()]
        node = FunctionNode(
            self._facts.name, tuple(Named(key, value) if self._named else value for key, value, _ in operands)
        )
        schema = self._schema
        levels = 1
        elements: frozenset[str] = frozenset()
        for _, value, other in operands:
            elements |= other._elements_of() if other is not None else frozenset()
            schema = same_schema(schema, other._schema if other is not None else None)
            levels = max(levels, (other._levels if other is not None else measure(value)[0]) + 2)
        if schema is not None:
            check_operand(node, schema, self._result._facts.kind)
        if isinstance(self._result, Boolean):
            return cast("R", Filter._of(node, schema, check_depth(levels), elements))
        return cast("R", of_kind(self._result, node, schema, levels, elements))

    def __repr__(self) -> str:
        return f"<Function {self._facts.name}({', '.join(self._parameters)})>"

    def _by_name(self, arguments: tuple[object, ...], named: dict[str, object]) -> dict[str, object]:
        """The arguments by the names of their parameters, in the order of these."""
        name = self._facts.name
        if len(arguments) > len(self._parameters):
            raise FilterTypeError(f"{name:.60} takes {word_list(self._parameters)}, not {len(arguments)} arguments")
        given = dict(zip(self._parameters, arguments, strict=False))
        for key, value in named.items():
            if key in given:
                raise FilterTypeError(f"{name:.60} is given '{key:.60}' twice")
            if key not in self._parameters:
                raise unknown_word_error(key, self._parameters, f"the function {name:.60}")
            given[key] = value
        if missing := [key for key in self._parameters if key not in given and key not in self._facts.optional]:
            raise FilterTypeError(f"{name:.60} lacks {word_list(missing)}")
        return {key: given[key] for key in self._parameters if key in given}


def _handle(kind: object, name: str) -> Handle[Any]:
    if isinstance(kind, type) and issubclass(kind, Schema):
        facts_of_schema(kind)
        kind = Navigation(kind)
    if not isinstance(kind, Handle):
        raise FilterTypeError(f"{name or 'what is returned'} is {show(kind)}: a kind such as of.String() is wanted")
    made = type(kind).__new__(type(kind))
    made.__dict__.update(vars(kind))
    made._facts = replace(kind._facts, name=name, source=name)
    return made


def _operand_of_kind(kind: Handle[Any], value: object) -> tuple[Expression, Handle[Any] | None]:
    return kind._elements(value) if isinstance(kind, Collection) else kind._operand(value)
