"""Properties, wherever they are declared → a schema like a written one.

What a source says becomes facts first; handles are made of them where somebody builds with them, since a document has
thousands of types and a filter uses a few.
"""

import codecs
import enum
import re
import types
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import cached_property
from typing import Any, Final, NamedTuple, TypeAlias, TypedDict, TypeVar
from typing import Literal as OneOf

import msgspec
from msgspec.structs import replace

from odatafilter import kinds
from odatafilter._arguments import check_type
from odatafilter._declared import DeclaredFunction, checked_name, words_given
from odatafilter._safe_text import show
from odatafilter._suggest import nearest, unknown_word_error, word_list
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import PropertyFacts, SchemaFacts
from odatafilter.handle import HANDLES, Handle
from odatafilter.schema import Schema, SchemaType, missing_property

S = TypeVar("S")

# Types may refer to themselves, and a schema is finite: how many properties deep it goes, and how many it may.
DEPTH: Final = 3
_DEEPEST: Final = 50


class LeftOut(enum.Enum):
    """Why a property has no place in a schema."""

    EMPTY = "has nothing to filter by"
    DEEPER = "lies deeper than 'depth' says"


# What a property, or an element of one, can be: of a primitive kind, or a structure.
Element: TypeAlias = PropertyFacts | SchemaFacts | LeftOut
# A property is made when it is asked for, so that what is left out need not be understood.
Members: TypeAlias = Mapping[str, Callable[[], PropertyFacts | LeftOut]]


class Options(TypedDict, total=False):
    """What can be said of every schema that is made at run time: `operators` and what follows it are the keywords of a
    Schema class.
    """

    name: str
    """The name that its messages use; by default what the source calls it."""
    only: Iterable[str]
    """The properties that the API documents for filtering, each with all that is below it; by default all that the
    source has. Of a mapped class, see `odatafilter.sqlalchemy.schema_from_model`: below a relation it takes paths."""
    sources: Mapping[str, str]
    """More properties: by name, where their values stand, such as `{"inputId": "inputs[].id"}`."""
    operators: Iterable[str]
    functions: Iterable[str | DeclaredFunction]
    lists: OneOf["()", "[]"]
    either_order: Iterable[str]
    case_sensitive: bool
    plain: bool
    max_in: int
    open: bool


class _Lookup(SchemaType):
    """What a schema says where a type checker cannot: that it has no such property."""

    def __getattr__(cls, name: str) -> Any:
        raise AttributeError(missing_property(name, cls.__dict__["__facts__"]))


class DerivedSchema(Schema, metaclass=_Lookup):
    """The base of the schemas that are made at run time: to a type checker, its attributes are handles of any kind."""


class Root(NamedTuple):
    """What a source makes a schema of: what it calls it, its properties, and what is known of it besides."""

    name: str
    members: Members
    depth: int = 0
    """How deep the whole schema goes."""
    facts: SchemaFacts = SchemaFacts(name="", properties={})


def make_schema(root: Root, options: Options) -> type[DerivedSchema]:
    """The schema of `root`. Raises FilterError for a property in `options` that it does not have, and for none."""
    if foreign := options.keys() - Options.__annotations__.keys():
        raise unknown_word_error(min(foreign), Options.__annotations__, "a schema")
    name = options.get("name", root.name)
    check_type("name", name, str, "a text")
    only = words_given("only", options["only"]) if "only" in options else None
    properties, deeper = _properties(root.members, only, name)
    sources = options.get("sources", {})
    check_type("sources", sources, Mapping, "a mapping of names to places such as 'inputs[].id'")
    for property_name, source in sources.items():
        check_type("a source", source, str, "a place such as 'inputs[].id'")
        properties[checked_attribute(property_name)] = _property_from_source(property_name, source, root.members)
    if not properties and not root.facts.open:
        raise FilterError(f"{name:.60} has no properties to filter by")
    dialect = {key: value for key, value in options.items() if key not in {"name", "only", "sources"}}
    return _class(_facts(root, name, properties, deeper), dialect)


class Nested:
    """The facts of structures inside others, as deep as `depth` says: those with a key are made once for each depth."""

    def __init__(self, depth: int) -> None:
        check_type("depth", depth, int, f"a whole number from 0 to {_DEEPEST}")
        if not 0 <= depth <= _DEEPEST:
            raise FilterError(f"depth is from 0 to {_DEEPEST}, not {show(depth)}")
        self.depth = depth
        self._made: dict[Hashable, SchemaFacts | LeftOut] = {}

    def make_structure(self, key: Hashable, depth: int, root: Callable[[int], Root]) -> SchemaFacts | LeftOut:
        """What a property `depth` properties above the deepest leads to, made of what `root` gives for one less."""
        if depth <= 0:
            return LeftOut.DEEPER
        if key is None:
            return make_structure(root(depth - 1))
        if (key, depth) not in self._made:
            self._made[key, depth] = make_structure(root(depth - 1))
        return self._made[key, depth]


def make_structure(root: Root, only: Iterable[str] | None = None) -> SchemaFacts | LeftOut:
    """What is documented of `root`, or why there is nothing; of what is asked for with `only`, there may be nothing."""
    properties, deeper = _properties(root.members, only, root.name)
    if only is None and not properties and not root.facts.open and not root.facts.derived:
        return LeftOut.DEEPER if deeper else LeftOut.EMPTY
    return _facts(root, _class_name(root.name), properties, deeper)


def _facts(root: Root, name: str, properties: dict[str, PropertyFacts], deeper: frozenset[str]) -> SchemaFacts:
    depth = root.depth if deeper else 0
    return replace(root.facts, name=name, properties=properties, deeper=deeper, depth=depth)


def single_property(name: str, element: Element, **said: Any) -> PropertyFacts | LeftOut:
    """The property `name` whose value is one `element`; `said` are more facts of it."""
    if isinstance(element, LeftOut):
        return element
    source = said.pop("source", "") or name
    if isinstance(element, SchemaFacts):
        return PropertyFacts(name=name, kind="Complex", schema=element, source=source, **said)
    return replace(element, name=name, source=source, **said)


def collection_property(name: str, element: Element, **said: Any) -> PropertyFacts | LeftOut:
    """The property `name` whose value is a collection of `element`s; `said` are more facts of it."""
    if isinstance(element, LeftOut):
        return element
    source = said.pop("source", "") or name
    if isinstance(element, SchemaFacts):
        return PropertyFacts(name=name, kind="Collection", schema=element, source=source, **said)
    return PropertyFacts(name=name, kind="Collection", element=element, source=source, **said)


def primitive_facts(
    kind: str, *, nullable: bool = True, enum: Iterable[str] = (), type_name: str = ""
) -> PropertyFacts:
    """What is known of a value of a primitive kind."""
    return PropertyFacts(name="", kind=kind, nullable=nullable, enum=tuple(enum), type_name=type_name)


def read_as(value: object, shape: type[S], what: str) -> S:
    """`value` in the `shape` that it should have. Raises FilterError that names it as `what`."""
    try:
        return msgspec.convert(value, shape)
    except (msgspec.ValidationError, RecursionError) as error:
        raise FilterError(f"{what} cannot be read: {_message_of_error(error)}") from None
    except UnicodeError:
        raise FilterError(f"{what} cannot be read: a name in it has half of a surrogate pair") from None


def read_json_object(document: "str | bytes | Mapping[str, Any]", what: str) -> Mapping[str, Any]:
    """A JSON object, as text or already decoded. Raises FilterError that names it as `what`."""
    if isinstance(document, Mapping):
        return document
    try:
        return msgspec.json.decode(strip_mark(document), type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeError, RecursionError, TypeError) as error:
        raise FilterError(f"{what} is no JSON object: {_message_of_error(error)}") from None


def strip_mark(document: Any) -> Any:
    """A document without the byte order mark that some programs write before it."""
    if isinstance(document, str):
        return document.removeprefix("\ufeff")
    return document.removeprefix(codecs.BOM_UTF8) if isinstance(document, bytes) else document


def _message_of_error(error: Exception) -> str:
    return str(error).replace("`", "'")


def unknown_error(word: str, known: Iterable[str], whose: str) -> FilterError:
    """The error that says that `whose` has no `word`."""
    words = [*known]
    has = _hint(nearest(word, words)) or (f", only {word_list(words)}" if words else "")
    return FilterError(f"{whose} has no {show(word)}{has}")


def _hint(word: str | None) -> str:
    return f"; did you mean '{word}'?" if word else ""


def _properties(
    members: Members, only: Iterable[str] | None, whose: str
) -> tuple[dict[str, PropertyFacts], frozenset[str]]:
    """The properties that are asked for, or all that a filter can name; and the names of those that lie too deep."""
    found: dict[str, PropertyFacts] = {}
    deeper = set()
    for name in members if only is None else only:
        if name not in members:
            raise unknown_error(name, members, whose)
        if only is None and not _can_be_named(name):
            continue
        facts = members[name]()
        if isinstance(facts, PropertyFacts):
            found[checked_attribute(name)] = facts
        elif only is not None:
            raise FilterError(f"'{name}' of {whose} {facts.value}")
        elif facts is LeftOut.DEEPER:
            deeper.add(name)
    return found, frozenset(deeper)


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


def _class_name(name: str) -> str:
    # Titles are prose; what names a class must at least be free of NUL and halves of surrogate pairs.
    return re.sub(r"\W+", "_", name).strip("_") or "Schema"


def _class(facts: SchemaFacts, dialect: Mapping[str, Any]) -> type[DerivedSchema]:
    """The class of a schema: its handles are made of its facts."""
    # The class adds its properties and its dialect to the facts that it finds.
    space = {"__facts__": facts, **{name: handle_of(one) for name, one in facts.properties.items()}}
    return types.new_class(_class_name(facts.name), (DerivedSchema,), dict(dialect), lambda place: place.update(space))


class _Collection(kinds.Collection[Any]):
    """A collection, the class of whose elements is made when a lambda asks for it."""

    _facts: PropertyFacts

    @cached_property
    def _element(self) -> Any:
        if self._facts.schema is not None:
            return _class(self._facts.schema, {})
        return handle_of(self._facts.element or PropertyFacts(name="", kind="Untyped"))


def handle_of(facts: PropertyFacts) -> Handle[Any]:
    """The handle of a property of which all is known."""
    kind = _Collection if facts.kind == "Collection" else HANDLES[facts.kind]
    made = kind.__new__(kind)
    made._facts = facts
    return made


def _property_from_source(name: str, source: str, members: Members) -> PropertyFacts:
    """The property `name`, declared as the value at the end of `source` is."""
    found: PropertyFacts | None = None
    attributes = []
    nullable = False
    for index, step in enumerate(source.split(".")):
        found = _step_from(step.removesuffix("[]"), found, members if index == 0 else {})
        if found is None or (found.kind == "Collection") is not step.endswith("[]"):
            raise FilterError(f"{show(source)} of '{name}' leads nowhere: there is no {show(step)}")
        nullable |= found.nullable
        attributes.append(
            f"{found.attribute}[]" if found.attribute and step.endswith("[]") else found.attribute or step
        )
        found = found.element or found
    if found is None or found.kind in {"Collection", "Complex"}:
        raise FilterError(f"{show(source)} of '{name}' leads to no primitive value")
    attribute = ".".join(attributes)
    attribute = attribute if attribute != source else ""
    return replace(found, name=name, source=source, attribute=attribute, nullable=nullable)


def _step_from(step: str, above: PropertyFacts | None, members: Members) -> PropertyFacts | None:
    if step in members:
        found = members[step]()
        return found if isinstance(found, PropertyFacts) else None
    return above.schema.properties.get(step) if above and above.schema else None


def wrong_source_error(what: str, found: object) -> FilterTypeError:
    """The error for a source of another type."""
    return FilterTypeError(f"a schema is made from {what}, not from {show(found)}")
