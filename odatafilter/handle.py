"""What the documented properties of every kind have in common: the handle with which a filter is built."""

import contextlib
import copy
import functools
from collections.abc import Iterable
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Final,
    Generic,
    NoReturn,
    Self,
    TypeAlias,
    TypeVar,
    Unpack,
    cast,
)

from msgspec.structs import replace

from odatafilter import _emit
from odatafilter._arguments import check_type
from odatafilter._certain import Spell, SpellAll, find_certain, spell_nothing
from odatafilter._declared import DECLARED, Declaration, checked_name, checked_words
from odatafilter._functions import BY_METHOD, CanonicalFunction, Parameter, Signature, arithmetic_result
from odatafilter._kinds import KINDS, NULL_ONLY, NUMBERS, UNORDERED, are_comparable
from odatafilter._names import name_problem
from odatafilter._open_elements import NONE, check_unfinished, parameter_name
from odatafilter._property_below import describe_attribute
from odatafilter._rewrite.rebuild import rebuild_node
from odatafilter._safe_text import show
from odatafilter._suggest import unknown_word_error, with_article, word_list
from odatafilter._to_literal import NULL, array_of, literal_for, literal_of
from odatafilter._type_names import element_type
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import ALL_FUNCTIONS, OPERATORS, RELATIONS, PropertyFacts, SchemaFacts
from odatafilter.filter import PARENTHESES, Filter, Param, check_operand, same_schema
from odatafilter.limits import CEILING, check_depth
from odatafilter.order import OrderBy
from odatafilter.tree import (
    Alias,
    Annotation,
    AnyNode,
    Arithmetic,
    ArithmeticOperator,
    Array,
    Call,
    Comparison,
    ComparisonOperator,
    Expression,
    Function,
    In,
    List,
    Literal,
    Or,
    Path,
    Property,
    Segment,
    TypeName,
    Variable,
)

_new: Final = object.__new__

V = TypeVar("V")
E_co = TypeVar("E_co", covariant=True)
H = TypeVar("H", bound="Handle[Any]")
# The classes of handles by kind: each enters itself when it is defined.
HANDLES: "Final[dict[str, type[Handle[Any]]]]" = {}


# What stands for an operator of Python's, by the kind of a property.
_ARITHMETIC: Final = {
    "Duration": "a duration is divided with div(…) or divby(…)",
    "String": "a text is followed by another with concat(…)",
}
_DIVISION: Final = "a number is divided with div(…), divby(…) or mod(…)"
_NO_ARITHMETIC: Final = "OData calculates with numbers, dates and durations"


class Handle(Generic[V]):
    """A property, or what a function makes of one, to build filters with: compared, it gives a Filter.

    `V` is the Python type of its values; None is null. Raises FilterTypeError for a value of another type, FilterError
    for a value that cannot be spelt and for what the schema does not document.

    Args:
        declaration: `name`: its OData name, where that is no Python name, or is taken. `nullable`: whether it can be
            null (True). `operators`, `functions`: those that may be used with it (all that the schema documents).
            `source`: where its value stands in an item, such as `inputs[].id`.
    """

    _kind: ClassVar[str] = "Untyped"
    _schema: SchemaFacts | None = None
    _expression: Expression | None = None
    _ready: "_Ready | None" = None
    _many: ClassVar[bool] = False  # whether it stands for a collection
    _open: frozenset[str] = NONE  # the elements of unfinished lambdas in its expression
    _levels: int = 1  # of its expression, carried along: neither measuring nor printing it would be linear

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "_kind" in vars(cls):
            HANDLES[cls._kind] = cls

    def __init__(self, **declaration: Unpack[Declaration]) -> None:
        self._check_declaration(declaration)
        name = declaration.get("name", "")
        self._facts = PropertyFacts(
            name=checked_name(name) if "name" in declaration else "",
            kind=self._kind,
            nullable=declaration.get("nullable", True),
            operators=checked_words("operators", declaration.get("operators", OPERATORS), OPERATORS),
            functions=checked_words("functions", declaration.get("functions", ALL_FUNCTIONS), ALL_FUNCTIONS),
            source=declaration.get("source", name),
        )

    def _check_declaration(self, declaration: Declaration) -> None:
        for keyword, value in declaration.items():
            if keyword not in DECLARED:
                known = [*(type(self).__init__.__kwdefaults__ or ()), *DECLARED]
                raise unknown_word_error(keyword, known, type(self).__name__)
            check_type(keyword, value, *DECLARED[keyword])

    def __set_name__(self, owner: type, name: str) -> None:
        # Judged by the Schema: Python 3.11 would hide an error that is raised here in a RuntimeError.
        if not self._facts.name and hasattr(owner, "__facts__"):
            self._facts = replace(self._facts, name=name, source=self._facts.source or name)

    def eq(self, value: "V | Handle[V] | Param | None") -> Filter:
        """`eq`: equal; null equals null only."""
        return self._compare("eq", value)

    def ne(self, value: "V | Handle[V] | Param | None") -> Filter:
        """`ne`: not equal."""
        return self._compare("ne", value)

    def in_(self, values: "Iterable[V | None] | Param | ManyValued[Any, Handle[V]]") -> Filter:
        """`in`: equal to one of `values`, of which there must be one at least: or of a collection, or a parameter."""
        if type(values) is list or type(values) is tuple:
            node, schema, levels, operators, _, _, spell_all = self._ready or self._make_ready()
            if "in" in operators and values and (schema is None or _may_list(len(values), schema)):
                literals = spell_all(values)
                if literals is not None:
                    return Filter._of(In(node, List(literals)), schema, levels)
        if isinstance(values, Param) or (isinstance(values, Handle) and values._many):
            self._check_operator("in")
            collection, other = self._collection(values)
            if other is not None:
                other._check_operator("in")
            return self._filter(In(self._node, collection), (collection, other))
        if isinstance(values, str | bytes) or not isinstance(values, Iterable):
            raise FilterTypeError(f"in_ takes several values, not {show(values)}")
        items = self._literals(values)
        if not items:
            raise FilterError(f"'{self._name}' in () would match nothing; in_ takes one value at least")
        if self._schema and "in" not in self._schema.operators and "or" in self._schema.operators:
            return self._any_of(items)
        return self._member_of(items)

    def _member_of(self, items: tuple[Literal, ...]) -> Filter:
        self._check_operator("in")
        most = self._schema.max_in if self._schema else None
        if self._schema and most is not None and len(items) > most:
            raise FilterError(
                f"{self._schema.name} documents at most {most} values after 'in', not {len(items)}; "
                "any_of joins several such lists"
            )
        brackets = self._schema.lists if self._schema else "()"
        if brackets == "()":
            return self._filter(In(self._node, List(items)))
        return self._filter(In(self._node, Array(items)), below=2)

    def _any_of(self, items: tuple[Literal, ...]) -> Filter:
        """The same as `in`, exactly: it is membership by `eq` (OData URL Conventions §5.1.1.1.11)."""
        self._check_operator("eq")
        node = self._node
        equals = tuple(Comparison(node, "eq", item) for item in items)
        if len(equals) == 1:
            return self._filter(equals[0])
        return self._filter(Or(equals), below=self._levels + 1)

    def __eq__(self, value: "V | Handle[V] | Param | None") -> Filter:  # type: ignore[override]
        return self._compare("eq", value)

    def __ne__(self, value: "V | Handle[V] | Param | None") -> Filter:  # type: ignore[override]
        return self._compare("ne", value)

    __hash__ = object.__hash__

    def cast(self, kind: H, type_name: str = "") -> H:
        """`cast`: as a value of another kind, null where it cannot be; `type_name` is for a type without a kind."""
        check_type("kind", kind, Handle, "a kind such as of.Int32()")
        name = type_name or kind._facts.type_name or f"Edm.{kind._kind}"
        if name in {"Edm.Collection", "Edm.Complex", "Edm.Enum", "Edm.Untyped"}:
            raise FilterError(f"{with_article(kind._kind)} can be of many types; say which with type_name=")
        self._check_function("cast")
        return of_kind(
            kind, Call("cast", (self._node, type_name_of(name))), self._schema, self._levels + 1, self._elements_of()
        )

    def isof(self, type_name: str) -> Filter:
        """`isof`: whether it is of a type, such as "Edm.Int32" or "NS.Vip"."""
        self._check_function("isof")
        return self._filter(Call("isof", (self._node, type_name_of(type_name))))

    def __bool__(self) -> NoReturn:
        raise FilterTypeError(f"'{self._name}' has no truth value; {self._how_to_filter}")

    def __str__(self) -> str:
        check_unfinished(self._open)
        return _emit.emit(self._node)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._name}>"

    if not TYPE_CHECKING:  # to the type checker these are not there; at run time they say why

        def _refuse_order(self, *_: object) -> Filter:
            raise FilterTypeError(self._without_order)

        lt = le = gt = ge = __lt__ = __le__ = __gt__ = __ge__ = asc = desc = _refuse_order

        def _no_filter(self, *_: object) -> Filter:
            raise FilterTypeError(f"'{self._name}' is no filter; {self._how_to_filter}{PARENTHESES}")

        def __getattr__(self, name: str) -> Any:
            """The method of a canonical function that is written out nowhere: the table of functions says all of it."""
            row = BY_METHOD.get(name)
            signature = row and row.signature_for((self._facts.kind,))
            if row is None or signature is None or not signature.parameters:
                raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'{self._say_below(name)}")
            return functools.partial(self._call_by_row, row, signature)

        __iter__ = None

        def __getitem__(self, key: object) -> Any:
            below = self._say_below(key) if isinstance(key, str) else ""
            raise FilterTypeError(f"'{type(self).__name__}' object is not subscriptable{below}")

        __and__ = __rand__ = __or__ = __ror__ = __invert__ = _no_filter

        def _no_arithmetic(self, *_: object) -> Filter:
            hint = _DIVISION if self._facts.kind in NUMBERS else _ARITHMETIC.get(self._facts.kind, _NO_ARITHMETIC)
            raise FilterTypeError(
                f"this operator of Python's is not for '{self._name}', {with_article(self._facts.kind)}; {hint}"
            )

        __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __neg__ = _no_arithmetic
        __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = _no_arithmetic

        def __contains__(self, _: object) -> bool:
            found = "any(lambda element: element == …)" if self._many else "contains(…)"
            raise FilterTypeError(f"Python's 'in' looks into nothing here; write {self._name}.{found}")

    def _say_below(self, name: str) -> str:
        """What an error says of `name`, if it may be a property below this one; a copy being made has no facts yet."""
        if "_facts" not in vars(self):
            return ""
        documented = self._facts.kind != "Untyped"
        if isinstance(self._expression, Variable):
            place, is_known = self._facts.name, True
        else:
            owner = self._schema.name if self._schema else ""
            place = f"{owner}.{self._facts.name}" if documented else f"of.field({show(self._facts.name)})"
            is_known = self._expression is None and bool(self._facts.name) and (bool(owner) or not documented)
        return describe_attribute(name, place, self._facts, is_known=is_known)

    @property
    def _how_to_filter(self) -> str:
        """How to make a filter of what is none by itself."""
        return "compare it with something"

    def __copy__(self) -> Self:
        made = type(self).__new__(type(self))
        vars(made).update(vars(self))
        made._ready = None
        return made

    # --- nodes

    def _make_ready(self) -> "_Ready":
        """What a filter right above this node needs, worked out once: not for the element of an unfinished lambda, nor
        for what has no name yet or is as deep as can be. Of these nothing is certain.
        """
        node = self._expression
        if node is None and self._facts.name:
            node = Property(self._facts.name)
        if node is None or self._open or self._levels >= CEILING:
            return _NOTHING, self._schema, 0, frozenset(), frozenset(), spell_nothing, spell_nothing
        known = find_certain(self._facts, self._schema)
        self._ready = ready = (
            node, self._schema, self._levels + 1, known.operators, known.functions, known.spell, known.spell_all
        )  # fmt: skip
        return ready

    @property
    def _node(self) -> Expression:
        if self._expression is not None:
            return self._expression
        if not self._facts.name:
            raise FilterError("a property has no name before it stands in a Schema; give it name=")
        return Property(self._facts.name)

    @property
    def _name(self) -> str:
        """What messages call it: written out for them alone, since it can be long."""
        return self._facts.name or (
            _emit.emit(expression_to_show(self._expression)) if self._expression is not None else ""
        )

    @property
    def _without_order(self) -> str:
        return f"'{self._name}' is {with_article(self._facts.kind)}, which has no order; it has eq, ne and in_"

    def _filter(self, tree: Expression, *operands: "Operand", below: int = 1) -> Filter:
        """The filter of a tree right above this node, `operands`, and what is `below` levels deep."""
        levels = check_depth(max(self._above(operands), below + 1))
        return Filter._of(tree, self._shared_schema(operands, tree), levels, self._elements_of(operands))

    def _elements_of(self, operands: "tuple[Operand, ...]" = ()) -> frozenset[str]:
        """The elements of lambdas in this and in `operands`. Raises FilterError where a lambda has returned."""
        elements = self._open
        for _, other in operands:
            if other is not None:
                elements |= other._open
        if elements:
            check_unfinished(elements)
        return elements

    def _above(self, operands: "tuple[Operand, ...]") -> int:
        """The levels of a node right above this one and `operands`."""
        levels = self._levels
        for node, other in operands:
            levels = max(levels, other._levels if other is not None else 2 if isinstance(node, Array) else 1)
        return levels + 1

    @property
    def _in_a_path(self) -> int:
        """The levels of a path that begins or ends with this one."""
        return self._levels + (not isinstance(self._expression, Path))

    def _shared_schema(self, operands: "tuple[Operand, ...]", made: Expression) -> SchemaFacts | None:
        """The schema of this and of `operands`, by which what was `made` with one that had no schema is judged."""
        if not operands:
            return self._schema
        handles = (self, *(other for _, other in operands if other is not None))
        schema: SchemaFacts | None = None
        for one in handles:
            schema = same_schema(schema, one._schema)
        without = [one for one in handles if one._schema is None]
        if schema is not None and without:
            for one in without:
                check_operand(one._node, schema, one._facts.kind)
            check_operand(made, schema, "Untyped")
        return schema

    def _make(self, kind: type[H], expression: Expression, *operands: "Operand") -> H:
        """A handle of `kind` for an expression right above this node and `operands`."""
        made = kind.__new__(kind)
        made._facts = _of_any_value("", kind._kind)
        made._levels = check_depth(self._above(operands))
        made._schema = self._shared_schema(operands, expression)
        made._expression = expression
        made._open = self._elements_of(operands)
        return made

    def _as(self, kind: type[H]) -> H:
        """The same expression as a handle of `kind`, any value of which will do."""
        made = kind.__new__(kind)
        made._facts = _of_any_value(self._facts.name, kind._kind)
        made._schema = self._schema
        made._expression = self._node
        made._levels = self._levels
        made._open = self._open
        return made

    def _literal(self, value: object) -> Literal:
        return self._literals((value,))[0]

    def _literals(self, values: Iterable[object]) -> tuple[Literal, ...]:
        facts = self._facts
        values = tuple(values)
        if (literals := find_certain(facts, self._schema).spell_all(values)) is not None:
            return literals
        any_case = self._schema is not None and not self._schema.case_sensitive
        if not facts.name:
            with contextlib.suppress(FilterError):
                return tuple([literal_for(value, facts, any_case=any_case) for value in values])
            facts = replace(facts, name=self._name)
        return tuple([literal_for(value, facts, any_case=any_case) for value in values])

    def _under(
        self, root: tuple[Segment, ...], schema: SchemaFacts | None, elements: frozenset[str], levels: int = 2
    ) -> Self:
        """The same handle at the end of a path, the beginning of which has some `levels`."""
        made = copy.copy(self)
        node = self._node
        below = segments_of(node)
        if isinstance(below[0], Variable):
            raise FilterError(f"a path can only start with {below[0].name}")
        made._expression = Path((*root, *below))
        made._levels = check_depth(max(levels, self._in_a_path))
        made._schema = schema
        made._open = elements | self._open
        return made

    def _over(self, below: H) -> H:
        """The handle `below` as a property of this one, if that is documented."""
        found = self._facts
        for segment in segments_of(below._node):
            within = found.schema if found.kind != "Collection" else None
            documented = within.properties if within else {}
            if not isinstance(segment, Property) or segment.name not in documented:
                if within is not None and within.open:
                    return below._under(segments_of(self._node), self._schema, self._elements_of(), self._in_a_path)
                if within is not None and isinstance(segment, Property) and segment.name in within.deeper:
                    raise FilterError(within.describe_depth(segment.name))
                raise FilterError(f"'{self._name}' has no property '{below._name}', only {word_list(documented)}")
            found = documented[segment.name]
        if below._facts.kind not in {found.kind, "Untyped"}:
            own, wanted = with_article(below._facts.kind), with_article(found.kind)
            raise FilterTypeError(f"'{below._name}' of '{self._name}' is {wanted}, not {own}")
        made = below._under(segments_of(self._node), self._schema, self._elements_of(), self._in_a_path)
        made._facts = found
        return made

    def _call_by_row(self, row: CanonicalFunction, signature: Signature, *arguments: object) -> Any:
        least, most = row.arity
        if not least <= len(arguments) + 1 <= most:
            raise FilterTypeError(f"{row.method} takes {most - 1} arguments at most and {least - 1} at least")
        operands = [*map(_argument_for, signature.parameters[1:], arguments)]
        if signature.result == "Boolean":
            return self._condition(row.name, *operands)
        kind = KINDS[signature.result or self._facts.kind].property_kind
        return self._call(HANDLES[kind], row.name, *operands)

    def _call(self, kind: type[H], function: str, *operands: "Operand") -> H:
        if not operands:
            node, schema, levels, _, functions, _, _ = self._ready or self._make_ready()
            if function in functions:
                return _handle_for(kind, Call(function, (node,)), schema, levels)
        for one in (self, *(other for _, other in operands if other is not None)):
            one._check_function(function)
        return self._make(kind, Call(function, (self._node, *(node for node, _ in operands))), *operands)

    def _condition(self, function: str, *operands: "Operand") -> Filter:
        for one in (self, *(other for _, other in operands if other is not None)):
            one._check_function(function)
        return self._filter(Call(function, (self._node, *(node for node, _ in operands))), *operands)

    def _compare(self, operator: ComparisonOperator, value: object) -> Filter:
        node, schema, levels, operators, _, spell, _ = self._ready or self._make_ready()
        if operator in operators:
            literal = spell(value)
            if literal is not None and (literal is not NULL or operator not in RELATIONS):
                made = _new(Filter)  # as `Filter._of` does, whose call would be felt
                made._tree = Comparison(node, operator, literal)
                made._schema = schema
                made._depth = levels
                made._open = NONE
                made._evaluation = None
                return made
        if value is None and operator in RELATIONS:
            raise FilterTypeError(f"nothing is '{operator}' null; compare '{self._name}' with a value")
        if operator in RELATIONS and self._facts.kind in UNORDERED:
            raise FilterTypeError(self._without_order)
        if value is not None and self._facts.kind in NULL_ONLY:
            raise FilterTypeError(
                f"'{self._name}' is {with_article(self._facts.kind)}, which is compared with null alone"
            )
        right, other = self._operand(value)
        if not isinstance(value, Handle) and self._knows_only_in(operator):
            if not isinstance(right, Literal):
                raise FilterError(f"'{self._name}' is documented with 'in' alone; give the parameter to in_")
            equal = self._member_of((right,))
            return equal if operator == "eq" else ~equal
        self._check_operator(operator)
        if other is not None:
            other._check_operator(operator)
        return self._filter(Comparison(self._node, operator, right), (right, other))

    def _knows_only_in(self, operator: ComparisonOperator) -> bool:
        """Whether equality must be said, exactly, as membership (OData URL Conventions §5.1.1.1.11)."""
        documented = self._schema.operators if self._schema else OPERATORS
        return operator in {"eq", "ne"} and not {"eq", "ne"} & documented and "in" in documented

    def _operand(self, value: object) -> "Operand":
        """What stands on the other side: a handle of the same kind, a parameter, or a value."""
        if isinstance(value, Param):
            return Alias(value.name), None
        if not isinstance(value, Handle):
            return self._literal(value), None
        self._check_comparable(value._facts.kind, f"'{value._name}'")
        return value._node, value

    def _check_comparable(self, kind: str, other: str) -> None:
        """Raises FilterTypeError where `other`, which is of `kind`, is not of this kind."""
        if not are_comparable(self._facts.kind, kind):
            own = with_article(self._facts.kind)
            raise FilterTypeError(f"'{self._name}' is {own}; it cannot be combined with {other}, {with_article(kind)}")

    def _collection(self, values: object) -> "Operand":
        """A collection of values of this kind: a handle, a parameter, or an array of them."""
        if isinstance(values, Param):
            return Alias(values.name), None
        if isinstance(values, Handle) and values._many:
            if values._facts.element is not None:
                self._check_comparable(values._facts.element.kind, f"an element of '{values._name}'")
            return values._node, values
        if isinstance(values, str | bytes) or not isinstance(values, Iterable):
            raise FilterTypeError(f"a collection is wanted, not {show(values)}")
        return array_of(self._literals(values)), None

    def _calculate(self, operator: ArithmeticOperator, value: object, *, turned: bool = False) -> Any:
        """`self operator value`, or turned round: a handle of the kind that it gives (§5.1.1.2)."""
        own = self._facts.kind
        if own in NUMBERS:
            node, schema, levels, operators, _, spell, _ = self._ready or self._make_ready()
            literal = spell(value) if operator in operators else None
            if literal is not None and literal is not NULL:
                made = Arithmetic(literal, operator, node) if turned else Arithmetic(node, operator, literal)
                return _handle_for(HANDLES[arithmetic_result(own, operator, own) or own], made, schema, levels)
        self._check_operator(operator)
        by, kind, other = self._amount(value)
        left, right = ((by, kind), (self._node, own))[:: 1 if turned else -1]
        result = arithmetic_result(left[1], operator, right[1])
        if kind == "Untyped" and (other is None or own not in NUMBERS):
            result = arithmetic_result(own, operator, own) if own in NUMBERS else own
        if result is None:
            found = (
                f"'{other._name}', {with_article(kind)}"
                if other is not None
                else f"{show(value)}, {with_article(kind)}"
            )
            raise FilterTypeError(f"'{operator}' is not between '{self._name}', {with_article(own)}, and {found}")
        return self._make(HANDLES[result], Arithmetic(left[0], operator, right[0]), (by, other))

    def _amount(self, value: object) -> "tuple[Expression, str, Handle[Any] | None]":
        """What is calculated with: its node and its kind; a value is one of this kind, or says itself what it is."""
        if isinstance(value, Param):
            return Alias(value.name), "Untyped", None
        if isinstance(value, Handle):
            return value._node, value._facts.kind, value
        if self._facts.kind in NUMBERS:
            return self._literal(value), self._facts.kind, None
        written = literal_of(value)
        return written, {"Number": "Int64", "null": "Untyped"}.get(written.kind, written.kind), None

    def _check_operator(self, operator: str) -> None:
        if operator not in self._facts.operators:
            raise _not_with(operator, f"'{self._name}'", self._facts.operators)
        if self._schema and operator not in self._schema.operators:
            raise _not_with(operator, self._schema.name, self._schema.operators)

    def _check_open(self) -> None:
        """Raises FilterError where nothing is documented with this property."""
        if self._facts.is_closed(self._schema.functions if self._schema else ALL_FUNCTIONS):
            raise FilterError(f"'{self._name}' is documented with no operator and no function")

    def _check_function(self, function: str) -> None:
        if function not in self._facts.functions:
            raise _not_with(function, f"'{self._name}'", self._facts.functions)
        if self._schema and function not in self._schema.functions:
            functions = self._schema.functions
            known = f"only {word_list(sorted(functions))}" if functions else "nor any other function"
            raise FilterError(f"{self._schema.name} does not document '{function}', {known}")


def _handle_for(kind: type[H], expression: Expression, schema: SchemaFacts | None, levels: int) -> H:
    """A handle of `kind` for an expression that is known to be safe, and some `levels` deep."""
    made = kind.__new__(kind)
    made._facts = _of_any_value("", kind._kind)
    made._levels, made._schema = levels, schema
    made._expression = expression
    return made


@functools.lru_cache(256)
def _of_any_value(name: str, kind: str) -> PropertyFacts:
    """What is known of a property, or of an expression, which has no name, of which there is a kind alone."""
    return PropertyFacts(name=name, kind=kind)


# The node of a handle, its schema, the levels of a node right above it, the operators and the functions that certainly
# fit it, and what spells the values that certainly do.
_Ready: TypeAlias = tuple[Expression, SchemaFacts | None, int, frozenset[str], frozenset[str], Spell, SpellAll]
_NOTHING: Final = Property("")

# A node, and the handle that it is of, if it is of one.
Operand: TypeAlias = tuple[Expression, Handle[Any] | None]


def _not_with(operator: str, who: str, documented: frozenset[str]) -> FilterError:
    return FilterError(f"{who} is documented with {word_list(sorted(documented))}, not with '{operator}'")


def expression_to_show(node: Expression) -> Expression:
    """`node` as messages show it: elements of unfinished lambdas are called like the parameters."""

    def name_variables(node: AnyNode) -> AnyNode:
        return Variable(parameter_name(node)) if isinstance(node, Variable) else rebuild_node(node, name_variables)

    return cast("Expression", name_variables(node))


def _may_list(number: int, schema: SchemaFacts) -> bool:
    """Whether an API documents a list in parentheses of so many values after `in`."""
    return schema.lists == "()" and (schema.max_in is None or number <= schema.max_in)


class ManyValued(Handle[V], Generic[V, E_co]):
    """What has elements."""

    _many = True
    _element: Any


def _argument_for(parameter: Parameter, value: object) -> Operand:
    """A value, a parameter or a handle as the argument of a canonical function."""
    if isinstance(value, Param) or not parameter:
        return (Alias(value.name), None) if isinstance(value, Param) else (literal_of(value), None)
    kind = KINDS[parameter[0]].property_kind
    template = HANDLES[kind].__new__(HANDLES[kind])
    template._facts = PropertyFacts(name="the argument", kind=kind)
    return template._operand(value)


class UntypedHandle(Handle[Any]):
    """A property of which only the name is known, or what is made of one: it may stand for a value of any kind."""


class Ordered(Handle[V]):
    """A property whose values have an order."""

    def lt(self, value: V | Handle[V] | Param) -> Filter:
        """`lt`: less than; false for null."""
        return self._compare("lt", value)

    def le(self, value: V | Handle[V] | Param) -> Filter:
        """`le`: less than or equal."""
        return self._compare("le", value)

    def gt(self, value: V | Handle[V] | Param) -> Filter:
        """`gt`: greater than; false for null."""
        return self._compare("gt", value)

    def ge(self, value: V | Handle[V] | Param) -> Filter:
        """`ge`: greater than or equal."""
        return self._compare("ge", value)

    def between(self, low: V | Handle[V] | Param, high: V | Handle[V] | Param) -> Filter:
        """From `low` to `high`, both included."""
        return self.ge(low) & self.le(high)

    def asc(self) -> OrderBy:
        """The item of `$orderby` with the least first, null before all others."""
        return OrderBy(self._path)

    def desc(self) -> OrderBy:
        """The item of `$orderby` with the greatest first, null after all others."""
        return OrderBy(self._path, descending=True)

    @property
    def _path(self) -> str:
        """The path of the property. Raises FilterError for what is none."""
        segments = self._node.segments if isinstance(self._node, Path) else (self._node,)
        if not all(isinstance(segment, Property) for segment in segments):
            raise FilterError(f"items are sorted by properties, and '{self._name}' is none")
        return str(self)

    def __lt__(self, value: V | Handle[V] | Param) -> Filter:
        return self._compare("lt", value)

    def __le__(self, value: V | Handle[V] | Param) -> Filter:
        return self._compare("le", value)

    def __gt__(self, value: V | Handle[V] | Param) -> Filter:
        return self._compare("gt", value)

    def __ge__(self, value: V | Handle[V] | Param) -> Filter:
        return self._compare("ge", value)


def segments_of(node: Expression) -> tuple[Segment, ...]:
    """A node as segments of a path, to which others can be added."""
    if isinstance(node, Path):
        return node.segments
    if isinstance(node, Property | Variable | Function | Annotation):
        return (node,)
    raise FilterError(f"nothing can be below {_emit.emit(expression_to_show(node)):.60}, which is no property")


def of_kind(kind: H, node: Expression, schema: SchemaFacts | None, levels: int, elements: frozenset[str] = NONE) -> H:
    """A handle for a node, some `levels` deep, that is of the `kind` of another."""
    made = copy.copy(kind)
    made._facts = replace(kind._facts, name="", source="")
    made._expression = node
    made._schema = schema
    made._levels = check_depth(levels)
    made._open = elements
    return made


def type_name_of(name: str) -> TypeName:
    check_type("type_name", name, str, "the name of a type such as 'Edm.Int32'")
    for part in element_type(name).split("."):
        if problem := name_problem(part):
            raise FilterError(f"{show(name)} cannot name a type: {problem}")
    return TypeName(name)
