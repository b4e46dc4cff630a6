"""What a filter says of an item: true, false or None (null). Sections in the tests of evaluation are of URL Conventions."""

import functools
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

import odatafilter as of
from odatafilter import tree

ITEM: Mapping[str, Any] = {
    "CompanyName": "Alfreds Futterkiste",
    "City": "Berlin",
    "Country": "Germany",
    "BirthDate": "1971-05-08T04:40:40.05+02:00",
    "Rating": 5,
    "Price": 2.55,
    "Freight": Decimal("31.5"),
    "Style": "Yellow,Solid",
    "Hired": "2024-02-28",
    "Opens": "07:59:59.999",
    "Lasts": "P12DT23H59M59.999999999999S",
    "Key": "DC720F05-E5F7-448B-AE06-765DE46F0AF1",
    "Data": "T0RhdGE",
    "Tags": ["new", "sale", "new"],
    "Address": {"City": "Berlin", "Zip": None, "@Core.Note": "home"},
    "Price@Measures.Currency": "EUR",
    "Orders": [
        {"Id": 1, "Items": [{"Quantity": 120}, {"Quantity": 3}], "ShipTo": {"City": "Berlin"}},
        {"Id": 2, "Items": [], "ShipTo": None},
    ],
    "Nothing": None,
    "Yes": True,
}


@functools.cache
def filter_of(text: str, schema: type[of.Schema] | None = None) -> of.Filter:
    return of.parse(text, schema=schema)


def value(text: str, item: object = ITEM) -> bool | None:
    return truth(filter_of(text).tree, item)


def truth(node: tree.Expression, item: object) -> bool | None:
    """True, false or null: a filter alone says only whether it is true."""
    answers = of.Filter(node).matches(item), of.Filter(tree.Not(node)).matches(item)
    assert {type(answer) for answer in answers} == {bool}
    return {(True, False): True, (False, True): False, (False, False): None}[answers]


def refusal(text: str, item: object = ITEM) -> str:
    with pytest.raises(of.FilterError) as caught:
        filter_of(text).matches(item)
    return str(caught.value)


def outcome(made: of.Filter, item: object, *, compiled: bool = False) -> bool | of.FilterError:
    try:
        return made.compile()(item) if compiled else made.matches(item)
    except of.FilterError as error:
        return error
