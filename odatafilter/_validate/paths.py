"""Paths: what each segment makes of what the path is so far (URL Conventions §4, §5.1.1.15), and calls of a service."""

import abc
from typing import assert_never

from odatafilter import _emit
from odatafilter._plan.scope import Parameter, Root, Scope
from odatafilter._service_calls import service_parameters, service_signature
from odatafilter._type_names import qualify
from odatafilter._validate import documented, fitting, meaning
from odatafilter._validate.finding import Finding
from odatafilter._validate.meaning import UnknownName, Wanted
from odatafilter._validate.notes import Notes
from odatafilter._validate.operands import CONDITION, UNKNOWN, Operand, of_element, of_value
from odatafilter.tree import (
    Alias,
    Annotation,
    Count,
    Expression,
    Filtered,
    Function,
    Key,
    Lambda,
    Literal,
    Named,
    Node,
    Path,
    Property,
    Segment,
    TypeName,
    Variable,
)

_A_COLLECTION = Wanted(frozenset({"Collection"}))


class PathWalk(Notes, abc.ABC):
    """Judges paths, whose keys, arguments and conditions are judged by what comes back to `judge_operand`."""

    @abc.abstractmethod
    def judge_operand(self, node: Expression) -> Operand:
        """What `node` is; its problems are noted."""

    @abc.abstractmethod
    def judge_condition(self, node: Expression) -> None:
        """`node` must be true or false."""

    def _judge_path(self, node: Path) -> Operand:
        first, *rest = node.segments
        schema = self._schema
        if isinstance(first, Function):
            if documented.is_of_service(first.name, schema):
                found = self._judge_service_call(first)
            else:
                # With a key it is built as a path at once: only the path has a place in the text.
                place = node if isinstance(rest[0], Key) else first
                self._add(documented.unknown_function(first.name, place, schema, self._meaning))
                found = UNKNOWN
        else:
            found = self._judge_start(node.segments[:1])
        for number, segment in enumerate(rest, 1):
            if isinstance(segment, Lambda | Count | Filtered):
                self._explain(found.unknown_name, _A_COLLECTION)
            if isinstance(segment, Function | Key | Filtered):
                self._add(documented.closed_problem(segment, found, schema))
            if isinstance(segment, Function) and found.is_known and not documented.is_of_service(segment.name, schema):
                before = "/".join(map(_emit.emit, node.segments[:number]))
                meant = meaning.call_of_method(before, segment.name, segment, schema)
                found = self._judge_unknown_function(segment, segment.name, meant)
            else:
                found = self._judge_step(found, segment)
        return found

    def _judge_start(self, segments: tuple[Segment, ...]) -> Operand:
        """What a path is after its first segment."""
        start = self._scope.find_start(segments)
        if isinstance(start.instance, Root | Parameter):
            self._add(documented.nothing_below(segments[0], _emit.emit(segments[0]), self._schema))
            return UNKNOWN
        if not start.rest:
            return start.instance
        if isinstance(segments[0], Annotation):
            return self._judge_step(UNKNOWN, segments[0])
        return self._judge_step(start.instance, segments[0])

    def _judge_step(self, found: Operand, segment: Segment) -> Operand:
        """What a segment makes of what the path is so far."""
        schema = self._schema
        match segment:
            case Property():
                return self._judge_member(found, segment)
            case Lambda(quantifier=quantifier, variable=variable, condition=condition):
                self._judge_elements(found, segment, quantifier)
                if variable is not None and condition is not None:
                    self._judge_inside(self._scope.inside_lambda(variable, of_element(found)), condition)
                return CONDITION
            case Count(filter=condition):
                self._judge_elements(found, segment, "$count")
                if condition is not None:
                    self._judge_inside(self._scope.inside_filter(of_element(found)), condition)
                return Operand("Int64")
            case Filtered(condition=condition):
                if schema.functions.isdisjoint({"any", "all", "$count"}):
                    self._add(documented.undocumented_problem("'$filter'", segment, schema))
                self._add(fitting.elements_problem(found, segment, "$filter"))
                self._judge_inside(self._scope.inside_filter(of_element(found)), condition)
                return found
            case Key(arguments=arguments):
                for argument in arguments:
                    self._judge_given(argument.value if isinstance(argument, Named) else argument)
                return of_element(found)
            case Function(name=name) if documented.is_of_service(name, schema):
                return self._judge_service_call(segment)
            case Function(name=name):
                return self._judge_unknown_function(segment, name)
            case Annotation():
                self._add(documented.undocumented_problem(f"annotation '{_emit.emit(segment)}'", segment, schema))
                return UNKNOWN
            case TypeName():
                return self._judge_type_cast(found, segment)
            case Variable() | Alias():
                return UNKNOWN
            case _:
                assert_never(segment)

    def _judge_member(self, found: Operand, segment: Property) -> Operand:
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

    def _judge_type_cast(self, found: Operand, segment: TypeName) -> Operand:
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

    def _judge_elements(self, found: Operand, segment: Segment, word: str) -> None:
        self._judge_function(segment, word)
        self._add(documented.function_use_problem(word, segment, found, self._schema))
        self._add(fitting.elements_problem(found, segment, word))

    def _judge_inside(self, scope: Scope[Operand], condition: Expression) -> None:
        """Judges a condition in a scope of its own."""
        outside, self._scope = self._scope, scope
        self.judge_condition(condition)
        self._scope = outside

    def _judge_given(self, node: Expression) -> Operand:
        """What is given to a key, or to a function of the service, of which no property says that it takes it."""
        found = self.judge_operand(node)
        self._add(documented.closed_problem(node, found, self._schema))
        return found

    def _judge_service_call(self, node: Function) -> Operand:
        """The call of a function that the service documents (URL Conventions §5.1.1, ABNF functionExpr)."""
        given = [(one.name, one.value) if isinstance(one, Named) else ("", one) for one in node.arguments]
        found = [self._judge_given(value) for _, value in given]
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

    def _judge_unknown_function(
        self, node: Node, name: str, meant: str | None = None, suggestion: str | None = None
    ) -> Operand:
        if meant is None:
            self._add(documented.unknown_function(name, node, self._schema, self._meaning))
        else:
            message = f"'{name}' is a function and stands before its arguments: {meant:.60}"
            self._add(Finding(message, node, "function", suggestion))
        return UNKNOWN
