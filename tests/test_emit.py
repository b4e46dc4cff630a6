"""Canonical text: where it keeps parentheses, so that it is read again and stays inside the ABNF, and how a URL has it."""

import pytest

import odatafilter as of

KEPT = [
    # Nothing but `and` and `or` follows a list or members (inExpr, hasExpr).
    "(a in (1,2)) eq true",
    "(a in (1,2)) ne b and c",
    "(a has NS.E'x') ne false",
    "(a has 'x') in (true,false)",
    "(a in (1,2)) in (true,false)",
    "(a in ()) lt true",
    "not (a in (1,2)) eq true",
    "1 add (a in (1,2)) eq 3",
    "-(a has 'x') mul 2",
    "not not (a in (1,2)) eq true",
    "x eq (a in (1,2)) eq true",
    "(a in (1,2) and b) eq true",
    "case((a in (1,2)) eq true:b)",
    "Items/any(i:(i in (1,2)) eq true)",
    # `not` before a call that is named like an operator.
    "not (eq())",
    "not (in(p=1))",
    "not (Mod(p=1)/a)",
    "not (has() in (1,2))",
]
DROPPED = [
    ("(a in (1,2)) and (b has 'x')", "a in (1,2) and b has 'x'"),
    ("x eq (a in (1,2))", "x eq a in (1,2)"),
    ("not (a in (1,2))", "not a in (1,2)"),
    ("(a in b) eq true", "a in b eq true"),
    ("(a in [1,2]) eq true", "a in [1,2] eq true"),
    ("(1 add (a has 'x')) mul 2", "(1 add a has 'x') mul 2"),
    ("f(p=(a in (1,2)))/b", "f(p=a in (1,2))/b"),
    ("not (equal())", "not equal()"),
    ("not (eq eq 1)", "not (eq eq 1)"),
]


@pytest.mark.parametrize("text", KEPT)
def test_parentheses_are_kept_where_they_matter(text: str) -> None:
    assert str(of.parse(text)) == text


@pytest.mark.parametrize(("text", "canonical"), DROPPED, ids=[text for text, _ in DROPPED])
def test_parentheses_are_dropped_elsewhere(text: str, canonical: str) -> None:
    made = of.parse(text)
    assert str(made) == canonical
    assert of.parse(canonical) == made


def test_quoted_text_leaves_alone_what_reads_well_in_a_query() -> None:
    """RFC 3986 §3.4: all else is encoded, what ends a query or an option of it above all."""
    plain = "(),:/$@*!-._~azAZ09"
    assert of.parse(f"a eq '{plain}'").quoted == f"a%20eq%20'{plain}'"
    for character in '\t "#%&+;<=>?[\\]^`{|}\x7fé':
        quoted = "".join(f"%{byte:02X}" for byte in character.encode())
        assert of.parse(f"a eq '{character}'").quoted == f"a%20eq%20'{quoted}'"
