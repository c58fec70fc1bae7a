"""completion: what lets a shell complete the commands, their actions and their flags, made from the parser itself."""

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .output import say
from .verbs import COMMANDS


@dataclass(frozen=True)
class Choice:
    """A word that may come next, and what it does."""

    word: str
    does: str


def completion(parser: argparse.ArgumentParser) -> None:
    """`vidsort completion bash | zsh | fish`."""
    parser.add_argument("shell", choices=[*SHELLS], help="the shell that shall complete")

    def call(flags: argparse.Namespace) -> None:
        from .program import build_parser

        say(SHELLS[flags.shell](words_of(build_parser(COMMANDS))))

    parser.set_defaults(run=call)


def words_of(parser: argparse.ArgumentParser) -> dict[str, list[Choice]]:
    """What may come behind the words that were typed, by these words (`folders make`; empty: nothing yet)."""
    return dict(_words(parser, ""))


def _words(parser: argparse.ArgumentParser, before: str) -> Iterator[tuple[str, list[Choice]]]:
    from .program import actions_of

    coming = actions_of(parser)
    words = [Choice(name, one.description or "") for name, one in coming.items()]
    for action in parser._actions:
        if action.help is argparse.SUPPRESS or isinstance(action, argparse._SubParsersAction):
            continue
        if action.option_strings:
            does = (action.help or "") % {**vars(action), "prog": parser.prog}
            words.append(Choice(max(action.option_strings, key=len), does))
        words += [Choice(str(choice), "") for choice in action.choices or () if not action.option_strings]
    yield before, words
    for name, one in coming.items():
        yield from _words(one, f"{before} {name}".strip())


def _bash(words: Mapping[str, list[Choice]]) -> str:
    rows = "\n".join(f"        {_quoted(path)}) words={_quoted(_plain(choices))} ;;" for path, choices in words.items())
    return f"""\
_vidsort() {{
    local words path="" word
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "$path" in
            ""|{_openers(words)}) [[ "$word" != -* ]] && path="${{path:+$path }}$word" ;;
        esac
    done
    case "$path" in
{rows}
    esac
    COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -o default -F _vidsort vidsort"""


def _zsh(words: Mapping[str, list[Choice]]) -> str:
    rows = "\n".join(
        f"        {_quoted(path)}) choices=({' '.join(_quoted(_described(one)) for one in choices)}) ;;"
        for path, choices in words.items()
    )
    return f"""\
#compdef vidsort
_vidsort() {{
    local -a choices
    local path_="" word
    for word in "${{(@)words[2,CURRENT-1]}}"; do
        case "$path_" in
            (""|{_openers(words)}) [[ "$word" != -* ]] && path_="${{path_:+$path_ }}$word" ;;
        esac
    done
    case "$path_" in
{rows}
    esac
    _describe 'vidsort' choices
    _files
}}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _vidsort "$@"; else compdef _vidsort vidsort; fi"""


def _fish(words: Mapping[str, list[Choice]]) -> str:
    lines = [f"""\
function __vidsort_at
    set -l path
    for word in (commandline -opc)[2..-1]
        string match -q -- '-*' $word; and continue
        set -a path $word
        contains -- $path[1] {_openers(words).replace("|", " ")}; or break
        test (count $path) -eq 2; and break
    end
    test "$path" = "$argv"
end"""]
    for path, choices in words.items():
        for one in choices:
            what = f"-l {one.word[2:]}" if one.word.startswith("--") else f"-a {_quoted(one.word)}"
            does = f" -d {_quoted(_line(one.does))}" if one.does else ""
            lines.append(f"complete -c vidsort -n {_quoted(f'__vidsort_at {path}'.rstrip())} {what}{does}")
    return "\n".join(lines)


def _openers(words: Mapping[str, list[Choice]]) -> str:
    """The commands that take an action, as a pattern of a shell."""
    return "|".join(sorted({_quoted(path.split()[0]) for path in words if " " in path}))


def _plain(choices: list[Choice]) -> str:
    return " ".join(one.word for one in choices)


def _described(one: Choice) -> str:
    word = one.word.replace(":", r"\:")
    return f"{word}:{_line(one.does)}" if one.does else word


def _line(text: str) -> str:
    return " ".join(text.split())


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


SHELLS = {"bash": _bash, "zsh": _zsh, "fish": _fish}
