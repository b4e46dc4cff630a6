"""A schema → the Python source of a class like it, which type checkers understand."""

import keyword
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from odatafilter._declared import checked_name
from odatafilter.errors import FilterError
from odatafilter.facts import ALL_FUNCTIONS, OPERATORS, FunctionFacts, PropertyFacts, SchemaFacts
from odatafilter.filter import facts_of_schema
from odatafilter.schema import Schema

_WIDTH: Final = 120
_TAKEN: Final = frozenset({"of", "ALL_FUNCTIONS", "Field"})  # names that the source itself uses
_INDENT: Final = "    "


def schema_source(schema: type[Schema]) -> str:
    """The source of a module with a written class like `schema`, and one for each structure that it leads to.

    Functions of the service are names of the module, and can be called. What only a document can say is left out: types
    behind casts, and attributes of Python classes. Raises FilterTypeError for what is no schema.

    Args:
        schema: any schema.
    """
    return _Module(facts_of_schema(schema)).text()


class _Module:
    def __init__(self, root: SchemaFacts) -> None:
        self._root = root
        self._names: dict[SchemaFacts, str] = {}
        self._statements: list[str] = []
        name = _identifier(root.name)
        self._name = f"{name}Schema" if name in _TAKEN else name
        self._taken = {*_TAKEN, *_property_names(root), self._name}
        self._imports: set[str] = set()

    def text(self) -> str:
        self._write(self._root, self._name)
        imports = ["import odatafilter as of", *sorted(self._imports)]
        head = f'"""The schema {self._name}, made by odatafilter.derive.schema_source."""'
        return "\n\n\n".join(["\n\n".join([head, "\n".join(imports)]), *self._statements]) + "\n"

    def _class(self, facts: SchemaFacts) -> str:
        """The name of the class of a structure, which is written before it is used."""
        if facts not in self._names:
            name = _identifier(facts.name)
            if name in self._taken:
                name = next(new for new in _number_names(f"{name}Type") if new not in self._taken)
            self._taken.add(name)
            self._names[facts] = name
            self._write(facts, name)
        return self._names[facts]

    def _write(self, facts: SchemaFacts, name: str) -> None:
        lines = []
        attributes: set[str] = set()
        for one in facts.properties.values():
            attribute = next(new for new in _attributes(one.name) if new not in attributes)
            attributes.add(attribute)
            declared = self._write_kind(one, [("name", _write_text(one.name))] if attribute != one.name else [])
            lines.append(_write_assignment(attribute, *declared))
        keywords = [f"{key}={value}" for key, value in self._dialect(facts)]
        head = f"class {name}({', '.join(['of.Schema', *keywords])}):"
        if len(head) > _WIDTH:
            head = "\n".join([f"class {name}(", *(f"{_INDENT}{one}," for one in ("of.Schema", *keywords)), "):"])
        self._statements.append("\n".join([head, *(lines or [f"{_INDENT}pass"])]))

    def _write_kind(self, facts: PropertyFacts, more: Iterable[tuple[str, str]] = ()) -> tuple[str, list[str]]:
        """What makes the handle of a property: a callable, and its arguments."""
        keywords = [*more]
        positional = []
        if not facts.nullable:
            keywords.append(("nullable", "False"))
        if facts.operators != OPERATORS:
            keywords.append(("operators", _words(sorted(facts.operators))))
        if facts.functions != ALL_FUNCTIONS:
            keywords.append(("functions", _words(sorted(facts.functions))))
        if facts.source and facts.source != facts.name:
            keywords.append(("source", _write_text(facts.source)))
        if facts.quoted:
            keywords.append(("quoted", "True"))
        match facts.kind:
            case "Untyped":
                self._imports.add("from odatafilter.kinds import Field")
                return "Field", [f"{key}={value}" for key, value in keywords]
            case "Complex":
                kind, positional = "of.Navigation", [self._write_structure(facts)]
            case "Collection":
                kind, positional = "of.Collection", [self._write_element(facts)]
            case "Enum":
                kind, positional = "of.Enum", [_write_text(word) for word in facts.enum]
                if _can_be_declared(facts.type_name):
                    keywords.append(("type_name", _write_text(facts.type_name)))
            case kind:
                kind = f"of.{kind}"
                if facts.enum:
                    keywords.append(("enum", _words(facts.enum)))
        return kind, [*positional, *(f"{key}={value}" for key, value in keywords)]

    def _write_structure(self, facts: PropertyFacts) -> str:
        return self._class(facts.schema or SchemaFacts(name=f"{facts.name}Type", properties={}))

    def _write_element(self, facts: PropertyFacts) -> str:
        if facts.schema is not None:
            return self._class(facts.schema)
        return self._expression(facts.element or PropertyFacts(name="", kind="Untyped"))

    def _expression(self, facts: PropertyFacts) -> str:
        """A kind in one line."""
        if facts.kind == "Complex":
            return self._write_structure(facts)
        called, arguments = self._write_kind(facts)
        return f"{called}({', '.join(arguments)})"

    def _dialect(self, facts: SchemaFacts) -> Iterator[tuple[str, str]]:
        if facts.operators != OPERATORS:
            yield "operators", _words(sorted(facts.operators))
        called = {name: several for name, several in facts.service_functions.items() if _can_be_declared(name)}
        functions = [self._write_function(one) for several in called.values() for one in several if _can_be_called(one)]
        functions += [_write_text(name) for name, several in called.items() if not several]
        if functions and facts.functions == ALL_FUNCTIONS:
            self._imports.add("from odatafilter.facts import ALL_FUNCTIONS")
            yield "functions", _tuple(["*ALL_FUNCTIONS", *functions])
        elif functions or facts.functions != ALL_FUNCTIONS:
            yield "functions", _tuple([*map(_write_text, sorted(facts.functions)), *functions])
        if facts.lists != "()":
            yield "lists", _write_text(facts.lists)
        if facts.either_order:
            yield "either_order", _words(sorted(facts.either_order))
        if not facts.case_sensitive:
            yield "case_sensitive", "False"
        if facts.plain:
            yield "plain", "True"
        if facts.max_in is not None:
            yield "max_in", repr(facts.max_in)
        if facts.open:
            yield "open", "True"

    def _write_function(self, facts: FunctionFacts) -> str:
        """The name in the module of a function of the service, which is written before it is used."""
        given = facts.parameters[1:] if facts.bound else facts.parameters
        kinds = [(one.name, self._expression(_kind_alone(one))) for one in given]
        named = [f"{_write_text(name)}: {kind}" for name, kind in kinds]
        parameters = f"{{{', '.join(named)}}}" if not given or given[0].name else _tuple([kind for _, kind in kinds])
        arguments = [_write_text(facts.name), parameters, self._expression(_kind_alone(facts.result))]
        if optional := [one.name for one in given if one.name in facts.optional]:
            arguments.append(f"optional={_words(optional)}")
        last = _identifier(facts.name.rpartition(".")[2])
        name = next(new for new in _number_names(last) if new not in self._taken)
        self._taken.add(name)
        self._statements.append(_write_assignment(name, "of.Function", arguments, ""))
        return name


def _can_be_declared(name: str) -> bool:
    """Whether a filter can have this qualified name: documents may have any."""
    return all(map(_can_be_named, name.split(".")))


def _can_be_called(facts: FunctionFacts) -> bool:
    """Whether its parameters have names that can be written, or none of them has one."""
    names = [one.name for one in facts.parameters]
    return not any(names) or all(map(_can_be_named, names))


def _can_be_named(name: str) -> bool:
    try:
        checked_name(name)
    except FilterError:
        return False
    return True


def _kind_alone(facts: PropertyFacts) -> PropertyFacts:
    """A kind without the name of a parameter."""
    return PropertyFacts(
        name="",
        kind=facts.kind,
        nullable=facts.nullable,
        enum=facts.enum,
        type_name=facts.type_name,
        quoted=facts.quoted,
        element=facts.element,
        schema=facts.schema,
    )


def _property_names(root: SchemaFacts) -> set[str]:
    """The names of all properties: a class of such a name could not be told from them."""
    found: set[str] = set()
    seen: set[int] = set()
    pending = [root]
    while pending:
        facts = pending.pop()
        if id(facts) not in seen:
            seen.add(id(facts))
            found |= facts.properties.keys()
            pending += (one.schema for one in facts.properties.values() if one.schema is not None)
    return found


def _write_assignment(attribute: str, called: str, arguments: list[str], indent: str = _INDENT) -> str:
    line = f"{indent}{attribute} = {called}({', '.join(arguments)})"
    if len(line) <= _WIDTH:
        return line
    below = "".join(f"{indent}{_INDENT}{argument},\n" for argument in arguments)
    return f"{indent}{attribute} = {called}(\n{below}{indent})"


def _write_text(word: str) -> str:
    """A text as Python and its formatters write it."""
    text = repr(word)
    return f'"{text[1:-1]}"' if text[0] == "'" and '"' not in text else text


def _words(words: Iterable[str]) -> str:
    return _tuple(map(_write_text, words))


def _tuple(items: Iterable[str]) -> str:
    several = [*items]
    return f"({several[0]},)" if len(several) == 1 else f"({', '.join(several)})"


def _attributes(name: str) -> Iterator[str]:
    """The attributes that a property can have in a class, the best one first."""
    if _is_plain(name) and name not in _TAKEN:
        yield name
    yield from _number_names(f"{_identifier(name)}_" if _identifier(name) in _TAKEN else _identifier(name))


def _number_names(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}{number}"
        number += 1


def _is_plain(name: str) -> bool:
    """Whether Python reads it as the same name, and does not change it in a class."""
    alike = unicodedata.normalize("NFKC", name) == name
    return name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("__") and alike


def _identifier(name: str) -> str:
    """A name that Python reads, as like `name` as can be."""
    if _is_plain(name):
        return name
    normal = unicodedata.normalize("NFKC", name)
    made = "".join(character if f"x{character}".isidentifier() else "_" for character in normal).lstrip("_")
    made = made if made.isidentifier() else f"p{made}"
    if not _is_plain(f"{made}_" if keyword.iskeyword(made) else made):
        raise FilterError(f"no name for Python can be made of {name!r:.60}")
    return f"{made}_" if keyword.iskeyword(made) else made
