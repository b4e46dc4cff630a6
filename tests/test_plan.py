"""The plan of a filter: its forms, their kinds, and the questions that backends are asked."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import odatafilter as of
from odatafilter._plan import forms, polarity
from odatafilter._plan.build import build
from odatafilter._plan.refuse import Refusal, unsupported_error
from odatafilter.tree import And, Expression, Literal, Or, Path, Property


class City(of.Schema):
    name = of.String(nullable=False)


class Job(of.Schema):
    id = of.Guid()
    size = of.Int64(nullable=False)
    price = of.Decimal()
    weight = of.Double()
    state = of.Enum("new", "old")
    lasts = of.Duration()
    at = of.DateTimeOffset()
    ok = of.Boolean()
    tags = of.Collection(of.String())
    inputs = of.Int32(source="inputs[].id")
    city = of.Navigation(City)
    cities = of.Collection(City)


def condition(text: str, schema: type[of.Schema] | None = Job) -> Any:
    f = of.parse(text, schema=schema)
    return build(f.tree, f.schema).condition


# --- forms ----------------------------------------------------------------------------------------------------------


def test_ne_is_not_eq_and_null_is_asked_for_by_itself() -> None:
    assert isinstance(condition("size ne 1"), forms.Not)
    assert isinstance(condition("size ne 1").operand, forms.Test)
    assert isinstance(condition("id eq null"), forms.IsNull)
    assert condition("id lt null", None).value is False
    assert isinstance(condition("id le null", None), forms.IsNull)
    assert condition("null eq null", None).value is True


def test_in_is_one_of_values_that_are_not_null() -> None:
    found = condition("size in (1,null,2)")
    assert [type(one) for one in found.operands] == [forms.OneOf, forms.IsNull]
    assert [one.value for one in found.operands[0].values] == [1, 2]
    assert condition("size in ()", None).value is False
    assert isinstance(condition('tags/any(t:t in ["a","b"])').condition, forms.OneOf)
    assert isinstance(condition("size in [1,id]", None), forms.AnyOf)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("size eq 5", "Int64", 5),
        ("weight eq 5", "Double", 5.0),
        ("price eq 5.50", "Decimal", "5.50"),
        ("id eq '00000000-0000-0000-0000-00000000000A'", "Guid", "00000000-0000-0000-0000-00000000000a"),
        ("state eq 'new'", "Enum", "new"),
        ("lasts eq 'PT1S'", "Duration", "0:00:01"),
        ("at eq 2024-01-01T00:00:00Z", "DateTimeOffset", "2024-01-01 00:00:00+00:00"),
    ],
)
def test_a_literal_has_the_kind_and_the_value_of_what_it_stands_beside(text: str, kind: str, value: Any) -> None:
    const = condition(text).right
    assert const.kind == kind
    assert const.value == value or str(const.value) == value


def test_a_text_is_read_as_the_argument_that_a_function_takes() -> None:
    (operand,) = condition("totalseconds('PT1S') eq 1").left.operands
    assert (operand.kind, str(operand.value)) == ("Duration", "0:00:01")
    for text in ("at add 'PT1S' gt at", "lasts sub 'PT1S' gt lasts"):
        operand = condition(text).left.operands[1]
        assert (operand.kind, str(operand.value)) == ("Duration", "0:00:01")
    for text in ("-'PT1S' lt lasts", "'PT1S' mul 2 gt lasts", "'PT1S' div 2 gt lasts", "'PT1S' divby 2 gt lasts"):
        operand = condition(text).left.operands[0]
        assert (operand.kind, str(operand.value)) == ("Duration", "0:00:01")
    (operand,) = condition("length('PT1S') eq 4").left.operands
    assert (operand.kind, operand.value) == ("String", "PT1S")


@pytest.mark.parametrize("weight", [None, 1.0, -1.7e308, math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 400])
def test_a_number_beyond_all_doubles_is_told_from_inf(weight: float | None, number: str) -> None:
    above = number[0] != "-"
    for text, expected in (
        (f"weight eq {number}", False),
        (f"weight ne {number}", True),
        (f"weight in ({number},2)", False),
        (f"weight lt {number}", weight is not None and ((above and weight < math.inf) or weight == -math.inf)),
        (f"{number} gt weight", weight is not None and ((above and weight < math.inf) or weight == -math.inf)),
        (f"weight ge {number}", weight is not None and ((not above and weight > -math.inf) or weight == math.inf)),
    ):
        found = condition(text)
        assert of.parse(text, schema=Job).matches({"weight": weight}) is expected
        each = [found]
        while each:
            one = each.pop()
            assert not isinstance(one, forms.Const) or number not in one.literal.text
            each += forms.below(one)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("size add 1 eq 2", "Int64"),
        ("size add 1.5 eq 2", "Decimal"),
        ("size divby 2 eq 2", "Decimal"),
        ("weight mul price eq 2", "Double"),
        ("length(city/name) eq 2", "Int32"),
        ("year(at) eq 2", "Int32"),
        ("at sub at eq duration'PT0S'", "Duration"),
        ("ceiling(price) eq 2", "Decimal"),
        ("concat(tags,tags) eq tags", "Collection"),
        ("concat(city/name,null) eq 'x'", "String"),
        ("-size eq 2", "Int64"),
        ("case(ok:size,true:size) eq 2", "Int64"),
        ("case(ok:size,true:null) eq 2", "Int64"),
        ("case(ok:size,true:price) eq 2", "Untyped"),
        ("tags/$count eq 2", "Int64"),
    ],
)
def test_numbers_and_results_have_kinds_of_their_own(text: str, kind: str) -> None:
    assert condition(text).left.kind == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("concat(a,'x') eq 'x'", "Untyped"),
        ("concat('x','x') eq 'x'", "String"),
        ("substring(a,1) eq 'x'", "Untyped"),
        ("substring('x',1) eq 'x'", "String"),
        ("length(a) eq 1", "Int32"),
        ("indexof(a,b) eq 1", "Int32"),
        ("tolower(a) eq 'x'", "String"),
        ("contains(a,b) eq true", "Boolean"),
        ("round(a) eq 1", "Untyped"),
        ("date(a) eq 2024-01-01", "Date"),
        ("now() eq a", "DateTimeOffset"),
        ("a add 1 eq 1", "Untyped"),
        ("null add 1 eq 1", "Untyped"),
        ("1 add null eq 1", "Untyped"),
        ("-a eq 1", "Untyped"),
        ("1 add 1 eq 1", "Int64"),
        ("'PT1S' add '2024-01-01' eq a", "Untyped"),
        ("case(a:1,true:'x') eq 1", "Untyped"),
        ("case(a:'y',true:'x') eq 1", "String"),
        ("cast(a,Edm.Int16) eq 1", "Int16"),
        ("cast([1],Collection(Edm.Int16)) eq [1]", "Collection"),
        ("isof(a,Edm.Int16) eq true", "Boolean"),
    ],
)
def test_what_is_known_of_a_result_does_not_depend_on_what_is_not(text: str, kind: str) -> None:
    assert condition(text, None).left.kind == kind


def test_paths_are_steps_and_null_where_one_of_them_is() -> None:
    found = condition("city/name eq 'x'").left
    assert found.path == ("city", "name")
    assert found.start.loop == 0
    assert found.nullable
    assert not condition("size eq 1").left.nullable


def test_names_are_what_they_are_where_they_stand() -> None:
    found = condition("cities/any(c:c/name eq $it/city/name and size gt 1)")
    inner = found.condition.operands[0]
    assert (inner.left.start.loop, inner.right.start.loop) == (found.loop, 0)
    assert found.condition.operands[1].left.start.loop == 0
    nested = condition("cities/$count($filter=name eq 'x') gt 1").left
    assert nested.condition.left.start.loop == nested.loop
    assert condition("@p/a eq null", None).value is True


def test_elements_with_properties_are_complex_and_never_null() -> None:
    found = condition("cities/any(c:c/name eq 'x')")
    name = found.condition.left
    assert (name.of.kind, name.of.nullable, name.kind, name.nullable) == ("Complex", False, "String", False)
    assert condition("tags/any(t:t eq 'x')").condition.left.kind == "String"
    joined = condition("cities/name eq 'x'", None).left
    assert joined.kind == "Untyped"
    through = build(of.parse("cities/name eq 'x'").tree, Job.__facts__).condition
    assert isinstance(through, forms.Test)
    assert through.left.kind == "Collection"
    assert condition("cities/$filter(name eq 'x')/any(c:c/name eq 'y')").condition.left.of.kind == "Complex"


def test_all_fails_where_an_element_is_not_true() -> None:
    found = condition("cities/all(c:contains(c/name,'x'))")
    assert isinstance(found.operand.condition, forms.NotTrue)


def test_each_property_of_several_values_gets_a_loop_of_its_own() -> None:
    found = condition("inputs add inputs eq 5")
    assert found.loop == 1
    assert found.condition.loop == 2
    assert isinstance(condition("inputs ne 5").operand, forms.AnyOf)


def test_what_only_the_service_knows_is_said_in_the_plan() -> None:
    assert isinstance(condition("$root/x eq 1", None).left, forms.ServiceOnly)
    assert isinstance(condition("N.F(a=1) eq 1", None).left, forms.ServiceOnly)


# Conditions that are true or false, and values that are always there: by the docstrings of the forms.
NEVER_NULL: dict[type, str] = {
    **dict.fromkeys(
        [forms.Test, forms.IsNull, forms.OneOf, forms.AnyOf, forms.NotTrue, forms.Bool],
        "Boolean",
    ),
    forms.CountOf: "Int64",
    forms.Where: "Collection",
    forms.Array: "Collection",
    forms.Object: "Complex",
}
OF_OPERANDS = (forms.And, forms.Or, forms.Not, forms.Truth, forms.Apply, forms.IsOf)


def forms_of(form: Any) -> list[Any]:
    found, pending = [], [form]
    while pending:
        found.append(one := pending.pop())
        pending += forms.below(one)
    return found


@pytest.mark.parametrize(
    "text",
    [
        "size eq 1 and id eq null or not ok",
        "size ne 1 and not (size gt 5) and true and not false",
        "ok and true eq ok",
        "(ok or size eq 1) eq (id eq null)",
        "id in ('00000000-0000-0000-0000-00000000000A',null) and size in (1) and size in ()",
        "size in [1,size] and 'x' in tags and [1] in [[1],[2]]",
        "tags/any() and tags/any(t:t eq 'x') and tags/all(t:contains(t,'x'))",
        "tags/$count eq 2 and cities/$count($filter=name eq 'x') eq 2 and cities/$filter(name eq 'x')/any()",
        "inputs eq 5 and inputs ne 5 and contains(cast(inputs,Edm.String),'5')",
        'city eq {"name":"x"} and isof(size,Edm.Int32) and isof(price,Edm.Int32)',
        "case(ok:size,true:price) eq 1 and -size lt size add 1 and price add size gt 1",
        "contains(city/name,'x') and length('x') eq 1 and concat('x',null) eq 'x' and state has 'new'",
        "weight lt 1e999 and weight eq 1e999 and weight in (1e999)",
        "city/name eq @p and @p eq null and @p/a/any()",
        "@Core.Note eq 'x' and id/@Core.Note eq 'x'",
        "'PT1S' gt lasts and cast(tags,Edm.Int32) eq [1] and now() gt at",
    ],
)
@pytest.mark.parametrize("schema", [Job, None])
def test_each_form_says_whether_it_may_be_null(text: str, schema: type[of.Schema] | None) -> None:
    tree = of.parse(text).tree
    for form in forms_of(build(tree, schema.__facts__ if schema else None).condition):
        if type(form) in NEVER_NULL:
            assert (form.kind, form.nullable) == (NEVER_NULL[type(form)], False)
        elif isinstance(form, forms.Const):
            assert form.nullable is form.is_null is (form.kind == "null")
        elif isinstance(form, OF_OPERANDS):
            assert form.nullable is any(one.nullable for one in forms.below(form))
            assert form.kind == "Boolean" or isinstance(form, forms.Apply)
        elif isinstance(form, forms.As):
            assert form.nullable is form.operand.nullable
        elif isinstance(form, forms.Element):
            assert form.nullable is not (form.loop == 0 or form.kind == "Complex") or form.facts is not None
        elif isinstance(form, forms.Get):
            declared = form.facts is not None and not form.facts.nullable and not form.of.nullable
            assert form.nullable is not (declared or form.of.kind == "Collection")
        else:
            assert isinstance(form, forms.Cast | forms.Case | forms.Annotated)
            assert form.nullable


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("size eq 1", "Test(op='eq', left=Get(of=Element(loop=0), name='size'), right=Const(literal=Literal(kind='Number', text='1')))"),
        ("not true", "Bool(value=False)"),
    ],
)  # fmt: skip
def test_a_form_shows_itself_without_what_every_form_has(text: str, seen: str) -> None:
    assert repr(condition(text)) == seen


# --- refusals -------------------------------------------------------------------------------------------------------


def test_what_is_refused_is_named_with_its_place() -> None:
    f = of.parse("a eq 1 and contains(b/c,'x')")
    call = forms.below(build(f.tree, None).condition)[1].node
    error = unsupported_error(f.tree, [Refusal("no search here", call), Refusal("no search here", call)])
    assert [str(f)[slice(*one.span)] for one in error.problems] == ["contains(b/c,'x')"]
    assert isinstance(error, of.UnsupportedError)
    assert "no search here" in str(error)
    assert unsupported_error(f.tree, [Refusal("not here", Property("other"))]).problems[0].span == (0, len(str(f)))
    assert error.to_dict()["message"] == "the filter cannot be run here"


def test_refusals_are_listed_once_each_in_the_order_of_the_text() -> None:
    f = of.parse("a eq 1 and (b eq 2 or a eq 1)")
    assert isinstance(f.tree, And)
    first, (second, again) = f.tree.operands[0], below_or(f.tree.operands[1])
    error = unsupported_error(
        f.tree, [Refusal("not b", second), Refusal("not a", first), Refusal("nor a", again), Refusal("not b", second)]
    )
    assert error.problems == (
        of.Problem("not a", (0, 6), "unsupported"),
        of.Problem("not b", (12, 18), "unsupported"),
        of.Problem("nor a", (22, 28), "unsupported"),
    )
    twice = of.Filter(And((first, first)))
    assert [one.span for one in unsupported_error(twice.tree, [Refusal("not a", first)]).problems] == [(0, 6)]


def below_or(node: Expression) -> tuple[Expression, ...]:
    assert isinstance(node, Or)
    return node.operands


# --- questions ------------------------------------------------------------------------------------------------------

NODE = Literal("null", "null")
names = st.sampled_from("abc")
Truth = bool | None


def get(name: str, kind: str, nullable: bool) -> forms.Get:
    item = forms.Element(node=NODE, loop=0)
    return forms.Get(node=Property(name), kind=kind, nullable=nullable, of=item, name=name)


values = st.builds(get, names, st.sampled_from(["Int32", "Double"]), st.booleans())
constants = st.sampled_from(["1", "2"]).map(
    lambda n: forms.Const(node=NODE, kind="Int64", nullable=False, literal=Literal("Number", n))
)
made: dict[str, Any] = {"node": NODE, "kind": "Boolean", "nullable": False}
leaf = st.one_of(
    st.builds(
        lambda op, a, b: forms.Test(**made, op=op, left=a, right=b),
        st.sampled_from(["eq", "lt", "le", "gt", "ge"]),
        values,
        st.one_of(values, constants),
    ),
    st.builds(lambda a: forms.IsNull(**made, operand=a), values),
    st.builds(lambda a, c: forms.OneOf(**made, operand=a, values=tuple(c)), values, st.lists(constants, min_size=1)),
    st.builds(
        lambda n: forms.Truth(node=NODE, kind="Boolean", nullable=True, operand=get(n, "Boolean", True)),
        st.sampled_from("xy"),
    ),
    st.builds(lambda b: forms.Bool(**made, value=b), st.booleans()),
)


def joined(kind: type[forms.And | forms.Or], operands: list[Any]) -> Any:
    return kind(node=NODE, kind="Boolean", nullable=any(one.nullable for one in operands), operands=tuple(operands))


conditions = st.recursive(
    leaf,
    lambda below: st.one_of(
        st.lists(below, min_size=2, max_size=3).map(lambda several: joined(forms.And, several)),
        st.lists(below, min_size=2, max_size=3).map(lambda several: joined(forms.Or, several)),
        below.map(lambda one: forms.Not(node=NODE, kind="Boolean", nullable=one.nullable, operand=one)),
        below.map(lambda one: forms.NotTrue(**made, operand=one)),
        st.builds(
            lambda one, loop: forms.AnyOf(
                **made, collection=get("items", "Collection", False), condition=one, loop=loop
            ),
            below,
            st.integers(1, 2),
        ),
    ),
    max_leaves=6,
)
SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
}


def value_of(form: Any, item: dict[str, Any]) -> Any:
    return form.value if isinstance(form, forms.Const) else item[form.name]


def kleene(word: type[forms.And | forms.Or], found: list[Truth]) -> Truth:
    decides = word is forms.Or
    return decides if decides in found else None if None in found else not decides


def meaning(form: Any, item: dict[str, Any]) -> Truth:
    """What a condition is, by the words of its docstring."""
    match form:
        case forms.Test(op=op, left=left, right=right):
            a, b = value_of(left, item), value_of(right, item)
            return a is b and "e" in op if a is None or b is None else SIGNS[op](a, b)
        case forms.IsNull(operand=operand):
            return value_of(operand, item) is None
        case forms.OneOf(operand=operand, values=several):
            return value_of(operand, item) in [one.value for one in several]
        case forms.Truth(operand=operand):
            return bool(found) if (found := value_of(operand, item)) is not None else None
        case forms.Bool(value=value):
            return value
        case forms.Not(operand=operand):
            return None if (found := meaning(operand, item)) is None else not found
        case forms.NotTrue(operand=operand):
            return meaning(operand, item) is not True
        case forms.AnyOf(condition=inner):
            return any(meaning(inner, {**item, **one}) is True for one in item["items"])
        case _:
            return kleene(type(form), [meaning(one, item) for one in form.operands])


def in_sql(question: Any, item: dict[str, Any]) -> Truth:
    """What SQL makes of a question: UNKNOWN is None."""
    match question:
        case polarity.Compare(operator=operator, left=left, right=right):
            a, b = value_of(left, item), value_of(right, item)
            assert not (operator == "ne" and "Double" in {left.kind, right.kind})
            return None if a is None or b is None else SIGNS[operator](a, b)
        case polarity.Null(operand=operand, negated=negated):
            return (value_of(operand, item) is None) is not negated
        case polarity.Membership(operand=operand, values=several, negated=negated):
            found = value_of(operand, item)
            return None if found is None else (found in [one.value for one in several]) is not negated
        case polarity.Exists(condition=inner, negated=negated):
            return any(in_sql(inner, {**item, **one}) is True for one in item["items"]) is not negated
        case polarity.Holds(operand=operand, negated=negated):
            found = value_of(operand, item)
            return None if found is None else bool(found) is not negated
        case polarity.Negated(operand=operand):
            return None if (found := in_sql(operand, item)) is None else not found
        case polarity.Constant(value=value):
            return value
        case _:
            word = forms.And if isinstance(question, polarity.All) else forms.Or
            return kleene(word, [in_sql(one, item) for one in question.operands])


numbers = st.one_of(st.none(), st.sampled_from([1, 2, 3]))
truths = st.one_of(st.none(), st.booleans())
elements = st.fixed_dictionaries({"a": numbers, "x": truths})
items = st.fixed_dictionaries(
    {"a": numbers, "b": numbers, "c": numbers, "x": truths, "y": truths, "items": st.lists(elements, max_size=2)}
)


def check_declared(form: Any, item: dict[str, Any]) -> bool:
    """Whether no property is null in the item that is declared not to be."""
    each = [form]
    while each:
        one = each.pop()
        if isinstance(one, forms.Get) and not one.nullable and one.name in "abc":
            found = [item[one.name], *(element.get(one.name, 0) for element in item["items"])]
            if None in found:
                return False
        each += forms.below(one)
    return True


@given(conditions, items)
def test_questions_are_true_exactly_where_the_condition_is(form: Any, item: dict[str, Any]) -> None:
    found = meaning(form, item)
    if check_declared(form, item):
        assert (in_sql(polarity.when_true(form), item) is True) is (found is True)
        assert (in_sql(polarity.when_false(form), item) is True) is (found is False)
        assert (in_sql(polarity.when_not_true(form), item) is True) is (found is not True)
        assert (in_sql(polarity.when_not_false(form), item) is True) is (found is not False)


def in_short(question: Any) -> str:
    """A question as one would write it in SQL."""
    match question:
        case polarity.Compare(operator=operator, left=left, right=right):
            return f"{in_short(left)} {operator} {in_short(right)}"
        case polarity.Null(operand=operand, negated=negated):
            return f"{in_short(operand)} IS {'NOT ' * negated}NULL"
        case polarity.Membership(operand=operand, values=several, negated=negated):
            return f"{in_short(operand)} {'NOT ' * negated}IN ({', '.join(map(in_short, several))})"
        case polarity.Exists(collection=collection, condition=inner, negated=negated):
            return f"{'NOT ' * negated}EXISTS ({in_short(collection)}: {in_short(inner)})"
        case polarity.Holds(operand=operand, negated=negated):
            return f"{'NOT ' * negated}{in_short(operand)}"
        case polarity.Negated(operand=operand):
            return f"NOT ({in_short(operand)})"
        case polarity.Constant(value=value):
            return str(value).upper()
        case polarity.All(operands=operands) | polarity.Any(operands=operands):
            word = " AND " if isinstance(question, polarity.All) else " OR "
            return f"({word.join(map(in_short, operands))})"
        case forms.Const(literal=literal):
            return literal.text
        case forms.Element():
            return "element"
        case _:
            assert isinstance(question, forms.Get)
            return question.name


@pytest.mark.parametrize(
    ("text", "when_true", "when_false"),
    [
        ("size eq 1", "size eq 1", "size ne 1"),
        ("price eq 1", "price eq 1", "(price ne 1 OR price IS NULL)"),
        ("1 lt price", "1 lt price", "(1 ge price OR price IS NULL)"),
        ("size eq price", "size eq price", "(size ne price OR price IS NULL)"),
        ("price lt size", "price lt size", "(price ge size OR price IS NULL)"),
        (
            "price gt price",
            "price gt price",
            "(price le price OR price IS NULL OR price IS NULL)",
        ),
        *[
            (
                f"price {operator} price",
                f"(price {operator} price OR (price IS NULL AND price IS NULL))",
                f"(price {opposite} price OR (price IS NULL AND price IS NOT NULL) OR (price IS NOT NULL AND price IS NULL))",
            )
            for operator, opposite in (("eq", "ne"), ("le", "gt"), ("ge", "lt"))
        ],
        ("weight lt 1", "weight lt 1", "(NOT (weight lt 1) OR weight IS NULL)"),
        ("1 eq weight", "1 eq weight", "(NOT (1 eq weight) OR weight IS NULL)"),
        ("weight in (1,2)", "weight IN (1, 2)", "(NOT (weight IN (1, 2)) OR weight IS NULL)"),
        ("size in (1,2)", "size IN (1, 2)", "size NOT IN (1, 2)"),
        ("price in (1,2)", "price IN (1, 2)", "(price NOT IN (1, 2) OR price IS NULL)"),
        ("price in (1,null)", "(price IN (1) OR price IS NULL)", "((price NOT IN (1) OR price IS NULL) AND price IS NOT NULL)"),
        ("price eq null", "price IS NULL", "price IS NOT NULL"),
        ("size eq null", "FALSE", "TRUE"),
        ("ok", "ok", "NOT ok"),
        ("not ok", "NOT ok", "ok"),
        ("null", "FALSE", "FALSE"),
        ("ok and not ok", "(ok AND NOT ok)", "(NOT ok OR ok)"),
        ("ok or not ok", "(ok OR NOT ok)", "(NOT ok AND ok)"),
        ("ok and (ok and size eq 1)", "(ok AND ok AND size eq 1)", "(NOT ok OR NOT ok OR size ne 1)"),
        ("ok or (ok or size eq 1)", "(ok OR ok OR size eq 1)", "(NOT ok AND NOT ok AND size ne 1)"),
        ("ok and true", "ok", "NOT ok"),
        ("ok and false", "FALSE", "TRUE"),
        ("ok or true", "TRUE", "FALSE"),
        ("ok or false", "ok", "NOT ok"),
        ("ok and ok and true", "(ok AND ok)", "(NOT ok OR NOT ok)"),
        ("true and true", "TRUE", "FALSE"),
        ("false or false", "FALSE", "TRUE"),
        ("size eq null and price eq 1", "FALSE", "TRUE"),
        ("tags/any()", "EXISTS (tags: TRUE)", "NOT EXISTS (tags: TRUE)"),
        ("tags/any(t:t eq 'x')", "EXISTS (tags: element eq 'x')", "NOT EXISTS (tags: element eq 'x')"),
        ("tags/any(t:false)", "FALSE", "TRUE"),
        ("tags/all(t:false)", "NOT EXISTS (tags: TRUE)", "EXISTS (tags: TRUE)"),
        ("tags/all(t:true)", "TRUE", "FALSE"),
        (
            "tags/all(t:t eq 'x')",
            "NOT EXISTS (tags: (element ne 'x' OR element IS NULL))",
            "EXISTS (tags: (element ne 'x' OR element IS NULL))",
        ),
        ("tags/all(t:$it/ok)", "NOT EXISTS (tags: (NOT ok OR ok IS NULL))", "EXISTS (tags: (NOT ok OR ok IS NULL))"),
        (
            "tags/all(t:$it/ok and not $it/ok)",
            "NOT EXISTS (tags: (NOT ok OR ok IS NULL OR ok OR ok IS NULL))",
            "EXISTS (tags: (NOT ok OR ok IS NULL OR ok OR ok IS NULL))",
        ),
        (
            "tags/all(t:$it/ok or not $it/ok)",
            "NOT EXISTS (tags: ((NOT ok OR ok IS NULL) AND (ok OR ok IS NULL)))",
            "EXISTS (tags: ((NOT ok OR ok IS NULL) AND (ok OR ok IS NULL)))",
        ),
        (
            "tags/all(t:not ($it/ok or size eq 1))",
            "NOT EXISTS (tags: (ok OR ok IS NULL OR size eq 1))",
            "EXISTS (tags: (ok OR ok IS NULL OR size eq 1))",
        ),
        ("tags/all(t:null)", "NOT EXISTS (tags: null IS NULL)", "EXISTS (tags: null IS NULL)"),
    ],
)  # fmt: skip
def test_questions_say_no_more_of_null_than_is_needed(text: str, when_true: str, when_false: str) -> None:
    tree = of.parse(text).tree
    made = build(tree, Job.__facts__).condition
    assert in_short(polarity.when_true(made)) == when_true
    assert in_short(polarity.when_false(made)) == when_false


def test_a_plain_comparison_stays_one() -> None:
    question = polarity.when_true(condition("city/name eq 'x' and size gt 5"))
    assert isinstance(question, polarity.All)
    assert [type(one) for one in question.operands] == [polarity.Compare, polarity.Compare]
    negated = polarity.when_true(condition("not (size gt 5)"))
    assert isinstance(negated, polarity.Compare)
    assert negated.operator == "le"
    assert isinstance(condition("city/name eq 'x'").left.node, Path)


def test_functions_and_operators_of_a_filter_are_named_wherever_they_stand() -> None:
    f = of.parse("tags/any(t:length(t) gt 2) and -size div 2 gt year(at) or state has 'new'", schema=Job)
    assert build(f.tree, f.schema).functions == {"length", "negate", "div", "year", "has"}
    f = of.parse("size mod 0 lt null")
    assert build(f.tree, f.schema).functions == {"mod"}


@pytest.mark.parametrize(
    "text", ["took add null eq took", "null sub took eq took", "@p mul took eq took", "-null eq took"]
)
def test_null_beside_a_duration_is_null(text: str) -> None:
    class Timed(of.Schema):
        took = of.Duration()

    assert not of.parse(text, schema=Timed).matches({"took": "P1D"})
