"""What a walk over a tree notes: problems, and what the values and the literals in it must be."""

from collections.abc import Iterable

from odatafilter._kinds import NUMBERS, PROPERTY_KINDS
from odatafilter._plan.scope import Scope
from odatafilter._to_literal import respell, respell_words
from odatafilter._validate import documented, fitting
from odatafilter._validate.finding import Finding
from odatafilter._validate.meaning import ANYTHING, Meaning, UnknownName, Wanted
from odatafilter._validate.operands import Operand
from odatafilter.facts import PropertyFacts, SchemaFacts
from odatafilter.tree import Alias, Expression, Literal, Node


class Notes:
    """What is noted of a tree that is judged by a schema, and the scope of the node that is looked at.

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

    def _add(self, finding: Finding | None) -> None:
        if finding is not None:
            self._findings.append(finding)

    def _add_all(self, findings: Iterable[Finding]) -> None:
        self._findings += findings

    def _explain(self, number: int | None, wanted: Wanted) -> None:
        """Says what a name that is not documented was perhaps meant to be, by what can stand in its place."""
        unknown = self._unknown.pop(number, None) if number is not None else None
        if number is None or unknown is None:
            return
        hint, meant = self._meaning.unknown_name(unknown, wanted)
        found = self._findings[number]
        self._findings[number] = found._replace(message=f"{found.message}; {hint}", suggestion=meant)

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

    def _respell(self, node: Node, literal: Literal, facts: PropertyFacts) -> None:
        self.respellings.setdefault(id(node), {})[id(literal)] = respell(literal, facts)

    def _judge_words(self, node: Node, literal: Literal, facts: PropertyFacts) -> None:
        """Words of an enumeration below `node`: those of other case become the documented ones, which items have."""
        problems = [*fitting.word_problems(facts, literal, self._schema, self._meaning)]
        self._add_all(problems)
        if problems or facts.kind != "Enum" or self._schema.case_sensitive:
            return
        if (meant := respell_words(literal, facts)) is not literal:
            self.respellings.setdefault(id(node), {})[id(literal)] = meant

    def _judge_operator(self, node: Node, operator: str) -> None:
        if operator not in self._schema.operators:
            self._add(documented.operator_problem(node, operator, self._schema))

    def _judge_function(self, node: Node, function: str) -> None:
        if function not in self._schema.functions:
            self._add(documented.function_problem(node, function, self._schema))

    def _judge_use(self, node: Node, operator: str, *operands: Operand) -> None:
        """Whether an operator may be used with what its operands are; the first with which it may not be is told."""
        for found in operands:
            problem = fitting.order_problem(node, operator, found) or documented.operator_use_problem(
                node, operator, found, self._schema
            )
            if problem:
                self._add(problem)
                return
