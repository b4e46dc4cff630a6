"""Properties, wherever they are declared → a schema like a written one."""

import codecs
import re
import types
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeAlias, TypedDict, TypeVar, Unpack
from typing import Literal as OneOf

import msgspec
from msgspec.structs import replace

from odatafilter import schema as kinds
from odatafilter._arguments import check
from odatafilter._declared import Declaration, checked_name, words
from odatafilter._shown import shown
from odatafilter._suggest import listed_near, nearest, unknown_word
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import PropertyFacts
from odatafilter.handle import Handle
from odatafilter.schema import Field, Navigation, Schema

S = TypeVar("S")

Element: TypeAlias = Handle[Any] | type[Schema]
# A property is made when it is asked for, so that what is left out need not be understood. None: it has nothing to
# filter by, or stands too deep.
Members: TypeAlias = Mapping[str, Callable[[], Handle[Any] | None]]

PRIMITIVES: Final[dict[str, type[Handle[Any]]]] = {
    "Binary": kinds.Binary,
    "Boolean": kinds.Boolean,
    "Date": kinds.Date,
    "DateTimeOffset": kinds.DateTimeOffset,
    "Decimal": kinds.Decimal,
    "Double": kinds.Double,
    "Duration": kinds.Duration,
    "Enum": kinds.Enum,
    "Guid": kinds.Guid,
    "Int32": kinds.Int32,
    "Int64": kinds.Int64,
    "String": kinds.String,
    "TimeOfDay": kinds.TimeOfDay,
    "Untyped": Field,
}
# Types may refer to themselves, and a schema is finite: how many properties deep it goes, and how many it may.
DEPTH: Final = 3
_DEEPEST: Final = 50


class Options(TypedDict, total=False):
    """What can be said of every schema that is made at run time: `operators` and what follows it are the keywords of a
    Schema class.
    """

    name: str
    """The name that its messages use; by default what the source calls it."""
    only: Iterable[str]
    """The properties that the API documents for filtering; by default all that the source has."""
    sources: Mapping[str, str]
    """More properties: by name, where their values stand, such as `{"inputId": "inputs[].id"}`."""
    operators: Iterable[str]
    functions: Iterable[str]
    lists: OneOf["()", "[]"]
    either_order: Iterable[str]
    case_sensitive: bool
    plain: bool


class _Lookup(type):
    """What a schema says where a type checker cannot: that it has no such property."""

    def __getattr__(cls, name: str) -> Any:
        known = cls.__dict__["__facts__"].properties
        meant = nearest(name, known)
        raise AttributeError(f"{cls.__name__} has no property '{name}'{_meant(meant)}")


class DerivedSchema(Schema, metaclass=_Lookup):
    """The base of the schemas that are made at run time: to a type checker, its attributes are handles of any kind."""


class Root(NamedTuple):
    """What a source makes a schema of: what it calls it, and its properties."""

    name: str
    members: Members


def derived(root: Root, options: Options) -> type[DerivedSchema]:
    """The schema of `root`. Raises FilterError for a property in `options` that it does not have, and for none."""
    if foreign := options.keys() - Options.__annotations__.keys():
        raise unknown_word(min(foreign), Options.__annotations__, "a schema")
    name = options.get("name", root.name)
    check("name", name, str, "a text")
    only = words("only", options["only"]) if "only" in options else None
    handles = dict(_handles(root.members, only, name))
    sources = options.get("sources", {})
    check("sources", sources, Mapping, "a mapping of names to places such as 'inputs[].id'")
    for property_name, source in sources.items():
        check("a source", source, str, "a place such as 'inputs[].id'")
        handles[property_name] = _sourced(property_name, source, root.members)
    if not handles:
        raise FilterError(f"{name:.60} has no properties to filter by")
    dialect = {key: value for key, value in options.items() if key not in {"name", "only", "sources"}}
    return _schema(name, handles, dialect)


class Nested:
    """The schemas of structures inside others: those with a key are made once for each depth at which they stand."""

    def __init__(self) -> None:
        self._made: dict[Hashable, type[Schema] | None] = {}

    def schema(self, key: Hashable, depth: int, root: Callable[[int], Root]) -> type[Schema] | None:
        """The schema `depth` properties above the deepest, made of what `root` gives for one less; None below it."""
        if depth <= 0:
            return None
        if key is None:
            return _structure(root(depth - 1))
        if (key, depth) not in self._made:
            self._made[key, depth] = _structure(root(depth - 1))
        return self._made[key, depth]


def _structure(root: Root) -> type[Schema] | None:
    handles = dict(_handles(root.members, None, root.name))
    return _schema(root.name, handles, {}) if handles else None


def checked_depth(depth: int) -> int:
    """`depth` if a schema can go so deep. Raises FilterError if not."""
    check("depth", depth, int, f"a whole number from 0 to {_DEEPEST}")
    if not 0 <= depth <= _DEEPEST:
        raise FilterError(f"depth is from 0 to {_DEEPEST}, not {shown(depth)}")
    return depth


def single(element: Element | None, **declaration: Unpack[Declaration]) -> Handle[Any] | None:
    """The property whose value is one `element`."""
    return Navigation(element, **declaration) if isinstance(element, type) else element


def collected(element: Element | None, **declaration: Unpack[Declaration]) -> Handle[Any] | None:
    """The property whose value is a collection of `element`s."""
    return None if element is None else kinds.Collection(element, **declaration)


def read(value: object, shape: type[S], what: str) -> S:
    """`value` in the `shape` that it should have. Raises FilterError that names it as `what`."""
    try:
        return msgspec.convert(value, shape)
    except (msgspec.ValidationError, RecursionError) as error:
        raise FilterError(f"{what} cannot be read: {_reason(error)}") from None


def read_json(document: "str | bytes | Mapping[str, Any]", what: str) -> Mapping[str, Any]:
    """A JSON object, as text or already decoded. Raises FilterError that names it as `what`."""
    if isinstance(document, Mapping):
        return document
    try:
        return msgspec.json.decode(without_mark(document), type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeError, RecursionError, TypeError) as error:
        raise FilterError(f"{what} is no JSON object: {_reason(error)}") from None


def without_mark(document: Any) -> Any:
    """A document without the byte order mark that some programs write before it."""
    if isinstance(document, str):
        return document.removeprefix("\ufeff")
    return document.removeprefix(codecs.BOM_UTF8) if isinstance(document, bytes) else document


def _reason(error: Exception) -> str:
    return str(error).replace("`", "'")


def unknown(word: str, known: Iterable[str], whose: str) -> FilterError:
    """The error that says that `whose` has no `word`."""
    words = [*known]
    has = _meant(nearest(word, words)) or (f", only {listed_near(word, words)}" if words else "")
    return FilterError(f"{whose} has no {shown(word)}{has}")


def _meant(word: str | None) -> str:
    return f"; did you mean '{word}'?" if word else ""


def _handles(members: Members, only: Iterable[str] | None, whose: str) -> Iterator[tuple[str, Handle[Any]]]:
    """The properties that are asked for, or all that a filter can name."""
    for name in members if only is None else only:
        if name not in members:
            raise unknown(name, members, whose)
        if only is None and not _can_be_named(name):
            continue
        handle = members[name]()
        if handle is not None:
            yield name, handle
        elif only is not None:
            raise FilterError(f"'{name}' of {whose} has nothing to filter by, or nests deeper than 'depth' says")


def _can_be_named(name: str) -> bool:
    try:
        checked_attribute(name)
    except FilterError:
        return False
    return True


def checked_attribute(name: object) -> str:
    """`name` if a property, and an attribute of a class, can have it. Raises FilterError if not."""
    checked = checked_name(name)
    if checked.startswith("__") and checked.endswith("__"):
        raise FilterError(f"{checked!r} cannot name a property: such names are Python's own")
    return checked


def _schema(name: str, handles: Mapping[str, Handle[Any]], dialect: Mapping[str, Any]) -> type[DerivedSchema]:
    for attribute, handle in handles.items():
        checked = checked_attribute(attribute)
        handle._facts = replace(handle._facts, name=checked, source=handle._facts.source or checked)
    # Titles are prose; what names a class must at least be free of NUL and halves of surrogate pairs.
    class_name = re.sub(r"\W+", "_", name).strip("_") or "Schema"
    return types.new_class(class_name, (DerivedSchema,), dict(dialect), lambda space: space.update(handles))


def _sourced(name: str, source: str, members: Members) -> Handle[Any]:
    """The property `name`, declared as the value at the end of `source` is."""
    found: PropertyFacts | None = None
    attributes = []
    nullable = False
    for index, step in enumerate(source.split(".")):
        found = _at(step.removesuffix("[]"), found, members if index == 0 else {})
        if found is None or (found.kind == "Collection") is not step.endswith("[]"):
            raise FilterError(f"{shown(source)} of '{name}' leads nowhere: there is no {shown(step)}")
        nullable |= found.nullable
        attributes.append(
            f"{found.attribute}[]" if found.attribute and step.endswith("[]") else found.attribute or step
        )
        found = found.element or found
    if found is None or found.kind not in PRIMITIVES:
        raise FilterError(f"{shown(source)} of '{name}' leads to no primitive value")
    made = PRIMITIVES[found.kind].__new__(PRIMITIVES[found.kind])
    attribute = ".".join(attributes)
    attribute = attribute if attribute != source else ""
    made._facts = replace(found, name=name, source=source, attribute=attribute, nullable=nullable)
    return made


def _at(step: str, above: PropertyFacts | None, members: Members) -> PropertyFacts | None:
    if step in members:
        handle = members[step]()
        return handle._facts if handle is not None else None
    return above.schema.properties.get(step) if above and above.schema else None


def not_a(what: str, found: object) -> FilterTypeError:
    """The error for a source of another type."""
    return FilterTypeError(f"a schema is made from {what}, not from {shown(found)}")
