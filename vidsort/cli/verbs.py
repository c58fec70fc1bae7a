"""The commands, each with the module that holds it; which of them does what a route does is in `routes`.

Whatever lists commands reads them here: `vidsort --help`, the shells' completion, docs/commands.md.
"""

import argparse
from typing import Any, NamedTuple


class Command(NamedTuple):
    """One command: the module of this package that holds it, what it does, and how it is called, once.

    `function` adds its flags and sets what runs; it is named like the command, where nothing else is said.
    """

    module: str
    summary: str
    example: str
    has_json: bool = True
    function: str = ""


COMMANDS = {
    "extract-features": Command(
        "steps", "step 1: look at every video that is new", "extract-features --modalities frames motion"
    ),
    "train": Command("steps", "step 2: learn from the videos that lie in folders", "train --seed 7"),
    "predict": Command(
        "steps", "step 3: predict a folder for each unsorted video; --move files them",
        "predict --move --threshold 0.9 --yes",
    ),
    "retrain": Command("steps", "the three steps, one after the other", "retrain --data-dir ~/Videos/favorites"),
    "serve": Command("server", "serve the review page and the API", "serve --port 8001", has_json=False),
    "demo": Command(
        "server", "make a small library of clips, learn it and serve it", "demo --no-serve", has_json=False
    ),
    "status": Command("library", "what is in the library, what predicts, what runs, how fast it is sorted", "status"),
    "library": Command(
        "library", "show or choose which folder is the library, and which names are videos in it",
        "library --choose ~/Videos/favorites",
    ),
    "list": Command(
        "looking", "list unsorted videos with their predictions, or what lies in a folder",
        "list --order unsure --limit 20", function="listed",
    ),
    "show": Command("looking", "one video: where it lies, its prediction, its words", "show 7234567890123456.mp4"),
    "why": Command("looking", "what speaks for the guess at a video", "why 7234567890123456.mp4"),
    "similar": Command("looking", "videos that are most like one", "similar 7234567890123456.mp4 --limit 5"),
    "search": Command("looking", "videos by the words that go with them", "search sourdough"),
    "sort": Command("moving", "put an unsorted video into a folder, or many", "sort 7234567890123456.mp4 soccer"),
    "move": Command(
        "moving", "move a video to another folder, or back to the unsorted ones", "move 7234567890123456.mp4 tennis"
    ),
    "history": Command("history", "what was moved, the newest first", "history --limit 20"),
    "undo": Command("history", "take back the last move or batch of moves, or several", "undo 3 --dry-run"),
    "redo": Command("history", "do again what was undone last", "redo"),
    "skip": Command(
        "history", "put an unsorted video off: it comes last on the page", "skip 7234567890123456.mp4"
    ),
    "star": Command(
        "worth_doing", "give a video a star, or list those that have one", "star 7234567890123456.mp4"
    ),
    "folders": Command("moving", "list, make, rename, merge and remove folders", "folders rename soccer football"),
    "autofile": Command(
        "filing", "file what is surely right, so that at most a share of it is wrong", "autofile --at-most-wrong 0.02"
    ),
    "export": Command(
        "taking", "take out labels, predictions, features, the history, or all that people said",
        "export labels --format csv --output labels.csv",
    ),
    "import-labels": Command(
        "taking", "put videos where a table, or what another tool has exported, says that they belong",
        "import-labels labels.csv --yes",
    ),
    "import": Command(
        "taking", "bring back all that people said, after the artifacts were deleted", "import said.jsonl",
        function="bring_back",
    ),
    "duplicates": Command("worth_doing", "list sets of videos that are edits or copies of one another", "duplicates"),
    "misfiled": Command(
        "worth_doing", "list sorted videos that are likely in the wrong folder", "misfiled --limit 10"
    ),
    "proposals": Command(
        "worth_doing", "list groups of unsorted videos that are alike and no folder yet", "proposals --limit 5"
    ),
    "insights": Command("looking", "how good the model in force is, and where it errs", "insights confusion"),
    "adopt": Command(
        "library", "say that this library is the one that lay elsewhere, or is now what it is", "adopt /old/place"
    ),
    "doctor": Command(
        "doctor", "check that everything vidsort needs is there, and say what mends what is not", "doctor --all"
    ),
    "clean": Command(
        "upkeep", "remove old versions, and what is kept of videos that are gone; never what is in force",
        "clean --dry-run",
    ),
    "backup": Command(
        "upkeep", "copy the artifacts and the settings into a folder, while servers run", "backup /mnt/backups/today"
    ),
    "restore": Command(
        "upkeep", "check a backup and put it back; artifacts that are there are never written over",
        "restore /mnt/backups/today --aside",
    ),
    "config": Command(
        "config", "show every setting and where it comes from; --init writes a file for them", "config --init"
    ),
    "models": Command("models", "list, show, promote and roll back models", "models list"),
    "users": Command(
        "users", "accounts and tokens: who may sign in on this server, and what each may do",
        "users add ann --role admin",
    ),
    "download": Command(
        "download", "get what a kind of evidence needs and is not on this machine, a model of speech say",
        "download speech",
    ),
    "notebook": Command(
        "notebook", "run one of the three notebooks and keep its report", "notebook train -p seed 1"
    ),
    "completion": Command(
        "completion", "print what lets a shell complete these commands and their flags",
        "completion bash >~/.local/share/bash-completion/completions/vidsort", has_json=False,
    ),
}


def add_action(actions: Any, name: str, text: str, example: str) -> argparse.ArgumentParser:
    """Add what a command does by this name, `folders make` say, with an example of what goes behind it."""
    return actions.add_parser(
        name.split()[-1], help=text, description=text[0].upper() + text[1:] + ".",
        epilog=f"example:\n  vidsort {f'{name} {example}'.rstrip()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
