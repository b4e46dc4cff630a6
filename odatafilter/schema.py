"""The documented properties of an API: at once what filters are validated against, and the typed builder."""

import copy
from collections import ChainMap
from collections.abc import Iterable
from typing import Any, cast
from typing import Literal as OneOf

from msgspec.structs import replace

from odatafilter._arguments import check_type
from odatafilter._declared import (
    DeclaredFunction,
    checked_functions,
    checked_name,
    checked_words,
)
from odatafilter._property_below import describe_path
from odatafilter._safe_text import show
from odatafilter._suggest import nearest, word_list_near
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import ALL_FUNCTIONS, OPERATORS, Documented, SchemaFacts
from odatafilter.filter import facts_of_schema
from odatafilter.handle import Handle
from odatafilter.kinds.structures import Field, field

__all__ = ["Field", "Schema", "SchemaType", "missing_property"]


class SchemaType(type):
    """The type of a Schema class, which has its properties by name, too."""

    def __getitem__(cls, name: str) -> Field:
        """The handle of the property `name`, for names that are known at run time only: of the kind that is documented.

        Of an open type, the name may be any. Raises FilterError for a name that the schema does not have.
        """
        check_type("the name of a property", name, str, "a text")
        facts = facts_of_schema(cast("type[Schema]", cls))
        handles = _declared_handles(cls)
        for handle in handles.values():
            if handle._facts.name == name:
                return cast("Field", handle)
        if name in handles:
            raise FilterError(f"{facts.name} has no property '{name}': that attribute is '{handles[name]._name}'")
        if facts.open:
            made = Field(name=name)
            made._schema = facts
            return made
        raise FilterError(missing_property(name, facts))


def missing_property(name: str, facts: SchemaFacts) -> str:
    """What is said of a property that the schema does not have."""
    if name in facts.deeper:
        return facts.describe_depth(name)
    meant = nearest(name, facts.properties)
    hint = f"; did you mean '{meant}'?" if meant else f", only {word_list_near(name, facts.properties)}"
    return f"{facts.name} has no property {show(name)}{describe_path(name, facts) or hint}"


class Schema(Documented, metaclass=SchemaType):
    """The base of a class of documented properties, which is used as it is, never instantiated.

    Keywords of the class say what its API documents: `operators`, `functions` (canonical ones, and the service's own as
    `Function` or by their qualified names), `lists` ("()" or "[]"), `either_order` (functions whose arguments may stand
    in either order), `case_sensitive`, `plain`, `max_in` (the greatest number of values after `in`, from 1) and `open`
    (whether there may be properties that are not documented); see SchemaFacts. `S["name"]` is a property by its name.
    """

    def __init__(self) -> None:
        raise FilterTypeError(f"{type(self).__name__} is used as it is, never instantiated")

    __facts__ = SchemaFacts(name="Schema", properties={})

    def __init_subclass__(
        cls,
        *,
        operators: Iterable[str] | None = None,
        functions: Iterable[str | DeclaredFunction] | None = None,
        lists: OneOf["()", "[]"] | None = None,
        either_order: Iterable[str] | None = None,
        case_sensitive: bool | None = None,
        plain: bool | None = None,
        max_in: int | None = None,
        open: bool | None = None,  # noqa: A002 - OData's word
    ) -> None:
        super().__init_subclass__()
        check_type("case_sensitive", case_sensitive, bool | None, "True or False")
        check_type("plain", plain, bool | None, "True or False")
        check_type("open", open, bool | None, "True or False")
        check_type("max_in", max_in, int | None, "a whole number from 1")
        if isinstance(max_in, bool) or (max_in is not None and max_in < 1):
            raise FilterError(f"max_in is {show(max_in)}: a whole number from 1 is wanted")
        if lists not in {None, "()", "[]"}:
            raise FilterError(f"lists is {show(lists)}: '()' or '[]' is wanted")
        _check_declarations(cls)
        handles = {name: copy.copy(value) for name, value in _declared_handles(cls).items()}
        attributes: dict[str, str] = {}
        for attribute, handle in handles.items():
            name = checked_name(handle._facts.name)
            if name in attributes:
                raise FilterError(f"{cls.__name__} has the property '{name}' twice: {attributes[name]} and {attribute}")
            attributes[name] = attribute
        said: dict[str, Any] = {
            "lists": lists,
            "case_sensitive": case_sensitive,
            "plain": plain,
            "max_in": max_in,
            "open": open,
            "operators": None if operators is None else checked_words("operators", operators, OPERATORS),
            "either_order": None
            if either_order is None
            else checked_words("either_order", either_order, ALL_FUNCTIONS),
        }
        if functions is not None:
            said["functions"], service = checked_functions(functions)
            of_document = vars(cls)["__facts__"].service_functions if "__facts__" in vars(cls) else {}
            said["service_functions"] = ChainMap(dict(service), of_document) if of_document else service
        cls.__facts__ = replace(
            cls.__facts__,
            name=cls.__name__,
            properties={handle._facts.name: handle._facts for handle in handles.values()},
            **{keyword: value for keyword, value in said.items() if value is not None},
        )
        for name, handle in handles.items():
            handle._schema = cls.__facts__
            setattr(cls, name, handle)


def _check_declarations(cls: type) -> None:
    """Raises FilterTypeError where a property is declared by what is none: a kind itself, a schema, an annotation."""
    space = vars(cls)
    for attribute, value in space.items():
        where = f"{cls.__name__}.{attribute}"
        if isinstance(value, type) and issubclass(value, Handle):
            raise FilterTypeError(
                f"{where} is the class {value.__name__}; a property is declared as {attribute} = of.{value.__name__}()"
            )
        if value is field:
            raise FilterTypeError(f"{where} is the function field; a property is declared by what it gives")
        inside = isinstance(value, type) and value.__qualname__ == f"{cls.__qualname__}.{attribute}"
        if isinstance(value, SchemaType) and not inside:
            name = value.__name__
            raise FilterTypeError(f"{where} is the schema {name}; write of.Navigation({name}) or of.Collection({name})")
    for attribute, annotation in space.get("__annotations__", {}).items():
        if attribute not in space and isinstance(annotation, type) and issubclass(annotation, Handle):
            name = annotation.__name__
            raise FilterTypeError(f"{cls.__name__}.{attribute} is annotated alone; write {attribute} = of.{name}()")


def _declared_handles(cls: type) -> dict[str, Handle[Any]]:
    """The handles of a schema and those that it inherits, by attribute; anything else, such as None, takes one away."""
    declared: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        declared |= vars(base)
    return {name: value for name, value in declared.items() if isinstance(value, Handle)}
