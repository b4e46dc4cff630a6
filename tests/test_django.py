"""Filters in Django's querysets: the rows are those of `matches`, on SQLite and PostgreSQL."""

import contextlib
import datetime as dt
import random
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import django
import pytest
from django.conf import settings as django_settings
from engine_cases import (
    BESIDE_DOUBLES,
    CALCULATED,
    ENUMERATIONS,
    HAVING,
    PAINTED,
    REFUSED_OF_ITEMS,
    REFUSED_OF_MEMBERS,
    SCHEMA,
    Luck,
)
from engine_edges import EDGES, Edges, known_refusals, refusals_of
from engine_triples import Stored, tally_of
from hypothesis import settings
from postgres import server

import odatafilter as of
from odatafilter.derive import schema_from_dict

pytestmark = pytest.mark.engines

ITEMS = 40
OWNERS = 8
CASES = 20 if settings.get_current_profile_name() != "large" else 800
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
VENDORS = tuple(NAMES)


@pytest.fixture(scope="module", autouse=True)
def _configured() -> Iterator[None]:
    with server() as folder, databases(folder):
        yield


@contextlib.contextmanager
def databases(postgres: str) -> Iterator[None]:
    """Django's settings with the tables made; `postgres` is the folder of the server."""
    django_settings.configure(
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"},
            "sqlite": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"},
            "postgresql": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": "postgres",
                "USER": "tests",
                "HOST": postgres,
            },
        },
        INSTALLED_APPS=["django_models"],
        USE_TZ=True,
        TIME_ZONE="UTC",
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    )
    django.setup()
    from django.db import connections
    from django_models import models

    for vendor in VENDORS:
        with connections[vendor].schema_editor() as editor:
            for model in (models.Owner, models.Item, models.Line, models.SoldItem, models.Painted, models.Label):
                editor.create_model(model)
    yield
    connections.close_all()


def store(vendor: str, luck: Luck) -> list[dict[str, Any]]:
    """Fills the tables anew, and gives the items as they are read back."""
    from django_models.models import Item, Line, Owner

    for model in (Line, Item, Owner):
        model.objects.using(vendor).all().delete()
    keys = range(1, OWNERS + 1)
    for key in keys:
        owner = luck.owner(key)
        Owner.objects.using(vendor).create(id=key, city=owner["city"], size=owner["size"], boss_id=owner["boss"])
    lines = []
    for key in range(1, ITEMS + 1):
        row = luck.item(key, keys)
        several = row.pop("lines")
        Item.objects.using(vendor).create(
            **{name: value for name, value in row.items() if name != "owner"}, owner_id=row["owner"]
        )
        lines += [Line(item_id=key, **line) for line in several]
    Line.objects.using(vendor).bulk_create(lines)
    return [read_back(item) for item in Item.objects.using(vendor).order_by("id")]


def read_back(item: Any) -> dict[str, Any]:
    names = (
        "id",
        "name",
        "note",
        "state",
        "qty",
        "big",
        "price",
        "num",
        "flag",
        "at",
        "day",
        "tod",
        "dur",
        "gid",
        "sure",
        "tags",
    )
    values = {name: getattr(item, name) for name in names}
    lines = [{"qty": line.qty, "label": line.label} for line in item.lines.all()]
    return values | {"owner": owner_of(item.owner), "lines": lines}


def owner_of(owner: Any) -> dict[str, Any] | None:
    return None if owner is None else {"city": owner.city, "size": owner.size, "boss": owner_of(owner.boss)}


def keys(vendor: str, f: of.Filter) -> list[int]:
    from django_models.models import Item

    from odatafilter.django import where

    found = Item.objects.using(vendor).filter(where(f, Item)).order_by("id")
    return list(found.values_list("id", flat=True))


def matching(f: of.Filter, items: list[dict[str, Any]]) -> list[int]:
    return [item["id"] for item in items if f.matches(item)]


@pytest.mark.parametrize("vendor", VENDORS)
def test_members_of_an_enumeration_are_bits_or_names(vendor: str) -> None:
    from django_models.models import Painted

    from odatafilter.django import where

    Painted.objects.using(vendor).all().delete()
    Painted.objects.using(vendor).bulk_create(Painted(**row) for row in PAINTED)
    for text in HAVING:
        f = of.parse(text, schema=ENUMERATIONS)
        found = Painted.objects.using(vendor).filter(where(f, Painted)).order_by("id")
        assert list(found.values_list("id", flat=True)) == matching(f, [*PAINTED]), text
    for text, why in REFUSED_OF_MEMBERS.items():
        with pytest.raises(of.UnsupportedError) as caught:
            where(of.parse(text, schema=ENUMERATIONS), Painted, vendor=vendor)
        assert [problem.message for problem in caught.value.problems] == [why.format(NAMES[vendor])]


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_every_engine_refuses_is_told_why(vendor: str) -> None:
    from django_models.models import Item

    from odatafilter.django import where

    for text, why in REFUSED_OF_ITEMS.items():
        with pytest.raises(of.UnsupportedError) as caught:
            where(of.parse(text, schema=SCHEMA), Item, vendor=vendor)
        assert [problem.message for problem in caught.value.problems] == [why.format(NAMES[vendor])], text


@pytest.mark.parametrize("vendor", VENDORS)
def test_times_and_decimals_are_calculated_exactly(vendor: str) -> None:
    items = store(vendor, Luck(1))
    moved = () if vendor == "sqlite" else ("hour(at add duration'PT2H') eq 15", "day(day sub duration'PT1S') eq 23")
    for text in (*CALCULATED, *moved, "round(num) eq 3"):
        f = of.parse(text, schema=SCHEMA)
        assert keys(vendor, f) == matching(f, items), text


@pytest.mark.parametrize("vendor", VENDORS)
def test_rows_are_those_of_matches(vendor: str) -> None:
    tally = tally_of(range(CASES), SCHEMA, storing(vendor))
    assert tally.wrong == []
    assert tally.share_refused < 0.05, tally.refused


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("group", EDGES)
def test_rows_at_the_edges_are_those_of_matches(vendor: str, group: str) -> None:
    refused = refusals_of(group, SCHEMA, storing(vendor)(Edges(1)))
    assert refused == known_refusals(group, f"django: {vendor}")


def storing(vendor: str) -> Callable[[Luck], Stored]:
    return lambda luck: Stored(store(vendor, luck), lambda f: keys(vendor, f))


@pytest.mark.parametrize("vendor", VENDORS)
def test_thousands_of_values_and_operands_run(vendor: str) -> None:
    items = store(vendor, Luck(2))
    many = of.parse(f"qty in ({','.join(map(str, range(10_000)))})", schema=SCHEMA)
    assert keys(vendor, many) == matching(many, items)
    long = of.any_of(of.parse(f"qty eq {number}", schema=SCHEMA) for number in range(8_000))
    assert keys(vendor, long) == matching(long, items)


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_filter_nests_as_deep_as_the_database_bears(vendor: str) -> None:
    items = store(vendor, Luck(3))
    for depth in (20, 50, 140):
        text = "name eq 'x' or not (" * (depth // 3) + "qty gt 0" + ")" * (depth // 3)
        f = of.parse(text, schema=SCHEMA, limits=of.Limits(depth=150))
        try:
            assert keys(vendor, f) == matching(f, items)
        except of.UnsupportedError:
            assert depth > 20


def test_a_condition_combines_with_those_of_django() -> None:
    from django.db.models import Q
    from django_models.models import Item

    from odatafilter.django import where

    items = store("sqlite", Luck(4))
    f = of.parse("qty gt 0 or owner/city ne 'a'", schema=SCHEMA)
    found = Item.objects.using("sqlite").filter(Q(where(f, Item)) | Q(id=1), sure__gt=0)
    assert {item.id for item in found} == {
        item["id"] for item in items if (f.matches(item) or item["id"] == 1) and item["sure"] > 0
    }
    opposite = Item.objects.using("sqlite").filter(~where(f, Item))
    assert {item.id for item in opposite} == {item["id"] for item in items if (~f).matches(item)}


def test_what_the_database_cannot_say_is_refused() -> None:
    from django_models.models import Item

    from odatafilter.django import split, where

    f = of.parse("qty gt 3 and matchesPattern(name,'^a')", schema=SCHEMA)
    with pytest.raises(of.UnsupportedError) as caught:
        where(f, Item, vendor="postgresql")
    (problem,) = caught.value.problems
    assert str(f)[slice(*problem.span)] == "matchesPattern(name,'^a')"
    there, rest = split(f, Item, vendor="postgresql")
    assert (str(there), str(rest)) == ("qty gt 3", "matchesPattern(name,'^a')")
    with pytest.raises(of.FilterError, match="judged by no schema"):
        where(of.parse("qty gt 3"), Item)
    with pytest.raises(of.FilterError):
        where(f, dt.date)


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(
    ("kind", "stored", "literal"),
    [
        ("String", ["a", "b"], "'b'"),
        ("Boolean", [True, False], "false"),
        ("Int32", [1, 2], "2"),
        ("Int64", [1, 2**53 + 1], "9007199254740993"),
        ("Double", [0.5, 1.5], "1.5"),
    ],
)
def test_arrays_in_json_are_read_by_the_kind_of_their_elements(
    vendor: str, kind: str, stored: list[Any], literal: str
) -> None:
    from django_models.models import Item

    schema = schema_from_dict({"id": "Int32", "tags": {"kind": "Collection", "element": kind}})
    Item.objects.using(vendor).all().delete()
    items = [{"id": number, "tags": tags} for number, tags in enumerate((stored, stored[:1], [], [None]))]
    for item in items:
        Item.objects.using(vendor).create(sure=0, **item)
    for condition in (f"t eq {literal}", f"t ne {literal}", f"t in ({literal})", "t eq null"):
        for text in (f"tags/any(t:{condition})", f"tags/all(t:{condition})"):
            f = of.parse(text, schema=schema)
            assert keys(vendor, f) == matching(f, items), text


def test_arrays_in_json_of_other_kinds_are_refused() -> None:
    from django_models.models import Item

    from odatafilter.django import where

    for kind, literal in (("Decimal", "1.5"), ("Date", "2024-01-01")):
        schema = schema_from_dict({"tags": {"kind": "Collection", "element": kind}})
        f = of.parse(f"tags/any(t:t eq {literal})", schema=schema)
        with pytest.raises(
            of.UnsupportedError, match=f"^'tags' stands in JSON, which has no values of the kind {kind}"
        ):
            where(f, Item, vendor="sqlite")


@pytest.mark.parametrize("vendor", VENDORS)
def test_beside_a_double_whole_numbers_and_decimals_are_doubles(vendor: str) -> None:
    from django_models.models import Item

    store(vendor, Luck(6))
    for key, (big, price, num) in enumerate(BESIDE_DOUBLES, 1):
        Item.objects.using(vendor).filter(id=key).update(big=big, price=price, num=num)
    items = [read_back(item) for item in Item.objects.using(vendor).order_by("id")]
    for operator in ("eq", "ne", "lt", "le", "gt", "ge"):
        for text in (f"big {operator} num", f"num {operator} big", f"price {operator} num", f"num {operator} price"):
            f = of.parse(text, schema=SCHEMA)
            assert keys(vendor, f) == matching(f, items), text


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("kind", ["Decimal", "Date", "TimeOfDay", "DateTimeOffset", "Duration", "Guid", "Binary"])
def test_members_of_an_object_in_json_that_are_of_other_kinds_are_refused(vendor: str, kind: str) -> None:
    """JSON has texts of these, which a database would compare as texts."""
    from django_models.models import Item

    from odatafilter.django import where

    schema = schema_from_dict({"tags": {"kind": "Complex", "properties": {"one": kind}}})
    for text in ("tags/one eq tags/one", "tags/one eq null"):
        with pytest.raises(of.UnsupportedError) as caught:
            where(of.parse(text, schema=schema), Item, vendor=vendor)
        assert {problem.message for problem in caught.value.problems} == {
            f"'one' stands in JSON, which has no values of the kind {kind}"
        }


# What the spellings and Django write themselves.
OWN_TEXTS = (
    *("'%%Y-%%m-%%d %%H:%%M:%%f'", "'NOW'", "'UTC'", "'NaN'", "'array'", "'0.000001'", "'0'", "'-'", "''"),
    "'1970-01-01'",
    *("'%%Y'", "'%%m'", "'%%d'", "'%%H'", "'%%M'", "'%%S'", "'%%s'"),
)


@pytest.mark.parametrize("vendor", VENDORS)
def test_no_text_of_a_filter_stands_in_the_statement(vendor: str) -> None:
    from django_models.models import Item

    from odatafilter.django import where

    luck = Luck(5)
    for _ in range(200):
        f = of.parse(luck.filter(), schema=SCHEMA)
        try:
            sql, _ = Item.objects.using(vendor).filter(where(f, Item)).query.get_compiler(vendor).as_sql()
        except of.UnsupportedError:
            continue
        for own in OWN_TEXTS:
            sql = sql.replace(own, "")
        assert "'" not in sql


LABELLED = schema_from_dict(
    {
        "name": "String",
        "labels": {"kind": "Collection", "element": {"kind": "Complex", "properties": {"text": "String"}}},
    }
)
LABELS = schema_from_dict(
    {
        "text": "String",
        "items": {
            "kind": "Collection",
            "element": {
                "kind": "Complex",
                "properties": {"name": "String"},
            },
        },
    }
)


@pytest.mark.parametrize("vendor", VENDORS)
def test_relations_of_many_to_many_are_collections_on_both_sides(vendor: str) -> None:
    from django_models.models import Item, Label

    from odatafilter.django import where

    Label.objects.using(vendor).all().delete()
    Item.objects.using(vendor).all().delete()
    for key in range(8):
        Item.objects.using(vendor).create(id=key, name=("a", "b", None)[key % 3], sure=0)
    for text, keys_of_items in (("a", (0, 2)), ("b", (1, 2, 3)), (None, (0, 5)), ("c", (0, 1)), ("d", ())):
        Label.objects.using(vendor).create(text=text).items.set(keys_of_items)
    for text in (
        "labels/any(l:l/text eq name)",
        "labels/$count gt 1",
        "labels/all(l:l/text eq 'b')",
        "not labels/any()",
    ):
        f = of.parse(text, schema=LABELLED)
        items = [
            {"id": item.id, "name": item.name, "labels": [{"text": label.text} for label in item.labels.all()]}
            for item in Item.objects.using(vendor).order_by("id")
        ]
        found = Item.objects.using(vendor).filter(where(f, Item)).order_by("id").values_list("id", flat=True)
        assert list(found) == matching(f, items), text
    f = of.parse("items/any(i:i/name eq text)", schema=LABELS)
    found = Label.objects.using(vendor).filter(where(f, Label)).order_by("id").values_list("text", flat=True)
    assert list(found) == ["a", "b", None]  # of the items 0, 1 and 5


def test_what_a_condition_is_and_is_not_for_is_told() -> None:
    from django_models.models import Item

    from odatafilter.django import where

    f = of.parse("qty gt 3", schema=SCHEMA)
    assert repr(where(f, Item)) == "<Condition qty gt 3>"
    with pytest.raises(of.FilterError, match=r"^filters run on postgresql, sqlite, not on 'oracle'$"):
        where(f, Item, vendor="oracle")
    for model, name in (("Item", "'Item'"), (dt.date, "<class 'datetime.date'>")):
        with pytest.raises(of.FilterTypeError) as caught:
            where(f, model)  # type: ignore[arg-type]
        assert str(caught.value) == f"{name} is no model of Django"


SOLD = schema_from_dict(
    {
        "id": {"kind": "Int32", "nullable": False},
        "name": "String",
        "buyer": "Guid",
        "gid": "Guid",
        "at": "DateTimeOffset",
        "tags": {
            "kind": "Complex",
            "properties": {
                "deep": {"kind": "Complex", "properties": {"colors": {"kind": "Collection", "element": "String"}}},
                "sizes": {"kind": "Collection", "element": {"kind": "Complex", "properties": {"cm": "Int32"}}},
            },
        },
        "lines": {"kind": "Collection", "element": {"kind": "Complex", "properties": {"label": "String"}}},
    },
    name="SoldItem",
)
BUYER = uuid.UUID(int=0xABC)


@pytest.mark.parametrize("vendor", VENDORS)
def test_rows_that_lie_in_two_tables_and_values_in_fields_of_other_types(vendor: str) -> None:
    from django_models.models import Item, Line, SoldItem

    from odatafilter.django import where

    for model in (Line, SoldItem, Item):
        model.objects.using(vendor).all().delete()
    buyers = (None, str(BUYER), str(BUYER).upper(), str(uuid.UUID(int=7)))
    inside: tuple[dict[str, Any], ...] = (
        {"deep": {"colors": ["red", "a"]}, "sizes": [{"cm": 1}, {"cm": 9}]},
        {},
        {"deep": {"colors": []}},
    )
    for key in range(24):
        SoldItem.objects.using(vendor).create(
            id=key,
            name=(None, "a", "abb")[key % 3],
            buyer=buyers[key % 4],
            gid=(BUYER, None)[key % 2],
            at=(None, dt.datetime(2024, 6, 24, 12, 0, 0, 500_000, tzinfo=dt.UTC))[key % 2],
            tags=inside[key % 3],
            sure=1,
        )
        Line.objects.using(vendor).create(item_id=key, label=("a", "b")[key % 2])
    rows = SoldItem.objects.using(vendor).order_by("id")
    names = ("id", "name", "buyer", "gid", "at", "tags")
    items = [
        {name: getattr(row, name) for name in names} | {"lines": [{"label": line.label} for line in row.lines.all()]}
        for row in rows
    ]
    for text in (
        "name eq 'a'",
        "name ne 'a' and buyer ne null",
        "lines/any(l:l/label eq name)",
        "case(name eq 'a':name,true:'x') eq 'x'",
        f"buyer eq {str(BUYER).upper()}",
        f"buyer ne {BUYER}",
        f"buyer in ({BUYER},null)",
        "buyer eq gid",
        "tags/deep/colors/any(c:c eq 'red')",
        "tags/deep/colors/any(c:c eq name)",
        "tags/deep/colors/$count eq 0",
        "tags/sizes/any(s:s/cm gt 5)",
        "fractionalseconds(at) eq 0.5",
    ):
        f = of.parse(text, schema=SOLD)
        found = list(rows.filter(where(f, SoldItem)).values_list("id", flat=True))
        assert found == matching(f, items), text
    pattern = of.parse("matchesPattern(name,'^a.+$')", schema=SOLD)
    if vendor == "sqlite":
        assert list(rows.filter(where(pattern, SoldItem)).values_list("id", flat=True)) == matching(pattern, items)
    else:
        with pytest.raises(of.UnsupportedError):
            where(pattern, SoldItem, vendor=vendor)


# --- order ----------------------------------------------------------------------------------------------------------

SORTED = ("id", "name", "note", "qty", "big", "price", "num", "flag", "at", "day", "gid", "sure", "owner/city")


def walk(query: str, schema: Any, keyset: of.Keyset, rows: Any, read: Callable[[Any], Any]) -> list[Any]:
    """All items, page by page, asked for in ranges."""
    from odatafilter.django import order_by, where

    items: list[Any] = []
    while True:
        options = of.QueryOptions.parse(query, schema=schema, allow="$orderby", keyset=keyset)
        found: list[Any] = []
        for part in options.ranges:
            here = rows if part is None else rows.filter(where(part, rows.model))
            found += here.order_by(*order_by(options.order, rows.model))[: (options.limit or 0) - len(found)]
        page = options.page([read(row) for row in found], "https://service.test/items")
        items += page.items
        if page.next_link is None:
            return items
        query = page.next_link.partition("?")[2]


@pytest.mark.parametrize("vendor", VENDORS)
def test_pages_of_any_size_give_each_row_once_in_the_order_of_sort(vendor: str) -> None:
    from django_models.models import Item

    rows, chance = store(vendor, Luck(1)), random.Random(1)
    for number in range(12):
        orderby = [of.OrderBy(path, chance.random() < 0.5) for path in chance.sample(SORTED, (number + 1) % 4)]
        keyset = of.Keyset(SCHEMA, key="id", secret="a secret of the service", page_size=(3, 7, 13)[number % 3])
        query = f"$orderby={','.join(map(str, orderby))}" if orderby else ""
        found = walk(query, SCHEMA, keyset, Item.objects.using(vendor), read_back)
        assert [row["id"] for row in found] == [row["id"] for row in keyset.sort(rows, orderby)], query


# By vendor: a collation of the field that has an order of its own, and one that takes different texts for equal.
COLLATED = (("sqlite", "NOCASE"), ("postgresql", "und-x-icu"), ("postgresql", "any_case"))
ANY_CASE = "CREATE COLLATION IF NOT EXISTS any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"


@pytest.mark.parametrize(("vendor", "collation"), COLLATED)
def test_texts_are_told_apart_and_sorted_by_code_points_whatever_their_collation(vendor: str, collation: str) -> None:
    from django.db import connections, models

    from odatafilter.django import where

    name = f"Word{collation.title().replace('-', '').replace('_', '')}"
    text = models.TextField(null=True, db_collation=collation)
    meta = type("Meta", (), {"app_label": "django_models"})
    space = {"id": models.IntegerField(primary_key=True), "text": text, "Meta": meta, "__module__": __name__}
    model: Any = type(name, (models.Model,), space)
    if collation == "any_case":
        connections[vendor].cursor().execute(ANY_CASE)
    with connections[vendor].schema_editor() as editor:
        editor.create_model(model)
    rows = model.objects.using(vendor)
    texts = ("b", "B", "a", "A", "ä", "Z", None, "b", "B", "_", None, "z")
    rows.bulk_create([model(id=key, text=text) for key, text in enumerate(texts)])
    schema = schema_from_dict({"id": {"kind": "Int32", "nullable": False}, "text": "String"})
    items = [{"id": key, "text": text} for key, text in enumerate(texts)]
    for filter_text in ("text eq 'b'", "text ne 'b'", "text in ('a','z')", "text gt 'a'", "startswith(text,'b')"):
        f = of.parse(filter_text, schema=schema)
        assert set(rows.filter(where(f, model)).values_list("id", flat=True)) == set(matching(f, items)), filter_text
    keyset = of.Keyset(schema, key="id", secret="a secret of the service", page_size=2)
    for order in ("text", "text desc"):
        found = walk(f"$orderby={order}", schema, keyset, rows, lambda row: {"id": row.id, "text": row.text})
        assert found == keyset.sort(items, [of.OrderBy("text", order.endswith("desc"))])


@pytest.mark.parametrize("path", ["nothing", "lines/qty", "owner", "owner/nothing", "tags", "name/x", "lines"])
def test_what_no_field_with_an_order_is_cannot_be_sorted_by(path: str) -> None:
    from django_models.models import Item

    from odatafilter.django import order_by

    with pytest.raises(of.FilterError, match="leads to no field"):
        order_by([of.OrderBy(path)], Item)
    with pytest.raises(of.FilterTypeError, match="no model of Django"):
        order_by([], object)
