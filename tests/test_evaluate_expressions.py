"""Random expressions mean what their parts mean."""

from collections.abc import Callable
from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st
from truth_of_filters import truth

from odatafilter import tree


class Meant(NamedTuple):
    """An expression, and what it means, made beside it: a value or null for the values of `a` and `b`."""

    node: Any
    means: Callable[[dict[str, int | None]], Any]


def lifted(function: Callable[..., Any], *operands: Meant) -> Callable[[dict[str, int | None]], Any]:
    """Null if an operand is."""

    def means(item: dict[str, int | None]) -> Any:
        values = [operand.means(item) for operand in operands]
        return None if None in values else function(*values)

    return means


def compared(operator: str, one: int | None, other: int | None) -> bool:
    if one is None or other is None:
        return {"eq": one is other, "ne": one is not other, "lt": False}.get(operator, one is other)
    return {"eq": one == other, "ne": one != other, "lt": one < other, "ge": one >= other}[operator]


CALCULATIONS: dict[str, Callable[[int, int], int]] = {"add": int.__add__, "sub": int.__sub__, "mul": int.__mul__}
numerals = st.one_of(
    st.integers(-3, 3).map(lambda n: Meant(tree.Literal("Number", str(n)), lambda _: n)),
    st.sampled_from("ab").map(lambda name: Meant(tree.Property(name), lambda item: item[name])),
    st.just(Meant(tree.Literal("null", "null"), lambda _: None)),
)


def _conditions(values: st.SearchStrategy[Meant]) -> st.SearchStrategy[Meant]:
    return st.builds(
        lambda one, operator, other: Meant(
            tree.Comparison(one.node, operator, other.node),
            lambda item: compared(operator, one.means(item), other.means(item)),
        ),
        values,
        st.sampled_from(["eq", "ne", "lt", "ge"]),
        values,
    )


def _values(values: st.SearchStrategy[Meant]) -> st.SearchStrategy[Meant]:
    return st.one_of(
        st.builds(
            lambda one, operator, other: Meant(
                tree.Arithmetic(one.node, operator, other.node), lifted(CALCULATIONS[operator], one, other)
            ),
            values,
            st.sampled_from(sorted(CALCULATIONS)),
            values,
        ),
        st.builds(lambda one: Meant(tree.Negation(one.node), lifted(int.__neg__, one)), values),
        st.builds(
            lambda condition, one, other: Meant(
                tree.Case(
                    (tree.Branch(condition.node, one.node), tree.Branch(tree.Literal("Boolean", "true"), other.node))
                ),
                lambda item: one.means(item) if condition.means(item) is True else other.means(item),
            ),
            _conditions(values),
            values,
            values,
        ),
    )


def _logic(inner: st.SearchStrategy[Meant]) -> st.SearchStrategy[Meant]:
    return st.one_of(
        st.builds(lambda one: Meant(tree.Not(one.node), lifted(lambda truth: not truth, one)), inner),
        st.lists(inner, min_size=2, max_size=3).map(
            lambda several: Meant(
                tree.And(tuple(one.node for one in several)),
                lambda item: min((one.means(item) for one in several), key=[False, None, True].index),
            )
        ),
        st.lists(inner, min_size=2, max_size=3).map(
            lambda several: Meant(
                tree.Or(tuple(one.node for one in several)),
                lambda item: max((one.means(item) for one in several), key=[False, None, True].index),
            )
        ),
    )


conditions = st.recursive(
    st.one_of(
        _conditions(st.recursive(numerals, _values, max_leaves=4)),
        st.sampled_from(
            [Meant(tree.Literal("Boolean", "true"), lambda _: True), Meant(tree.Alias("p"), lambda _: None)]
        ),
    ),
    _logic,
    max_leaves=5,
)
few_integers = st.one_of(st.none(), st.integers(-3, 3))


@given(conditions, st.fixed_dictionaries({"a": few_integers, "b": few_integers}))
def test_expressions_mean_what_their_parts_mean(meant: Meant, item: dict[str, int | None]) -> None:
    assert truth(meant.node, item) is meant.means(item)
