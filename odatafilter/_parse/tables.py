"""Grammar → LALR tables. Lark makes them; a saved copy is used as long as it is of the same grammar."""

import re
import zlib
from typing import TYPE_CHECKING, Any

import msgspec

from odatafilter._grammar import folder, read_file

if TYPE_CHECKING:
    from lark import Lark
    from lark.lexer import TerminalDef
    from lark.parsers.lalr_analysis import ParseTableBase

END = "END"  # what Lark calls $END, fit to name a group


class Rule(msgspec.Struct, frozen=True, array_like=True):
    """A production: `keep` are the positions of those of its symbols that the tree builder is given.

    `method` is the tree builder's method, or None where the only kept symbol is passed on as it is. A rule with
    `repeats` collects its symbols into the list of the repetition it belongs to.
    """

    origin: str
    symbols: tuple[str, ...]
    keep: tuple[int, ...]
    method: str | None
    repeats: bool


class Tables(msgspec.Struct, frozen=True, array_like=True):
    """LALR tables. `states[n]` maps a symbol to the state that it leads to, or to `~r` where rule r is reduced.

    `terminals` are names and patterns in the order in which they are tried; state 0 is the start, `accepting` the end.
    """

    digest: int
    terminals: tuple[tuple[str, str], ...]
    rules: tuple[Rule, ...]
    states: tuple[dict[str, int], ...]
    accepting: int


def load() -> Tables:
    """The saved tables if they are of the grammar as it stands, else tables made by Lark."""
    grammar = Grammar()
    if grammar.saved.exists():
        tables = msgspec.json.decode(grammar.saved.read_bytes(), type=Tables)
        if tables.digest == grammar.digest:
            return tables
    return make(grammar)


class Grammar:
    """The files of the grammar: inside the package once installed, beside it in a checkout."""

    def __init__(self) -> None:
        self.folder = str(folder())
        self.rules = read_file("filter.lark")
        self.digest = digest_of(self.rules, read_file("terminals.lark"))
        self.saved = folder() / "tables.json"


def digest_of(*files: str) -> int:
    """What tells one grammar from another: that of all lines but comments, without the blanks around them."""
    lines = (line.strip() for text in files for line in (*text.split("\n"), "\0"))
    return zlib.crc32("\n".join(line for line in lines if line and not line.startswith("//")).encode())


def plain_lark(grammar: Grammar, **options: Any) -> "Lark":
    """Lark's own parser of the grammar."""
    from lark import Lark  # noqa: PLC0415 - slow, and not needed where the saved tables are of the same grammar

    return Lark(grammar.rules, parser="lalr", start="filter", import_paths=[grammar.folder], **options)


def make(grammar: Grammar) -> Tables:
    """Tables made by Lark, numbered in an order that depends on nothing but the grammar."""
    lark = plain_lark(grammar)
    # The order of Lark's own lexers: by priority, then the longest pattern first.
    terminals = sorted(lark.terminals, key=lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name))
    table = lark.parser.parser._parse_table
    rules = sorted(lark.rules, key=lambda rule: (rule.origin.name, rule.order, str(rule)))
    numbers = _number_states(table)
    return Tables(
        digest=grammar.digest,
        terminals=tuple((str(t.name), _pattern(t)) for t in terminals),
        rules=tuple(_rule(rule) for rule in rules),
        states=tuple(
            {
                str(symbol).lstrip("$"): numbers[target] if action.name == "Shift" else ~rules.index(target)
                for symbol, (action, target) in sorted(table.states[state].items())
            }
            for state in numbers
        ),
        accepting=numbers[table.end_states["filter"]],
    )


def _pattern(terminal: "TerminalDef") -> str:
    """The pattern of a terminal, in which no group that repeats gives anything back: Lark has no sign for that."""
    return re.sub(r"(?<!\\)\)([*+])(?![*+?])", r")\1+", terminal.pattern.to_regexp())


def _number_states(table: "ParseTableBase[Any]") -> dict[Any, int]:
    """A number for each state, in the order in which they are reached from the start by symbols in order."""
    numbers = {table.start_states["filter"]: 0}
    queue = list(numbers)
    for state in queue:
        for _, (action, target) in sorted(table.states[state].items()):
            if action.name == "Shift" and target not in numbers:
                numbers[target] = len(numbers)
                queue.append(target)
    return numbers


def _rule(rule: Any) -> Rule:
    keep = tuple(i for i, symbol in enumerate(rule.expansion) if not getattr(symbol, "filter_out", False))
    origin = str(rule.origin.name)
    repeats = origin.startswith("__")
    passes = rule.alias is None and rule.options.expand1 and len(keep) == 1
    method = None if repeats or passes else str(rule.alias or origin)
    return Rule(origin, tuple(str(symbol.name) for symbol in rule.expansion), keep, method, repeats)


def save() -> None:
    """Writes the saved tables anew from the grammar as it stands."""
    grammar = Grammar()
    grammar.saved.write_bytes(msgspec.json.encode(make(grammar)) + b"\n")
