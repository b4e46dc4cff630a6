"""Syntax tree + schema → everything that the schema does not allow, with the type of each operand worked out."""

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple, assert_never

from odatafilter import _emit, _to_literal
from odatafilter._functions import (
    ANY,
    BY_LOWER_CASE,
    COUNT,
    FUNCTIONS,
    TYPE_FUNCTIONS,
    Parameter,
    Signature,
    arithmetic_result,
    arity,
    called,
)
from odatafilter._kinds import IN_QUOTES, KINDS, NUMBERS, PRIMITIVE_KINDS, PROPERTY_KINDS, UNORDERED
from odatafilter._literals import reads_in_quotes
from odatafilter._literals.durations import is_duration
from odatafilter._literals.guids import is_guid
from odatafilter._literals.strings import read_quoted
from odatafilter._literals.times import is_timestamp
from odatafilter._service_calls import service_parameters, service_signature
from odatafilter._suggest import a, listed, listed_near, nearest
from odatafilter._type_names import qualified, type_problem
from odatafilter.facts import LOGIC, RELATIONS, PropertyFacts, SchemaFacts
from odatafilter.tree import (
    Alias,
    And,
    Annotation,
    Arithmetic,
    Array,
    Call,
    Case,
    Comparison,
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

# What a dialect of properties and values alone does not have.
_ELABORATE = (Alias, Annotation, Array, Negation, Object, Path, Variable)
# What other languages call null: names here.
_NULLS = frozenset({"null", "none", "nil", "undefined"})
# What `cast` makes values of; smaller numbers are compared like larger ones.
_PRIMITIVE: Final[Mapping[str, str]] = {
    f"Edm.{kind}": KINDS[kind].property_kind for kind in PRIMITIVE_KINDS - {"Enum", "Geography", "Geometry"}
}
_SUGGESTIONS = 100  # different ones that are looked for: an error prints fewer problems
# Operators and kinds beside which there can be nothing but a duration.
_MOVED_BY_DURATIONS = frozenset({("add", "Date"), ("add", "DateTimeOffset"), ("sub", "Duration")})


class Operand(NamedTuple):
    """What an expression is: its kind, where all numbers are a `Number` and what is not known is `Any`."""

    kind: str
    text: str
    facts: PropertyFacts | None = None
    literal: Literal | None = None
    schema: SchemaFacts | None = None

    @property
    def known(self) -> bool:
        return self.kind not in {"Any", "Untyped", "null"}


_UNKNOWN = Operand("Any", "this")
_CONDITION = Operand("Boolean", "this is a condition")
_DURATION = Operand("Duration", "this")


class Finding(NamedTuple):
    """One problem, at a node of the tree. `suggestion` would do in the node's place."""

    message: str
    node: Node
    code: str
    suggestion: str | None = None


def findings(tree: Expression, schema: SchemaFacts) -> list[Finding]:
    """Every problem of `tree`, which as a whole must be true or false (OData Protocol §11.2.6.1)."""
    check = _Check(schema)
    check.condition(tree)
    return check.findings


def operand_findings(node: Expression, schema: SchemaFacts) -> tuple[list[Finding], Operand]:
    """Every problem of an expression that need not be true or false, and what it is."""
    check = _Check(schema)
    found = check.operand(node)
    return check.findings, found


def facts_of(node: Expression, schema: SchemaFacts) -> PropertyFacts | None:
    """What is documented of the property that `node` names, or None where it names none."""
    return _Check(schema).operand(node).facts


def facts_beside_aliases(tree: Expression, schema: SchemaFacts) -> dict[int, PropertyFacts]:
    """What the value of each parameter alias must be, by what it stands beside, by the identity of the alias."""
    check = _Check(schema)
    check.condition(tree)
    return check.beside


class _Check:
    """One walk over a tree. `_scope` are the variables of the lambdas around, `_element` what a nested `$filter` looks
    at, and `_names` what a name alone can be there.

    Whatever the tree reads from an item is looked at: what is not documented is refused, wherever it stands.
    """

    def __init__(self, schema: SchemaFacts) -> None:
        self.findings: list[Finding] = []
        self.beside: dict[int, PropertyFacts] = {}
        self._schema = schema
        self._element: Operand | None = None
        self._names: Mapping[str, PropertyFacts] = schema.properties
        self._scope: dict[str, Operand] = {}
        self._meant: dict[tuple[str, tuple[str, ...]], str | None] = {}

    def condition(self, node: Expression) -> None:
        """`node` must be true or false."""
        found = self.operand(node)
        if _is_value(found):
            self._add(f"{_described(found)}, which is neither true nor false; compare it with something", node, "type")

    def operand(self, node: Expression) -> Operand:
        """What `node` is, its problems being added."""
        if self._schema.plain and isinstance(node, _ELABORATE):
            self._add(
                f"{self._schema.name} documents properties and values only, not {_emit.emit(node):.60}", node, "operand"
            )
            return _UNKNOWN
        match node:
            case Comparison(left=left, operator=operator, right=right):
                return self._comparison(node, left, operator, right)
            case Property(name=name):
                return self._scope.get(name) or self._member(self._here, node)
            case Literal(kind=kind, text=text):
                return Operand(kind, text, literal=node)
            case And(operands=operands) | Or(operands=operands):
                self._operator(node, "and" if isinstance(node, And) else "or")
                for operand in operands:
                    self.condition(operand)
                return _CONDITION
            case In(operand=operand, collection=collection):
                self._operator(node, "in")
                self._contains(node, operand, collection)
                return _CONDITION
            case Not(operand=operand):
                self._operator(node, "not")
                self.condition(operand)
                return _CONDITION
            case Has(operand=operand, flags=flags):
                return self._has(node, operand, flags)
            case Path():
                return self._path(node)
            case Call(function=function, arguments=arguments):
                return self._call(node, function, arguments)
            case Case(branches=branches):
                self._function(node, "case")
                for branch in branches:
                    self.condition(branch.condition)
                values = list(map(self.operand, [branch.value for branch in branches]))
                return values[0]
            case Arithmetic(left=left, operator=operator, right=right):
                return self._arithmetic(node, left, operator, right)
            case Negation(operand=operand):
                found = self.operand(operand)
                if found.known and found.kind not in {"Number", "Duration"}:
                    self._add(f"{_described(found)}, which has no negative", operand, "type")
                    return _UNKNOWN
                return Operand(found.kind, "this")
            case Array(items=items):
                for item in items:
                    self.operand(item)
                return Operand("Collection", "this is a collection")
            case Object():
                # What is compared as a whole is compared with all that an item has, documented or not.
                whole = f"{self._schema.name} documents properties; compare them one by one, not as a whole"
                self._add(whole, node, "type")
                return _UNKNOWN
            case Variable() | Annotation():
                return self._start(node)
            case Function(name=name) if self._is_of_service(name):
                return self._service_call(node)
            case Function(name=name):
                owner, _, method = name.rpartition(".")
                meant = self._as_a_call(owner.replace(".", "/"), method, node)
                return self._no_function(node, method if meant else name, meant, meant)
            case Alias():
                return _UNKNOWN
            case _:
                assert_never(node)

    # --- operators

    def _operator(self, node: Node, operator: str) -> None:
        if operator not in self._schema.operators:
            allowed = listed(sorted(self._schema.operators))
            self._add(
                f"{self._schema.name} does not document the operator '{operator}', only {allowed}", node, "operator"
            )

    def _comparison(self, node: Comparison, left: Expression, operator: str, right: Expression) -> Operand:
        if self._plain(left, operator, right):
            return _CONDITION
        if isinstance(left, Not):
            if _is_value(self.operand(left.operand)):
                meant = _emit.emit(Not(Comparison(left.operand, node.operator, right)))
                self._add(f"'not' binds tighter than '{operator}'; did you mean: {meant}", node, "precedence", meant)
                return _CONDITION
            self._operator(left, "not")
        self._operator(node, operator)
        one = _CONDITION if isinstance(left, Not) else self.operand(left)
        other = self._compared_with(one_of=left, node=right)
        if isinstance(left, Comparison) and {left.operator, operator} <= RELATIONS and _is_value(other):
            self._range(node, left, right)
            return _CONDITION
        if self._schema.plain and not (one.facts or other.facts or _UNKNOWN in (one, other)):
            self._add(
                f"{self._schema.name} compares properties with values; there is no property here", node, "operand"
            )
        self._usable(node, operator, one, other)
        self._comparable(left, one, right, other)
        return _CONDITION

    def _range(self, node: Comparison, left: Comparison, right: Expression) -> None:
        """`1 lt a lt 5`."""
        meant = None
        if not isinstance(left.right, Literal):
            meant = _emit.emit(And((left, Comparison(left.right, node.operator, right))))
        hint = f"; did you mean: {meant}" if meant else ""
        self._add(f"a range is written as two comparisons{hint}", node, "precedence", meant)

    def _compared_with(self, one_of: Expression, node: Expression) -> Operand:
        """What the right side is: an unknown name there is perhaps a text without its quotes."""
        names = self._names
        if not isinstance(node, Property) or node.name in self._scope or node.name in names:
            return self.operand(node)
        facts = names.get(one_of.name) if isinstance(one_of, Property) else None
        if self._here.schema is not None and (self._here.schema.open or node.name in self._here.schema.deeper):
            return self.operand(node)
        if facts is None or facts.kind != "String" or node.name.lower() in _NULLS:
            return self.operand(node)
        meant = self._nearest(node.name, facts.enum) if facts.enum else node.name
        hint = (
            f"did you mean '{meant}' in quotes?"
            if meant
            else f"'{facts.name}' has {listed_near(node.name, facts.enum)}, in quotes"
        )
        suggestion = f"'{meant}'" if meant else None
        self._add(f"unknown property '{node.name}'; {hint}", node, "unknown-property", suggestion)
        return _UNKNOWN

    def _plain(self, left: Expression, operator: str, right: Expression) -> bool:
        """Whether this is what most comparisons are, without any problem: said at once, without naming operands."""
        if not isinstance(left, Property) or not isinstance(right, Literal) or left.name in self._scope:
            return False
        facts = self._names.get(left.name)
        return (
            facts is not None
            and operator in self._schema.operators
            and operator in facts.operators
            and not (operator in RELATIONS and facts.kind in UNORDERED)
            and _takes(facts, right)
        )

    def _usable(self, node: Node, operator: str, *operands: Operand) -> None:
        """Whether an operator may be used with what its operands are; the first with which it may not be is told."""
        for found in operands:
            if operator in RELATIONS and found.kind in UNORDERED:
                self._add(f"{_described(found)}, which has no order for '{operator}'", node, "operator")
                return
            if found.facts and operator not in found.facts.operators and operator in self._schema.operators:
                allowed = listed(sorted(found.facts.operators - LOGIC), "or")
                self._add(f"{found.facts.called} is documented with {allowed}, not with '{operator}'", node, "operator")
                return

    def _comparable(self, left: Expression, one: Operand, right: Expression, other: Operand) -> None:
        self._stands_beside(left, other)
        self._stands_beside(right, one)
        if one.literal and other.facts:
            left, one, right, other = right, other, left, one
        if not (one.known and other.known):
            return
        if one.facts and other.literal and other.kind in {"String", "Enum"} and self._quoted(one.facts, other.literal):
            return
        if one.kind != other.kind:
            meant = _as_kind(one.kind, other.literal) if other.literal else None
            example = _example(one.kind)
            hint = f"; {a(one.kind)} is written like {example}" if example else ""
            hint = f"; did you mean {meant}?" if meant else hint if other.literal else ""
            self._add(f"{_described(one)}; it cannot be compared with {_named(other)}{hint}", right, "type", meant)

    def _stands_beside(self, node: Expression, found: Operand) -> None:
        """Notes what the value of a parameter must be, if it stands beside something of a kind that says so."""
        if not isinstance(node, Alias) or found.literal:
            return
        if found.facts:
            self.beside[id(node)] = found.facts
        elif found.known and found.kind in PROPERTY_KINDS:
            self.beside[id(node)] = PropertyFacts(name=f"@{node.name}", kind=found.kind)

    def _quoted(self, facts: PropertyFacts, literal: Literal) -> bool:
        """Whether a quoted value reads as one of the property's: only its kind tells what is in the quotes."""
        text = read_quoted(literal.text)
        if facts.kind == "Enum":
            if self._is_of_the_type(facts, literal):
                for word in text.split(","):
                    self._word(facts, literal, word)
            return True
        if facts.kind == "String" and facts.enum and literal.kind == "String":
            self._word(facts, literal, text)
            return True
        if facts.kind == "DateTimeOffset" and facts.quoted:
            return is_timestamp(text)
        return (facts.kind == "Guid" and is_guid(text)) or (facts.kind == "Duration" and is_duration(text))

    def _is_of_the_type(self, facts: PropertyFacts, literal: Literal) -> bool:
        """Whether the type before the words of an enumeration is that of the property, as far as that is known."""
        name, _, words = literal.text.partition("'")
        if not name or not facts.type_name or qualified(name, self._schema) == facts.type_name:
            return True
        meant = f"{facts.type_name}'{words}"
        message = f"{facts.called} is of the type {facts.type_name}, not {name:.60}; did you mean {meant:.120}?"
        self._add(message, literal, "type", meant)
        return False

    def _word(self, facts: PropertyFacts, literal: Literal, word: str) -> None:
        if not facts.enum or word in facts.enum or (facts.kind == "Enum" and word.lstrip("+-").isdecimal()):
            return
        if not self._schema.case_sensitive and word.casefold() in _folded(facts.enum):
            return
        meant = self._nearest(word, facts.enum)
        hint = f"did you mean '{meant}'?" if meant else f"it has {listed_near(word, facts.enum)}"
        suggestion = _to_literal.string(meant).text if meant else None
        self._add(f"{facts.called} has no word {literal.text:.60}; {hint}", literal, "unknown-word", suggestion)

    def _contains(self, node: In, operand: Expression, collection: List | Expression) -> None:
        one = self.operand(operand)
        self._usable(node, "in", one)
        if isinstance(collection, List) and self._schema.lists == "[]":
            meant = _emit.emit(Array(collection.items))
            message = f"{self._schema.name} documents lists in square brackets; did you mean: {meant:.160}"
            self._add(message, collection, "list", meant)
        if self._schema.plain and isinstance(collection, List) and not collection.items:
            self._add("the list is empty, and nothing is in it", collection, "list")
        if isinstance(collection, List | Array):
            most = self._schema.max_in
            if most is not None and len(collection.items) > most:
                message = f"{self._schema.name} documents at most {most} values after 'in', not {len(collection.items)}"
                self._add(message, collection, "list")
            if self._schema.plain and isinstance(collection, Array) and self._schema.lists == "()":
                self.operand(collection)
            for item in _doubtful(one.facts, collection.items):
                self._comparable(operand, one, item, self.operand(item))
            return
        other = self.operand(collection)
        if other.known and other.kind != "Collection" and not (other.facts and other.facts.many):
            self._add(f"{_described(other)}, not a collection; a list is written in parentheses", collection, "type")
        else:
            self._comparable(operand, one, collection, _element(other))

    def _has(self, node: Has, operand: Expression, flags: Literal) -> Operand:
        self._operator(node, "has")
        found = self.operand(operand)
        if found.facts and found.kind == "Enum":
            self._quoted(found.facts, flags)
        elif found.known:
            self._add(f"{_described(found)}, not an enumeration", operand, "type")
        return _CONDITION

    def _arithmetic(self, node: Arithmetic, left: Expression, operator: str, right: Expression) -> Operand:
        self._operator(node, operator)
        one, other = self.operand(left), self.operand(right)
        if (operator, one.kind) in _MOVED_BY_DURATIONS:
            self._stands_beside(right, _DURATION)
        if operator == "add" and ("add", other.kind) in _MOVED_BY_DURATIONS:
            self._stands_beside(left, _DURATION)
        if not (one.known and other.known):
            return _UNKNOWN
        kind = arithmetic_result(_kind(one), operator, _kind(other))
        if kind is None:
            self._add(f"'{operator}' is not between {_named(one)} and {_named(other)}", node, "type")
            return _UNKNOWN
        return Operand(_family(kind), "this")

    # --- functions

    def _function(self, node: Node, function: str) -> None:
        if function not in self._schema.functions:
            documented = listed(sorted(self._schema.functions)) if self._schema.functions else "no functions"
            self._add(f"{self._schema.name} does not document '{function}', but {documented}", node, "function")

    def _call(self, node: Call, function: str, arguments: Iterable[Expression | TypeName]) -> Operand:
        self._function(node, function)
        values = [argument for argument in arguments if not isinstance(argument, TypeName)]
        found = list(map(self.operand, values))
        for value, one in zip(values, found, strict=True):
            self._used_with(function, value, one)
        if function in TYPE_FUNCTIONS:
            self._type(node.arguments[-1])
            return _CONDITION if function == "isof" else _cast(node)
        if function in self._schema.either_order and len(found) == 2 and found[0].literal:  # noqa: PLR2004
            found.reverse()
            values.reverse()
        for signature in FUNCTIONS[function].signatures:
            if all(map(_fits, found, signature.parameters)):
                for value, parameter in zip(values, signature.parameters, strict=False):
                    if len(parameter) == 1 or parameter == COUNT:
                        self._stands_beside(value, Operand("Int32" if parameter == COUNT else parameter[0], "this"))
                if signature.result == "Boolean":
                    return _CONDITION
                return Operand(_family(signature.result) if signature.result else found[0].kind, "this")
        takes = " or ".join(_shown(function, signature) for signature in FUNCTIONS[function].signatures)
        self._add(f"'{function}' takes {takes}, not ({', '.join(one.kind for one in found)})", node, "type")
        return _UNKNOWN

    def _used_with(self, function: str, node: Node, found: Operand) -> None:
        """Judges whether a property may be used with a function that is documented."""
        if found.facts and function not in found.facts.functions and function in self._schema.functions:
            allowed = listed(sorted(found.facts.functions), "or")
            self._add(f"{found.facts.called} is documented with {allowed}, not with '{function}'", node, "function")

    def _is_of_service(self, name: str) -> bool:
        return qualified(name, self._schema) in self._schema.service_functions

    def _service_call(self, node: Function) -> Operand:
        """The call of a function that the service documents (URL Conventions §5.1.1, ABNF functionExpr)."""
        given = [(one.name, one.value) if isinstance(one, Named) else ("", one) for one in node.arguments]
        found = [self.operand(value) for _, value in given]
        overloads = self._schema.service_functions[qualified(node.name, self._schema)]
        if not overloads:
            return _UNKNOWN
        names = [name for name, _ in given]
        fitting = [(one, fits) for one in overloads if (fits := service_parameters(one, names)) is not None]
        for facts, parameters in fitting:
            if all(map(_fits_property, found, parameters)):
                for (_, value), parameter in zip(given, parameters, strict=True):
                    self._stands_beside(value, _operand_of(parameter))
                return _operand_of(facts.result)
        takes = listed([service_signature(facts) for facts in [one for one, _ in fitting] or overloads], "or")
        said = ",".join(f"{name}={one.kind}" if name else one.kind for name, one in zip(names, found, strict=True))
        self._add(f"'{node.name}' takes {takes:.200}, not ({said:.100})", node, "type" if fitting else "function")
        return _UNKNOWN

    def _as_a_call(self, owner: str, name: str, node: Function) -> str | None:
        """The call of a documented function that a call behind its first argument, as of a method, was perhaps."""
        function = BY_LOWER_CASE.get(name.lower())
        if not owner or function not in self._schema.functions or any(isinstance(one, Named) for one in node.arguments):
            return None
        least, most = arity(function)
        arguments = [owner, *map(_emit.emit, node.arguments)]
        return f"{function}({','.join(arguments)})" if least <= len(arguments) <= most else None

    def _no_function(self, node: Node, name: str, meant: str | None = None, suggestion: str | None = None) -> Operand:
        if meant is None:
            return self._undocumented(f"function '{name}'", node)
        self._add(f"'{name}' is a function and stands before its arguments: {meant:.60}", node, "function", suggestion)
        return _UNKNOWN

    def _undocumented(self, what: str, node: Node) -> Operand:
        self._add(f"{self._schema.name} documents no {what}", node, "function")
        return _UNKNOWN

    # --- paths

    def _property(self, node: Property, schema: SchemaFacts) -> Operand:
        facts = schema.properties.get(node.name)
        if facts is not None:
            return Operand(_family(facts.kind), f"'{node.name}'", facts, schema=facts.schema)
        if node.name in schema.deeper:
            depth = f"this schema was made with depth={schema.depth}; a greater depth= reaches it"
            self._add(f"'{node.name}' of {schema.name} lies too deep: {depth}", node, "unknown-property")
            return _UNKNOWN
        if schema.open:
            return _UNKNOWN
        known = (*self._scope, *schema.properties)
        meant = "null" if node.name.lower() in _NULLS else self._nearest(node.name, known)
        hint = f"did you mean '{meant}'?" if meant else f"{schema.name} has {listed_near(node.name, schema.properties)}"
        self._add(f"unknown property '{node.name}'; {hint}", node, "unknown-property", meant)
        return _UNKNOWN

    def _nearest(self, word: str, words: tuple[str, ...]) -> str | None:
        """What `word` was perhaps meant to be. Looking for it is slow: once for each, and not for thousands of them."""
        if (word, words) not in self._meant:
            if len(self._meant) >= _SUGGESTIONS:
                return None
            self._meant[word, words] = nearest(word, words)
        return self._meant[word, words]

    @property
    def _item(self) -> Operand:
        return Operand("Complex", "'$it' is an item", schema=self._schema)

    @property
    def _here(self) -> Operand:
        """What `$this` is."""
        return self._element or self._item

    def _path(self, node: Path) -> Operand:
        first, *rest = node.segments
        if isinstance(first, Function) and self._is_of_service(first.name):
            found = self._service_call(first)
        elif isinstance(first, Function):
            # With a key it is built as a path at once: only the path has a place in the text.
            found = self._undocumented(f"function '{first.name}'", node if isinstance(rest[0], Key) else first)
        else:
            found = self._start(first)
        for number, segment in enumerate(rest, 1):
            if isinstance(segment, Function) and found.known and not self._is_of_service(segment.name):
                before = "/".join(map(_emit.emit, node.segments[:number]))
                found = self._no_function(segment, segment.name, self._as_a_call(before, segment.name, segment))
            else:
                found = self._step(found, segment)
        return found

    def _start(self, segment: Segment) -> Operand:
        """What a path is after its first segment."""
        match segment:
            case Property(name=name):
                return self._scope.get(name) or self._member(self._here, segment)
            case Variable(name="$it"):
                return self._item
            case Variable(name="$this"):
                return self._here
            case TypeName():
                return self._as_type(self._here, segment)
            case Alias() | Variable():
                below = f"{self._schema.name} documents nothing below '{_emit.emit(segment)}'"
                self._add(below, segment, "unknown-property")
                return _UNKNOWN
            case _:
                return self._step(_UNKNOWN, segment)

    def _step(self, found: Operand, segment: Segment) -> Operand:
        """What a segment makes of what the path is so far."""
        match segment:
            case Property():
                return self._member(found, segment)
            case Lambda(quantifier=quantifier, variable=variable, condition=condition):
                self._function(segment, quantifier)
                self._used_with(quantifier, segment, found)
                self._collection(found, segment, quantifier)
                if variable is not None and condition is not None:
                    self._below(variable, _element(found), condition)
                return _CONDITION
            case Count(filter=condition):
                self._function(segment, "$count")
                self._used_with("$count", segment, found)
                self._collection(found, segment, "$count")
                if condition is not None:
                    self._filtered(found, condition)
                return Operand("Number", "this")
            case Filtered(condition=condition):
                if self._schema.functions.isdisjoint({"any", "all", "$count"}):
                    self._undocumented("'$filter'", segment)
                self._collection(found, segment, "$filter")
                self._filtered(found, condition)
                return found
            case Key(arguments=arguments):
                for argument in arguments:
                    self.operand(argument.value if isinstance(argument, Named) else argument)
                return _element(found)
            case Function(name=name) if self._is_of_service(name):
                return self._service_call(segment)
            case Function(name=name):
                return self._no_function(segment, name)
            case Annotation():
                return self._undocumented(f"annotation '{_emit.emit(segment)}'", segment)
            case TypeName():
                return self._as_type(found, segment)
            case Variable() | Alias():
                return _UNKNOWN
            case _:
                assert_never(segment)

    def _as_type(self, found: Operand, segment: TypeName) -> Operand:
        """What a type cast segment makes of what the path is so far (URL Conventions §4.11)."""
        schema = found.schema
        name = qualified(segment.name, self._schema)
        if schema is None or not schema.type_name:
            self._type(segment)
            return found  # a type that derives from another has what is documented of that one, and no more
        if name == schema.type_name:
            return found
        if (below := schema.derived.get(name)) is not None:
            return found._replace(schema=below)
        if self._type(segment):
            self._add(f"'{segment.name}' does not derive from {schema.type_name}", segment, "type")
        return _UNKNOWN

    def _type(self, node: Node) -> bool:
        """Whether there is such a type, as far as the types are known."""
        if not isinstance(node, TypeName) or (found := type_problem(node.name, self._schema)) is None:
            return True
        self._add(found[0], node, "type", found[1])
        return False

    def _member(self, found: Operand, segment: Property) -> Operand:
        if found.schema is not None and found.kind != "Collection":
            return self._property(segment, found.schema)
        if found.known:
            meant = "; use any or all" if found.kind == "Collection" else ""
            self._add(f"{_described(found)}; it has no property '{segment.name}'{meant}", segment, "type")
        return _UNKNOWN

    def _collection(self, found: Operand, segment: Segment, word: str) -> None:
        if found.known and found.kind != "Collection":
            self._add(f"{_described(found)}; '{word}' needs a collection", segment, "type")

    def _below(self, variable: str, element: Operand, condition: Expression) -> None:
        hidden = self._scope
        self._scope = {**hidden, variable: element}
        self.condition(condition)
        self._scope = hidden

    def _filtered(self, found: Operand, condition: Expression) -> None:
        """A nested `$filter`: names are properties of the element."""
        outside, names = self._element, self._names
        self._element = element = _element(found)
        self._names = element.schema.properties if element.schema else {}
        self.condition(condition)
        self._element, self._names = outside, names

    def _add(self, message: str, node: Node, code: str, suggestion: str | None = None) -> None:
        self.findings.append(Finding(message, node, code, suggestion))


def _is_value(found: Operand) -> bool:
    """Whether it is certainly not true or false."""
    return found.known and found.kind != "Boolean"


def _as_kind(kind: str, literal: Literal) -> str | None:
    """How a literal of another kind was perhaps meant: with or without quotes, with a time, with an offset."""
    from odatafilter._parse import Failure, lalr  # noqa: PLC0415 - only mistakes need it

    quoted = literal.kind == "String"
    text = read_quoted(literal.text) if quoted else literal.text
    for meant in (text, f"{text}T00:00:00Z", f"{text}Z", text.lower()) if kind != "String" else (f"'{text}'",):
        try:
            read = lalr.tree_of(meant)
        except Failure:
            continue
        if isinstance(read, Literal) and read.kind == kind:
            return read.text
    return None


def _takes(facts: PropertyFacts, literal: Literal) -> bool:
    """Whether a literal is certainly a value of the property."""
    return not _doubtful(facts, (literal,))


def _doubtful(facts: PropertyFacts | None, items: Sequence[Expression]) -> Sequence[Expression]:
    """Those of `items` that are not certainly values of the property: looked at in one go, since lists can be long."""
    if facts is None:
        return items
    if facts.enum or facts.type_name:
        words = {f"'{word}'" for word in facts.enum} if facts.kind == "String" else set()
        return [item for item in items if not isinstance(item, Literal) or item.text not in words]
    kinds = {_family(facts.kind), "null"}
    others = [item for item in items if not isinstance(item, Literal) or item.kind not in kinds]
    if facts.kind != "Guid":
        return others
    return [item for item in others if not isinstance(item, Literal) or not is_guid(item.text[1:-1])]


@functools.lru_cache(64)
def _folded(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)


def _cast(node: Call) -> Operand:
    """What `cast` gives: a value of a primitive type, or what only the service knows."""
    last = node.arguments[-1]
    kind = _PRIMITIVE.get(last.name) if isinstance(last, TypeName) else None
    if kind is None:
        return _UNKNOWN
    return Operand(_family(kind), "this", PropertyFacts(name=_emit.emit(node), kind=kind))


def _family(kind: str) -> str:
    """The kind of an operand, where all numbers are of one kind."""
    return "Number" if kind in NUMBERS else kind


def _element(found: Operand) -> Operand:
    """What an element of a collection is."""
    if found.facts is not None and found.facts.element is not None:
        return Operand(_family(found.facts.element.kind), "an element", found.facts.element)
    if found.schema is not None:
        return Operand("Complex", "an element", schema=found.schema)
    return found._replace(kind=found.kind if found.facts and found.facts.many else "Any")


def _example(kind: str) -> str:
    return "42" if kind == "Number" else KINDS[kind].example


def _kind(found: Operand) -> str:
    return "Decimal" if found.kind == "Number" else found.kind


def _operand_of(facts: PropertyFacts) -> Operand:
    """What a parameter of a function, or its result, is."""
    if facts.kind == "Boolean":
        return _CONDITION
    return Operand(_family(facts.kind), "this", facts if facts.name else None, schema=facts.schema)


def _fits_property(found: Operand, facts: PropertyFacts) -> bool:
    """Whether a value can be that of a parameter."""
    if not found.known or facts.kind in {"Untyped", "Complex"}:
        return True
    if found.literal is not None and found.literal.kind in {"String", "Enum"} and facts.kind in IN_QUOTES:
        return found.kind == facts.kind or reads_in_quotes(facts.kind, read_quoted(found.literal.text))
    return found.kind == _family(facts.kind)


def _fits(found: Operand, parameter: Parameter) -> bool:
    if not found.known or parameter == ANY:
        return True
    return not NUMBERS.isdisjoint(parameter) if found.kind == "Number" else found.kind in parameter


def _shown(function: str, signature: Signature) -> str:
    return f"{function}({', '.join(map(called, signature.parameters))})"


def _described(found: Operand) -> str:
    if found.facts is not None:
        return f"{found.facts.called} is {a(found.facts.kind)}"
    if found.literal is not None:
        return f"{found.text:.60} is {a(found.kind)}"
    return found.text if found.text != "this" else f"this is {a(found.kind)}"


def _named(found: Operand) -> str:
    if found.facts is not None:
        return f"{found.facts.called}, {a(found.facts.kind)}"
    if found.literal is not None:
        return f"the {found.kind} {found.text:.60}"
    return "a condition" if found is _CONDITION else a(found.kind)
