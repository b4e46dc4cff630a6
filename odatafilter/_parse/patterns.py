"""The regular expressions of the fast reader, composed of the grammar's terminals.

A terminal is matched as the lexer does it: the first that matches is taken, and nothing of it is given back (an atomic
group, or a possessive quantifier). So is everything between them: no text takes longer than its length.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

from odatafilter._names import LONGEST
from odatafilter._parse.levels import Levels
from odatafilter._parse.tables import Tables

Match: TypeAlias = Callable[[str, int], re.Match[str] | None]

# RWS and BWS of the ABNF: the grammar says where they stand.
_BLANKS: Final = r"[ \t]++"
_BLANK: Final = r"[ \t]*+"

# Literals are tried in this order, those met most first: no text is a literal of two kinds. These have a group each.
_FIRST: Final = ("STRING", "NUMBER", "GUID", "DATE_TIME_OFFSET", "DATE", "NULL", "BOOLEAN")
# These give nothing back as the grammar has them.
_GIVE_NOTHING: Final = frozenset({"NAME", "STRING"})
# Lists of one of these kinds are read with the operand, those of others after it. Chains are of these kinds.
_LISTED: Final = ("STRING", "GUID", "NUMBER")

# The groups of `operand`, of which there are few since a match takes memory for each: what stands before the operand; a
# name, and in the parentheses after it a path or a key, and perhaps a string or a number, and the segments behind the
# parentheses, or the variable of a lambda, or nothing yet; and the word after that. Then comes what follows the word: a
# list of strings, of another kind, or of any kinds; a literal, by a group for each of the kinds that are met most and
# one for all others; or a path. Then an operand that is no name: a string, a number, or another literal, a sign or a
# bracket; then the parentheses at the end.
BEFORE, NAME, ARGUMENT, SECOND, AFTER, OPENED, WORD, STRINGS, LIST, MIXED = range(1, 11)
OTHERS: Final = MIXED + len(_FIRST) + 1
PATH, STRING, NUMBER, ODD, CLOSING = range(OTHERS + 1, OTHERS + 6)
# So many groups more has `operand` than `comparison` before what both end with.
SKIPPED: Final = WORD - 2

# The group of a path among the values in parentheses; those of literals follow.
VALUE_IS_PATH: Final = 2


class Patterns:
    """The regular expressions for the grammar that some tables are of; `literals` are the kinds in their order."""

    def __init__(self, tables: Tables, levels: Levels) -> None:
        self._terminals = {
            name: pattern if name in _GIVE_NOTHING else f"(?>{pattern})" for name, pattern in tables.terminals
        }
        # What goes on after the longest name is no operand, and left to the loop.
        self._terminals["NAME"] = f"{self._terminals['NAME'].removesuffix('*+')}{{0,{LONGEST - 1}}}+"
        self.methods = {rule.symbols[0]: str(rule.method) for rule in tables.rules if rule.origin == "literal"}
        self.literals = (*_FIRST, *(kind for kind in self.methods if kind not in _FIRST))
        self._joints = _in_any_case(levels.joints)
        self._not = dict(tables.terminals)["_NOT"]
        # A number is tried before dates and GUIDs, which may begin with digits: it counts only where it ends.
        self._number = number = rf"{self._terminals['NUMBER']}(?![^ \t),\]])"
        wholes = {**self._terminals, "NUMBER": number}
        self._each = "|".join(f"({wholes[kind]})" for kind in self.literals)
        self._any = f"(?>{'|'.join(wholes[kind] for kind in self.literals)})"
        others = "|".join(wholes[kind] for kind in self.literals[len(_FIRST) :])
        self._most = "|".join((*(f"({wholes[kind]})" for kind in _FIRST), f"({others})"))
        sign = f"(?!{self._terminals['NUMBER']}){self._terminals['_MINUS']}"  # right before a digit it is the number's
        self._alone = rf"({wholes['STRING']})|({number})|({self._any}|{sign}|\[)"
        name, at_name = self._terminals["NAME"], self._terminals["AT_NAME"]
        self._qualified = name + _repeat_pattern(r"\.", rf"\.{name}")
        start = "|".join((self._qualified, at_name, self._terminals["VARIABLE"], self._terminals["ROOT"]))
        self._segment = f"(?>{'|'.join((self._qualified, at_name, self._terminals['_COUNT']))})"
        # What goes on with a quote or a sign is no name: a literal has begun with one.
        path = f"(?>{start}){_repeat_pattern('/', '/' + self._segment)}(?!['-])"
        # Most paths are of names, which are tried alone first, since that is the fastest.
        self._paths = rf"{name}(?:/{name})*+(?![^ \t(),])|{path}"
        self._path = f"(?>{self._paths})"

    def operand(self) -> Match:
        """An operand and what stands before it, or what ends an expression.

        Before it are closing parentheses and an infix operator or a comma, unless an expression begins, opening
        parentheses and any `not`. It is a property path or a call, and what follows it; or another operand, or what
        begins one.

        A blank next to a parenthesis is one more, or one less, so the blanks are read together with the parentheses.
        No operand begins with a blank, nor after a closing parenthesis, so none is taken for an operator.
        """
        inverts = f"{self._not}[ \t(]*+"
        joint = r"(?>[ \t)]++|(?<=\)))[A-Za-z]++[ \t(]++"
        nothing = r"(?![ \t(),])(?<!\))"  # tried first: it is told by one character, and begins each text
        before = rf"(?>{nothing}|{joint}|[ \t)]*+,[ \t(]*+|\([ \t(]*+|){_repeat_pattern('[nN]', inverts)}"
        terminals = self._terminals
        second = f"(?>{terminals['STRING']}|{terminals['NUMBER']})"
        second = _optional_pattern(f",{_BLANK}({second}){_BLANK}")
        argument = f"(?>{self._paths}|{terminals['STRING']}|{self._number}|{terminals['GUID']})"
        after = _optional_pattern(f"((?:/{self._segment})++)(?![(/'-])")
        opened = rf"((?>{terminals['NAME']}(?={_BLANK}:)|(?!:))){_optional_pattern(f'{_BLANK}:{_BLANK}')}"
        called = _optional_pattern(rf"\({_BLANK}(?:({argument}){_BLANK}{second}\){after}|{opened})")
        compared = _optional_pattern(self._compared())
        closing = r"([ \t)]*+)(?<![ \t])\Z"
        return re.compile(rf"({before})(?:({self._path}){called}{compared}|(?>{self._alone}))|{closing}").match

    def comparison(self) -> Match:
        """A property path and what it is compared with, by the last groups of `operand`: those from `WORD` on."""
        return re.compile(rf"({self._path}){self._compared()}").match

    def _compared(self) -> str:
        """A word, and what follows it in the groups after that."""
        right = rf"\({_BLANK}{self._list()}|{self._most}|(?!{self._not})({self._path})(?!\()"
        return rf"[ \t]{_BLANK}([A-Za-z]++)(?:[ \t]{_BLANK}|(?=\())(?>{right})"

    def _list(self) -> str:
        """Literals and a closing parenthesis: a group for strings, for another kind that is told apart, and for any."""
        strings, *several = (_repetition(self._terminals[kind]) for kind in _LISTED)
        close = rf"{_BLANK}\)"
        others = "|".join(f"{one}(?={close})" for one in several)
        return f"(?:({strings})(?={close})|((?>{others}))|({_repetition(self._any)})){close}"

    def list_after_in(self) -> Match:
        """A list in parentheses after `in`: what is between them."""
        return re.compile(rf"\({_BLANK}({_repetition(self._any)}){_BLANK}\)").match

    def array(self) -> Match:
        """Literals in brackets, and texts in double quotes: 1 what is between the brackets."""
        item = f"(?>{self._any}|{self._terminals['JSON_STRING']})"
        return re.compile(rf"\[{_BLANK}((?:{_repetition(item)})?+){_BLANK}\]").match

    def chain(self, word: str) -> "re.Pattern[str]":
        """An operator that repeats, and a comparison with a literal: a name, a word, a group for each of the kinds that
        are told apart; or the rest.
        """
        literals = "|".join(f"({self._terminals[kind]})" for kind in _LISTED)
        # What must follow the literal, so that no operator takes it away from the one before it.
        end = rf"(?={_BLANKS}{self._joints}[ \t(]|{_BLANK}[),]|\Z)"
        compared = rf"({self._path}){_BLANKS}([A-Za-z]++){_BLANKS}(?>{literals}){end}"
        return re.compile(rf"{_BLANKS}(?ai:{word}){_BLANKS}{compared}|(.+)", re.DOTALL)

    def type_arguments(self) -> Match:
        """What is between the parentheses of `cast` and `isof`: 1 a path, 2 a type, or 3 one in quotes."""
        type_name = f"{self._terminals['COLLECTION_TYPE']}|{self._qualified}"
        quoted = self._terminals["STRING"]
        return re.compile(rf"{_BLANK}(?:({self._path}){_BLANK},{_BLANK})?+(?>({type_name})|({quoted})){_BLANK}\)").match

    def values(self) -> Match:
        """What is in parentheses after their beginning: 1 a literal, or literals and paths that have names; or nothing.

        No path goes on with a call, nor with an operator, since a comma or the closing parenthesis follows.
        """
        named = f"{self._terminals['NAME']}=(?>{self._any}|{self._path})"
        return re.compile(rf"{_BLANK}(?:({_repetition(named)}|{self._any}){_BLANK})?+\)").match

    def value(self) -> "re.Pattern[str]":
        """A literal or a path among those: 1 its name, 2 a path, or a literal, by a group for each kind."""
        return re.compile(f"(?>({self._terminals['NAME']})=|)(?:(?!{self._any})({self._path})|{self._each})")

    def segments(self) -> Match:
        """What goes on with a path, unless a call does."""
        return re.compile(rf"(?:/{self._segment})*+(?![(/'-])").match

    def any_literal(self) -> "re.Pattern[str]":
        """A literal, by a group for each kind."""
        return re.compile(self._each)

    def item(self) -> "re.Pattern[str]":
        """A literal, by a group for each kind, or a text in double quotes, by the last group."""
        return re.compile(f"{self._each}|({self._terminals['JSON_STRING']})")

    def list_literals(self) -> "list[tuple[str, re.Pattern[str]]]":
        """The kinds of which lists are told apart, and their literals."""
        return [(kind, re.compile(self._terminals[kind])) for kind in _LISTED]

    def words(self) -> frozenset[str]:
        """All spellings of the words that are literals, and would be names if they were none."""
        return frozenset(
            spelt
            for kind in self.literals
            if not self._terminals[kind].rstrip(")").endswith("'")  # what ends in a quote is no word
            for word in re.findall(r"[A-Za-z]{3,}", self._terminals[kind])
            for spelt in spellings(word)
            if re.fullmatch(self._terminals[kind], spelt)
        )


def _in_any_case(words: Iterable[str]) -> str:
    """Some words in any case. The first letters are sets, at which the engine looks before it tries a word."""
    return f"(?:{'|'.join(f'[{word[0]}{word[0].upper()}](?ai:{word[1:]})' for word in sorted(words))})"


def _optional_pattern(pattern: str) -> str:
    """A pattern or nothing, as `?+` has it, but the engine goes on at once where the first character is another."""
    return f"(?>{pattern}|)"


def _repeat_pattern(first: str, pattern: str) -> str:
    """A pattern any number of times, whose first character is given: a repetition is costly where there is none."""
    return f"(?>(?!{first})|(?:{pattern})*+)"


def _repetition(pattern: str) -> str:
    return f"{pattern}(?:{_BLANK},{_BLANK}{pattern})*+"


def spellings(word: str) -> Iterator[str]:
    """A word in all letter cases."""
    if len(word) > len("false"):
        return
    yield from map("".join, itertools.product(*({letter.lower(), letter.upper()} for letter in word)))
