"""Filters that are easily misread."""

from decimal import Decimal

import pytest
from truth_of_filters import value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("large eq 9007199254740993", True),
        ("large eq 9007199254740992", False),
        ("large add 1 eq 9007199254740994", True),
        ("exact eq 0.1000000000000000055511151231257827", False),
        ("large gt 9007199254740992.0", True),
        ("yes eq 1", False),
        ("text eq 5", False),
        ("text eq '5'", True),
        ("text ne 5", True),
        ("0044-01-01 gt -0044-01-01", True),
        ("2024-12-31T23:59:60Z eq 2025-01-01T00:00:00Z", True),
        ("at eq 2024-06-24T13:00:00.000000000001Z", False),
        ("at eq 2024-06-24T15:00:00+02:00", True),
        ("year(-0001-12-31T23:30:00-01:00) eq -1", True),
        ("year(12024-01-01) eq 12024", True),
        ("true gt false", True),
        ("'B' lt 'a'", True),
        ("'ß' eq 'ss'", False),
        ("[\"\\u00e9\"] eq ['é']", True),
        ("cast('INF',Edm.Double) eq INF and cast('2.5',Edm.Double) eq 2.5", True),
        ("cast(true,Edm.Boolean) and not cast('FALSE',Edm.Boolean)", True),
        ("duration'PT1H' mul 1.5 eq duration'PT90M' and duration'PT1H' mul 0.5e0 eq duration'PT30M'", True),
        ("isof(at,Edm.DateTimeOffset) and isof(exact,Edm.Decimal) and isof(yes,Edm.Boolean)", True),
        ("isof(exact,Edm.Double) and not isof(exact,Edm.Int32) and not isof(text,Edm.Single)", True),
        ("-exact lt 0 and -(-exact) eq exact", True),
    ],
)
def test_traps(text: str, expected: bool) -> None:
    item = {"large": 2**53 + 1, "exact": Decimal("0.1"), "yes": True, "text": "5", "at": "2024-06-24T13:00:00z"}
    assert value(text, item) is expected
