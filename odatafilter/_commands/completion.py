"""`completion`: scripts that complete the command line in a shell, made of what its parsers take."""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from odatafilter._commands.judge import DONE


class Argument(NamedTuple):
    """One argument of a command: its spellings (none of a positional one), its help, and the values that it takes."""

    spellings: tuple[str, ...]
    help: str
    takes_value: bool
    is_file: bool
    repeats: bool
    words: tuple[str, ...]


class Command(NamedTuple):
    """A command, its help in one line, and its arguments."""

    name: str
    help: str
    arguments: tuple[Argument, ...]

    @property
    def options(self) -> tuple[Argument, ...]:
        """The arguments that begin with a hyphen."""
        return tuple(one for one in self.arguments if one.spellings)

    @property
    def positional(self) -> tuple[Argument, ...]:
        """The arguments that do not, in their order."""
        return tuple(one for one in self.arguments if not one.spellings)


def write_completion(
    asked: argparse.Namespace, parser: Callable[[], argparse.ArgumentParser], words: Mapping[str, Sequence[str]]
) -> int:
    """Writes the script for the shell that is asked for. `words` are values to offer, by the metavar of an argument."""
    print(SHELLS[asked.shell](parser().prog, tuple(read_commands(parser(), words))), end="")
    return DONE


def read_commands(parser: argparse.ArgumentParser, words: Mapping[str, Sequence[str]]) -> Iterator[Command]:
    """The commands of `parser`, as its subparsers have them."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: str(choice.help) for choice in action._choices_actions}
            for name, command in action.choices.items():
                arguments = tuple(_read_argument(one, words) for one in command._actions)
                yield Command(name, helps[name], arguments)


def _read_argument(action: argparse.Action, words: Mapping[str, Sequence[str]]) -> Argument:
    metavar = str(action.metavar)
    offered: Any = action.choices if action.choices is not None else words.get(metavar, ())
    return Argument(
        spellings=tuple(action.option_strings),
        help=" ".join((str(action.help) % vars(action)).split()),
        takes_value=action.nargs != 0,
        is_file="FILE" in metavar,
        repeats=isinstance(action, argparse._AppendAction),
        words=tuple(map(str, offered)),
    )


# --- bash -----------------------------------------------------------------------------------------------------------

_BASH: Final = r"""# Completes PROG in bash: source this file, or add to ~/.bashrc:  eval "$(PROG completion bash)"
_PROG() {
    local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
    local words= valued= place=0 at
    if [[ $word == '=' ]]; then word=; elif [[ $option == '=' ]]; then option=${COMP_WORDS[COMP_CWORD - 2]}; fi
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        words='COMMANDS'
    else
        case $command in
VALUED
        esac
        for ((at = 2; at < COMP_CWORD; at++)); do
            if [[ " $valued " == *" ${COMP_WORDS[at]} "* ]]; then
                ((at++))
            elif [[ ${COMP_WORDS[at]} != -* ]]; then
                ((place++))
            fi
        done
        if [[ " $valued " == *" $option "* ]]; then
            case "$command $option" in
VALUES
            esac
        elif [[ $word == -* ]]; then
            case $command in
OPTIONS
            esac
        else
            case "$command $place" in
PLACES
            esac
        fi
    fi
    COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _PROG PROG # files where there are no words
"""


def _write_bash(program: str, commands: Sequence[Command]) -> str:
    values = [
        (f"{command.name} {spelling}", option.words)
        for command in commands
        for option in command.options
        for spelling in option.spellings
    ]
    places = [
        (f"{command.name} {place}", argument.words)
        for command in commands
        for place, argument in enumerate(command.positional)
    ]
    return _fill(
        _BASH,
        PROG=program,
        COMMANDS=" ".join([*(command.name for command in commands), "--help", "--version"]),
        VALUED=_bash_cases("valued", [(command.name, _spellings(command, valued=True)) for command in commands]),
        VALUES=_bash_cases("words", values),
        OPTIONS=_bash_cases("words", [(command.name, _spellings(command)) for command in commands]),
        PLACES=_bash_cases("words", places),
    )


def _bash_cases(variable: str, found: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Lines of a `case` statement that set a variable to words."""
    return "\n".join(
        f"            {_quote(case)}) {variable}={_quote(' '.join(words))} ;;" for case, words in found if words
    )


def _spellings(command: Command, *, valued: bool = False) -> list[str]:
    """The options of a command, or those of them that take a value."""
    return [spelling for one in command.options if one.takes_value or not valued for spelling in one.spellings]


# --- zsh ------------------------------------------------------------------------------------------------------------

_ZSH: Final = r"""#compdef PROG
# Completes PROG in zsh: save as _PROG in a folder of $fpath, or add to ~/.zshrc:  eval "$(PROG completion zsh)"
_PROG() {
    local -a commands=(
COMMANDS
    )
    if ((CURRENT == 2)); then
        _describe command commands
        return
    fi
    local command=$words[2]
    shift words
    ((CURRENT--))
    case $command in
CASES
    esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _PROG "$@"; else compdef _PROG PROG; fi
"""


def _write_zsh(program: str, commands: Sequence[Command]) -> str:
    def case(command: Command) -> str:
        specs = "".join(f" \\\n            {_quote(spec)}" for spec in _zsh_specs(command))
        return f"    {command.name})\n        _arguments{specs}\n        ;;"

    return _fill(
        _ZSH,
        PROG=program,
        COMMANDS="\n".join(f"        {_quote(f'{one.name}:{one.help}')}" for one in commands),
        CASES="\n".join(map(case, commands)),
    )


def _zsh_specs(command: Command) -> Iterator[str]:
    for argument in command.arguments:
        values = f"({' '.join(argument.words)})" if argument.words else "_files" if argument.is_file else ""
        about = _escape(argument.help, "[]:\\")
        if not argument.spellings:
            yield f":{about}:{values}"
        for spelling in argument.spellings:
            yield f"{'*' * argument.repeats}{spelling}[{about}]" + (f":value:{values}" if argument.takes_value else "")


# --- fish -----------------------------------------------------------------------------------------------------------


def _write_fish(program: str, commands: Sequence[Command]) -> str:
    lines = [
        f"# Completes {program} in fish: {program} completion fish > ~/.config/fish/completions/{program}.fish",
        f"complete -c {program} -f",
    ]
    for command in commands:
        about = _fish_quote(command.help)
        lines.append(f"complete -c {program} -n __fish_use_subcommand -a {command.name} -d {about}")
    for command in commands:
        start = f"complete -c {program} -n '__fish_seen_subcommand_from {command.name}'"
        for argument in command.arguments:
            values = (
                " -F" if argument.is_file else f" -a {_fish_quote(' '.join(argument.words))}" * bool(argument.words)
            )
            names = "".join(
                f" {'-l' if one.startswith('--') else '-s'} {one.lstrip('-')}" for one in argument.spellings
            )
            needs = " -r" if names and argument.takes_value else ""
            if names or values:
                lines.append(f"{start}{names}{needs}{values} -d {_fish_quote(argument.help)}")
    return "\n".join(lines) + "\n"


# --- texts ----------------------------------------------------------------------------------------------------------


def _fill(template: str, **parts: str) -> str:
    for name, text in parts.items():
        template = template.replace(name, text)
    return template


def _quote(text: str) -> str:
    """A text between single quotes, as bash and zsh read it."""
    return "'" + text.replace("'", "'\\''") + "'"


def _fish_quote(text: str) -> str:
    return f"'{_escape(text, chr(92) + chr(39))}'"


def _escape(text: str, special: str) -> str:
    return "".join(f"\\{one}" if one in special else one for one in text)


SHELLS: Final[dict[str, Callable[[str, Sequence[Command]], str]]] = {
    "bash": _write_bash,
    "zsh": _write_zsh,
    "fish": _write_fish,
}
