"""One walk over a tree: what each expression is, with the problems that the rules of the three rooms find on the way.

The walk knows the nodes, the rules know the language: `documented` says whether an API has it, `fitting` whether the
kinds agree, `meaning` what was perhaps meant. What a name is where it stands, `Scope` says.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import assert_never

from odatafilter import _emit
from odatafilter._functions import TYPE_FUNCTIONS
from odatafilter._kinds import NUMBERS, PROPERTY_KINDS
from odatafilter._plan.scope import Parameter, Root, Scope
from odatafilter._service_calls import service_parameters, service_signature
from odatafilter._to_literal import respell
from odatafilter._type_names import qualify
from odatafilter._validate import documented, fitting, meaning
from odatafilter._validate.finding import Finding
from odatafilter._validate.meaning import ANYTHING, Meaning, UnknownName, Wanted
from odatafilter._validate.operands import (
    CONDITION,
    UNKNOWN,
    Operand,
    of_cast,
    of_element,
    of_literal,
    of_value,
)
from odatafilter._validate.quick import is_fine_comparison
from odatafilter.facts import RELATIONS, PropertyFacts, SchemaFacts
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

# Operators and kinds beside which there can be nothing but a duration.
_A_CONDITION, _A_COLLECTION, _AN_ENUM = (Wanted(frozenset({kind})) for kind in ("Boolean", "Collection", "Enum"))
_MOVED_BY_DURATIONS = frozenset({("add", "Date"), ("add", "DateTimeOffset"), ("sub", "Duration")})


class Walk:
    """Judges a tree by a schema: whatever the tree reads from an item is looked at, wherever it stands.

    `findings` are the problems. `expected` says by the identity of a parameter alias what its value must be, as far as
    that is known by what it stands beside. `respellings` says which literals below a node are written otherwise than
    the property beside them declares, and what its API wants: by the identities of the node and of the literal, which
    may stand at other places, too.
    """

    def __init__(self, schema: SchemaFacts) -> None:
        self._findings: list[Finding] = []
        self._unknown: dict[int, UnknownName] = {}
        self.expected: dict[int, PropertyFacts] = {}
        self.respellings: dict[int, dict[int, Literal]] = {}
        self._schema = schema
        self._scope = Scope.of_item(Operand("Complex", "'$it' is an item", schema=schema))
        self._meaning = Meaning()

    @property
    def findings(self) -> list[Finding]:
        for number in [*self._unknown]:
            self._explain(number, ANYTHING)
        return self._findings

    def condition(self, node: Expression) -> None:
        """`node` must be true or false."""
        found = self.operand(node)
        self._explain(found.unknown_name, _A_CONDITION)
        if found.is_no_condition:
            self._add(fitting.condition_problem(found, node))

    def operand(self, node: Expression) -> Operand:
        """What `node` is; its problems are added."""
        schema = self._schema
        if schema.plain and (problem := documented.elaborate_problem(node, schema)):
            self._add(problem)
            return UNKNOWN
        match node:
            case Comparison(left=left, operator=operator, right=right):
                return self._comparison(node, left, operator, right)
            case Property() | Variable() | Annotation():
                return self._start((node,))
            case Literal():
                return of_literal(node)
            case And(operands=operands):
                self._operator(node, "and")
                for operand in operands:
                    self.condition(operand)
                return CONDITION
            case Or(operands=operands):
                self._operator(node, "or")
                self._either(node, operands)
                return CONDITION
            case In():
                self._operator(node, "in")
                self._membership(node)
                return CONDITION
            case Not(operand=operand):
                self._operator(node, "not")
                self.condition(operand)
                return CONDITION
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
                if problem := fitting.sign_problem(found, operand):
                    self._add(problem)
                    return UNKNOWN
                return Operand(found.kind)
            case Array(items=items):
                for item in items:
                    self.operand(item)
                return Operand("Collection", "this is a collection")
            case Object():
                self._add(documented.whole_problem(node, schema))
                return UNKNOWN
            case Function(name=name) if documented.is_of_service(name, schema):
                return self._service_call(node)
            case Function(name=name):
                owner, _, method = name.rpartition(".")
                meant = meaning.call_of_method(owner.replace(".", "/"), method, node, schema)
                return self._no_function(node, method if meant else name, meant, meant)
            case Alias():
                return UNKNOWN
            case _:
                assert_never(node)

    def _operator(self, node: Node, operator: str) -> None:
        if operator not in self._schema.operators:
            self._add(documented.operator_problem(node, operator, self._schema))

    def _function(self, node: Node, function: str) -> None:
        if function not in self._schema.functions:
            self._add(documented.function_problem(node, function, self._schema))

    # --- operators

    def _comparison(self, node: Comparison, left: Expression, operator: str, right: Expression) -> Operand:
        here = self._scope.here.schema
        if (
            here is not None
            and not (type(left) is Property and left.name in self._scope.variables)
            and is_fine_comparison(left, operator, right, here.properties, self._schema.operators)
        ):
            return CONDITION
        if isinstance(left, Not):
            if self.operand(left.operand).is_no_condition:
                meant = self._negated(node, left.operand)
                hint = f"; did you mean: {meant}" if meant else ""
                self._add(Finding(f"'not' binds tighter than '{operator}'{hint}", node, "precedence", meant))
                return CONDITION
            self._operator(left, "not")
        self._operator(node, operator)
        one = CONDITION if isinstance(left, Not) else self.operand(left)
        other = self.operand(right)
        self._explain(one.unknown_name, meaning.wanted_beside(other))
        self._explain(other.unknown_name, meaning.wanted_beside(one))
        if isinstance(left, Comparison) and {left.operator, operator} <= RELATIONS and other.is_no_condition:
            meant_range = meaning.two_comparisons(node, left)
            hint = f"; did you mean: {meant_range}" if meant_range else ""
            self._add(Finding(f"a range is written as two comparisons{hint}", node, "precedence", meant_range))
            return CONDITION
        self._add(documented.constant_problem(node, one, other, self._schema))
        self._judge_use(node, operator, one, other)
        if operator != "eq" or not self._is_about_elements(node, left, one, right, other):
            self._compare(node, left, one, right, other)
        return CONDITION

    def _negated(self, node: Comparison, left: Expression) -> str | None:
        """`not n eq 1` with the comparison in parentheses, as far as it is allowed there.

        Only what has no conditions inside is judged a second time: nested, they would take exponential time.
        """
        segments = left.segments if isinstance(left, Path) else (left,)
        if not all(isinstance(segment, Property | Variable | TypeName) for segment in segments):
            return meaning.negated_comparison(node, left)
        number = len(self._findings)
        inner = Comparison(left, node.operator, node.right)
        self._comparison(inner, left, node.operator, node.right)
        found = self._findings[number:]
        del self._findings[number:]
        if not found:
            return meaning.negated_comparison(node, left)
        only = found[0] if len(found) == 1 else None
        return f"not ({only.suggestion})" if only and only.node is inner and only.suggestion else None

    def _is_about_elements(
        self, node: Comparison, left: Expression, one: Operand, right: Expression, other: Operand
    ) -> bool:
        """Whether a collection is compared with a value that one of its elements can be, which is told."""
        if one.literal:
            left, one, right, other = right, other, left, one
        if not isinstance(right, Literal) or not self._can_be_element(one, right):
            return False
        self._compare_elements(node, left, one, lambda element: Comparison(element, "eq", right))
        return True

    def _can_be_element(self, found: Operand, literal: Literal) -> bool:
        """Whether a literal fits the elements of a collection that is documented."""
        if found.kind != "Collection" or found.facts is None or found.facts.element is None or found.schema is not None:
            return False
        element = of_element(found)
        return not element.is_known or fitting.comparison_problem(element, literal, of_literal(literal)) is None

    def _compare_elements(
        self, node: Node, collection: Expression, found: Operand, condition: Callable[[Expression], Expression]
    ) -> None:
        meant = None
        if "any" in self._schema.functions:
            meant = meaning.element_is(collection, found, condition, self._scope.variables)
        hint = f"; did you mean: {meant:.160}" if meant else ""
        self._add(Finding(f"{found.description}; its elements are compared one by one{hint}", node, "type", meant))

    def _either(self, node: Or, operands: Sequence[Expression]) -> None:
        """`n eq 1 or 2`: values that stand alone belong to the comparison before them."""
        number = len(self._findings)
        values: list[Literal] = []
        for operand in operands:
            if isinstance(operand, Literal) and of_literal(operand).is_no_condition:
                values.append(operand)
            else:
                self.condition(operand)
        if not values:
            return
        meant = None
        if len(self._findings) == number:
            has_in = "in" in self._schema.operators
            meant = meaning.joined_values(operands, self._belongs, has_in=has_in)
        if meant is None:
            for value in values:
                self.condition(value)
            return
        described = of_literal(values[0]).description
        message = f"{described}, which is neither true nor false; did you mean: {meant:.160}"
        self._add(Finding(message, node, "type", meant))

    def _belongs(self, comparison: Comparison, value: Literal) -> bool:
        """Whether a value could stand in the place of that in a comparison of a property with `eq`."""
        if comparison.operator != "eq" or not isinstance(comparison.right, Literal):
            return False
        if not isinstance(comparison.left, Property | Path):
            return False
        found = self.operand(comparison.left)
        facts = found.facts
        if facts is None:
            return False
        if facts.enum and value.kind in {"String", "Enum"}:
            return not [*fitting.word_problems(facts, value, self._schema, self._meaning)]
        return fitting.comparison_problem(found, value, of_literal(value)) is None

    def _judge_use(self, node: Node, operator: str, *operands: Operand) -> None:
        """Whether an operator may be used with what its operands are; the first with which it may not be is told."""
        for found in operands:
            problem = fitting.order_problem(node, operator, found) or documented.operator_use_problem(
                node, operator, found, self._schema
            )
            if problem:
                self._add(problem)
                return

    def _compare(
        self, node: Comparison | In, left: Expression, one: Operand, right: Expression, other: Operand
    ) -> None:
        self._expect(left, other)
        self._expect(right, one)
        if one.literal and other.facts:
            left, one, right, other = right, other, left, one
        if not (one.is_known and other.is_known):
            return
        facts, literal = one.facts, other.literal
        if facts and literal and literal.kind in {"String", "Enum"}:
            if facts.kind == "Enum" or (facts.kind == "String" and facts.enum and literal.kind == "String"):
                self._add_all(fitting.word_problems(facts, literal, self._schema, self._meaning))
                return
            if fitting.is_value_in_quotes(facts, literal):
                if not facts.quoted:
                    self._respell(node, literal, facts)
                return
        if facts and literal and facts.quoted and literal.kind == facts.kind:
            self._respell(node, literal, facts)
        self._add(fitting.comparison_problem(one, right, other))

    def _respell(self, node: Node, literal: Literal, facts: PropertyFacts) -> None:
        self.respellings.setdefault(id(node), {})[id(literal)] = respell(literal, facts)

    def _expect(self, node: Expression, found: Operand) -> None:
        """Notes what the value of a parameter must be, if it stands beside something of a kind that says so.

        Beside a number that is calculated it can be any number (URL Conventions §5.1.1.18).
        """
        if not isinstance(node, Alias) or found.literal:
            return
        if found.facts:
            self.expected[id(node)] = found.facts
        elif found.is_known and found.kind not in NUMBERS:
            self._expect_kind(node, found.kind)

    def _expect_kind(self, node: Expression, kind: str) -> None:
        if isinstance(node, Alias) and kind in PROPERTY_KINDS:
            self.expected[id(node)] = PropertyFacts(name=f"@{node.name}", kind=kind)

    def _membership(self, node: In) -> None:
        collection = node.collection
        one = self.operand(node.operand)
        if one.unknown_name is not None and isinstance(collection, List | Array) and collection.items:
            self._explain(one.unknown_name, meaning.wanted_beside(self.operand(collection.items[0])))
        self._judge_use(node, "in", one)
        self._add_all(documented.list_problems(node, self._schema))
        items = collection.items if isinstance(collection, List) else ()
        if isinstance(collection, List) and items and all(self._can_be_element(one, item) for item in items):
            self._compare_elements(node, node.operand, one, lambda element: In(element, collection))
            return
        if isinstance(collection, List | Array):
            if self._schema.plain and isinstance(collection, Array) and self._schema.lists == "()":
                self.operand(collection)
            if isinstance(collection, List) and one.facts and fitting.all_fit_for_certain(one.facts, collection.items):
                return
            for item in fitting.needing_a_closer_look(one.facts, collection.items):
                self._compare(node, node.operand, one, item, self.operand(item))
            return
        other = self.operand(collection)
        self._explain(other.unknown_name, meaning.wanted_after_in(one))
        if problem := fitting.collection_problem(other, collection):
            self._add(problem)
        else:
            self._compare(node, node.operand, one, collection, of_element(other))

    def _has(self, node: Has, operand: Expression, flags: Literal) -> Operand:
        self._operator(node, "has")
        found = self.operand(operand)
        self._explain(found.unknown_name, _AN_ENUM)
        self._judge_use(node, "has", found)
        if found.facts and found.kind == "Enum":
            self._add_all(fitting.word_problems(found.facts, flags, self._schema, self._meaning))
        self._add(fitting.flags_problem(found, operand))
        return CONDITION

    def _arithmetic(self, node: Arithmetic, left: Expression, operator: str, right: Expression) -> Operand:
        self._operator(node, operator)
        one, other = self.operand(left), self.operand(right)
        if (operator, one.kind) in _MOVED_BY_DURATIONS:
            self._expect_kind(right, "Duration")
        if operator == "add" and ("add", other.kind) in _MOVED_BY_DURATIONS:
            self._expect_kind(left, "Duration")
        if not (one.is_known and other.is_known):
            return UNKNOWN
        self._judge_use(node, operator, one, other)
        kind = fitting.arithmetic_kind(one, operator, other)
        if kind is None:
            self._add(fitting.arithmetic_problem(node, operator, one, other))
            return UNKNOWN
        return Operand(kind)

    # --- functions

    def _call(self, node: Call, function: str, arguments: Iterable[Expression | TypeName]) -> Operand:
        schema = self._schema
        self._function(node, function)
        values = [argument for argument in arguments if not isinstance(argument, TypeName)]
        found = list(map(self.operand, values))
        for index, one in enumerate(found):
            if one.unknown_name is not None:
                self._explain(one.unknown_name, meaning.wanted_argument(function, found, index))
        for value, one in zip(values, found, strict=True):
            self._add(documented.function_use_problem(function, value, one, schema))
        if function in TYPE_FUNCTIONS:
            self._add(documented.type_name_problem(node.arguments[-1], schema, self._meaning))
            return CONDITION if function == "isof" else of_cast(node)
        if function in schema.either_order and len(found) == 2 and found[0].literal:  # noqa: PLR2004
            found.reverse()
            values.reverse()
        signature = fitting.fitting_signature(function, found)
        if signature is None:
            self._add(fitting.signature_problem(node, function, found))
            return UNKNOWN
        for value, parameter in zip(values, signature.parameters, strict=False):
            if kind := fitting.kind_of_parameter(parameter):
                self._expect_kind(value, kind)
        if signature.result == "Boolean":
            return CONDITION
        return Operand(signature.result or found[0].kind)

    def _service_call(self, node: Function) -> Operand:
        """The call of a function that the service documents (URL Conventions §5.1.1, ABNF functionExpr)."""
        given = [(one.name, one.value) if isinstance(one, Named) else ("", one) for one in node.arguments]
        found = [self.operand(value) for _, value in given]
        overloads = self._schema.service_functions[qualify(node.name, self._schema)]
        if not overloads:
            return UNKNOWN
        names = [name for name, _ in given]
        callable_so = [(one, fits) for one in overloads if (fits := service_parameters(one, names)) is not None]
        if overload := fitting.fitting_overload(callable_so, found):
            facts, parameters = overload
            for (_, value), parameter in zip(given, parameters, strict=True):
                self._expect(value, of_value(parameter))
                if isinstance(value, Literal) and value.kind != "null" and (parameter.enum or parameter.type_name):
                    self._add_all(fitting.word_problems(parameter, value, self._schema, self._meaning))
            return of_value(facts.result)
        takes = [service_signature(facts) for facts in [one for one, _ in callable_so] or overloads]
        kinds = zip(names, found, strict=True)
        said = ",".join(f"{name}={one.shown_kind}" if name else one.shown_kind for name, one in kinds)
        self._add(fitting.overload_problem(node, node.name, takes, said, "type" if callable_so else "function"))
        return UNKNOWN

    def _no_function(self, node: Node, name: str, meant: str | None = None, suggestion: str | None = None) -> Operand:
        if meant is None:
            self._add(documented.unknown_function(name, node, self._schema, self._meaning))
        else:
            message = f"'{name}' is a function and stands before its arguments: {meant:.60}"
            self._add(Finding(message, node, "function", suggestion))
        return UNKNOWN

    # --- paths

    def _path(self, node: Path) -> Operand:
        first, *rest = node.segments
        schema = self._schema
        if isinstance(first, Function):
            if documented.is_of_service(first.name, schema):
                found = self._service_call(first)
            else:
                # With a key it is built as a path at once: only the path has a place in the text.
                place = node if isinstance(rest[0], Key) else first
                self._add(documented.unknown_function(first.name, place, schema, self._meaning))
                found = UNKNOWN
        else:
            found = self._start(node.segments[:1])
        for number, segment in enumerate(rest, 1):
            if isinstance(segment, Lambda | Count | Filtered):
                self._explain(found.unknown_name, _A_COLLECTION)
            if isinstance(segment, Function) and found.is_known and not documented.is_of_service(segment.name, schema):
                before = "/".join(map(_emit.emit, node.segments[:number]))
                meant = meaning.call_of_method(before, segment.name, segment, schema)
                found = self._no_function(segment, segment.name, meant)
            else:
                found = self._step(found, segment)
        return found

    def _start(self, segments: tuple[Segment, ...]) -> Operand:
        """What a path is after its first segment."""
        start = self._scope.find_start(segments)
        if isinstance(start.at, Root | Parameter):
            self._add(documented.nothing_below(segments[0], _emit.emit(segments[0]), self._schema))
            return UNKNOWN
        if not start.rest:
            return start.at
        if isinstance(segments[0], Annotation):
            return self._step(UNKNOWN, segments[0])
        return self._step(start.at, segments[0])

    def _step(self, found: Operand, segment: Segment) -> Operand:
        """What a segment makes of what the path is so far."""
        schema = self._schema
        match segment:
            case Property():
                return self._member(found, segment)
            case Lambda(quantifier=quantifier, variable=variable, condition=condition):
                self._judge_elements(found, segment, quantifier)
                if variable is not None and condition is not None:
                    self._inside(self._scope.inside_lambda(variable, of_element(found)), condition)
                return CONDITION
            case Count(filter=condition):
                self._judge_elements(found, segment, "$count")
                if condition is not None:
                    self._inside(self._scope.inside_filter(of_element(found)), condition)
                return Operand("Int64")
            case Filtered(condition=condition):
                if schema.functions.isdisjoint({"any", "all", "$count"}):
                    self._add(documented.undocumented_problem("'$filter'", segment, schema))
                self._add(fitting.elements_problem(found, segment, "$filter"))
                self._inside(self._scope.inside_filter(of_element(found)), condition)
                return found
            case Key(arguments=arguments):
                for argument in arguments:
                    self.operand(argument.value if isinstance(argument, Named) else argument)
                return of_element(found)
            case Function(name=name) if documented.is_of_service(name, schema):
                return self._service_call(segment)
            case Function(name=name):
                return self._no_function(segment, name)
            case Annotation():
                self._add(documented.undocumented_problem(f"annotation '{_emit.emit(segment)}'", segment, schema))
                return UNKNOWN
            case TypeName():
                return self._as_type(found, segment)
            case Variable() | Alias():
                return UNKNOWN
            case _:
                assert_never(segment)

    def _as_type(self, found: Operand, segment: TypeName) -> Operand:
        """What a type cast segment makes of what the path is so far (URL Conventions §4.11)."""
        schema = found.schema
        name = qualify(segment.name, self._schema)
        problem = documented.type_name_problem(segment, self._schema, self._meaning)
        if schema is None or not schema.type_name:
            self._add(problem)
            return found  # a type that derives from another has what is documented of that one, and no more
        if name == schema.type_name:
            return found
        if (below := schema.derived.get(name)) is not None:
            return found._replace(schema=below)
        message = f"'{segment.name}' does not derive from {schema.type_name}"
        self._add(problem or Finding(message, segment, "type"))
        return UNKNOWN

    def _explain(self, number: int | None, wanted: Wanted) -> None:
        """Says what a name that is not documented was perhaps meant to be, by what can stand in its place."""
        unknown = self._unknown.pop(number, None) if number is not None else None
        if number is None or unknown is None:
            return
        hint, meant = self._meaning.unknown_name(unknown, wanted)
        found = self._findings[number]
        self._findings[number] = found._replace(message=f"{found.message}; {hint}", suggestion=meant)

    def _member(self, found: Operand, segment: Property) -> Operand:
        schema = found.schema
        if schema is None or found.kind == "Collection":
            self._add(fitting.member_problem(found, segment, segment.name))
            return UNKNOWN
        facts = schema.properties.get(segment.name)
        if facts is not None:
            return Operand(facts.kind, f"'{segment.name}'", facts, schema=facts.schema)
        if problem := documented.depth_problem(segment, schema):
            self._add(problem)
            return UNKNOWN
        problem = documented.property_problem(segment, schema)
        if problem is None:
            return UNKNOWN
        number = len(self._findings)
        self._unknown[number] = UnknownName(segment, schema, self._scope.variables)
        self._add(problem)
        return Operand(UNKNOWN.kind, unknown_name=number)

    def _judge_elements(self, found: Operand, segment: Segment, word: str) -> None:
        self._function(segment, word)
        self._add(documented.function_use_problem(word, segment, found, self._schema))
        self._add(fitting.elements_problem(found, segment, word))

    def _inside(self, scope: Scope[Operand], condition: Expression) -> None:
        """Judges a condition in a scope of its own."""
        outside, self._scope = self._scope, scope
        self.condition(condition)
        self._scope = outside

    def _add(self, finding: Finding | None) -> None:
        if finding is not None:
            self._findings.append(finding)

    def _add_all(self, findings: Iterable[Finding]) -> None:
        self._findings += findings
