"""Syntax tree + what is documented → plan."""

import math
from typing import Final, assert_never

from msgspec.structs import replace

from odatafilter import tree
from odatafilter._comparisons import SWAPPED, TRUE_OF_NULLS
from odatafilter._emit import emit
from odatafilter._functions import FUNCTIONS, CanonicalFunction, arithmetic_result, can_be_duration, takes_duration
from odatafilter._kinds import CASTABLE, KINDS, SPELT, kind_of_literal
from odatafilter._literals import reads_in_quotes, strings
from odatafilter._plan.forms import (
    BOOLEAN,
    COLLECTION,
    NULL,
    UNTYPED,
    And,
    Annotated,
    AnyOf,
    Apply,
    Array,
    As,
    Bool,
    Case,
    Cast,
    Condition,
    Const,
    CountOf,
    Element,
    Get,
    IsNull,
    IsOf,
    Not,
    NotTrue,
    Object,
    OneOf,
    Or,
    Plan,
    ServiceOnly,
    Test,
    TestOperator,
    Truth,
    Value,
    Where,
)
from odatafilter._plan.scope import Parameter, Root, Scope
from odatafilter._type_names import element_type, qualify
from odatafilter.facts import PropertyFacts, SchemaFacts

# Functions that compare texts. `indexof` is none: a text without case may have another length.
_COMPARING: Final = frozenset({"contains", "endswith", "hassubsequence", "hassubset", "startswith"})
_UNKNOWN_RESULT: Final = "only the service knows what it gives"
_NULL: Final = tree.Literal("null", "null")


def build(expression: tree.Expression, schema: SchemaFacts | None) -> Plan:
    """The plan of a filter: of a whole one, which is a condition.

    Whatever the tree is there is a plan: what cannot be run anywhere but at the service is a ServiceOnly in it.
    """
    facts = PropertyFacts(name="$it", kind="Complex", nullable=False, schema=schema)
    builder = _Builder(schema)
    item = Element(node=expression, kind="Complex", nullable=False, loop=0, facts=facts)
    condition = builder.build_condition(expression, Scope.of_item(item))
    return Plan(condition=condition, loops=builder.loops, functions=frozenset(builder.functions))


class _Builder:
    """One walk over a tree. `loops` counts the loops that are made, `functions` are those that it has come to."""

    def __init__(self, schema: SchemaFacts | None) -> None:
        self.loops = 0
        self.functions: set[str] = set()
        self._schema = schema
        self._case_matters = schema is None or schema.case_sensitive
        # Properties that stand for several values, in the condition that is made: the loop of each.
        self._several: list[tuple[int, Get]] = []

    # --- conditions

    def build_condition(self, node: tree.Expression, scope: Scope[Element]) -> Condition:
        match node:
            case tree.And(operands=operands):
                conditions = tuple(self.build_condition(operand, scope) for operand in operands)
                return And(node=node, kind=BOOLEAN, nullable=_any_nullable(conditions), operands=conditions)
            case tree.Or(operands=operands):
                conditions = tuple(self.build_condition(operand, scope) for operand in operands)
                return Or(node=node, kind=BOOLEAN, nullable=_any_nullable(conditions), operands=conditions)
            case tree.Not(operand=operand):
                return _negate(node, self.build_condition(operand, scope))
            case tree.Literal(kind="Boolean", text=text):
                return _new_bool(node, text.lower() == "true")
        # What follows may have properties of several values, each of which gets a loop around it.
        outside, self._several = self._several, []
        match node:
            case tree.Comparison(left=left, operator=operator, right=right):
                one, other = self._align_kinds(self.build_value(left, scope), self.build_value(right, scope))
                made = _new_test(node, "eq" if operator == "ne" else operator, one, other)
            case tree.In(operand=operand, collection=tree.List(items=items)):
                made = self._build_one_of(node, self.build_value(operand, scope), items, scope)
            case tree.In(operand=operand, collection=tree.Array(items=items)) if _are_literals(items):
                made = self._build_one_of(node, self.build_value(operand, scope), items, scope)
            case tree.In(operand=operand, collection=collection) if not isinstance(collection, tree.List):
                made = self._build_contained(
                    node, self.build_value(operand, scope), self._build_collection(collection, scope)
                )
            case _:
                made = _as_condition(self.build_value(node, scope))
        for loop, several in reversed(self._several):
            made = AnyOf(node=node, kind=BOOLEAN, nullable=False, collection=several, condition=made, loop=loop)
        self._several = outside
        return _negate(node, made) if isinstance(node, tree.Comparison) and node.operator == "ne" else made

    def _build_one_of(
        self, node: tree.In, operand: Value, items: tuple[tree.Expression, ...], scope: Scope[Element]
    ) -> Condition:
        """`in` with values: null among them is one like others."""
        found = [
            _new_const(item) if isinstance(item, tree.Literal) else self.build_value(item, scope) for item in items
        ]
        one, *values = self._align_kinds(operand, *found)
        consts = tuple(
            [
                value
                for value in values
                if isinstance(value, Const) and value.kind != NULL and (value.kind != "Double" or not _is_beyond(value))
            ]
        )
        made: list[Condition] = []
        if consts:
            made.append(OneOf(node=node, kind=BOOLEAN, nullable=False, operand=one, values=consts))
        if len(consts) < len(values):
            if any(isinstance(value, Const) and value.is_null for value in values):
                made.append(_new_is_null(node, one))
            made += [_new_test(node, "eq", one, value) for value in values if not isinstance(value, Const)]
        if len(made) == 1:
            return made[0]
        if not made:
            return _new_bool(node, False)
        return Or(node=node, kind=BOOLEAN, nullable=False, operands=tuple(made))

    def _build_contained(self, node: tree.In, operand: Value, collection: Value) -> Condition:
        element = self._new_element(node.collection, collection)
        one, other = self._align_kinds(operand, element)
        condition = _new_test(node, "eq", one, other)
        return AnyOf(
            node=node, kind=BOOLEAN, nullable=False, collection=collection, condition=condition, loop=element.loop
        )

    def _align_kinds(self, *forms: Value) -> list[Value]:
        """Forms that are compared: a text as what another one is, and a number beside a Double as one."""
        kinds = {form.kind for form in forms}
        if not kinds.isdisjoint(SPELT):
            declared = [form.kind for form in forms if not isinstance(form, Const)]
            kind = next(kind for kind in (*declared, *(form.kind for form in forms)) if kind in SPELT)
            return [_as_kind(form, kind) for form in forms]
        if not self._case_matters:
            return [_fold_case(form) for form in forms]
        if "Double" in kinds or "Single" in kinds:
            return [_as_double(form) if isinstance(form, Const) else form for form in forms]
        return list(forms)

    # --- values

    def build_value(self, node: tree.Expression, scope: Scope[Element]) -> Value:
        match node:
            case tree.Literal():
                return _new_const(node)
            case tree.Property() | tree.Variable() | tree.Annotation() | tree.Path():
                return self._one_value(self._follow_path(node, scope))
            case tree.Alias():
                return _new_const(_NULL, node)  # a parameter without a value is null (§5.3)
            case tree.Array(items=items):
                values = tuple(self.build_value(item, scope) for item in items)
                return Array(node=node, kind=COLLECTION, nullable=False, items=values)
            case tree.Object(members=named):
                members = tuple(
                    (strings.read_json_string(one.name), self.build_value(one.value, scope)) for one in named
                )
                return Object(node=node, kind="Complex", nullable=False, members=members)
            case tree.Call():
                return self._build_call(node, scope)
            case tree.Case(branches=branches):
                made = tuple(
                    (self.build_condition(one.condition, scope), self.build_value(one.value, scope)) for one in branches
                )
                return Case(node=node, kind=_common_kind([value for _, value in made]), branches=made)
            case tree.Function(name=name):
                return ServiceOnly(node=node, what=f"{name}(…)", why="the service defines it")
            case tree.Negation(operand=operand):
                one = _read_duration(self.build_value(operand, scope))
                self.functions.add("negate")
                return _new_apply(node, "negate", one, kind=one.kind)
            case tree.Arithmetic(left=left, operator=operator, right=right):
                one, other = self.build_value(left, scope), self.build_value(right, scope)
                if can_be_duration(operator, other.kind, first=True):
                    one = _read_duration(one)
                elif can_be_duration(operator, one.kind, first=False):
                    other = _read_duration(other)
                kind = _arithmetic_kind(one.kind, operator, other.kind)
                self.functions.add(operator)
                return _new_apply(node, operator, one, other, kind=kind)
            case tree.Has(operand=operand, flags=flags):
                wanted = _new_const(flags, kind="Enum")
                self.functions.add("has")
                return _new_apply(node, "has", self.build_value(operand, scope), wanted, kind=BOOLEAN)
            case tree.Comparison() | tree.In() | tree.Not() | tree.And() | tree.Or():
                return self.build_condition(node, scope)
            case _:
                assert_never(node)

    def _build_call(self, node: tree.Call, scope: Scope[Element]) -> Value:
        name = node.function
        self.functions.add(name)
        function = FUNCTIONS[name]
        if function.takes_type:
            return self._build_cast(node, scope)
        arguments = [argument for argument in node.arguments if not isinstance(argument, tree.TypeName)]
        if self._schema is not None and self._schema.are_reversed(name, arguments):
            arguments.reverse()
        operands = _as_parameters([self.build_value(argument, scope) for argument in arguments], function)
        signature = function.signature_for(tuple(None if one.kind == NULL else one.kind for one in operands))
        kind = UNTYPED
        if signature is not None:
            kind = signature.result or operands[0].kind
            collections = any(one.kind == UNTYPED for one in operands) and len(function.signatures) > 1
            kind = UNTYPED if collections and kind == "String" else kind
        if name in _COMPARING and not self._case_matters:
            operands = [_fold_case(operand) for operand in operands]
        return _new_apply(node, name, *operands, kind=kind)

    def _build_cast(self, node: tree.Call, scope: Scope[Element]) -> Value:
        """`cast` or `isof`, of the current instance where no value comes before the type (§5.1.1.10)."""
        *values, last = node.arguments
        name = last.name if isinstance(last, tree.TypeName) else ""
        namespace, _, kind = element_type(name).rpartition(".")
        if namespace != "Edm" or kind not in CASTABLE:
            return ServiceOnly(node=node, what=name, why="only the service knows the type")
        first = values[0] if values else tree.Variable("$this")
        operand = self.build_value(tree.Variable("$this") if isinstance(first, tree.TypeName) else first, scope)
        if node.function == "isof":
            return IsOf(node=node, kind=BOOLEAN, nullable=operand.nullable, operand=operand, of_kind=kind)
        return Cast(node=node, kind=COLLECTION if operand.kind == COLLECTION else kind, operand=operand, to_kind=kind)

    # --- paths

    def _one_value(self, form: Value) -> Value:
        """A form as one value: of a property that stands for several the one that a loop has come to."""
        if not (isinstance(form, Get) and form.many):
            return form
        element = self._new_element(form.node, form)
        self._several.append((element.loop, form))
        return element

    def _build_collection(self, node: tree.Expression, scope: Scope[Element]) -> Value:
        """The form of a collection: a property that stands for several values is one."""
        match node:
            case tree.Property() | tree.Variable() | tree.Annotation() | tree.Path():
                return self._follow_path(node, scope)
            case _:
                return self.build_value(node, scope)

    def _follow_path(
        self, node: tree.Property | tree.Variable | tree.Annotation | tree.Path, scope: Scope[Element]
    ) -> Value:
        if isinstance(node, tree.Property) and not scope.is_variable(node.name):
            return _new_get(node, self._one_value(scope.here), node.name)
        start = scope.find_start(node.segments if isinstance(node, tree.Path) else (node,))
        if isinstance(start.instance, Root):
            written = node.segments[0] if isinstance(node, tree.Path) else node
            return ServiceOnly(node=node, what=f"'{emit(written):.60}'", why=_UNKNOWN_RESULT)
        form: Value = _new_const(_NULL, node) if isinstance(start.instance, Parameter) else start.instance
        before: Value | None = None  # what the last property is one of
        for segment in start.rest:
            match segment:
                case tree.Property(name=name):
                    before = self._one_value(form)
                    form = _new_get(node, before, name)
                case tree.Annotation() | tree.Alias():
                    form = _new_annotated(node, form, before, emit(segment))
                    before = None
                case tree.TypeName(name=name):
                    form = self._as_type(form, name)
                case tree.Lambda():
                    return self._build_quantifier(node, segment, form, scope)
                case tree.Count(search=None, filter=condition):
                    return self._build_count(node, form, condition, scope)
                case tree.Filtered(condition=condition):
                    form, before = self._build_filter(node, form, condition, scope), None
                case tree.Count() | tree.Function() | tree.Key() | tree.Variable():
                    return ServiceOnly(node=node, what=f"'{emit(segment):.60}'", why=_UNKNOWN_RESULT)
                case _:
                    assert_never(segment)
        return form

    def _as_type(self, form: Value, name: str) -> Value:
        """A type cast: everything passes, and what is documented of a derived type is known behind it."""
        facts = _facts_of(form)
        if self._schema is None or facts is None or not isinstance(form, Element | Get):
            return form
        derived = None if facts.schema is None else facts.schema.derived.get(qualify(name, self._schema))
        return form if derived is None else replace(form, facts=replace(facts, schema=derived))

    def _new_element(self, node: tree.AnyNode, collection: Value) -> Element:
        """The element of a new loop over a collection."""
        self.loops += 1
        facts = _element_facts(collection)
        kind = ("Complex" if facts.kind == COLLECTION else facts.kind) if facts else UNTYPED
        return Element(node=node, kind=kind, nullable=facts is None or facts.nullable, loop=self.loops, facts=facts)

    def _build_quantifier(
        self, node: tree.AnyNode, segment: tree.Lambda, collection: Value, scope: Scope[Element]
    ) -> Condition:
        """`any` and `all`, which are true or false, never null (§5.1.1.13)."""
        element = self._new_element(node, collection)
        condition: Condition = _new_bool(node, True)
        if segment.condition is not None:
            inner = scope.inside_lambda(segment.variable or "", element)
            condition = self.build_condition(segment.condition, inner)
        if segment.quantifier == "all":
            condition = NotTrue(node=node, kind=BOOLEAN, nullable=False, operand=condition)
        found = AnyOf(
            node=node, kind=BOOLEAN, nullable=False, collection=collection, condition=condition, loop=element.loop
        )
        return found if segment.quantifier == "any" else _negate(node, found)

    def _build_count(
        self, node: tree.AnyNode, collection: Value, condition: tree.Expression | None, scope: Scope[Element]
    ) -> Value:
        element = self._new_element(node, collection)
        chosen = (
            _new_bool(node, True)
            if condition is None
            else self.build_condition(condition, scope.inside_filter(element))
        )
        return CountOf(
            node=node, kind="Int64", nullable=False, collection=collection, condition=chosen, loop=element.loop
        )

    def _build_filter(
        self, node: tree.AnyNode, collection: Value, condition: tree.Expression, scope: Scope[Element]
    ) -> Value:
        element = self._new_element(node, collection)
        chosen = self.build_condition(condition, scope.inside_filter(element))
        return Where(
            node=node, kind=COLLECTION, nullable=False, collection=collection, condition=chosen, loop=element.loop
        )


# --- what is documented ---------------------------------------------------------------------------------------------


def _facts_of(form: Value) -> PropertyFacts | None:
    match form:
        case Element(facts=facts) | Get(facts=facts):
            return facts
        case Where(collection=collection):
            return _facts_of(collection)
        case _:
            return None


def _element_facts(collection: Value) -> PropertyFacts | None:
    """What is documented of an element; one that has properties is never null."""
    facts = _facts_of(collection)
    if facts is None or facts.kind != COLLECTION or collection.kind != COLLECTION:
        return facts
    if facts.element is not None:
        return facts.element
    return None if facts.schema is None else replace(facts, kind="Complex", nullable=False)


def _schema_of(form: Value) -> SchemaFacts | None:
    facts = _facts_of(form)
    if facts is None:
        return None
    return facts.schema or (facts.element.schema if facts.element else None)


def _new_get(node: tree.AnyNode, of: Value, name: str) -> Value:
    """A property of an instance, or of each instance of a collection; of null it is null."""
    if isinstance(of, Const):
        return of
    schema = _schema_of(of)
    facts = schema.properties.get(name) if schema else None
    kind = facts.kind if facts else UNTYPED
    nullable = facts is None or facts.nullable or of.nullable
    if of.kind == COLLECTION:
        kind, nullable = COLLECTION, False  # the values of all its elements
    return Get(node=node, kind=kind, nullable=nullable, of=of, name=name, facts=facts)


def _new_annotated(node: tree.AnyNode, form: Value, before: Value | None, term: str) -> Value:
    """An annotation of a property stands beside it, in the instance `before`; any other one in what it annotates."""
    if before is not None and isinstance(form, Get):
        return Annotated(node=node, of=before, name=form.name, term=term)
    return Annotated(node=node, of=form, name="", term=term)


# --- forms ----------------------------------------------------------------------------------------------------------


def _any_nullable(forms: tuple[Value, ...]) -> bool:
    return any(form.nullable for form in forms)


def _are_literals(items: tuple[tree.Expression, ...]) -> bool:
    return all(isinstance(item, tree.Literal) for item in items)


def _new_const(literal: tree.Literal, node: tree.AnyNode | None = None, kind: str | None = None) -> Const:
    is_null = literal.kind == "null"
    kind = NULL if is_null else kind or kind_of_literal(literal.kind, literal.text) or UNTYPED
    return Const(node=node or literal, kind=kind, nullable=is_null, literal=literal)


def _new_bool(node: tree.AnyNode, value: bool) -> Bool:
    return Bool(node=node, kind=BOOLEAN, nullable=False, value=value)


def _negate(node: tree.AnyNode, operand: Condition) -> Condition:
    if isinstance(operand, Bool):
        return _new_bool(node, not operand.value)
    return Not(node=node, kind=BOOLEAN, nullable=operand.nullable, operand=operand)


def _new_is_null(node: tree.AnyNode, operand: Value) -> Condition:
    if isinstance(operand, Const):
        return _new_bool(node, operand.is_null)
    return IsNull(node=node, kind=BOOLEAN, nullable=False, operand=operand)


def _as_condition(form: Value) -> Condition:
    if isinstance(form, Condition):
        return form
    return Truth(node=form.node, kind=BOOLEAN, nullable=form.nullable, operand=form)


def _new_test(node: tree.AnyNode, operator: TestOperator, left: Value, right: Value) -> Condition:
    for side, other in ((right, left), (left, right)):
        if isinstance(side, Const) and side.is_null:
            return _new_is_null(node, other) if operator in TRUE_OF_NULLS else _new_bool(node, False)
    if isinstance(left, Const) and _is_beyond(left):
        return _beyond_doubles(node, SWAPPED[operator], right, left)
    if isinstance(right, Const) and _is_beyond(right):
        return _beyond_doubles(node, operator, left, right)
    return Test(node=node, kind=BOOLEAN, nullable=False, op=operator, left=left, right=right)


def _is_beyond(const: Const) -> bool:
    """Whether a number beside a Double is beyond all of them but INF or -INF, which it is not."""
    number = const.kind == "Double" and const.literal.kind == "Number"
    return number and const.literal.text[-1] != "F" and const.value in {math.inf, -math.inf}


def _beyond_doubles(node: tree.AnyNode, operator: tree.ComparisonOperator, left: Value, right: Const) -> Condition:
    """A comparison of a Double with a number beyond: only INF is greater, and all but INF and NaN are less."""
    if operator == "eq":
        return _new_bool(node, False)
    positive = right.value > 0
    infinity = _new_const(tree.Literal("Number", "INF" if positive else "-INF"), right.node)
    outer = operator in ({"gt", "ge"} if positive else {"lt", "le"})
    return _new_test(node, "eq" if outer else "lt" if positive else "gt", left, infinity)


def _new_apply(node: tree.AnyNode, function: str, *operands: Value, kind: str) -> Apply:
    return Apply(node=node, kind=kind, nullable=_any_nullable(operands), function=function, operands=operands)


def _as_kind(form: Value, kind: str) -> Value:
    """A form that is compared with one of `kind`, of which texts are spellings."""
    if form.kind in {kind, NULL}:
        return form
    if isinstance(form, Const) and form.literal.kind == "String":
        return _new_const(form.literal, kind=kind)
    return As(node=form.node, kind=kind, nullable=form.nullable, operand=form)


def _as_double(form: Const) -> Const:
    return _new_const(form.literal, form.node, "Double") if form.literal.kind == "Number" else form


def _read_duration(form: Value) -> Value:
    """A text as the duration that it spells, where no text can stand (§5.1.1.14.1); anything else as it is."""
    is_text = isinstance(form, Const) and form.literal.kind == "String"
    return _as_kind(form, "Duration") if is_text and _spells(form, "Duration") else form


def _as_parameters(operands: list[Value], function: CanonicalFunction) -> list[Value]:
    """Texts as the durations that they spell, where a function takes nothing else."""
    return [
        _read_duration(operand) if takes_duration(parameter) else operand
        for operand, parameter in zip(operands, function.signatures[0].parameters, strict=False)
    ]


def _spells(form: Value, kind: str) -> bool:
    return isinstance(form, Const) and reads_in_quotes(kind, strings.read_quoted(form.literal.text))


def _fold_case(form: Value) -> Value:
    """A text as it is compared where its case does not matter."""
    if isinstance(form, Const):
        if form.literal.kind != "String":
            return form
        text = strings.read_quoted(form.literal.text).casefold()
        return _new_const(tree.Literal("String", strings.in_quotes(text)), form.node)
    if form.kind not in {"String", UNTYPED, COLLECTION}:
        return form
    return _new_apply(form.node, "casefold", form, kind=form.kind)


def _arithmetic_kind(one: str, operator: str, other: str) -> str:
    if NULL in {one, other} or not {one, other} <= set(KINDS):
        return UNTYPED
    return arithmetic_result(one, operator, other) or UNTYPED


def _common_kind(values: list[Value]) -> str:
    kinds = {value.kind for value in values} - {NULL}
    return kinds.pop() if len(kinds) == 1 else UNTYPED
