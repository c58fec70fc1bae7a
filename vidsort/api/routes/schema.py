"""The schema of the API as a stranger reads it: FastAPI's own, with what that cannot know."""

from collections.abc import Callable, Iterable
from typing import Any

from ...library.names import FILENAME_PATTERNS
from ..contract.events import AnyEvent
from ..contract.examples import EXAMPLES
from ..workspace import Workspace
from .roles import with_roles

REFERENCE = "#/components/schemas/{model}"
# What the routes of one subject are for, in the order in which /docs shows them.
TAGS = {
    "Videos": "The pile: the videos that are still to be sorted, with their predictions.",
    "Search": "Find videos wherever they lie, what is like one, and why one is predicted to be where it is.",
    "Sorting": "Move videos, one or many, and take that back. Nothing is ever overwritten or deleted.",
    "Folders": "The category folders: list, make, rename, merge and remove them, and look into one.",
    "Retrain and models": "Learn anew, look at new videos, and choose which trained version predicts.",
    "Files": "The videos themselves, for playing and saving, and pictures of them.",
    "Library and health": "Which folder is the library, and whether the server is well.",
    "Likely misfiled": "Sorted videos that may lie in the wrong folder.",
    "Duplicates": "Videos that are edits or copies of one another.",
    "Stars": "Videos that a person wants to find again, wherever they are filed.",
    "Insights": "How good the model in force was measured to be.",
    "Review page": "What the review page asks for: the queue, its cards, what a person prefers.",
    "People": "Who asks, and what that one may do.",
    "Events": "What changes, told as it happens.",
    "Webhooks": "What this server sends to the addresses of `[[webhooks]]` in vidsort.toml: docs/webhooks.md.",
}


def completed(made: Callable[[], dict[str, Any]], workspace: Workspace) -> Callable[[], dict[str, Any]]:
    """What FastAPI makes, with an example of each schema, typed events, who may ask for what, and the names allowed."""

    def openapi() -> dict[str, Any]:
        patterns = FILENAME_PATTERNS["digits"], FILENAME_PATTERNS[workspace.settings.video_names]
        schema = _replaced(made(), *patterns)
        used = {tag for operation in _operations(schema) for tag in operation["tags"]}
        schema["tags"] = [{"name": name, "description": TAGS[name]} for name in TAGS if name in used]
        _tell_events(schema)
        for name, shape in schema["components"]["schemas"].items():
            if name in EXAMPLES:
                shape["examples"] = [EXAMPLES[name]]
        return with_roles(schema)

    return openapi


def _operations(schema: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """All of them, those that this server asks of others included."""
    paths = (*schema["paths"].values(), *schema["webhooks"].values())
    return (operation for operations in paths for operation in operations.values())


def _tell_events(schema: dict[str, Any]) -> None:
    """Say by name what each event holds; FastAPI says of all together what any of them may hold."""
    told = AnyEvent.json_schema(ref_template=REFERENCE, mode="validation")
    components = schema["components"]["schemas"]
    for name, shape in told.pop("$defs").items():
        components.setdefault(name, shape)
    for operation in _operations(schema):
        stream = operation["responses"].get("200", {}).get("content", {}).get("text/event-stream")
        if stream is not None:
            stream["itemSchema"] = told


def _replaced(node: Any, before: str, now: str) -> Any:
    """The same with one text in the place of another."""
    if isinstance(node, dict):
        return {name: _replaced(value, before, now) for name, value in node.items()}
    if isinstance(node, list):
        return [_replaced(value, before, now) for value in node]
    return now if node == before else node
