"""Instance + property → value (OData URL Conventions §5.1.1.15): what is not there is null, and so is what is below it.

An instance is an item or what one holds: a mapping, or any other object with attributes. An attribute that begins
with an underscore is not there unless a schema documents it, since it leads into the program; neither is code, see
`values.read_untyped`. A mapping has keys of any name.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from odatafilter._evaluate.values import (
    BY_CLASS,
    COLLECTION_CLASSES,
    STORED,
    each,
    in_words,
    read_members,
    read_untyped,
)
from odatafilter.errors import FilterTypeError
from odatafilter.facts import PropertyFacts

Read: TypeAlias = Callable[[Any], Any]

_WITHOUT_PROPERTIES: Final = (str, int, float, *COLLECTION_CLASSES, *BY_CLASS)


def reader(name: str, facts: PropertyFacts | None) -> Read:
    """What reads the property `name` of an instance, or of each of a collection of them."""
    source = facts.source or name if facts else name
    read = _source_reader(source, _stored_reader(facts))
    if facts is None and name.startswith("_"):
        read = _key_reader(name)
    elif facts is not None and facts.attribute:
        read = _reader_by_class(read, _source_reader(facts.attribute, _stored_reader(facts)))
    if "[]" not in source:
        return lambda instance: read(instance) if type(instance) is not list else _read_all(instance, read)
    return read


def _read_all(instances: Iterable[Any], read: Read) -> list[Any]:
    """The values of all instances in one collection."""
    found = [read(instance) for instance in instances if type(instance) is not list]
    return [one for value in found for one in (value if type(value) is list else (value,))]


def _stored_reader(facts: PropertyFacts | None) -> Read:
    """How what an item holds is read: as what is declared, else as it is."""
    of_one = facts.element or facts if facts is not None else None
    convert = STORED.get(of_one.kind) if of_one is not None else None
    if convert is None:
        return read_untyped
    if facts is of_one and convert is read_members:
        return lambda value: None if value is None else convert(value)  # a list of names is one value
    of_each = each(convert)
    return lambda value: of_each(list(value) if isinstance(value, COLLECTION_CLASSES) else value)


def _source_reader(source: str, convert: Read) -> Read:
    """What reads `source`, names joined by dots; after `[]` it stands for several values, given as a tuple."""
    path, several, rest = source.partition("[]")
    names = path.strip(".").split(".")
    if not several:
        return (
            _name_reader(names[0], convert)
            if len(names) == 1
            else lambda instance: convert(_walk_names(instance, names))
        )
    below = _source_reader(rest.strip("."), convert) if rest else convert

    def read_several(instance: Any) -> tuple[Any, ...]:
        found = [below(element) for element in elements(_walk_names(instance, names))]
        return tuple(one for value in found for one in (value if isinstance(value, list | tuple) else (value,)))

    return read_several


def _name_reader(name: str, convert: Read) -> Read:
    def read_name(instance: Any) -> Any:
        return convert(instance.get(name) if type(instance) is dict else _read_member(instance, name))

    return read_name


def _key_reader(name: str) -> Read:
    return lambda instance: read_untyped(instance.get(name)) if isinstance(instance, Mapping) else None


def _reader_by_class(of_mapping: Read, of_object: Read) -> Read:
    return lambda instance: of_mapping(instance) if isinstance(instance, Mapping) else of_object(instance)


def _walk_names(instance: Any, names: Sequence[str]) -> Any:
    for name in names:
        instance = _read_member(instance, name)
    return instance


def _read_member(instance: Any, name: str) -> Any:
    if isinstance(instance, Mapping):
        return instance.get(name)
    if instance is None or (isinstance(instance, _WITHOUT_PROPERTIES) and name not in _field_names(instance)):
        return None
    return getattr(instance, name, None)


def _field_names(instance: Any) -> tuple[str, ...]:
    """The names of a named tuple, which has properties though it is a tuple."""
    return getattr(instance, "_fields", ()) if isinstance(instance, tuple) else ()


def annotation(name: str, of: str = "") -> Read:
    """What reads an annotation of an instance, or of its property `of` (OData JSON Format §4.6)."""
    beside = reader(of, None)

    def read_annotation(instance: Any) -> Any:
        value = beside(instance) if of else instance
        inside = value.get(name) if isinstance(value, Mapping) else None
        if inside is None and isinstance(instance, Mapping):
            inside = instance.get(of + name)
        return read_untyped(inside)

    return read_annotation


def elements(value: Any) -> Collection[Any]:
    """The elements of a collection, which is never null (CSDL §7.2), only empty. FilterTypeError for what is none."""
    if value is None:
        return ()
    if isinstance(value, COLLECTION_CLASSES):
        return value
    raise FilterTypeError(f"{in_words(value)} is no collection")
