"""Texts that the fast reader takes, and texts that are almost like them. Nothing here calls the code under test.

`taken` are sound texts of what the fast reader knows, in every spelling; `almost` have names that are words elsewhere,
literals that are none, and pieces left out or put in, so most of them are refused and some mean something else.
"""

from hypothesis import strategies as st
from strategies import OPERATOR_WORDS, durations, geo_shapes, guids, numbers, texts, timestamps, type_names

_gaps = st.sampled_from([" ", " ", " ", " ", "  ", "\t", " \t "])
_spaces = st.sampled_from(["", "", "", "", " ", "\t ", "  "])


def _word(*words: str) -> st.SearchStrategy[str]:
    """One of some words, mostly in lower case."""
    return st.sampled_from([*words * 4, *(word.upper() for word in words), *(word.title() for word in words)])


def _joined(*parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map("".join)


_plain_names = st.sampled_from(
    ["a", "b", "name", "x_1", "createdDateTime", "Größe", "名前", "ÀB\u0301", "allowed", "notes", "nullable", "trueName", "i" * 128]
)  # fmt: skip
_word_names = st.sampled_from(
    [
        *OPERATOR_WORDS,
        "null",
        "NULL",
        "true",
        "False",
        "INF",
        "NaN",
        "inf",
        "Not",
        "any",
        "all",
        "contains",
        "cast",
        "now",
    ]
)
_odd_names = st.sampled_from(
    ["duration", "binary", "geography", "deadbeef", "e1", "T", "$it", "i" * 129, "a\u00b7", "\u2118", "a\u00a0"]
)

_strings = st.one_of(
    texts, st.sampled_from(["", "it's", "a,b", "(a) and b", " or ", "''", "1) or (2"])
).map(lambda text: "'" + text.replace("'", "''") + "'")  # fmt: skip
_without_commas = st.one_of(
    guids,
    guids.map(str.upper),
    numbers,
    timestamps,
    timestamps.map(str.lower),
    st.dates().map(str),
    st.times().map(str),
    _word("true", "false"),
    st.just("null"),
)
literals = st.one_of(
    _strings,
    _strings,
    _without_commas,
    _without_commas,
    durations.map("duration'{}'".format),
    st.sampled_from(["binary'Zg'", "Binary'Zm9v'", "NS.Color'Red'", "NS.Color'Red,3'", "größe.x'ß'"]),
    geo_shapes.map("geography'SRID=0;{}'".format),
)
_no_literals = st.sampled_from(
    ["2024-02-30", "2024-02-30T10:00:00Z", "'", "'a''", "'a'b'", "1a", "1.", "12:60", "-", "duration'P'x", "binary'Z'", "A'x'", "''''"]
)  # fmt: skip


def _paths(names: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    after = st.one_of(names, names, names, type_names.flatmap(lambda cast: names.map(lambda name: f"{cast}/{name}")))
    below = st.lists(after, min_size=1, max_size=3).map("/".join)
    return st.one_of(
        names,
        names,
        names,
        below,
        below.map("$it/{}".format),
        st.tuples(type_names, names).map("/".join),
        st.sampled_from(["$it", "$this", "@p", "@NS.Term", "@NS.Term#q", "@p/a", "$root/Sales"]),
        below.map("{}/@NS.Term#q".format),
        below.map("{}/$count".format),
    )


def _short(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """The same strategy, whose repr does not grow with what it is made of: Hypothesis writes it now and then."""
    return st.deferred(lambda: strategy)


def texts_of(
    names: st.SearchStrategy[str], literals: st.SearchStrategy[str], *, sound: bool = True
) -> st.SearchStrategy[str]:
    """Conditions of these names and literals, not all of them Boolean; unless `sound`, calls have any number of arguments."""
    names, literals = _short(names), _short(literals)
    paths = _short(_paths(names))
    keys = st.one_of(_strings, guids, numbers)
    keyed = _joined(names, st.just("("), _spaces, keys, _spaces, st.sampled_from([")", ")/a", ")/a/$count"]))
    commas = _joined(_spaces, st.just(","), _spaces)
    named = st.lists(_joined(names, st.just("="), st.one_of(literals, paths)), min_size=1, max_size=2).flatmap(
        lambda items: commas.map(lambda comma: comma.join(items))
    )
    of_the_service = _joined(
        st.one_of(names, names.map("$root/{}".format), type_names),
        st.just("("),
        _spaces,
        st.one_of(named, named, st.just("")),
        st.sampled_from([")", " )", ")/a", ")/NS.Type/a", ")/$count"]),
    )
    leaves = st.one_of(paths, paths, paths, literals, literals, keyed, of_the_service)
    open_ = _joined(st.just("("), _spaces)
    close = _joined(_spaces, st.just(")"))

    def calls(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        types = st.one_of(type_names, st.sampled_from(["Collection(Edm.String)", "Name", "'NS.Type'"]))
        any_number = st.lists(values, max_size=3).flatmap(
            lambda items: st.lists(commas, min_size=2, max_size=2).map(
                lambda several: _listed(items, several) if items else ""
            )
        )
        functions = st.one_of(names, _word("now", "length", "contains", "substring", "mindatetime", "geo.distance"))
        return st.one_of(
            *([] if sound else [_joined(functions, open_, any_number, close)]),
            _joined(_word("tolower", "length", "year", "geo.length"), open_, values, close),
            _joined(
                _word("contains", "startswith", "concat", "indexof", "substring"), open_, values, commas, values, close
            ),
            _joined(st.just("substring"), open_, values, commas, values, commas, values, close),
            _joined(_word("now"), open_, close),
            _joined(_word("isof"), open_, types, close),
            _joined(_word("cast", "isof"), open_, paths, commas, types, close),
        )

    def operators(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        infix = _word("eq", "ne", "lt", "le", "gt", "ge", "add", "sub", "mul", "div", "divby", "mod")
        group = _joined(open_, values, close)
        lists = st.one_of(
            *(st.lists(items, min_size=1, max_size=4) for items in (_strings, guids, numbers, literals))
        ).flatmap(lambda items: st.lists(commas, min_size=3, max_size=3).map(lambda several: _listed(items, several)))
        return st.one_of(
            _joined(values, _gaps, infix, _gaps, values),
            _joined(values, _gaps, infix, _gaps, values),
            _joined(group, infix, group),
            _joined(st.one_of(group, calls(values)), infix, _gaps, values),
            _joined(values, _gaps, _word("in"), _spaces, open_, lists, close),
            _joined(values, _gaps, _word("in"), _gaps, paths),
            _joined(values, _gaps, _word("in"), _spaces, group),
            _joined(values, _gaps, _word("in"), _gaps, st.just("["), _spaces, lists, _spaces, st.just("]")),
            _joined(values, _gaps, _word("has"), _gaps, st.sampled_from(["NS.Color'Red'", "'Red,Green'"])),
            _joined(_word("not"), _spaces, group),
            _joined(_word("not"), _gaps, values),
            _joined(st.just("-"), _spaces, st.one_of(paths, group)),
            group,
            _joined(
                names, st.just("/"), _word("any", "all"), open_, names, _spaces, st.just(":"), _spaces, values, close
            ),
            _joined(names, st.just("/any"), open_, close),
            calls(values),
        )

    def chains(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        joint = _joined(_gaps, _word("and", "or"), _gaps)
        compared = _joined(paths, _gaps, _word("eq", "ne", "gt", "le"), _gaps, literals)
        return st.lists(st.tuples(joint, st.one_of(compared, compared, values)), min_size=1, max_size=5).map(
            lambda parts: "".join(text for part in parts for text in part)[len(parts[0][0]) :]
        )

    def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        values = _short(inner)
        return st.one_of(_short(operators(values)), _short(chains(values)))

    return st.recursive(leaves, compound, max_leaves=8)


def _listed(items: list[str], commas: list[str]) -> str:
    return items[0] + "".join(comma + item for comma, item in zip(commas, items[1:], strict=False))


taken = texts_of(_plain_names, literals)


def _broken(text: str, place: int, length: int, put: str) -> str:
    place %= len(text) + 1
    return text[:place] + put + text[place + length :]


_mixed = texts_of(
    st.one_of(_plain_names, _word_names, _odd_names), st.one_of(literals, literals, _no_literals), sound=False
)
almost = st.one_of(
    _mixed,
    st.builds(
        _broken,
        st.one_of(taken, _mixed),
        st.integers(0, 200),
        st.integers(0, 3),
        st.sampled_from(
            ["", "", " ", "(", ")", ",", "'", "not ", "-", " and ", "/", ".", ":", "=", "$", "@", "1", "a", "in"]
        ),
    ),
)
