"""One walk over a tree: what each expression is, with the problems that the rules of the three rooms find on the way.

The walk knows the nodes, the rules know the language: `documented` says whether an API has it, `fitting` whether the
kinds agree, `meaning` what was perhaps meant. What a name is where it stands, `Scope` says.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import assert_never

from odatafilter._functions import TYPE_FUNCTIONS, must_be_duration
from odatafilter._validate import documented, fitting, meaning
from odatafilter._validate.finding import Finding
from odatafilter._validate.meaning import Wanted
from odatafilter._validate.operands import (
    CONDITION,
    UNKNOWN,
    Operand,
    of_cast,
    of_element,
    of_literal,
)
from odatafilter._validate.paths import PathWalk
from odatafilter._validate.quick import is_fine_comparison
from odatafilter.facts import RELATIONS
from odatafilter.tree import (
    Alias,
    And,
    Annotation,
    Arithmetic,
    Array,
    Branch,
    Call,
    Case,
    Comparison,
    Expression,
    Function,
    Has,
    In,
    List,
    Literal,
    Negation,
    Node,
    Not,
    Object,
    Or,
    Path,
    Property,
    TypeName,
    Variable,
)

_A_CONDITION, _AN_ENUM = (Wanted(frozenset({kind})) for kind in ("Boolean", "Enum"))


class Walk(PathWalk):
    """Judges a tree by a schema: whatever the tree reads from an item is looked at, wherever it stands."""

    def judge_condition(self, node: Expression) -> None:
        """`node` must be true or false."""
        found = self.judge_operand(node)
        self._explain(found.unknown_name, _A_CONDITION)
        if found.is_no_condition:
            self._add(fitting.condition_problem(found, node))
        else:
            self._add(documented.closed_problem(node, found, self._schema))

    def judge_operand(self, node: Expression) -> Operand:
        """What `node` is; its problems are added."""
        schema = self._schema
        if schema.plain and (problem := documented.elaborate_problem(node, schema)):
            self._add(problem)
            return UNKNOWN
        match node:
            case Comparison(left=left, operator=operator, right=right):
                return self._judge_comparison(node, left, operator, right)
            case Property() | Variable() | Annotation():
                return self._judge_start((node,))
            case Literal():
                return of_literal(node)
            case And() | Or() | Not() | In():
                self._judge_logic(node)
                return CONDITION
            case Has(operand=operand, flags=flags):
                return self._judge_has(node, operand, flags)
            case Path():
                return self._judge_path(node)
            case Call(function=function, arguments=arguments):
                return self._judge_call(node, function, arguments)
            case Case(branches=branches):
                return self._judge_case(node, branches)
            case Arithmetic(left=left, operator=operator, right=right):
                return self._judge_arithmetic(node, left, operator, right)
            case Negation(operand=operand):
                return self._judge_negation(operand)
            case Array(items=items):
                return Operand("Collection", "this is a collection", parts=tuple(map(self.judge_operand, items)))
            case Object():
                self._add(documented.whole_problem(node, schema))
                return UNKNOWN
            case Function() if documented.is_of_service(node.name, schema):
                return self._judge_service_call(node)
            case Function():
                return self._judge_qualified_call(node)
            case Alias():
                return UNKNOWN
            case _:
                assert_never(node)

    # --- operators

    def _judge_logic(self, node: And | Or | Not | In) -> None:
        match node:
            case And(operands=operands):
                self._judge_operator(node, "and")
                for operand in operands:
                    self.judge_condition(operand)
            case Or(operands=operands):
                self._judge_operator(node, "or")
                self._judge_or(node, operands)
            case Not(operand=operand):
                self._judge_operator(node, "not")
                self.judge_condition(operand)
            case In():
                self._judge_operator(node, "in")
                self._judge_in(node)
            case _:
                assert_never(node)

    def _judge_negation(self, operand: Expression) -> Operand:
        found = self.judge_operand(operand)
        if problem := fitting.sign_problem(found, operand):
            self._add(problem)
            return UNKNOWN
        self._add(documented.closed_problem(operand, found, self._schema))
        return Operand(fitting.negative_kind(found))

    def _judge_comparison(self, node: Comparison, left: Expression, operator: str, right: Expression) -> Operand:
        here = self._scope.here.schema
        if (
            here is not None
            and not (type(left) is Property and left.name in self._scope.variables)
            and is_fine_comparison(left, operator, right, here.properties, self._schema.operators)
        ):
            return CONDITION
        if isinstance(left, Not):
            if self.judge_operand(left.operand).is_no_condition:
                meant = self._in_parentheses(node, left.operand)
                hint = f"; did you mean: {meant}" if meant else ""
                self._add(Finding(f"'not' binds tighter than '{operator}'{hint}", node, "precedence", meant))
                return CONDITION
            self._judge_operator(left, "not")
        self._judge_operator(node, operator)
        one = CONDITION if isinstance(left, Not) else self.judge_operand(left)
        other = self.judge_operand(right)
        if one.unknown_name is not None:
            self._explain(one.unknown_name, meaning.wanted_beside(other))
        if other.unknown_name is not None:
            self._explain(other.unknown_name, meaning.wanted_beside(one))
        if isinstance(left, Comparison) and {left.operator, operator} <= RELATIONS and other.is_no_condition:
            meant_range = meaning.two_comparisons(node, left)
            hint = f"; did you mean: {meant_range}" if meant_range else ""
            self._add(Finding(f"a range is written as two comparisons{hint}", node, "precedence", meant_range))
            return CONDITION
        self._add(documented.constant_problem(node, one, other, self._schema))
        self._judge_use(node, operator, one, other)
        if operator != "eq" or not self._is_about_elements(node, left, one, right, other):
            self._judge_sides(node, left, one, right, other)
        return CONDITION

    def _in_parentheses(self, node: Comparison, left: Expression) -> str | None:
        """`not n eq 1` with the comparison in parentheses, as far as it is allowed there.

        Only what has no conditions inside is judged a second time: nested, they would take exponential time.
        """
        segments = left.segments if isinstance(left, Path) else (left,)
        if not all(isinstance(segment, Property | Variable | TypeName) for segment in segments):
            return meaning.negated_comparison(node, left)
        number = len(self._findings)
        inner = Comparison(left, node.operator, node.right)
        self._judge_comparison(inner, left, node.operator, node.right)
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

    def _judge_or(self, node: Or, operands: Sequence[Expression]) -> None:
        """`n eq 1 or 2`: values that stand alone belong to the comparison before them."""
        number = len(self._findings)
        values: list[Literal] = []
        for operand in operands:
            if isinstance(operand, Literal) and of_literal(operand).is_no_condition:
                values.append(operand)
            else:
                self.judge_condition(operand)
        if not values:
            return
        meant = None
        if len(self._findings) == number:
            has_in = "in" in self._schema.operators
            meant = meaning.joined_values(operands, self._belongs, has_in=has_in)
        if meant is None:
            for value in values:
                self.judge_condition(value)
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
        found = self.judge_operand(comparison.left)
        facts = found.facts
        if facts is None:
            return False
        if facts.enum and value.kind in {"String", "Enum"}:
            return not [*fitting.word_problems(facts, value, self._schema, self._meaning)]
        return fitting.comparison_problem(found, value, of_literal(value)) is None

    def _judge_sides(
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
                self._judge_words(node, literal, facts)
                return
            if fitting.is_value_in_quotes(facts, literal):
                if facts.kind == "Guid" and not facts.quoted:
                    self._respell(node, literal, facts)
                return
        if facts and literal and facts.quoted and literal.kind == facts.kind:
            self._respell(node, literal, facts)
        self._add(fitting.comparison_problem(one, right, other))

    def _judge_in(self, node: In) -> None:
        collection = node.collection
        one = self.judge_operand(node.operand)
        if one.unknown_name is not None and isinstance(collection, List | Array) and collection.items:
            self._explain(one.unknown_name, meaning.wanted_beside(self.judge_operand(collection.items[0])))
        self._judge_use(node, "in", one)
        self._add_all(documented.list_problems(node, self._schema))
        items = collection.items if isinstance(collection, List) else ()
        if isinstance(collection, List) and items and all(self._can_be_element(one, item) for item in items):
            self._compare_elements(node, node.operand, one, lambda element: In(element, collection))
            return
        if isinstance(collection, List | Array):
            if self._schema.plain and isinstance(collection, Array) and self._schema.lists == "()":
                self.judge_operand(collection)
            others: Sequence[Expression] = collection.items
            if one.facts:
                literals = fitting.fitting_literals(one.facts)
                if isinstance(collection, List) and literals.include_all(collection.items):
                    return
                others = literals.others_among(others)
            for item in others:
                other = self.judge_operand(item)
                self._judge_use(item, "in", other)
                self._judge_sides(node, node.operand, one, item, other)
            return
        other = self.judge_operand(collection)
        self._judge_use(collection, "in", other)
        self._explain(other.unknown_name, meaning.wanted_after_in(one))
        if problem := fitting.collection_problem(other, collection):
            self._add(problem)
        else:
            self._judge_sides(node, node.operand, one, collection, of_element(other))

    def _judge_has(self, node: Has, operand: Expression, flags: Literal) -> Operand:
        self._judge_operator(node, "has")
        found = self.judge_operand(operand)
        self._explain(found.unknown_name, _AN_ENUM)
        self._judge_use(node, "has", found)
        if found.facts and found.kind == "Enum":
            self._judge_words(node, flags, found.facts)
        self._add(fitting.flags_problem(found, operand))
        return CONDITION

    def _judge_arithmetic(self, node: Arithmetic, left: Expression, operator: str, right: Expression) -> Operand:
        self._judge_operator(node, operator)
        one, other = self.judge_operand(left), self.judge_operand(right)
        if must_be_duration(operator, one.kind, first=False):
            self._expect_kind(right, "Duration")
        if must_be_duration(operator, other.kind, first=True):
            self._expect_kind(left, "Duration")
        self._judge_use(node, operator, one, other)
        if not (one.is_known and other.is_known):
            return UNKNOWN
        kind = fitting.arithmetic_kind(one, operator, other)
        if kind is None:
            self._add(fitting.arithmetic_problem(node, operator, one, other))
            return UNKNOWN
        return Operand(kind)

    # --- functions

    def _judge_case(self, node: Case, branches: Sequence[Branch]) -> Operand:
        self._judge_function(node, "case")
        for branch in branches:
            self.judge_condition(branch.condition)
        values = list(map(self.judge_operand, [branch.value for branch in branches]))
        return values[0]._replace(parts=tuple(values))

    def _judge_qualified_call(self, node: Function) -> Operand:
        """A function with a qualified name that is not the service's: perhaps a method, as other languages call it."""
        owner, _, method = node.name.rpartition(".")
        meant = meaning.call_of_method(owner.replace(".", "/"), method, node, self._schema)
        return self._judge_unknown_function(node, method if meant else node.name, meant, meant)

    def _judge_call(self, node: Call, function: str, arguments: Iterable[Expression | TypeName]) -> Operand:
        schema = self._schema
        self._judge_function(node, function)
        values = [argument for argument in arguments if not isinstance(argument, TypeName)]
        found = list(map(self.judge_operand, values))
        for index, one in enumerate(found):
            if one.unknown_name is not None:
                self._explain(one.unknown_name, meaning.wanted_argument(function, found, index))
        for value, one in zip(values, found, strict=True):
            self._add(documented.function_use_problem(function, value, one, schema))
        if function in TYPE_FUNCTIONS:
            self._add(documented.type_name_problem(node.arguments[-1], schema, self._meaning))
            return CONDITION if function == "isof" else of_cast(node)
        if schema.are_reversed(function, values):
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
