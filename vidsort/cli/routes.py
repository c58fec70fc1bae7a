"""For each documented route the command and the method of the client that do the same, or why there is none.

docs/api-and-commands.md is this table; `python tools/api_and_commands.py` writes it anew.
"""

from typing import NamedTuple


class Way(NamedTuple):
    """The command (as it is typed) and the method of `VidsortClient`; empty where `reason` says why there is none."""

    command: str
    method: str
    reason: str = ""


STREAM = "It is what browsers take piece by piece: "
OF_PAGE = "It is what the page asks of itself: "

ROUTES = {
    "GET /api/videos": Way("list", "videos"),
    "GET /api/videos/{filename}": Way("show FILENAME", "video"),
    "GET /api/videos/{filename}/why": Way("why FILENAME", "why"),
    "GET /api/videos/{filename}/similar": Way("similar FILENAME", "similar"),
    "GET /api/search": Way("search QUERY", "search"),
    "GET /api/proposals": Way("proposals", "proposals"),
    "POST /api/sort": Way("sort FILENAME FOLDER", "sort"),
    "POST /api/sort/batch": Way("sort --batch FILE", "sort_batch"),
    "POST /api/move": Way("move FILENAME TO", "move"),
    "POST /api/move/batch": Way("move --batch FILE", "move_batch"),
    "POST /api/undo": Way("undo", "undo"),
    "POST /api/redo": Way("redo", "redo"),
    "GET /api/history": Way("history", "history"),
    "GET /api/history/actions": Way("history --actions", "actions"),
    "POST /api/autofile": Way("autofile", "autofile"),
    "GET /api/folders": Way("folders list", "folders"),
    "POST /api/folders": Way("folders make NAME", "create_folder"),
    "PATCH /api/folders/{name}": Way("folders rename NAME NEW", "rename_folder"),
    "DELETE /api/folders/{name}": Way("folders remove NAME", "remove_folder"),
    "POST /api/folders/{name}/merge": Way("folders merge NAME INTO", "merge_folder"),
    "GET /api/folders/{name}/videos": Way("list --in FOLDER", "folder_videos"),
    "POST /api/retrain": Way("retrain", "retrain"),
    "GET /api/retrain/status": Way("status", "retrain_status"),
    "POST /api/retrain/cancel": Way("retrain --cancel", "cancel_retrain"),
    "POST /api/look": Way("extract-features", "look"),
    "GET /api/look": Way("status", "look_status"),
    "POST /api/look/cancel": Way(
        "", "cancel_look", "The command looks itself, in front of a person: Ctrl+C ends it, and finished work is kept."
    ),
    "GET /api/models": Way("models list", "models"),
    "POST /api/models/{model_id}/promote": Way("models promote ID", "promote"),
    "POST /api/models/rollback": Way("models rollback", "rollback"),
    "GET /videos/{filename}": Way(
        "", "download", STREAM + "who has the disk opens the file where `show` says that it lies."
    ),
    "GET /playable/{filename}": Way(
        "", "download_playable", STREAM + "a copy that browsers can play, made when one asks for it."
    ),
    "GET /posters/{filename}.webp": Way("", "poster", STREAM + "a picture of a card, made when one asks for it."),
    "GET /strips/{filename}.webp": Way("", "strip", STREAM + "the pictures of a card, made when one asks for them."),
    "GET /api/library": Way("library", "library"),
    "POST /api/library": Way("library --choose PATH", "choose_library"),
    "GET /api/library/preview": Way("library --preview PATH", "preview_library"),
    "PUT /api/library/names": Way("library --names RULE", "set_video_names"),
    "PUT /api/library/not-learned": Way("library --never-learn FOLDER …", "set_not_learned"),
    "GET /healthz": Way("", "health", "It tells that a server lives; a command that answers lives."),
    "GET /readyz": Way("doctor", "ready"),
    "GET /api/misfiled": Way("misfiled", "misfiled"),
    "POST /api/misfiled/{filename}/dismiss": Way("misfiled --right FILENAME", "dismiss_misfiled"),
    "GET /api/duplicates": Way("duplicates", "duplicates"),
    "POST /api/duplicates/{id}/dismiss": Way("duplicates --none SET", "dismiss_duplicates"),
    "GET /api/stars": Way("star", "stars"),
    "PUT /api/stars/{filename}": Way("star FILENAME", "star"),
    "DELETE /api/stars/{filename}": Way("star FILENAME --back", "unstar"),
    "GET /api/insights/{topic}": Way("insights TOPIC", "insight"),
    "GET /api/queue": Way("", "queue", OF_PAGE + "the pile in cards that no other browser shows; `list` has the pile."),
    "POST /api/queue/entries": Way("", "entries", OF_PAGE + "cards that it has already, as they are now."),
    "GET /api/queue/blind": Way("", "blind", OF_PAGE + "which cards it shows without their guess."),
    "POST /api/leases": Way("", "lease", OF_PAGE + "which cards a browser has on show; a command shows none."),
    "POST /api/skip": Way("skip FILENAME", "skip"),
    "DELETE /api/skip/{filename}": Way("skip FILENAME --back", "unskip"),
    "GET /api/preferences": Way("", "preferences", OF_PAGE + "its keys, its order and how loud it plays."),
    "PUT /api/preferences": Way("", "set_preferences", OF_PAGE + "its keys, its order and how loud it plays."),
    "GET /api/pace": Way("status", "pace"),
    "GET /api/me": Way(
        "", "me", "It tells whom a server takes somebody for; who types commands has the disk and is asked by nobody."
    ),
    "GET /api/events": Way(
        "", "events", "It is a stream without an end, for pages that stay open; a script asks for the history."
    ),
    "GET /metrics": Way("", "metrics", "It is read by Prometheus, in its own form; `status` says how things are."),
}
