"""Limits: what is past one is refused by name and at once; what is within is safe to use."""

import contextlib
import copy
import pickle
import subprocess
import sys

import pytest

import odatafilter as of

WIDE = of.Limits(length=10_000_000, depth=150, nodes=10_000_000, items=10_000_000)


class Thing(of.Schema):
    a = of.Int32()


HUGE = {
    "parentheses": "(" * 100_000 + "a" + ")" * 100_000,
    "open parentheses": "(" * 100_000,
    "brackets": "[" * 100_000,
    "not": "not " * 5_000 + "a",
    "minus": "-" * 100_000 + "a",
    "minus alone": "-" * 100_000,
    "not alone": "not " * 25_000,
    "calls": "tolower(" * 10_000 + "a" + ")" * 10_000,
    "lambdas": "a/any(x:" * 3_000 + "x" + ")" * 3_000,
    "chain": "a" + " eq 1" * 20_000,
    "or": " or ".join(["a eq 1"] * 200_000),
    "shapes": "a eq geography'SRID=0;" + "GeometryCollection(" * 3_300 + "Point(1 1)" + ")" * 3_300 + "'",
    "year": "a eq " + "1" * 90_000 + "-01-31",
    "list": "a in (" + ",".join(["'x'"] * 100_000) + ")",
    "path": "a" + "/b" * 100_000,
    "string": "a eq '" + "x" * 1_000_000 + "'",
    "unclosed": "a eq '" + "x" * 1_000_000,
    "name": "x" * 90_000,
    "blanks": "a" + " " * 90_000,
    "words": "a eq " * 20_000,
    "quotes": "a eq " + "'" * 90_001,
}


@pytest.mark.parametrize("limits", [None, WIDE], ids=["by default", "wide"])
@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE.keys())
def test_whatever_is_huge_gives_a_filter_or_an_error_of_this_library(text: str, limits: of.Limits | None) -> None:
    try:
        made = of.parse(text, limits=limits)
    except of.FilterSyntaxError as error:
        start, end = error.span
        assert 0 <= start <= end <= len(text)
        assert len(str(error)) < 1_000
    else:
        assert of.parse(str(made), limits=WIDE) == made


# What nests without a bracket is refused once it is read, and is then released, whatever stack there is.
IN_A_THREAD = """
import sys, threading, odatafilter as of

LEVELS = 5_000
PREFIXES = ("-", "not ")
INFIXES = (" eq 1", " add 1", " in (1)", " has N.T'x'")
CHAINS = [
    *(prefix * LEVELS + behind for prefix in PREFIXES for behind in ("a", "a eq")),
    *("a" + infix * LEVELS + behind for infix in INFIXES for behind in ("", " and")),
    *("tolower(" * 1_200 + "a" + ")" * 1_200, "a eq " + "[" * LEVELS + "]" * LEVELS, "a/any(x:" * 900 + "x" + ")" * 900),
]

def refuse(text):
    try:
        of.parse(text)
    except of.FilterSyntaxError:
        refused.append(text)

refused = []
refuse("a eq")  # what is imported and compiled for it needs a larger stack
# CPython 3.13 lets objects be released one inside the other until thousands of C calls are open.
threading.stack_size(128 * 1024 if sys.version_info < (3, 12) else 768 * 1024)
thread = threading.Thread(target=lambda: [refuse(text) for text in CHAINS])
thread.start()
thread.join()
assert refused[1:] == CHAINS
"""


@pytest.mark.parametrize("operand", ["(1)", "[1]", '{"y":1}'])
def test_brackets_beside_each_other_are_no_deeper_than_one(operand: str) -> None:
    text = " and ".join([f"x eq {operand}"] * 20)
    assert of.parse(text, limits=of.Limits(depth=5)) == of.parse(text)


def test_what_nests_too_deep_is_refused_in_a_thread_of_little_stack() -> None:
    done = subprocess.run([sys.executable, "-c", IN_A_THREAD], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("text", "limits", "message", "span"),
    [
        ("a eq 10", of.Limits(length=6), "the filter has 7 characters; the limit 'length' is 6", (6, 7)),
        ("((a))", of.Limits(depth=1), "the filter nests deeper than the limit 'depth' of 1", (1, 2)),
        ("x eq [[1]]", of.Limits(depth=1), "the filter nests deeper than the limit 'depth' of 1", (6, 7)),
        ('x eq {"y":{}}', of.Limits(depth=1), "the filter nests deeper than the limit 'depth' of 1", (10, 11)),
        ("x eq '((' and ((a))", of.Limits(depth=1), "the filter nests deeper than the limit 'depth' of 1", (15, 16)),
        ("not not a", of.Limits(depth=2), "the filter has 3 levels; the limit 'depth' is 2", (0, 9)),
        ("a eq 1 eq 2 eq 3", of.Limits(depth=3), "the filter has 4 levels; the limit 'depth' is 3", (0, 16)),
        ("a eq 1", of.Limits(nodes=2), "the filter has 3 nodes; the limit 'nodes' is 2", (0, 6)),
        (
            "a in (1,2)",
            of.Limits(items=1),
            "the filter has 2 values in one list, or segments of one path; the limit 'items' is 1",
            (0, 10),
        ),
        (
            "a/b/c",
            of.Limits(items=2),
            "the filter has 3 values in one list, or segments of one path; the limit 'items' is 2",
            (0, 5),
        ),
        (
            "a in [1,2]",
            of.Limits(items=1),
            "the filter has 2 values in one list, or segments of one path; the limit 'items' is 1",
            (0, 10),
        ),
    ],
)
def test_a_limit_is_named_with_what_was_found(
    text: str, limits: of.Limits, message: str, span: tuple[int, int]
) -> None:
    with pytest.raises(of.FilterSyntaxError) as caught:
        of.parse(text, limits=limits)
    assert caught.value.message == message
    assert caught.value.span == span


def test_what_is_exactly_at_its_limits_is_read() -> None:
    text = "not (a in (1,2))"
    assert str(of.parse(text, limits=of.Limits(length=16, depth=4, nodes=6, items=2))) == "not a in (1,2)"


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({"depth": 0}, "the limit 'depth' is 0; it must be a whole number from 1"),
        ({"nodes": True}, "the limit 'nodes' is True; it must be a whole number from 1"),
        ({"length": "10"}, "the limit 'length' is '10'; it must be a whole number from 1"),
        ({"depth": 151}, "the limit 'depth' is 151; it can be at most 150"),
    ],
)
def test_a_limit_is_checked_itself(bounds: dict[str, int], message: str) -> None:
    with pytest.raises(of.FilterError) as caught:
        of.Limits(**bounds)
    assert str(caught.value) == message


# How each kind of node nests: what opens a level, what closes it.
NESTS = {
    "or": ("(b or (a eq 1 and ", "))"),
    "not": ("not ", ""),
    "minus": ("-", ""),
    "arithmetic": ("1 add (", ")"),
    "comparison": ("1 eq (", ")"),
    "in": ("a in (b eq ", ")"),
    "array": ("[", "]"),
    "object": ('{"a":', "}"),
    "call": ("tolower(", ")"),
    "cast": ("cast(", ",Edm.String)"),
    "case": ("case(true:", ")"),
    "function": ("F(x=", ")"),
    "bound function": ("a/F(x=", ")"),
    "lambda": ("a/any(x:", ")"),
    "count": ("a/$count($filter=", ")"),
    "filtered": ("a/$filter(", ")/$count"),
    "key": ("a/$filter(b)(x=", ")/c"),
}
DEEP = of.Limits(length=10_000_000, depth=150, nodes=10_000_000, items=10_000_000)


def deepest(nest: str) -> of.Filter:
    """A filter that nests in this way as deep as the limits allow."""
    opening, closing = NESTS[nest]
    levels = 160
    while True:
        try:
            return of.parse(opening * levels + "@p" + closing * levels, limits=DEEP)
        except of.FilterSyntaxError as error:
            assert "the limit 'depth'" in error.message or "nests deeper" in error.message
            levels -= 1


def done(made: of.Filter) -> None:
    """Everything that can be done with a filter."""
    assert of.parse(str(made), limits=DEEP) == made
    assert hash(made) == hash(copy.deepcopy(made))
    assert copy.deepcopy(made.tree) == made.tree
    assert pickle.loads(pickle.dumps(made)) == made
    assert of.Filter.from_json(made.to_json()) == made
    assert repr(made.tree)
    assert made.parameters() == ("p",)
    assert made.bind(p=1) != made
    assert made.replace(of.parse("zzz"), of.parse("b")) == made
    assert made.rename({"zzz": "b"}) == made
    for use in (made.simplify, made.properties, made.__invert__, lambda: made.matches({"a": 1})):
        with contextlib.suppress(of.FilterError):
            use()
    with contextlib.suppress(of.FilterError):
        made.validate(Thing)


def below(frames: int, made: of.Filter) -> None:
    """On top of a stack that is used already."""
    if frames:
        below(frames - 1, made)
    else:
        done(made)


@pytest.mark.parametrize("nest", NESTS)
def test_at_the_ceiling_everything_done_with_a_filter_is_safe(nest: str) -> None:
    below(300, deepest(nest))


def test_the_builder_goes_no_deeper_than_the_ceiling() -> None:
    one = of.field("a") == 1
    made = one
    for _ in range(73):
        made = (made & one) | one
    made &= one
    with pytest.raises(of.FilterError, match=r"^the filter nests 151 levels deep; at most 150 are safe$"):
        _ = (made | one) & one | one
    below(300, made | (of.field("b") == of.param("p")))


def test_flat_chains_have_no_such_ceiling() -> None:
    made = of.field("a").in_(range(5_000))
    assert made.matches({"a": 4_999})
    assert of.parse(str(made), limits=WIDE) == made
    many = of.parse(" or ".join(f"a eq {n}" for n in range(5_000)), limits=WIDE)
    assert many.matches({"a": 4_999})
    assert hash(many) == hash(pickle.loads(pickle.dumps(many)))
