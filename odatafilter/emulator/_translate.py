"""Syntax tree → SQL. Every value is bound, and OData's rules for null hold: a comparison is true or false, never null.

It shares nothing with `Filter.matches`, so that each is a check of the other.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple, TypeAlias, assert_never

from odatafilter._emit import emit
from odatafilter.emulator._instants import instant
from odatafilter.tree import (
    Alias,
    And,
    Annotation,
    Arithmetic,
    Array,
    Call,
    Case,
    Comparison,
    ComparisonOperator,
    Expression,
    Function,
    Has,
    In,
    List,
    Literal,
    Negation,
    Not,
    Object,
    Or,
    Path,
    Property,
    Variable,
)

_Documented: TypeAlias = Literal | Property | Comparison | In | Not | And | Or

_COLUMNS: Final = {
    "id": "jobs.id",
    "iTwinId": "jobs.iTwinId",
    "name": "jobs.name",
    "email": "jobs.email",
    "type": "jobs.type",
    "state": "jobs.state",
    "createdDateTime": "jobs.created",
}
_COLLECTIONS: Final = {"inputId": "inputs", "outputId": "outputs"}  # the table that holds the elements
_SYMBOLS: Final = {"lt": "<", "gt": ">", "le": "<=", "ge": ">="}
_GUIDS: Final = frozenset({"id", "iTwinId", "inputId", "outputId"})


class UnsupportedFilterError(ValueError):
    """A filter that the documented service has no use for."""


class SqlCondition(NamedTuple):
    """SQL over `jobs`; `:v1` is the first of `bound`. `itwins` are those asked for, None if iTwinId is not named."""

    sql: str
    bound: tuple[str | bytes, ...]
    itwins: frozenset[str] | None


def translate(expression: Expression) -> SqlCondition:
    """The SQL condition that holds for the jobs for which `expression` is true; UnsupportedFilterError if none does."""
    translator = _Translator()
    sql = translator.condition(expression).text
    return SqlCondition(sql, tuple(translator.bound), frozenset(translator.itwins) if translator.names_itwin else None)


ALL: Final = SqlCondition("TRUE", (), None)


class _Sql(NamedTuple):
    """SQL that is 1, 0 or NULL, as an expression is true, false or null. `depth` counts the levels of its nesting."""

    text: str
    depth: int = 0


class _Operand(NamedTuple):
    """A value in SQL. If it stands for any element of a collection, `table` is where these are and `own` says whose."""

    sql: str
    table: str = ""
    own: str = ""


class _Translator:
    def __init__(self) -> None:
        self.bound: list[str | bytes] = []
        self.itwins: set[str] = set()
        self.names_itwin = False
        self._tables = 0

    def condition(self, expression: Expression) -> _Sql:
        match node := _check_documented(expression):
            case Comparison(left, operator, right):
                return _Sql(self._comparison(left, operator, right))
            case In(operand, List(items)):
                return _Sql(self._membership(operand, items))
            case In(operand, Property(name) as collection) if name in _COLLECTIONS:
                return _Sql(self._comparison(operand, "eq", collection))
            case In():
                raise UnsupportedFilterError("the right side of 'in' is neither a list nor a collection")
            case Not(operand):
                inner = self.condition(operand)
                return _Sql(f"NOT ({inner.text})", inner.depth + 1)
            case And(operands):
                return self._join_operands("AND", operands)
            case Or(operands):
                return self._join_operands("OR", operands)
            case Literal(kind="Boolean" | "null"):
                return _Sql(self._translate_literal(node, guid=False))
            case Literal() | Property():
                raise UnsupportedFilterError("a value that is not Boolean where a condition is wanted")
            case _:
                assert_never(node)

    def _join_operands(self, word: str, operands: tuple[Expression, ...]) -> _Sql:
        # SQLite's parser has a stack of a hundred: what is nested most comes first, where a level takes only one.
        conditions = sorted((self.condition(operand) for operand in operands), key=_depth, reverse=True)
        return _join_balanced(word, conditions)

    def _comparison(self, left: Expression, operator: ComparisonOperator, right: Expression) -> str:
        guid = _is_guid(left) or _is_guid(right)
        first, second = self._translate_operand(left, guid=guid), self._translate_operand(right, guid=guid)
        if operator == "eq":
            self._request(left, (right,))
            self._request(right, (left,))
        # `ne` holds for a collection when no element is equal, the others when any element compares so.
        if operator == "ne" and (first.table or second.table):
            return f"NOT {_any_element_sql((first, second), _comparison_sql(first.sql, 'eq', second.sql))}"
        return _any_element_sql((first, second), _comparison_sql(first.sql, operator, second.sql))

    def _membership(self, operand: Expression, items: tuple[Literal, ...]) -> str:
        first = self._translate_operand(operand, guid=_is_guid(operand))
        self._request(operand, items)
        values = [self._translate_literal(item, guid=_is_guid(operand)) for item in items if item.kind != "null"]
        member = f"COALESCE({first.sql} IN ({', '.join(values)}), 0)"
        return _any_element_sql((first,), member if len(values) == len(items) else f"({member} OR {first.sql} IS NULL)")

    def _request(self, operand: Expression, others: Iterable[Expression]) -> None:
        """Notes the iTwins that iTwinId is to be equal to."""
        if operand == Property("iTwinId"):
            literals = (other for other in others if isinstance(other, Literal) and other.kind != "null")
            self.itwins.update(_guid(literal.text) for literal in literals)

    def _translate_operand(self, expression: Expression, *, guid: bool) -> _Operand:
        match node := _check_documented(expression):
            case Literal():
                return _Operand(self._translate_literal(node, guid=guid))
            case Property(name):
                self.names_itwin |= name == "iTwinId"
                return self._translate_property(name)
            case Comparison() | In() | Not() | And() | Or():
                return _Operand(f"({self.condition(node).text})")
            case _:
                assert_never(node)

    def _translate_property(self, name: str) -> _Operand:
        if (column := _COLUMNS.get(name)) is not None:
            return _Operand(column)
        if (table := _COLLECTIONS.get(name)) is not None:
            self._tables += 1
            alias = f"{table}{self._tables}"
            return _Operand(f"{alias}.id", f"{table} AS {alias}", f"{alias}.job = jobs.number")
        raise UnsupportedFilterError(f"unknown property {name!r}")

    def _translate_literal(self, literal: Literal, *, guid: bool) -> str:
        match literal.kind:
            case "null":
                return "NULL"
            case "Boolean":
                return "1" if literal.text == "true" else "0"
            case "Guid":
                return self._bind_value(_guid(literal.text))
            case "String" if guid:
                return self._bind_value(_guid(literal.text))
            case "String":
                # As bytes, since a string may hold lone surrogates; their order is that of the code points.
                text = literal.text[1:-1].replace("''", "'").encode("utf-8", "surrogatepass")
                return f"CAST({self._bind_value(text)} AS TEXT)"
            case "DateTimeOffset":
                return self._bind_value(_place_instant(literal.text))
            case _:
                raise UnsupportedFilterError(f"no documented property is compared with a {literal.kind}")

    def _bind_value(self, value: str | bytes) -> str:
        self.bound.append(value)
        return f":v{len(self.bound)}"


def _check_documented(expression: Expression) -> _Documented:
    """`expression`, if it is of a kind that the documented dialect has."""
    match expression:
        case Literal() | Property() | Comparison() | In() | Not() | And() | Or():
            return expression
        case Variable() | Alias() | Annotation() | Array() | Object() | Call() | Case() | Function() | Path():
            pass
        case Negation() | Arithmetic() | Has():
            pass
        case _:
            assert_never(expression)
    raise UnsupportedFilterError(f"the documented filters have properties and values only, not {emit(expression):.60}")


def _is_guid(expression: Expression) -> bool:
    return isinstance(expression, Property) and expression.name in _GUIDS


def _guid(text: str) -> str:
    """A GUID as the database spells it, from either documented spelling."""
    return text.strip("'").lower()


def _place_instant(timestamp: str) -> str:
    try:
        return instant(timestamp)
    except ValueError as error:
        raise UnsupportedFilterError(str(error)) from None


def _comparison_sql(left: str, operator: ComparisonOperator, right: str) -> str:
    match operator:
        case "eq":
            return f"{left} IS {right}"
        case "ne":
            return f"{left} IS NOT {right}"
        case "lt" | "gt":
            return f"COALESCE({left} {_SYMBOLS[operator]} {right}, 0)"
        case "le" | "ge":
            return f"COALESCE({left} {_SYMBOLS[operator]} {right}, {left} IS {right})"
        case _:
            assert_never(operator)


def _any_element_sql(operands: tuple[_Operand, ...], condition: str) -> str:
    """`condition`, for any of the elements that the operands stand for."""
    if not (tables := [operand.table for operand in operands if operand.table]):
        return f"({condition})"
    own = " AND ".join(operand.own for operand in operands if operand.own)
    return f"EXISTS (SELECT 1 FROM {', '.join(tables)} WHERE {own} AND {condition})"  # noqa: S608 - values are bound


def _depth(condition: _Sql) -> int:
    return condition.depth


def _join_balanced(word: str, conditions: list[_Sql]) -> _Sql:
    """Conditions joined as a balanced tree: SQLite bounds the depth of an expression, not its length."""
    if len(conditions) == 1:
        return conditions[0]
    middle = len(conditions) // 2
    left, right = _join_balanced(word, conditions[:middle]), _join_balanced(word, conditions[middle:])
    return _Sql(f"({left.text} {word} {right.text})", max(left.depth, right.depth) + 1)
