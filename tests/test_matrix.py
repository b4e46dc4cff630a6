"""Laws 10 and 11: the builder, validation, the plan and evaluation say the same of every kind, operator and canonical function.

The builder raises what validation refuses; what validates evaluates on an item that conforms. Each row of the table of
kinds and of that of functions is complete.
"""

import datetime as dt
import importlib
import inspect
import itertools
import operator
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any, get_args

import pytest
from msgspec.structs import replace

import odatafilter as of
from odatafilter import _functions, _kinds, _literals, _to_literal, handle, tree
from odatafilter._evaluate import calculate, values
from odatafilter._plan import forms
from odatafilter._plan.build import build as build_plan
from odatafilter._plan.build import build as plan_of
from odatafilter.derive import _dict

PLACE = "SRID=4326;Point(1 2)"


class Sample(of.Schema):
    Binary = of.Binary()
    Boolean = of.Boolean()
    Date = of.Date()
    DateTimeOffset = of.DateTimeOffset()
    Decimal = of.Decimal()
    Double = of.Double()
    Duration = of.Duration()
    Enum = of.Enum("Red", "Blue", type_name="N.C")
    Geography = of.Geography()
    Geometry = of.Geometry()
    Guid = of.Guid()
    Int32 = of.Int32()
    Int64 = of.Int64()
    String = of.String()
    TimeOfDay = of.TimeOfDay()
    Collection = of.Collection(of.String())


ITEM = {
    "Binary": "Zm9v",
    "Boolean": True,
    "Date": "2024-06-24",
    "DateTimeOffset": "2024-06-24T13:00:00Z",
    "Decimal": 2.5,
    "Double": 2.5,
    "Duration": "PT5H",
    "Enum": "Red",
    "Geography": None,
    "Geometry": None,
    "Guid": "dc720f05-e5f7-448b-ae06-765de46f0af1",
    "Int32": 5,
    "Int64": 6,
    "String": "text",
    "TimeOfDay": "13:20:00",
    "Collection": ["a", "b"],
}
KINDS = sorted(ITEM)
VALUES: dict[str, Any] = {
    "Binary": b"foo",
    "Boolean": True,
    "Date": "2024-06-24",
    "DateTimeOffset": "2024-06-24T13:00:00Z",
    "Decimal": Decimal("2.5"),
    "Double": 2.5,
    "Duration": "PT5H",
    "Enum": "Red",
    "Guid": "dc720f05-e5f7-448b-ae06-765de46f0af1",
    "Int32": 5,
    "Int64": 6,
    "String": "text",
    "TimeOfDay": "13:20:00",
}
LITERALS = {
    kind: _to_literal.literal_for(value, Sample.__facts__.properties[kind]).text for kind, value in VALUES.items()
}
ANY: Any = Sample


def is_allowed(judge: Callable[[], object]) -> bool:
    """Whether `judge` raises nothing. What Python itself has no operator for, a handle does not have either."""
    try:
        judge()
    except (of.FilterError, TypeError, AttributeError) as error:
        assert isinstance(error, of.FilterError) or "unsupported operand" in str(error) or "no attribute" in str(error)
        return False
    return True


def disagreements(
    text: str, build: Callable[[], of.Filter], *, wanted: bool, evaluated: bool = True
) -> Iterator[tuple[str, str]]:
    """Who of the three says something else than is wanted of a filter: of its text, or of the same in code."""

    def build_the_same() -> None:
        assert str(build()) == text

    questions: dict[str, Callable[[], object]] = {
        "validation": lambda: of.parse(text, schema=Sample),
        "builder": build_the_same,
    }
    if evaluated:
        questions["evaluation"] = lambda: of.Filter(of.parse(text).tree, Sample.__facts__).matches(ITEM)
    yield from ((text, who) for who, question in questions.items() if is_allowed(question) is not wanted)
    if wanted and not is_typed(text):
        yield text, "plan"


def is_typed(text: str) -> bool:
    """Whether each form of the plan has a kind, and comparisons are between kinds that are compared."""
    pending: list[forms.Value] = [plan_of(of.parse(text).tree, Sample.__facts__).condition]
    while pending:
        form = pending.pop()
        if form.kind == forms.UNTYPED:
            return False
        if isinstance(form, forms.Test) and not _kinds.are_comparable(form.left.kind, form.right.kind):
            return False
        pending += forms.below(form)
    return True


def compare_with_null(calculate: Callable[..., Any], *operands: Any) -> of.Filter:
    return calculate(*operands).eq(None)  # type: ignore[no-any-return]


SHAPES = {"Geography", "Geometry"}  # of which evaluation knows null alone
PAIRS = [*itertools.product(KINDS, KINDS)]


@pytest.mark.parametrize("name", ["eq", "ne", "lt", "le", "gt", "ge"])
def test_comparisons_are_between_the_same_kinds_for_all(name: str) -> None:
    found: list[tuple[str, str]] = []
    for one, other in PAIRS:
        wanted = (
            _kinds.are_comparable(one, other)
            and one not in _kinds.NULL_ONLY
            and (name in {"eq", "ne"} or not {one, other} & _kinds.UNORDERED)
        )
        build = partial(getattr(getattr(ANY, one), name, operator.not_), getattr(ANY, other))
        # Unlike values that nobody has judged are just not equal, a text may be a GUID, any element may hold.
        lenient = name in {"eq", "ne"} or {one, other} == {"Guid", "String"} or {"Collection", *SHAPES} & {one, other}
        evaluated = wanted or not lenient
        found += disagreements(f"{one} {name} {other}", build, wanted=wanted, evaluated=evaluated)
    assert found == []


ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": lambda one, other: one.div(other),
    "divby": lambda one, other: one.divby(other),
    "mod": lambda one, other: one.mod(other),
}


@pytest.mark.parametrize("name", ARITHMETIC)
def test_arithmetic_is_between_the_same_kinds_for_all(name: str) -> None:
    found: list[tuple[str, str]] = []
    for one, other in PAIRS:
        wanted = _functions.arithmetic_result(one, name, other) is not None
        build = partial(compare_with_null, ARITHMETIC[name], getattr(ANY, one), getattr(ANY, other))
        text = f"{one} {name} {other} eq null"
        found += disagreements(text, build, wanted=wanted, evaluated=not SHAPES & {one, other})
    assert found == []


@pytest.mark.parametrize("name", ARITHMETIC)
def test_the_plan_has_the_kinds_of_the_tables(name: str) -> None:
    for one, other in PAIRS:
        wanted = _functions.arithmetic_result(one, name, other)
        if wanted is None:
            continue
        plan = build_plan(of.parse(f"{one} {name} {other} eq null").tree, Sample.__facts__)
        assert isinstance(plan.condition, forms.IsNull), (one, name, other)
        assert plan.condition.operand.kind == wanted, (one, name, other)


def test_a_sign_stands_before_the_same_kinds_for_all() -> None:
    found: list[tuple[str, str]] = []
    for kind in KINDS:
        build = partial(compare_with_null, operator.neg, getattr(ANY, kind))
        wanted = _functions.has_sign(kind)
        found += disagreements(f"-{kind} eq null", build, wanted=wanted, evaluated=kind not in SHAPES)
    assert found == []


def test_membership_is_of_the_same_kinds_for_all() -> None:
    found: list[tuple[str, str]] = []
    for kind, other in PAIRS:
        if kind == "String" or "Collection" in {kind, other} or SHAPES & {kind, other}:
            continue
        literal = LITERALS[other]
        build = partial(getattr(ANY, kind).in_, [VALUES[other]])
        # A number that is written is of any kind of number, and a text may read as a value of other kinds.
        if kind == other:
            found += disagreements(f"{kind} in ({literal})", build, wanted=True)
        elif not _kinds.are_comparable(kind, other) and other not in {"String", "Enum"}:
            found += disagreements(f"{kind} in ({literal})", build, wanted=False, evaluated=False)
    assert found == []


def test_comparisons_with_null_are_allowed_for_all() -> None:
    found: list[tuple[str, str]] = []
    for kind, name in itertools.product(KINDS, ("eq", "ne")):
        found += disagreements(f"{kind} {name} null", partial(getattr(getattr(ANY, kind), name), None), wanted=True)
    assert found == []


# --- functions ------------------------------------------------------------------------------------------------------

# Arguments after the first, as texts and in code.
REST: list[tuple[str, Any]] = [
    ("String", ANY.String),
    ("'x'", "x"),
    ("Int32", ANY.Int32),
    ("1", 1),
    ("Collection", ANY.Collection),
    ('["x"]', ["x"]),
    ("Geography", ANY.Geography),
]
NOT_OF_VALUES = {"cast", "isof", "now", "mindatetime", "maxdatetime"}


def calls(
    function: _functions.CanonicalFunction, first: str
) -> Iterator[tuple[str, Callable[[], of.Filter], list[str | None]]]:
    """Calls of a function with an argument of the kind `first`: as texts, in code, and the kinds of their arguments."""
    least, most = function.arity
    for count in range(least, most + 1):
        for rest in itertools.product(*[REST, REST[:4:2]][: count - 1]):
            arguments = [first, *(text for text, _ in rest)]
            kinds = [arguments[0], *(KIND_OF.get(text, text) for text in arguments[1:])]

            def build(values: list[Any] = [value for _, value in rest]) -> of.Filter:  # noqa: B006
                made = getattr(getattr(ANY, first), function.method)(*values)
                return made if isinstance(made, of.Filter) else made.eq(None)

            condition = function.signatures[0].result == "Boolean"
            call = f"{function.name}({','.join(arguments)})"
            yield call if condition else f"{call} eq null", build, [*kinds]


KIND_OF = {"'x'": "String", "1": "Int64", '["x"]': "Collection"}


@pytest.mark.parametrize("name", sorted(_functions.FUNCTIONS.keys() - NOT_OF_VALUES))
def test_functions_take_the_same_kinds_for_all(name: str) -> None:
    function = _functions.FUNCTIONS[name]
    found: list[tuple[str, str]] = []
    for kind in KINDS:
        for text, build, kinds in calls(function, kind):
            wanted = function.signature_for(tuple(kinds)) is not None
            # Texts of the sample are no flags of a pattern.
            evaluated = not SHAPES & set(kinds) and not (name == "matchesPattern" and len(kinds) > 2)
            found += disagreements(text, build, wanted=wanted, evaluated=evaluated)
    assert found == []


@pytest.mark.parametrize("name", sorted(_functions.FUNCTIONS.keys() - NOT_OF_VALUES))
def test_the_plan_has_the_kinds_that_functions_give(name: str) -> None:
    function = _functions.FUNCTIONS[name]
    for kind in KINDS:
        for text, _, kinds in calls(function, kind):
            signature = function.signature_for(tuple(kinds))
            if signature is None or signature.result == "Boolean":
                continue
            condition = build_plan(of.parse(text).tree, Sample.__facts__).condition
            operand = condition.operand if isinstance(condition, forms.IsNull) else condition
            # A collection is never null.
            assert operand == forms.Bool(value=False, node=operand.node) or operand.kind == (
                signature.result or kind
            ), text


def test_the_table_of_functions_has_a_signature_for_some_call_of_each() -> None:
    for name in _functions.FUNCTIONS.keys() - NOT_OF_VALUES:
        allowed = [
            text
            for kind in KINDS
            for text, _, _ in calls(_functions.FUNCTIONS[name], kind)
            if is_allowed(partial(of.parse, text, schema=Sample))
        ]
        assert allowed, name


# --- the tables are complete ----------------------------------------------------------------------------------------

WITH_MORE_THAN_VALUES = {"cast", "isof", "now"}  # the evaluator has them in the plan


def test_each_function_has_an_implementation_or_a_reason_why_there_is_none() -> None:
    known = {*calculate._IMPLEMENTATIONS, *calculate.NOT_EVALUATED, *WITH_MORE_THAN_VALUES}
    assert known == _functions.FUNCTIONS.keys()
    assert all(calculate.NOT_EVALUATED.values())


@pytest.mark.parametrize("name", sorted(_functions.FUNCTIONS))
def test_each_function_has_a_method_of_the_builder(name: str) -> None:
    row = _functions.FUNCTIONS[name]
    method = next((found for one in handle.HANDLES.values() if (found := getattr(one, row.method, None))), None)
    assert method is not None
    assert f"`{name}`" in (inspect.getdoc(method) or "")
    # Each signature takes the same number of arguments.
    assert len({(len(one.parameters), one.optional) for one in row.signatures}) == 1
    kinds = {kind for one in row.signatures for parameter in one.parameters for kind in parameter} - {"Type"}
    assert kinds <= _kinds.KINDS.keys()
    assert {one.result for one in row.signatures} <= {"", *_kinds.KINDS}


@pytest.mark.parametrize("name", sorted(_kinds.KINDS))
def test_each_kind_is_complete(name: str) -> None:
    row = _kinds.KINDS[name]
    assert row.property_kind in handle.HANDLES
    assert row.family in {"Int", "Decimal", "Double", name}
    assert row.is_number == (row.literal == "Number")
    if row.literal is None:
        assert name in {"Collection", "Complex", "Untyped"}
        return
    assert row.wanted
    assert row.accepts
    assert row.literal in get_args(_kinds.LiteralKind)
    assert _literals._TERMINALS[row.literal] == row.terminal
    form = _literals.NOTATIONS[row.literal]
    assert (form.read is not None) == (row.value is not None)
    assert form.write or name == "Enum"
    assert (form.is_in_quotes is not None) == (row.in_quotes or name == "DateTimeOffset")  # which an API may want so
    read = of.parse(f"{row.example} eq null").tree
    assert isinstance(read, tree.Comparison)
    assert isinstance(read.left, tree.Literal)
    assert read.left.kind in {row.literal, "String"}
    if row.value is not None and name != "Enum" and not row.is_number:  # a number that is written is of any kind
        assert isinstance(tree.value(read.left), row.value)


def test_each_kind_of_literal_belongs_to_a_kind() -> None:
    assert {row.literal for row in _kinds.KINDS.values()} == {None, *get_args(_kinds.LiteralKind)} - {"null"}
    assert _literals.NOTATIONS.keys() == _literals._TERMINALS.keys() == set(get_args(_kinds.LiteralKind))


def test_each_kind_that_a_text_spells_has_a_reader_of_the_evaluator() -> None:
    assert values.READER_OF_KIND.keys() == _kinds.SPELT
    assert values.STORED.keys() == _kinds.SPELT | _kinds.NUMBERS | {"Boolean"}


def test_a_kind_without_a_class_of_the_evaluator_is_read_as_its_literals_are() -> None:
    read = values._reader_of("Duration")  # as a new kind would be, of which Python's type holds all values
    length = dt.timedelta(days=1, hours=2)
    assert read(length) is length
    assert read("P1DT2H") == length
    for unreadable in ("soon", 5, None):
        with pytest.raises(of.FilterTypeError, match="is no Duration"):
            read(unreadable)


def test_each_prefix_stands_before_the_quotes_of_the_literals_that_have_it() -> None:
    for row in _kinds.KINDS.values():
        if row.literal is not None:
            inside = _literals.without_prefix(row.literal, row.example)
            assert _literals.with_prefix(row.literal, inside) == row.example
            assert not row.prefix or row.example == f"{row.prefix}'{inside}'"


@pytest.mark.engines  # which are not installed everywhere
@pytest.mark.parametrize("module", ["sqlalchemy", "django", "ibis"])
def test_an_engine_has_no_values_but_those_of_the_tables(module: str) -> None:
    spelling = importlib.import_module(f"odatafilter.{module}._spelling").Spelling
    assert spelling.families <= {row.family for row in _kinds.KINDS.values() if row.value is not None}


@pytest.mark.engines
@pytest.mark.parametrize("text", ["one eq 2020-01-01", "one lt other", "one in (2020-01-01,2020-01-02)"])
def test_an_engine_refuses_a_kind_that_it_has_no_type_for(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sa, spelling, engine = map(
        importlib.import_module, ("sqlalchemy", "odatafilter.sqlalchemy._spelling", "odatafilter.sqlalchemy")
    )
    table = sa.Table("t", sa.MetaData(), sa.Column("one", sa.Date), sa.Column("other", sa.Date))
    schema = of.schema_from_dict({"one": "Date", "other": "Date"})
    monkeypatch.setattr(spelling.Spelling, "families", spelling.Spelling.families - {"Date"})
    with pytest.raises(of.UnsupportedError, match="SQLite has no values of the kind Date"):
        engine.where(of.parse(text, schema=schema), table, dialect="sqlite")
    assert engine.where(of.parse("one eq null", schema=schema), table, dialect="sqlite") is not None


@pytest.mark.parametrize("kind", sorted(handle.HANDLES))
def test_a_declaration_in_a_dict_takes_what_the_class_of_the_kind_takes(kind: str) -> None:
    if kind in {"Collection", "Complex", "Untyped"}:  # whose classes take schemas and handles
        return
    taken = {"enum" if one == "members" else one for one in inspect.signature(getattr(of, kind)).parameters}
    assert taken == {"declaration", *_dict._OF_KIND.get(kind, ())}


def test_each_class_of_handles_is_of_a_kind_of_the_table() -> None:
    assert handle.HANDLES.keys() == _kinds.PROPERTY_KINDS
    assert set(KINDS) == _kinds.PROPERTY_KINDS - {"Untyped", "Complex"}


def test_a_new_function_takes_a_row_and_an_implementation(monkeypatch: pytest.MonkeyPatch) -> None:
    row = _functions._function_row("mirrored", _functions.STRING, _functions.COUNT, result="String", optional=1)
    for table, key in ((_functions.FUNCTIONS, "mirrored"), (_functions.BY_METHOD, "mirrored")):
        monkeypatch.setitem(table, key, row)
    monkeypatch.setitem(_functions.BY_LOWER_CASE, "mirrored", "mirrored")
    monkeypatch.setitem(calculate._IMPLEMENTATIONS, "mirrored", lambda text, start=0: text[start:][::-1])
    name: Any = of.field("name")
    name._facts = replace(name._facts, functions=name._facts.functions | {"mirrored"})  # as the table was imported
    made = name.mirrored(1).contains("ba")
    assert str(made) == "contains(mirrored(name,1),'ba')"
    assert of.parse(str(made)) == made
    assert made.matches({"name": "xab"})
    assert str(name.mirrored(of.param("p")) == "x") == "mirrored(name,@p) eq 'x'"
    with pytest.raises(of.FilterTypeError, match="takes 1 arguments at most"):
        name.mirrored(1, 2)
    with pytest.raises(of.FilterTypeError, match="'the argument' is an Int32 and takes an int"):
        name.mirrored("x")
    with pytest.raises(AttributeError, match="'Int32' object has no attribute 'mirrored'"):
        ANY.Int32.mirrored()


@pytest.mark.parametrize("name", sorted(_functions.FUNCTIONS))
def test_the_example_of_a_call_is_one(name: str) -> None:
    call = _functions.example_call(name)
    least, most = _functions.arity(name)
    read = of.parse(f"{call} eq null").tree
    assert isinstance(read, tree.Comparison)
    assert isinstance(read.left, tree.Call)
    assert read.left.function == name
    assert least <= len(read.left.arguments) <= most


def test_each_python_type_is_that_of_one_literal() -> None:
    found: dict[type, set[str]] = {}
    for row in _kinds.KINDS.values():
        if row.value and row.literal and row.name != "Enum":
            found.setdefault(row.value, set()).add(row.literal)
    assert {python: literals for python, literals in found.items() if len(literals) > 1} == {}
