"""A plan → an expression of an engine.

`Translation` walks the questions of `_plan.polarity` and the values of `_plan.forms`, and asks an `Engine` how each is
spelt there. It knows nothing of null: the questions have settled that. An engine knows nothing of scopes: it is handed
the row that a property is read from.
"""

import abc
import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final, Generic, NamedTuple, TypeVar, TypeVarTuple, assert_never

from odatafilter._engines.databases import INT64
from odatafilter._engines.decide import decide, is_lossless, null_in
from odatafilter._engines.members import SEPARATORS, as_number, contains_name, members_of
from odatafilter._engines.positions import bound_positions
from odatafilter._engines.seconds import SECONDS, in_seconds, is_calculated, moved_by
from odatafilter._kinds import KINDS, PRIMITIVE_KINDS, family_of
from odatafilter._plan import forms, polarity
from odatafilter._plan.forms import COLLECTION, Const, Get, Value
from odatafilter._plan.polarity import Question
from odatafilter._plan.refuse import Refusal
from odatafilter.errors import FilterError
from odatafilter.tree import AnyNode, Comparison, Literal, nodes

X = TypeVar("X")
"""An expression of the engine."""
R = TypeVar("R")
"""A row of the engine: what columns are read from."""
Given = TypeVarTuple("Given")

_WIDTH: Final = 64  # operands of one `and` or `or`: engines count them as levels, so longer chains become trees
_NOTHING: Final = Literal("Boolean", "true")
_PERHAPS_RAISING: Final = frozenset({"div", "divby", "mod", "substring"})  # `_why_it_may_raise` says when
_NUMBER_OF_NAME: Final = "only the service knows which number the name of a member has"
_NAME_OF_NUMBER: Final = "only the service knows which name the number of a member has"
_NO_VALUES: Final = frozenset({forms.UNTYPED, COLLECTION, "Complex"})


class RefusedError(Exception):
    """What an engine raises where it cannot say something exactly: the message says what and why."""


def value_to_send(const: Const) -> Any:
    """The value of a literal. Raises RefusedError where Python has none."""
    try:
        return const.value
    except FilterError as error:
        raise RefusedError(str(error)) from None


class Term(Generic[X]):
    """An expression of the engine, and the form that it spells, with its kind and the family of that."""

    __slots__ = ("family", "form", "kind", "x")

    def __init__(self, x: X, form: Value) -> None:
        self.x = x
        self.form = form
        self.kind = form.kind
        self.family = family_of(form.kind)


class Single(NamedTuple, Generic[X]):
    """A row that is an element of a collection of primitive values in one column."""

    value: X


class Members(NamedTuple, Generic[X]):
    """A row that is an object in one column, such as one of JSON or a struct."""

    value: X


class Engine(abc.ABC, Generic[X, R]):
    """How one engine spells what a filter asks. Every method may raise RefusedError.

    `functions` has a spelling for each function and arithmetic operator that the engine has, by its name; the others
    are refused, and so are comparisons of values of other `families` than those that the engine has a type for.
    `deepest` is how many levels of a filter the engine bears.
    """

    name: str
    families: AbstractSet[str]
    deepest: int
    functions: "Mapping[str, Callable[[Sequence[Term[X]]], X]]"

    # --- conditions

    @abc.abstractmethod
    def constant(self, value: bool) -> X:
        """TRUE or FALSE."""

    @abc.abstractmethod
    def join(self, word: str, operands: Sequence[X]) -> X:
        """Operands joined by `and` or `or`; one operand stays what it is. A chain in another one stays one."""

    @abc.abstractmethod
    def negate(self, operand: X) -> X:
        """NOT: UNKNOWN where the operand is."""

    @abc.abstractmethod
    def compare(self, operator: polarity.Operator, left: Term[X], right: Term[X]) -> X:
        """UNKNOWN where one side is null, never TRUE with a NaN; numbers of two kinds as the wider one."""

    @abc.abstractmethod
    def is_null(self, operand: Term[X], *, negated: bool) -> X:
        """IS NULL, or IS NOT NULL."""

    @abc.abstractmethod
    def is_among(self, operand: Term[X], values: Sequence[forms.Const], *, negated: bool) -> X:
        """IN, or NOT IN; none of the values is null."""

    @abc.abstractmethod
    def as_condition(self, operand: Term[X], *, negated: bool) -> X:
        """A Boolean value as a condition, or NOT of it."""

    # --- values

    @abc.abstractmethod
    def literal(self, const: forms.Const) -> X:
        """A bound parameter: no text of a filter stands in what is sent."""

    def literal_beside(self, const: forms.Const, other: Term[X]) -> X:
        """A literal that is compared with `other`, which is none."""
        return self.literal(const)

    @abc.abstractmethod
    def choose(self, branches: Sequence[tuple[X, X]]) -> X:
        """CASE: the value of the first branch whose condition is TRUE, else NULL."""

    @abc.abstractmethod
    def zero_if_null(self, operand: X) -> X:
        """A number, 0 where it is null."""

    def read_as(self, operand: Term[X], kind: str) -> X:
        """A text as a value of `kind`."""
        raise RefusedError(f"{self.name} cannot read a text as {kind}")

    def cast(self, operand: Term[X], kind: str) -> X:
        """`cast` to a primitive type: one that holds every value of the operand's, since no engine gives null else."""
        if is_lossless(operand.kind, kind):
            return self.as_decimal(operand) if family_of(operand.kind) != family_of(kind) else operand.x
        match family_of(operand.kind):
            case "Int" | "Decimal" if kind == "Double":
                return self.number_as_double(operand)
            case "Int" if kind == "String":
                return self.number_as_text(operand.x)
        raise RefusedError(f"{self.name} has no 'cast' that is null where the cast fails")

    @abc.abstractmethod
    def holds_number(self, x: X) -> bool:
        """Whether it is a column of whole numbers, which members of an enumeration are the bits of."""

    @abc.abstractmethod
    def has_bits(self, operand: Term[X], bits: int) -> X:
        """Whether all bits of a number are set."""

    def holds_words(self, x: X) -> bool:
        """Whether it is a column with a type of its own for the members of an enumeration."""
        return False

    def has_words(self, operand: Term[X], words: frozenset[str]) -> X:
        """Whether all of these members are set in such a column."""
        raise RefusedError(f"{self.name} has no 'has' of words")

    def move_time(self, operand: Term[X], by: dt.timedelta) -> X:
        """A timestamp moved by a length that it bears, or a date by whole days."""
        raise RefusedError(f"{self.name} only compares times that are calculated")

    def number_family(self, operator: str, terms: Sequence[Term[X]]) -> str:
        """The family of the result of an arithmetic operator: Int, Decimal or Double.

        Raises RefusedError where an operand is no number, and for what no engine calculates as OData does.
        """
        families = {term.family for term in terms}
        if not families <= {"Int", "Decimal", "Double"}:
            raise RefusedError(f"{self.name} has '{operator}' for numbers only")
        family = "Double" if "Double" in families else "Decimal" if "Decimal" in families else "Int"
        if operator == "div" and family == "Decimal":
            raise RefusedError(f"{self.name} does not divide decimals as exactly as OData wants it")
        if operator == "mod" and family == "Double":
            raise RefusedError(f"{self.name} has no 'mod' of numbers with a floating point")
        return family

    @abc.abstractmethod
    def as_decimal(self, operand: Term[X]) -> X:
        """A whole number as a Decimal."""

    @abc.abstractmethod
    def number_as_double(self, operand: Term[X]) -> X:
        """A whole number or a Decimal as the nearest Double."""

    @abc.abstractmethod
    def number_as_text(self, x: X) -> X:
        """The digits of a whole number."""

    # --- rows

    @abc.abstractmethod
    def column(self, row: R, get: Get) -> X:
        """A primitive property of a row."""

    def element(self, row: R) -> X:
        """The value of an element of a collection of primitive values."""
        if isinstance(row, Single):
            return row.value  # type: ignore[no-any-return]
        raise RefusedError(f"{self.name} compares single values, not whole rows")

    @abc.abstractmethod
    def is_relation(self, row: R, get: Get) -> bool:
        """Whether a single-valued complex property stands in another table; else `embedded_row` gives its row."""

    def embedded_row(self, row: R, get: Get) -> R:
        """The row that a complex property is, where it stands in the same table."""
        raise RefusedError(f"'{get.name}' is no relation and no column")

    @abc.abstractmethod
    def has_related(self, row: R, get: Get, inner: Callable[[R], X], *, negated: bool) -> X:
        """Whether there is a related row for which `inner` is TRUE; two-valued."""

    @abc.abstractmethod
    def related_value(self, row: R, get: Get, inner: Callable[[R], X]) -> X:
        """The value that `inner` has for the related row, null where there is none."""

    @abc.abstractmethod
    def exists(self, row: R, get: Get, inner: Callable[[R], X], *, negated: bool) -> X:
        """Whether there is an element of a collection for which `inner` is TRUE; two-valued."""

    @abc.abstractmethod
    def count_elements(self, row: R, get: Get, inner: Callable[[R], X]) -> X:
        """How many elements of a collection there are for which `inner` is TRUE."""


class Translation(Generic[X, R]):
    """One walk over a plan: `refusals` are all that the engine cannot say, and the expression is of use without any."""

    def __init__(self, engine: Engine[X, R], item: R) -> None:
        self.refusals: list[Refusal] = []
        self._engine = engine
        # The rows that names are read from: of each loop, and of each to-one path from there.
        self._rows: dict[tuple[int, tuple[str, ...]], R] = {(0, ()): item}
        self._depth = 0

    def condition(self, plan: forms.Plan) -> X:
        """An expression that is TRUE exactly where the filter is true."""
        if plan.functions.isdisjoint(_PERHAPS_RAISING):
            return self._question(polarity.when_true(plan.condition))
        self._refuse_what_raises(plan.condition)
        raising = {id(one.node) for one in self.refusals}
        made = self._question(polarity.when_true(plan.condition))
        # What is compared with an error has no other reason to be refused.
        self.refusals[:] = [one for one in self.refusals if raising.isdisjoint(_ids_of_compared(one.node))]
        return made

    def _refuse_what_raises(self, condition: forms.Condition) -> None:
        """Refuses what is an error for some items: no row can be one, wherever in the filter it stands."""
        pending: list[Value] = [condition]
        while pending:
            form = pending.pop()
            if isinstance(form, forms.Apply):
                message = _why_it_may_raise(form)
                if message:
                    self.refusals.append(Refusal(message, form.node))
            pending += forms.below(form)

    def value(self, form: Value) -> X:
        """An expression for a value of the item, such as a property to sort by."""
        return self._one_level_deeper(form.node, self._value, form)

    def _one_level_deeper(self, node: AnyNode, make: Callable[[*Given], X], *given: *Given) -> X:
        """What `make` gives of what is given. What cannot be said there is kept, and the walk goes on elsewhere."""
        if self._depth == self._engine.deepest:
            most = self._engine.deepest
            self.refusals.append(
                Refusal(f"{self._engine.name} bears {most} levels of nesting, and this is deeper", node)
            )
            return self._engine.constant(False)
        self._depth += 1
        try:
            return make(*given)
        except RefusedError as refused:
            self.refusals.append(Refusal(str(refused), node))
            return self._engine.constant(False)
        finally:
            self._depth -= 1

    @contextlib.contextmanager
    def _know_row(self, key: tuple[int, tuple[str, ...]], row: R) -> Iterator[None]:
        """While the expressions are made that are inside a loop over rows, or inside a related row."""
        before = dict(self._rows)
        self._rows[key] = row
        try:
            yield
        finally:
            self._rows = before

    # --- questions

    def _question(self, question: Question) -> X:
        match question:
            case polarity.All(operands=operands):
                return self._chain("and", operands)
            case polarity.Any(operands=operands):
                return self._chain("or", operands)
            case polarity.Constant(value=value):
                return self._engine.constant(value)
        simpler = decide(question)
        if simpler is not question:
            return self._question(simpler)
        node = question.operand.node if isinstance(question, polarity.Negated) else question.node
        return self._one_level_deeper(node, self._single, question)

    def _chain(self, word: str, operands: Sequence[Question]) -> X:
        return self._one_level_deeper(_node_of(operands[0]), self._join_questions, word, operands)

    def _join_questions(self, word: str, operands: Sequence[Question]) -> X:
        return self._join(word, [self._question(operand) for operand in operands])

    def _join(self, word: str, operands: list[X]) -> X:
        """A chain as a tree of short ones: engines take a long one for as many levels."""
        while len(operands) > _WIDTH:
            chunks = [operands[at : at + _WIDTH] for at in range(0, len(operands), _WIDTH)]
            operands = [self._engine.join(word, chunk) for chunk in chunks]
        return self._engine.join(word, operands)

    def _single(self, question: Question) -> X:
        """A question about values, once the related rows that they are read from are known."""
        if isinstance(question, polarity.Exists):
            return self._exists(
                question.collection,
                question.loop,
                lambda: self._question(question.condition),
                negated=question.negated,
            )
        values = _values_of(question)
        relation = self._unknown_relation(values)
        if relation is None:
            return self._spell_question(question)
        # A value below an absent row is null: a question is TRUE only where there is a row, but IS NULL is TRUE there.
        if isinstance(question, polarity.Null) and not question.negated:
            present = polarity.Null(question.operand, True, question.node)
            return self._below(relation, lambda: self._single(present), negated=True)
        return self._below(relation, lambda: self._single(question), negated=False)

    def _spell_question(self, question: Question) -> X:
        engine = self._engine
        match question:
            case polarity.Compare(operator=operator, left=left, right=right):
                return engine.compare(operator, *self._comparable_members(self._make_sides(left, right)))
            case polarity.Null(operand=Get() as instance, negated=negated) if self._is_related(instance):
                return engine.constant(negated)  # the row is there, and rows may be none, but not null
            case polarity.Null(operand=operand, negated=negated):
                return engine.is_null(self._term(operand), negated=negated)
            case polarity.Membership(operand=operand, values=values, negated=negated):
                if family_of(operand.kind) == "Enum":
                    return self._member_of_enumeration(self._comparable_term(operand), values, negated=negated)
                return engine.is_among(self._comparable_term(operand), values, negated=negated)
            case polarity.Holds(operand=operand, negated=negated):
                return engine.as_condition(self._term(operand), negated=negated)
            case polarity.Negated(operand=operand):
                return engine.negate(self._spell_question(operand))
            case _:
                raise AssertionError(question)

    # --- members of enumerations

    def _comparable_members(self, terms: Sequence[Term[X]]) -> Sequence[Term[X]]:
        """Two values; of an enumeration both as numbers where a column holds a number, else both as texts."""
        if "Enum" not in [term.family for term in terms]:
            return terms
        stored = [self._engine.holds_number(term.x) for term in terms if not isinstance(term.form, forms.Const)]
        if not any(stored):
            for term in terms:
                self._check_name(term.form, terms)
            return terms
        numbers = [as_number(term.form) for term in terms]
        if None in numbers or not all(stored):
            raise RefusedError(_NUMBER_OF_NAME)
        return [
            Term(self._engine.literal(number) if isinstance(number, forms.Const) else term.x, number)
            for number, term in zip(numbers, terms, strict=True)
            if number is not None
        ]

    def _check_name(self, form: Value, terms: Sequence[Term[X]]) -> None:
        members = members_of(form)
        one_word = any(self._engine.holds_words(term.x) for term in terms)
        if members is not None and members.number:
            raise RefusedError(_NAME_OF_NUMBER)
        if members is not None and len(members.names) != 1 and not one_word:
            raise RefusedError(f"{self._engine.name} compares single members: ask for several by 'has'")

    def _member_of_enumeration(self, operand: Term[X], values: Sequence[forms.Const], *, negated: bool) -> X:
        pairs = [self._comparable_members([operand, Term(self._engine.literal(value), value)]) for value in values]
        consts = [pair[1].form for pair in pairs if isinstance(pair[1].form, forms.Const)]
        return self._engine.is_among(pairs[0][0], consts, negated=negated)

    def _has(self, operand: Value, wanted: Value) -> X:
        """Whether all members of a literal are set."""
        engine, term, members = self._engine, self._term(operand), members_of(wanted)
        if members is None:
            raise RefusedError(f"{engine.name} needs members that are written out after 'has'")
        by_number = engine.holds_number(term.x)
        if by_number and members.names:
            raise RefusedError(_NUMBER_OF_NAME)
        if members.number and not by_number:
            raise RefusedError(_NAME_OF_NUMBER)
        if by_number:
            if members.number not in INT64:
                raise RefusedError(f"{engine.name} has numbers of 64 bits")
            return engine.has_bits(term, members.number)
        if engine.holds_words(term.x):
            return engine.has_words(term, members.names)
        found = [
            engine.join("or", [self._value(contains_name(operand, name, between)) for between in SEPARATORS])
            for name in sorted(members.names)
        ]
        if not found:  # no member at all, which every value has
            return engine.choose([(engine.is_null(term, negated=True), engine.constant(True))])
        return engine.join("and", found)

    # --- rows

    def _row(self, form: Value) -> R | None:
        """The row of an instance, or None where it is a related one that is not known yet."""
        match form:
            case forms.Element(loop=loop):
                return self._rows[loop, ()]
            case Get(of=of):
                key = _key(form)
                if key in self._rows:
                    return self._rows[key]
                above = self._row(of)
                if above is None or self._engine.is_relation(above, form):
                    return None
                self._rows[key] = self._engine.embedded_row(above, form)
                return self._rows[key]
            case _:
                raise _refused_form(form)

    def _unknown_relation(self, values: Sequence[Value]) -> Get | None:
        """The first related row that these values are read from and that is not known yet.

        Only what is null where that row is absent counts: below a `case`, a count or a condition it is not.
        """
        for value in values:
            match value:
                case forms.Const():
                    continue
                case Get(of=Get() as above) if self._row(above) is None:
                    return self._outermost(above)
                case Get() if _is_instance(value) and self._row(value) is None:
                    return value  # whether there is a related row at all
                case forms.Apply() | forms.As() | forms.Cast():
                    found = self._unknown_relation(forms.below(value))
                    if found is not None:
                        return found
                case _:
                    continue
        return None

    def _is_related(self, get: Get) -> bool:
        """Whether it is a row of another table, or rows."""
        above = self._row(get.of) if get.kind in {"Complex", "Collection"} else None
        return above is not None and self._engine.is_relation(above, get)

    def _outermost(self, instance: Value) -> Get:
        """The first relation on the way to this instance that is not known."""
        if not isinstance(instance, Get):
            raise _refused_form(instance)
        return instance if self._row(instance.of) is not None else self._outermost(instance.of)

    def _known_row(self, instance: Value) -> R:
        row = self._row(instance)
        if row is None:
            raise _refused_form(instance)
        return row

    def _below(self, relation: Get, make: Callable[[], X], *, negated: bool) -> X:
        above = self._known_row(relation.of)
        return self._engine.has_related(above, relation, self._inside(_key(relation), make), negated=negated)

    def _value_below(self, relation: Get, make: Callable[[], X]) -> X:
        above = self._known_row(relation.of)
        return self._engine.related_value(above, relation, self._inside(_key(relation), make))

    # --- collections

    def _exists(self, collection: Value, loop: int, make: Callable[[], X], *, negated: bool) -> X:
        """Whether `make` is TRUE for an element, which is the row of `loop` while it is made."""
        match collection:
            case Get(of=of):
                row = self._row(of)
                if row is None:
                    return self._below(
                        self._outermost(of),
                        lambda: self._exists(collection, loop, make, negated=False),
                        negated=negated,
                    )
                return self._engine.exists(row, collection, self._inside((loop, ()), make), negated=negated)
            case forms.Where(collection=below, loop=chosen):
                return self._exists(below, chosen, self._inside_chosen(collection, loop, make), negated=negated)
            case _:
                raise _refused_form(collection)

    def _inside(self, key: tuple[int, tuple[str, ...]], make: Callable[[], X]) -> Callable[[R], X]:
        """What is made while a row is known by `key`: that of a loop, or a related one."""

        def inner(row: R) -> X:
            with self._know_row(key, row):
                return make()

        return inner

    def _inside_chosen(self, where: forms.Where, loop: int, make: Callable[[], X]) -> Callable[[], X]:
        """What is TRUE for a row of `where` that `$filter` chooses and for which `make` is, as a row of `loop`."""

        def inner() -> X:
            with self._know_row((loop, ()), self._rows[where.loop, ()]):
                made = make()
            return self._join("and", [self._question(polarity.when_true(where.condition)), made])

        return inner

    def _count(self, collection: Value, loop: int, make: Callable[[], X]) -> X:
        match collection:
            case Get(of=of):
                row = self._row(of)
                if row is None:
                    below = self._value_below(self._outermost(of), lambda: self._count(collection, loop, make))
                    return self._engine.zero_if_null(below)
                return self._engine.count_elements(row, collection, self._inside((loop, ()), make))
            case forms.Where(collection=below, loop=chosen):
                return self._count(below, chosen, self._inside_chosen(collection, loop, make))
            case _:
                raise _refused_form(collection)

    # --- values

    def _comparable_term(self, form: Value) -> Term[X]:
        if isinstance(form, forms.ServiceOnly):
            raise _refused_form(form)
        if form.kind in _NO_VALUES:
            raise RefusedError(f"{self._engine.name} compares single values of a kind that is known")
        if form.kind in PRIMITIVE_KINDS and family_of(form.kind) not in self._engine.families:
            raise RefusedError(f"{self._engine.name} has no values of the kind {form.kind}")
        return self._term(form)

    def _make_sides(self, left: Value, right: Value) -> tuple[Term[X], Term[X]]:
        """Two values that are compared: a literal knows what it stands beside."""
        if isinstance(right, forms.Const) and not isinstance(left, forms.Const):
            one = self._comparable_term(left)
            return one, Term(self._engine.literal_beside(right, one), right)
        if isinstance(left, forms.Const) and not isinstance(right, forms.Const):
            other = self._comparable_term(right)
            return Term(self._engine.literal_beside(left, other), left), other
        return self._comparable_term(left), self._comparable_term(right)

    def _term(self, form: Value) -> Term[X]:
        return Term(self._value(form), form)

    def _value(self, form: Value) -> X:  # one branch for each form
        engine = self._engine
        match form:
            case forms.Const():
                return engine.literal(form)
            case forms.Element(loop=loop):
                return engine.element(self._rows[loop, ()])
            case Get(of=of):
                row = self._row(of)
                if row is None:
                    return self._value_below(self._outermost(of), lambda: self._value(form))
                return engine.column(row, form)
            case forms.Apply(function=function, operands=operands):
                return self._apply(form, function, operands)
            case forms.As(operand=operand, kind=kind):
                return engine.read_as(self._term(operand), kind)
            case forms.Cast(operand=operand, to_kind=kind):
                return engine.cast(self._term(operand), kind)
            case forms.Case(branches=branches):
                return engine.choose(
                    [(self._question(polarity.when_true(when)), self._value(then)) for when, then in branches]
                )
            case forms.CountOf(collection=collection, condition=condition, loop=loop):
                return self._count(collection, loop, lambda: self._question(polarity.when_true(condition)))
            case forms.Where() | forms.Array() | forms.Object() | forms.Annotated() | forms.ServiceOnly():
                raise _refused_form(form)
            case forms.IsOf(operand=operand, of_kind=kind):
                return self._kind_test(operand, kind)
            case (
                forms.Test()
                | forms.IsNull()
                | forms.OneOf()
                | forms.AnyOf()
                | forms.NotTrue()
                | forms.Truth()
                | forms.And()
                | forms.Or()
                | forms.Not()
                | forms.Bool()
            ):
                return self._truth_value(form)
            case _:
                assert_never(form)

    def _apply(self, form: forms.Apply, function: str, operands: tuple[Value, ...]) -> X:
        null = null_in(form)
        if null is not None:
            return self._engine.literal(null)
        if is_calculated(form):
            return self._moved_time(form)
        if function == "has":
            return self._has(*operands)
        if function == SECONDS and is_calculated(operands[0]):
            return self._value(in_seconds(operands[0]))
        spelling = self._engine.functions.get(function)
        if spelling is None or (function == "year" and is_calculated(operands[0])):  # it may be before 1
            raise RefusedError(f"{self._engine.name} has no equal of '{function}'")
        of_text = function == "substring" and operands[0].kind == "String"
        return spelling([self._term(value) for value in (bound_positions(operands) if of_text else operands)])

    def _kind_test(self, operand: Value, kind: str) -> X:
        """`isof`, where the kind of the operand says it; null of null."""
        answer = _is_of_kind(operand.kind, kind)
        if answer is None:
            raise RefusedError(
                f"{self._engine.name} has no equal of 'isof' where the kind of the value does not say it"
            )
        term = self._term(operand)
        return self._engine.choose([(self._engine.is_null(term, negated=True), self._engine.constant(answer))])

    def _truth_value(self, condition: forms.Condition) -> X:
        """A condition as a value: TRUE, FALSE or NULL."""
        return self._engine.choose(
            [
                (self._question(polarity.when_true(condition)), self._engine.constant(True)),
                (self._question(polarity.when_false(condition)), self._engine.constant(False)),
            ]
        )

    def _moved_time(self, form: forms.Apply) -> X:
        """A timestamp or date that a literal moves, as a value; what else is calculated is only compared."""
        moved = moved_by(form)
        if moved is None:
            raise RefusedError(f"{self._engine.name} only compares times that are calculated so")
        operand, by = moved
        return self._engine.move_time(self._term(operand), by)


def _is_of_kind(kind: str, asked: str) -> bool | None:
    """What `isof` answers for every value of a kind that is not null; None where it depends on the value."""
    if kind not in KINDS or asked not in KINDS:
        return None
    own, other = KINDS[kind], KINDS[asked]
    if kind == asked in {"String", "Boolean"} or (kind == asked and own.family == "Int"):
        return True
    if own.family == other.family == "Int" and own.bounds and other.bounds:
        return True if other.bounds[0] <= own.bounds[0] and own.bounds[1] <= other.bounds[1] else None
    if own.family == "Int" and other.family in {"Decimal", "Double"}:
        return True
    return None


def _key(get: Get) -> tuple[int, tuple[str, ...]]:
    start = get.start
    if not isinstance(start, forms.Element):
        raise _refused_form(start)
    return start.loop, get.path


def _ids_of_compared(node: AnyNode) -> set[int]:
    return {id(one) for one in nodes(node)} if isinstance(node, Comparison) else set()


def _why_it_may_raise(form: forms.Apply) -> str | None:
    match form:
        case forms.Apply(function="div" | "divby" | "mod", operands=(_, divisor)):
            if isinstance(divisor, forms.Const) and not divisor.is_null and not divisor.value:
                return "a division by 0 is an error, which no row can be"
            if not isinstance(divisor, forms.Const) or divisor.is_null:
                return "a divisor that may be 0: a division by 0 is an error, which no row can be"
        case forms.Apply(function="substring", operands=(_, _, length)):
            if not isinstance(length, forms.Const) or length.is_null or int(length.value) < 0:
                return "a length that may be negative is an error, which no row can be"
    return None


def _node_of(question: Question) -> AnyNode:
    """A node that a question comes from."""
    while isinstance(question, polarity.All | polarity.Any | polarity.Negated):
        question = question.operand if isinstance(question, polarity.Negated) else question.operands[0]
    if isinstance(question, polarity.Constant):
        return _NOTHING
    return question.node


def _is_instance(get: Get) -> bool:
    return get.kind == "Complex"


def _values_of(question: Question) -> tuple[Value, ...]:
    match question:
        case polarity.Compare(left=left, right=right):
            return left, right
        case polarity.Null(operand=operand) | polarity.Membership(operand=operand) | polarity.Holds(operand=operand):
            return (operand,)
        case polarity.Negated(operand=operand):
            return _values_of(operand)
        case _:
            return ()


def _refused_form(form: Value) -> RefusedError:
    match form:
        case forms.ServiceOnly(what=what, why=why):
            return RefusedError(f"{what} cannot be run here: {why}")
        case forms.Annotated(term=term):
            return RefusedError(f"the annotation '{term}' cannot be run here: it is no column")
        case forms.Array() | forms.Object():
            return RefusedError("collections and objects that are written out cannot be run here")
        case _:
            return RefusedError("a collection cannot stand here: compare its elements by any or all")
