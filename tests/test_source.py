"""The source of a schema: a class that is written from it is like it."""

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
import test_service
import test_types
from derived_models import CSDL_JSON, CSDL_XML, DOCUMENTED, NORTHWIND, ORDER, damaged
from hypothesis import given
from hypothesis import strategies as st
from kept_outputs import AGAIN, KEPT
from strategies import names
from test_service import ACCOUNTS, Person
from test_types import ANIMALS, Written
from test_typing import mypy

import odatafilter as of
from odatafilter.derive import functions_of, schema_source
from odatafilter.facts import FunctionFacts, PropertyFacts, SchemaFacts


def class_of(source: str) -> type[of.Schema]:
    space: dict[str, Any] = {"__name__": "made"}
    exec(source, space)
    made = [one for one in space.values() if isinstance(one, type) and issubclass(one, of.Schema)]
    return made[-1]


def as_written(facts: Any) -> Any:
    """Facts without what no written class can say, and without the names of classes."""
    if isinstance(facts, PropertyFacts):
        element = facts.element and as_written(msgspec.structs.replace(facts.element, source="", name=""))
        return msgspec.structs.replace(facts, schema=as_written(facts.schema), element=element)
    if isinstance(facts, FunctionFacts):
        given = facts.parameters[1:] if facts.bound else facts.parameters
        result, *parameters = [as_written(msgspec.structs.replace(one, source="")) for one in (facts.result, *given)]
        return msgspec.structs.replace(facts, parameters=tuple(parameters), result=result, bound=False)
    if isinstance(facts, tuple):
        return tuple(map(as_written, facts))
    if isinstance(facts, Mapping):
        return {name: as_written(one) for name, one in facts.items()}
    if not isinstance(facts, SchemaFacts):
        return facts
    return msgspec.structs.replace(
        facts,
        name="",
        properties=as_written(facts.properties),
        service_functions=as_written(facts.service_functions),
        type_name="",
        derived={},
        deeper=frozenset(),
        depth=0,
        namespaces={},
        types=frozenset(),
    )


class Odd(of.Schema, lists="[]", either_order="contains", case_sensitive=False, plain=True, operators=("eq", "in")):
    made = of.String(name="class")
    other = of.String(name="of")
    third = of.Int32(name="Field")
    hidden = of.Int32(name="__hidden")
    first = of.Int32(name="ﬁrst")
    lower = of.Int32(name="a_")
    upper = of.Int32(name="Über")
    quotes = of.String(enum=("it's", 'say "x"', "both '\""))
    pairs = of.Collection(of.Enum("Red", type_name="N.E"), operators=("eq",), source="a.b[]")


CLASHES: dict[str, Any] = {
    "Address": {"kind": "Complex", "type_name": "Address", "properties": {"Address": "String", "class": "Untyped"}},
    "AddressType": {
        "kind": "Collection",
        "element": {"kind": "Complex", "type_name": "Address", "properties": {"a": "Int32"}},
    },
    "Other": {"kind": "Complex", "type_name": "Address", "properties": {"b": {"kind": "Untyped", "nullable": False}}},
    "ALL_FUNCTIONS": "Int32",
}

SCHEMAS: dict[str, type[of.Schema]] = {
    "dict": of.schema_from_dict(ORDER, name="Order"),
    "XML": of.schema_from_metadata(CSDL_XML, "Orders"),
    "JSON": of.schema_from_metadata(CSDL_JSON, "Orders"),
    "that leads back": of.schema_from_metadata(NORTHWIND, "Customers", depth=3),
    "OpenAPI": of.schema_from_json_schema(DOCUMENTED, "jobDetails", sources={"inputId": "inputs[].id"}),
    "functions": ACCOUNTS,
    "some of the canonical functions": of.schema_from_dict(ORDER, name="Few", functions=("contains", "tolower")),
    "no function": of.schema_from_dict(ORDER, name="NoneOfThem", functions=()),
    "written": Person,
    "types": ANIMALS,
    "enumerations": Written,
    "odd names": Odd,
    "names that clash": of.schema_from_dict(CLASHES, name="Field", functions=("contains", of.Function("of"), "NS.F")),
}


NEAR = of.Function(
    "NS.Near",
    {"p": of.String(enum=("a",)), "q": of.Collection(of.Int32(nullable=False))},
    of.Boolean(),
    optional=("q",),
)
SCHEMAS["all that can be said"] = of.schema_from_dict(
    {
        "of": "String",
        "of_": "Int32",
        "Field": "Untyped",
        "class": {"kind": "String", "nullable": False},
        "class_": "Date",
        "__x": "Boolean",
        "x": "Boolean",
        "Said": {"kind": "Complex", "properties": {"x": "String"}},
        "all": {
            "kind": "Collection",
            "element": {
                "kind": "Complex",
                "type_name": "N.Said",
                "properties": {"y": {"kind": "Enum", "enum": ["A"], "type_name": "N.E"}},
            },
        },
        "key": {"kind": "Guid", "quoted": True, "source": "a.key", "operators": ["eq"], "functions": []},
    },
    name="Said",
    functions=("contains", NEAR, "NS.Far"),
    operators=("in", "eq"),
    lists="[]",
    either_order=("contains",),
    case_sensitive=False,
    plain=True,
    max_in=7,
    open=True,
)


def written_sources() -> str:
    """The sources of all these schemas: `python tests/kept_outputs.py` keeps them."""
    return "\n\n".join(f"# {which}\n{schema_source(schema)}" for which, schema in SCHEMAS.items())


def test_sources_are_those_that_are_kept() -> None:
    assert written_sources() == (KEPT / "sources.txt").read_text("utf-8"), AGAIN


def lines_of_source(word: str) -> list[str]:
    """The lines of the class of a schema with one property, whose enumeration has one word."""
    return schema_source(of.schema_from_dict({"a": {"kind": "String", "enum": [word]}})).splitlines()[6:]


def test_a_line_has_a_hundred_and_twenty_characters_at_most() -> None:
    longest = lines_of_source("x" * 91)[0]
    assert (longest, len(longest)) == (f'    a = of.String(enum=("{"x" * 91}",))', 120)
    word = "x" * 92
    assert lines_of_source(word) == ["    a = of.String(", f'        enum=("{word}",),', "    )"]
    for length in (78, 79):
        source = schema_source(of.schema_from_dict({"a": "String"}, name="N" * length, operators=("eq", "in")))
        heads = [line for line in source.splitlines() if line.startswith("class")]
        head = f'class {"N" * length}(of.Schema, operators=("eq", "in")):'
        assert heads == ([head] if len(head) <= 120 else [f"class {'N' * length}("])
    assert len(head) == 121


@pytest.mark.parametrize("which", SCHEMAS)
def test_the_class_that_is_written_from_a_schema_is_like_it(which: str) -> None:
    schema = SCHEMAS[which]
    made = class_of(schema_source(schema))
    assert as_written(made.__facts__) == as_written(schema.__facts__)
    assert made.__facts__.name in {schema.__facts__.name, "FieldSchema"}
    assert schema_source(made).replace(made.__facts__.name, "") == schema_source(schema).replace(
        made.__facts__.name, ""
    )


def test_the_source_of_a_model_where_everything_leads_everywhere_is_written_in_no_time() -> None:
    members = {f"n{to}": {"$Type": f"N.T{to}"} for to in range(20)}
    types = {f"T{number}": {"$Kind": "EntityType", "id": {}, **members} for number in range(20)}
    schema = of.schema_from_metadata({"$Version": "4.0", "N": types}, "T0", depth=6)
    assert schema_source(schema).count("\nclass ") == 1 + 6 * 20


def test_the_source_reads_well() -> None:
    source = schema_source(ACCOUNTS)
    assert source.startswith(
        '"""The schema Account, made by odatafilter.derive.schema_source."""\n\nimport odatafilter as of\n'
    )
    assert (
        'LastDays = of.Function("Crm.Model.LastDays", {"Property": of.String(), "Days": of.Int32()}, of.Boolean())'
        in source
    )
    assert (
        "class Account(of.Schema, functions=(*ALL_FUNCTIONS, LastDays, LastDays2, Rank, Boss, Void, RankOf)):\n"
        in source
    )
    assert "    Owner = of.Navigation(User)\n" in source
    assert "class Plain(of.Schema):\n    a = of.String()\n" in schema_source(
        of.schema_from_dict({"a": "String"}, name="Plain")
    )


names_of_all_sorts = st.text("abof_1Éßﬁ", min_size=1, max_size=6).filter(lambda name: not name[0].isdecimal()) | names
declarations = st.recursive(
    st.sampled_from(["String", "Int32", "Untyped", "Guid"]),
    lambda below: st.builds(
        lambda properties, kind: (
            {"kind": "Complex", "properties": properties}
            if kind == "Complex"
            else {"kind": "Collection", "element": {"kind": "Complex", "properties": properties}}
        ),
        st.dictionaries(names_of_all_sorts, below, min_size=1, max_size=3),
        st.sampled_from(["Complex", "Collection"]),
    ),
    max_leaves=6,
)


@given(st.dictionaries(names_of_all_sorts, declarations, min_size=1, max_size=4))
def test_any_schema_has_a_source(properties: dict[str, Any]) -> None:
    try:
        schema = of.schema_from_dict(properties)
    except of.FilterError:
        return
    made = class_of(schema_source(schema))
    assert as_written(made.__facts__) == as_written(schema.__facts__)


def test_what_is_no_schema_has_no_source() -> None:
    anything: Any = int
    with pytest.raises(of.FilterTypeError):
        schema_source(anything)


def test_a_type_checker_understands_the_source(tmp_path: Path) -> None:
    lines = [
        schema_source(ACCOUNTS),
        "reveal_type(Account.Name)",
        "reveal_type(LastDays('x', 1))",
    ]
    (tmp_path / "made.py").write_text("\n".join(lines), encoding="utf-8")
    said = mypy(tmp_path / "made.py")
    assert "odatafilter.kinds.texts.String" in said
    assert "odatafilter.filter.Filter" in said
    assert "error" not in said


# --- damaged documents ------------------------------------------------------------------------------------------------

ASKED = [
    "C.Rank(Grade=1) eq 1",
    "C.Rank()/x eq 1",
    "RankOf(Grade=1,By=['x']) eq 1",
    "C.LastDays(Property='x',Days=3)",
    "C.Boss(Level=1)/Mail eq 'x'",
    "C.Rnk(Grade=1)",
    "Z.Owl/Nocturnal",
    "Mother/Z.Bird/Wingspan gt 1",
    "Z.Bad/Name eq 'x'",
    "Diet eq Z.Diet'Meat'",
    "Tag/anything eq 1",
    "Mother/Mother/Mother/Mother/Name eq 'x'",
    "isof(Z.Bird)",
]


def ask(make: Callable[[], type[of.Schema]]) -> None:
    """Whatever a document says, nothing but a FilterError comes out of its schema, and its source can be run."""
    try:
        schema = make()
    except of.FilterError:
        return
    assert len(repr(schema.__facts__)) < 10_000
    for text in ASKED:
        with contextlib.suppress(of.FilterError):
            of.parse(text, schema=schema)
    with contextlib.suppress(of.FilterError):
        class_of(schema_source(schema))
        functions_of(schema)


pieces = st.text(max_size=5) | st.sampled_from(
    [
        "C.Account",
        "Z.Owl",
        "Edm.X",
        "O.Y",
        "Collection(Z.Bird)",
        "<Function Name='F'/>",
        'IsBound="true"',
        "Z.Nope",
        "0",
    ]
)


@given(
    st.sampled_from([test_service.METADATA, test_types.METADATA]),
    st.integers(0, 3_000),
    st.integers(0, 40),
    pieces,
    st.sampled_from(["Accounts", "Animals", "Bird"]),
)
def test_damaged_metadata_gives_a_schema_that_can_be_used(
    document: str, at: int, length: int, piece: str, name: str
) -> None:
    at %= len(document)
    ask(lambda: of.schema_from_metadata(document[:at] + piece + document[at + length :], name))


@given(damaged(test_service.AS_JSON) | damaged(test_types.AS_JSON), st.sampled_from(["Account", "Animal", "Bird"]))
def test_damaged_metadata_in_json_gives_a_schema_that_can_be_used(document: Any, name: str) -> None:
    ask(lambda: of.schema_from_metadata(document, name))


@pytest.mark.parametrize(("namespace", "said"), [("N", ', type_name="N.E"'), ("Not a name", "")])
def test_the_name_of_an_enumeration_is_written_where_a_class_can_say_it(namespace: str, said: str) -> None:
    types = {"T": {"$Kind": "EntityType", "a": {"$Type": f"{namespace}.E"}}, "E": {"$Kind": "EnumType", "A": 0}}
    source = schema_source(of.schema_from_metadata({"$Version": "4.0", namespace: types}, "T"))
    assert f'    a = of.Enum("A", nullable=False{said})\n' in source
    class_of(source)
