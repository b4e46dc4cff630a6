"""What databases are asked: what can be said without a literal, or by a column alone, is said so."""

import pytest

import odatafilter as of

pytest.importorskip("sqlalchemy")

from test_sqlalchemy import DIALECTS, SCHEMA, sql

pytestmark = pytest.mark.engines

SAME = (
    # A whole number beside a fraction, or past its range.
    *(("qty lt 2.5", "qty le 2"), ("qty le 2.5", "qty le 2"), ("qty gt 2.5", "qty gt 2"), ("qty ge 2.5", "qty gt 2")),
    *(("qty lt -2.5", "qty le -3"), ("qty gt -2.5", "qty gt -3"), ("2.5 lt qty", "qty gt 2"), ("qty eq 2.5", "false")),
    *(("sure ne 2.5", "true"), ("qty eq 2.0", "qty eq 2"), ("qty in (2.5,3)", "qty in (3)"), ("qty in (2.5)", "false")),
    *(("sure lt 2147483648", "true"), ("sure gt 2147483648", "false"), ("sure ge 2147483648", "false")),
    *(("sure le 2147483648", "true"), ("sure eq 2147483648", "false"), ("sure ne 2147483648", "true")),
    *(("sure lt -2147483649", "false"), ("sure gt -2147483649", "true"), ("sure ge -2147483649", "true")),
    *(("sure le -2147483649", "false"), ("sure ne -2147483649", "true"), ("qty lt 2147483648", "qty ne null")),
    *(("sure mod 3 eq 3", "false"), ("sure mod 3 lt 3", "true"), ("sure mod -3 ge -2.5", "sure mod -3 gt -3")),
    *(
        ("sure div 2 eq 1073741824", "false"),
        ("sure div 2 ge -1073741824.5", "true"),
        ("sure div -1 le 2147483649", "true"),
    ),
    *(("-sure gt 2147483648", "sure lt -2147483648"), ("-sure lt 2147483648", "sure gt -2147483648")),
    *(
        ("sure mul sure eq 4611686018427387905", "false"),
        ("sure mul 2 le 4294967295", "true"),
        ("sure mul 2 ge -4294967297", "true"),
    ),
    *(("sure mul -2 eq 4294967297", "false"), ("sure mul sure lt -4611686016279904256.5", "false")),
    *(
        ("sure add qty gt 4294967295", "false"),
        ("sure sub qty gt 4294967296", "false"),
        ("sure sub qty eq -4294967296", "false"),
        ("price add 1 gt 999999999999998", "price gt 999999999999997"),
    ),
    # What moves to the other side.
    *(
        ("qty add 2.5 gt 5", "qty gt 2"),
        ("2 sub qty sub 1 gt 5", "qty lt -4"),
        ("price add 0.1 gt 0.3", "price gt 0.2"),
    ),
    *(
        ("price sub 0.1 gt 0.3", "price gt 0.4"),
        ("0.3 sub price lt 0.1", "price gt 0.2"),
        ("-price lt 0.1", "price gt -0.1"),
    ),
    *(
        ("price add 0.1 eq null", "price eq null"),
        ("(2 sub qty) in (5,6)", "qty in (-3,-4)"),
        ("(qty add 1) in (2,null)", "qty in (1,null)"),
    ),
    # Casts that lose nothing.
    *(
        ("cast(qty,Edm.Int64) gt 5", "qty gt 5"),
        ("cast(qty,Edm.Decimal) gt 5.5", "qty gt 5"),
        ("5 lt cast(qty,Edm.Int64)", "5 lt qty"),
    ),
    # Two literals.
    *(("1 lt 2", "true"), ("2 lt 1", "false"), ("duration'P1D' eq duration'PT24H'", "true"), ("'a' eq 'b'", "false")),
    *(("2024-01-01T00:00:00Z lt 2024-01-01T00:00:00.0000001Z", "true"), ("2024-01-01 ge 2024-01-02", "false")),
    # Years.
    *(
        ("year(at) eq 2024", "at ge 2024-01-01T00:00:00Z and at lt 2025-01-01T00:00:00Z"),
        ("year(at) lt 2024", "at lt 2024-01-01T00:00:00Z"),
    ),
    *(
        ("year(at) ge 1", "at ge 0001-01-01T00:00:00Z"),
        ("year(at) gt 9998", "at ge 9999-01-01T00:00:00Z"),
        ("year(day) gt 2023", "day ge 2024-01-01"),
    ),
    *(
        ("year(day) eq 2024", "day ge 2024-01-01 and day lt 2025-01-01"),
        ("year(at) le 2024.5", "at lt 2025-01-01T00:00:00Z"),
    ),
    # Times between two that an engine has.
    *(
        ("at lt 2024-01-01T00:00:00.0000005Z", "at le 2024-01-01T00:00:00Z"),
        ("at le 2024-01-01T00:00:00.0000005Z", "at le 2024-01-01T00:00:00Z"),
    ),
    *(
        ("at gt 2024-01-01T00:00:00.0000005Z", "at gt 2024-01-01T00:00:00Z"),
        ("at ge 2024-01-01T00:00:00.0000005Z", "at gt 2024-01-01T00:00:00Z"),
    ),
    *(
        ("at eq 2024-01-01T00:00:00.0000005Z", "false"),
        ("at in (2024-01-01T00:00:00.0000005Z,2024-01-01T00:00:00Z)", "at in (2024-01-01T00:00:00Z)"),
    ),
    *(
        ("tod gt 12:00:00.0000001", "tod gt 12:00:00"),
        ("tod lt 23:59:59.9999995", "tod le 23:59:59.999999"),
        ("tod eq 12:00:00.0000001", "false"),
    ),
    *(
        ("dur ge duration'PT0.0000005S'", "dur gt duration'PT0S'"),
        ("dur lt duration'-PT0.0000005S'", "dur le duration'-PT0.000001S'"),
    ),
    # Literals that times are calculated with.
    *(
        ("at add duration'P1D' gt 2024-01-02T00:00:00Z", "at gt 2024-01-01T00:00:00Z"),
        ("at sub duration'P1D' le 2024-01-01T00:00:00Z", "at le 2024-01-02T00:00:00Z"),
    ),
    *(
        ("duration'P1D' add at gt 2024-01-02T00:00:00Z", "at gt 2024-01-01T00:00:00Z"),
        ("at sub 2024-01-01T00:00:00Z lt duration'P1D'", "at lt 2024-01-02T00:00:00Z"),
    ),
    *(
        ("2024-01-03T00:00:00Z sub at lt duration'P1D'", "at gt 2024-01-02T00:00:00Z"),
        ("dur mul 2 gt duration'P2D'", "dur gt duration'P1D'"),
    ),
    *(
        ("dur mul -2 gt duration'P2D'", "dur lt duration'-P1D'"),
        ("2 mul dur gt duration'P2D'", "dur gt duration'P1D'"),
        ("dur div 2 gt duration'P2D'", "dur gt duration'P4D'"),
    ),
    *(
        ("dur div -2 gt duration'P2D'", "dur lt duration'-P4D'"),
        ("-dur gt duration'P1D'", "dur lt duration'-P1D'"),
        ("dur divby 2 gt duration'P2D'", "dur gt duration'P4D'"),
    ),
    *(
        ("dur add duration'P1D' gt duration'P3D'", "dur gt duration'P2D'"),
        ("duration'P3D' sub dur gt duration'P1D'", "dur lt duration'P2D'"),
    ),
    *(
        ("dur mul 3 gt duration'PT1S'", "dur gt duration'PT0.333333S'"),
        ("dur mul 3 eq duration'PT1S'", "false"),
        ("dur mul 3 le duration'PT1S'", "dur le duration'PT0.333333S'"),
    ),
    *(
        ("day add duration'PT36H' eq 2024-01-02", "day eq 2024-01-01"),
        ("day sub duration'PT1S' eq 2024-01-01", "day eq 2024-01-02"),
    ),
    *(
        ("day add duration'PT12H' gt 2024-01-02", "day gt 2024-01-02"),
        ("duration'P1D' add day lt 2024-01-02", "day lt 2024-01-01"),
    ),
    *(
        ("day sub 2024-01-01 gt duration'P1D'", "day gt 2024-01-02"),
        ("day sub 2024-01-01 gt duration'PT36H'", "day gt 2024-01-02"),
    ),
    *(
        ("2024-01-03 sub day gt duration'P1D'", "day lt 2024-01-02"),
        ("(dur mul 2) in (duration'P2D',duration'P4D')", "dur eq duration'P1D' or dur eq duration'P2D'"),
    ),
    *(
        ("(dur mul 2) in (duration'P2D')", "dur eq duration'P1D'"),
        ("(at add duration'P1D') eq null", "at eq null"),
        ("(dur mul 2) ne null", "dur ne null"),
    ),
    # Times that no row has.
    *(
        ("at add duration'P4000000D' gt 2024-01-01T00:00:00Z", "at ne null"),
        ("at add duration'P4000000D' lt 2024-01-01T00:00:00Z", "false"),
    ),
    *(
        ("at sub duration'P4000000D' lt 2024-01-01T00:00:00Z", "at ne null"),
        ("at sub duration'P4000000D' ge 2024-01-01T00:00:00Z", "false"),
    ),
    *(
        ("day lt -0001-01-01", "false"),
        ("day ge -0001-01-01", "day ne null"),
        ("day le 0000-12-31", "false"),
        ("day gt 0000-12-31", "day ne null"),
    ),
    *(
        ("dur gt duration'P1000000000D'", "false"),
        ("dur le duration'P1000000000D'", "dur ne null"),
        ("dur lt duration'-P1000000000D'", "false"),
    ),
    *(
        ("dur ge duration'-P1000000000D'", "dur ne null"),
        ("at lt 0001-01-01T00:00:00+05:00", "false"),
        ("at gt 0001-01-01T00:00:00+05:00", "at ne null"),
    ),
    *(("at lt 9999-12-31T23:00:00-05:00", "at ne null"), ("at ge 9999-12-31T23:00:00-05:00", "false")),
    # NaN is equal to nothing.
    *(
        ("num eq NaN", "false"),
        ("num lt NaN", "false"),
        ("num in (NaN)", "false"),
        ("num in (NaN,0.5)", "num in (0.5)"),
    ),
)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(("text", "same"), SAME)
def test_a_filter_is_asked_as_a_simpler_one(dialect: str, text: str, same: str) -> None:
    """No engine rounds, and a column by itself is open to an index."""
    assert sql(of.parse(text, schema=SCHEMA), dialect) == sql(of.parse(same, schema=SCHEMA), dialect)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("qty le 2147483647", 2147483647),
        ("qty ge -2147483648", -2147483648),
        ("sure mod 3 le 2", 2),
        ("sure mod 3 ge -2", -2),
        ("sure div 2 ge -1073741824", -1073741824),
        ("sure div 2 le 1073741823", 1073741823),
        ("sure div -1 eq 2147483648", 2147483648),
        ("sure mul 2 ge -4294967296", -4294967296),
        ("sure mul 2 le 4294967294", 4294967294),
        ("sure mul sure eq 4611686018427387904", 4611686018427387904),
        ("sure mul qty ge -4611686016279904256", -4611686016279904256),
        ("sure sub qty eq 4294967295", 4294967295),
        ("sure sub qty eq -4294967295", -4294967295),
        ("sure add qty eq -4294967296", -4294967296),
        ("sure add qty eq 4294967294", 4294967294),
        ("year(at) eq 9999", 9999),
        ("year(at) eq 0", 0),
    ],
)
def test_a_number_that_a_calculation_may_give_stays(text: str, kept: int) -> None:
    assert kept in sql(of.parse(text, schema=SCHEMA), "postgresql")[1].values()


def test_numbers_of_up_to_27_digits_are_calculated_with() -> None:
    moved = sql(of.parse("price add 1 gt 999999999999999999999999999", schema=SCHEMA), "postgresql")
    assert moved == sql(of.parse("price gt 999999999999999999999999998", schema=SCHEMA), "postgresql")
    statement, _ = sql(of.parse("price add 1 gt 9999999999999999999999999999", schema=SCHEMA), "postgresql")
    assert "items.price AS NUMERIC) +" in statement
