"""The tree builder: what the productions of the grammar make of their parts."""

import functools
import re
from collections.abc import Callable, Container, Iterable
from contextvars import ContextVar
from itertools import pairwise
from typing import Any, Final, NamedTuple, TypeAlias, cast
from typing import Literal as OneOf

from odatafilter import _functions, _names
from odatafilter._literals import literal_problem
from odatafilter._literals.enums import are_members
from odatafilter._literals.numbers import is_integer
from odatafilter._literals.strings import read_quoted
from odatafilter._parse.failure import Misplaced, Refused
from odatafilter.tree import (
    Alias,
    And,
    Annotation,
    Arithmetic,
    ArithmeticOperator,
    Array,
    Branch,
    Call,
    Case,
    Comparison,
    ComparisonOperator,
    Count,
    Expression,
    Filtered,
    Function,
    Has,
    In,
    Key,
    Lambda,
    List,
    Literal,
    LiteralKind,
    Member,
    Named,
    Negation,
    Node,
    Not,
    Object,
    Or,
    Path,
    Property,
    Segment,
    TypeName,
    Variable,
)

# A type of such a name can only be written in quotes, where the grammar reads a literal.
_LITERAL_WORDS: Final = frozenset({"null", "true", "false", "INF", "NaN"})


class VariableBranch(NamedTuple):
    """A name, a colon and an expression: what a lambda takes, and a branch of a `case` all the same."""

    variable: Property
    value: Expression


Argument: TypeAlias = Expression | TypeName | Named | Branch | VariableBranch


_members: Final = re.compile("[^',]+").finditer  # of a flags value, one by one: a list of all would take memory


class Nodes:
    """The tree builder: a method for each alias in the grammar, called with what the production keeps.

    A method raises Refused for what the grammar cannot judge without knowing the canonical functions or the calendar.
    """

    # --- literals

    # These are spelt as they are written: a partial makes them without a frame of Python's.
    null = staticmethod(functools.partial(Literal, "null"))
    number = staticmethod(functools.partial(Literal, "Number"))
    string = staticmethod(functools.partial(Literal, "String"))
    time_of_day = staticmethod(functools.partial(Literal, "TimeOfDay"))

    def binary(self, text: str) -> Literal:
        return Literal("Binary", text if text.startswith("binary") else f"binary{text[6:]}")

    def boolean(self, text: str) -> Literal:
        return Literal("Boolean", "true" if len(text) == len("true") else "false")

    def date(self, text: str) -> Literal:
        if text[8:] <= "28" and text[4] == "-":
            return Literal("Date", text)  # every month has this day
        return _checked_literal("Date", text)

    def date_time_offset(self, text: str) -> Literal:
        if text[8:10] <= "28" and text[4] == "-":
            return Literal("DateTimeOffset", text.upper())
        return _checked_literal("DateTimeOffset", text.upper())

    def duration(self, text: str) -> Literal:
        return Literal("Duration", f"duration{text[8:].upper()}")

    def enum(self, text: str) -> Literal:
        if not text.isascii() or len(text) > _names.LONGEST:
            _check_name(text[: text.index("'")])
            for member in _members(text, text.index("'")):
                if not is_integer(member[0]):
                    _check_name(member[0])
        return Literal("Enum", text)

    def geo(self, text: str) -> Literal:
        prefix = text[: text.index("'")].lower()
        kind: LiteralKind = "Geography" if prefix == "geography" else "Geometry"
        return _checked_literal(kind, text if text.startswith(prefix) else prefix + text[len(prefix) :])

    def guid(self, text: str) -> Literal:
        return Literal("Guid", text.lower())

    def array(self, *items: Expression) -> Array:
        return Array(items)

    def member(self, name: str, value: Expression) -> Member:
        return Member(name, value)

    def object(self, *members: Member) -> Object:
        return Object(members)

    # --- names, calls and paths

    def property(self, text: str) -> Property:
        if not text.isascii() or len(text) > _names.LONGEST:
            _check_name(text)
        return Property(text)

    def variable(self, text: str) -> Variable:
        return Variable(text)

    def alias(self, text: str) -> Alias | Annotation:
        if _names.is_plain_name(name := text[1:]):
            return Alias(name)
        annotation = self.annotation(text)
        return annotation if "." in text or "#" in text else Alias(annotation.name)

    def annotation(self, text: str) -> Annotation:
        name, _, qualifier = text[1:].partition("#")
        _check_name(name)
        if qualifier:
            _check_name(qualifier)
        return Annotation(name, qualifier or None)

    def type_name(self, text: str) -> TypeName:
        _check_name(text[len("Collection(") : -1] if text.startswith("Collection(") else text)
        return TypeName(text)

    def name(self, text: str) -> str:
        _check_name(text)
        return text

    def arguments(self, *arguments: Argument) -> tuple[Argument, ...]:
        return arguments

    def named(self, name: str, value: Expression) -> Named:
        _check_name(name)
        return Named(name, value)

    def branch(self, condition: Expression, value: Expression) -> Branch:
        return Branch(condition, value)

    def variable_branch(self, name: str, value: Expression) -> VariableBranch:
        return VariableBranch(self.property(name), value)

    def call(self, name: str, arguments: tuple[Argument, ...]) -> Call | Case | Function:
        """A call that no path comes before: of a canonical function, or of one that the service defines."""
        lower = name.lower()
        if lower == "case" and arguments and all(isinstance(one, Branch | VariableBranch) for one in arguments):
            branches = cast("tuple[Branch | VariableBranch, ...]", arguments)
            return Case(tuple(one if isinstance(one, Branch) else Branch(*one) for one in branches))
        if lower in _functions.BY_LOWER_CASE:
            return _make_canonical_call(_functions.BY_LOWER_CASE[lower], arguments)
        if lower in {"any", "all"}:
            raise Refused("a lambda operator needs a path", word=lower)
        # The name of an entity set has no namespace.
        return _service_function(name, arguments, may_be_key="." not in name)

    def bound(self, name: str, arguments: tuple[Argument, ...]) -> Function | Lambda:
        """A call as a segment of a path."""
        lower = name.lower()
        if lower in {"any", "all"} and not (arguments and isinstance(arguments[0], Named)):
            return _lambda("any" if lower == "any" else "all", arguments)
        return _service_function(name, arguments)

    def keyed_call(self, name: str, arguments: tuple[Argument, ...], key: tuple[Argument, ...]) -> Path:
        """A call that no path comes before, and a key of what it gives."""
        called = self.call(name, arguments)
        if not isinstance(called, Function):
            raise Refused("no key follows a canonical function", called)
        return Path((called, self._key(name, key)))

    def keyed_bound(
        self, name: str, arguments: tuple[Argument, ...], key: tuple[Argument, ...]
    ) -> tuple[Function | Lambda, Key]:
        return self.bound(name, arguments), self._key(name, key)

    def _key(self, name: str, arguments: tuple[Argument, ...]) -> Key:
        if not arguments:
            raise Refused("an empty key", name=name)
        return Key(_service_function(name, arguments).arguments)

    def path(self, *parts: Segment | tuple[Segment, ...] | Path) -> Path:
        several = ((part.segments if isinstance(part, Path) else part) for part in parts)
        return self.path_of(tuple(one for part in several for one in (part if isinstance(part, tuple) else (part,))))

    def path_of(self, segments: tuple[Any, ...]) -> Path:
        """The path of two or more segments."""
        first = segments[0]
        kind = type(first)
        if kind is Call or kind is Case:
            segments = (_cast_segment(first), *segments[1:])
            kind = TypeName
        if kind is TypeName and type(segments[1]) not in _MEMBERS:
            raise Refused("a type at the start", segments[0])
        for before, after in pairwise(segments):
            if (check := _STEPS.get(type(before))) is not None:
                check(before, after)
        for number in range(2, len(segments)) if Filtered in map(type, segments) else ():
            if type(segments[number - 2]) is Filtered and type(segments[number - 1]) is TypeName:
                _check_chosen(segments[number - 2], segments[number])
        return Path(segments)

    def filtered(self, condition: Expression) -> Filtered:
        return Filtered(condition)

    def keyed(self, filtered: Filtered, arguments: tuple[Argument, ...]) -> tuple[Filtered, Key]:
        return filtered, self._key("$filter", arguments)

    def count(self, *options: tuple[str, Any]) -> Count:
        chosen = dict(options)
        if len(chosen) < len(options):
            raise Refused("an option of $count twice")
        return Count(**chosen)

    def count_filter(self, condition: Expression) -> tuple[str, Expression]:
        return "filter", condition

    def count_search(self, text: str) -> tuple[str, str]:
        return "search", text.partition("=")[2].strip(" \t")

    # --- operators

    def negation(self, operand: Expression) -> Negation:
        return Negation(operand)

    def arithmetic(self, left: Expression, operator: str, right: Expression) -> Arithmetic:
        return Arithmetic(left, cast("ArithmeticOperator", word(operator)), right)

    def comparison(self, left: Expression, operator: str, right: Expression) -> Comparison:
        return Comparison(left, cast("ComparisonOperator", word(operator)), right)

    def has(self, operand: Expression, flags: Literal) -> Has:
        if flags.kind == "String" and not are_members(read_quoted(flags.text)):
            raise Refused("has takes members", flags)
        return Has(operand, flags)

    def membership(self, operand: Expression, collection: List | Expression) -> In:
        return In(operand, collection)

    def members(self, *items: Expression) -> List | Expression:
        if len(items) == 1 and not isinstance(items[0], Literal):
            return items[0]
        for item in items:
            if not isinstance(item, Literal):
                raise Refused("a list holds values only", item)
        return List(cast("tuple[Literal, ...]", items))

    def inversion(self, operand: Expression) -> Not:
        return Not(operand)

    def conjunction(self, *operands: Expression) -> And:
        return And(operands)

    def disjunction(self, *operands: Expression) -> Or:
        return Or(operands)


def _checked_literal(kind: LiteralKind, text: str) -> Literal:
    if problem := literal_problem(kind, text):
        raise Refused("the wording of a literal or a name", problem=problem)
    return Literal(kind, text)


def _check_name(name: str) -> None:
    if _names.is_plain_name(name):
        return
    for part in name.split("."):
        if problem := _names.name_problem(part):
            raise Refused("the wording of a literal or a name", problem=problem)


def _make_canonical_call(function: str, arguments: tuple[Argument, ...]) -> Call:
    least, most = _functions.arity(function)
    if not least <= len(arguments) <= most:
        raise Refused(
            "a canonical function takes another number of arguments", function=function, found=str(len(arguments))
        )
    if function in _functions.TYPE_FUNCTIONS:
        *first, last = arguments
        last = _type_named(last)
        if not isinstance(last, TypeName):
            raise Refused("the last argument is a type", _node_of(last), function=function)
        _check_values(function, first)
        return Call(function, (*cast("list[Expression]", first), last))
    _check_values(function, arguments)
    return Call(function, cast("tuple[Expression, ...]", arguments))


def _type_named(argument: Argument) -> Argument:
    """The type that the last argument of `cast` or `isof` names, in quotes or without."""
    if isinstance(argument, Property):
        return TypeName(argument.name)
    if not isinstance(argument, Literal) or argument.kind != "String":
        return argument
    name = argument.text[1:-1]
    inner = name[len("Collection(") : -1] if name.startswith("Collection(") and name.endswith(")") else name
    if inner in _LITERAL_WORDS or any(_names.name_problem(part) for part in inner.split(".")):
        return argument
    return TypeName(name)


def _cast_segment(first: Call | Case) -> TypeName:
    """`cast(Shop.Order)/Total`: a cast of the item itself, before a path, is the cast segment of `Shop.Order/Total`."""
    if isinstance(first, Call) and first.function == "cast" and len(first.arguments) == 1:
        name = first.arguments[0]
        if isinstance(name, TypeName) and "." in name.name and "(" not in name.name:
            return name
    raise Refused("no path follows a canonical function", first)


def _node_of(argument: Argument) -> Node:
    return argument.variable if isinstance(argument, VariableBranch) else argument


def _check_values(function: str, arguments: Iterable[Argument]) -> None:
    for argument in arguments:
        if isinstance(argument, Named | Branch | VariableBranch | TypeName):
            raise Refused("a canonical function takes values", _node_of(argument), function=function)


_OF_COLLECTIONS: Final = frozenset({Lambda, Count, Filtered})
_MEMBERS: Final = frozenset({Property, Function, Annotation})


def _check_end(before: Segment, after: Segment) -> None:  # noqa: ARG001 - whatever comes after it
    raise Misplaced("the path ends here", before)


def _check_instance(before: Segment, after: Segment) -> None:  # noqa: ARG001 - whatever the instance is
    if type(after) in _OF_COLLECTIONS:
        raise Misplaced("a collection is wanted", after)


def _check_variable(before: Variable, after: Segment) -> None:
    if before.name != "$root":
        _check_instance(before, after)
    elif not (isinstance(after, Property | Function) and "." not in after.name):
        raise Misplaced("the start of an absolute path", after)


def _check_function(before: Function, after: Segment) -> None:
    if len(before.arguments) == 1 and isinstance(before.arguments[0], Literal | Alias):  # a key
        _check_instance(before, after)


def _check_cast(before: TypeName, after: Segment) -> None:  # noqa: ARG001 - whatever the type is
    if type(after) is TypeName:
        raise Misplaced("a type follows a type", after)


def _check_chosen(before: Filtered, after: Segment) -> None:  # noqa: ARG001 - whatever is chosen
    if isinstance(after, Property):
        raise Misplaced("a collection has no properties", after)


# What refuses the segments that follow one another in no path, whatever the model is, by the kind of the first one.
_STEPS: Final[dict[type[Segment], Callable[[Any, Segment], None]]] = {
    Lambda: _check_end,
    Count: _check_end,
    Variable: _check_variable,
    Key: _check_instance,
    Function: _check_function,
    TypeName: _check_cast,
    Filtered: _check_chosen,
}


# The functions whose arguments may stand without names in the text that is being read: a schema documents them, since
# the language itself has names there (ABNF functionExprParameter), and a slip in a canonical function would look alike.
FUNCTIONS_WITHOUT_NAMES: Final[ContextVar[Container[str]]] = ContextVar("FUNCTIONS_WITHOUT_NAMES", default=frozenset())


def _service_function(name: str, arguments: tuple[Argument, ...], *, may_be_key: bool = True) -> Function:
    """A function of the service takes named arguments; one value alone, or an alias, is a key."""
    if may_be_key and len(arguments) == 1 and _is_key(arguments[0]):
        return Function(name, (cast("Literal | Alias", arguments[0]),))
    unnamed = [argument for argument in arguments if not isinstance(argument, Named)]
    if unnamed and not (len(unnamed) == len(arguments) and _may_be_unnamed(name, unnamed)):
        raise Refused("an unknown function", _node_of(unnamed[0]), name=name)
    return Function(name, cast("tuple[Named | Expression, ...]", arguments))


def _may_be_unnamed(name: str, arguments: Iterable[Argument]) -> bool:
    values = all(isinstance(argument, Expression) for argument in arguments)
    return values and name in FUNCTIONS_WITHOUT_NAMES.get()


def _is_key(argument: Argument) -> bool:
    if isinstance(argument, Literal):
        return argument.kind not in {"null", "Binary", "Geography", "Geometry"}
    return isinstance(argument, Alias)


def _lambda(quantifier: OneOf["any", "all"], arguments: tuple[Argument, ...]) -> Lambda:
    match arguments:
        case () if quantifier == "any":
            return Lambda(quantifier)
        case (VariableBranch(variable=variable, value=condition),):
            return Lambda(quantifier, variable.name, condition)
    raise Refused("a lambda operator takes a variable and a condition", word=quantifier)


@functools.lru_cache(256)
def word(text: str) -> str:
    """An infix operator as it is spelt in the tree: interned, without the blanks around it."""
    return text.strip().lower()
