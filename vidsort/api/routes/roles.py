"""What each role may ask for: the one table, by method and route. The guard lets in nobody for what has no row here.

A role may do what the ones above it in this file may. GET stands for HEAD, too. Where a route is open to a role but not
all that a body can ask of it, the route itself looks: a batch that makes a folder, whose action is taken back, and what
the Insights page is asked to do.
"""

import re
from typing import Any

from ...accounts import Role

# Without being asked who it is.
EVERYBODY = ("GET /login", "POST /login", "POST /logout")

ROLES: dict[Role, tuple[str, ...]] = {
    Role.VIEWER: (
        # The pages, and of their framework what they need.
        "GET /",
        "GET /review/{path:path}",
        "GET /assets/{path:path}",
        "GET /static/{path:path}",
        "GET /theme.css",
        "GET /favicon.ico",
        "GET /insights",
        "GET /insights/theme.css",
        "GET /insights/static/js/iframeResizer.contentWindow.min.js",
        "POST /insights/gradio_api/run/predict",
        "GET /docs",
        "GET /docs/{name}",
        "GET /openapi.json",
        # What there is, and what is said about it.
        "GET /api/me",
        "GET /api/library",
        "GET /api/videos",
        "GET /api/videos/{filename:rest}",
        "GET /api/videos/{filename:rest}/why",
        "GET /api/videos/{filename:rest}/similar",
        "GET /api/folders",
        "GET /api/folders/{name:rest}/videos",
        "GET /api/queue",
        "GET /api/queue/blind",
        "POST /api/queue/entries",
        "GET /api/search",
        "GET /api/proposals",
        "GET /api/misfiled",
        "GET /api/duplicates",
        "GET /api/stars",
        "GET /api/insights/{topic}",
        "GET /api/history",
        "GET /api/history/actions",
        "GET /api/events",
        "GET /api/pace",
        "GET /api/preferences",
        "GET /api/models",
        "GET /api/retrain/status",
        "GET /api/look",
        "GET /healthz",
        "GET /readyz",
        "GET /metrics",
        "GET /videos/{filename:rest}",
        "GET /playable/{filename:rest}",
        "GET /posters/{filename:rest}.webp",
        "GET /strips/{filename:rest}.webp",
    ),
    Role.REVIEWER: (
        "POST /api/sort",
        "POST /api/sort/batch",
        "POST /api/move",
        "POST /api/move/batch",
        "POST /api/undo",
        "POST /api/redo",
        "POST /api/leases",
        "POST /api/skip",
        "DELETE /api/skip/{filename}",
        "PUT /api/preferences",
        "POST /api/misfiled/{filename}/dismiss",
        "POST /api/duplicates/{id}/dismiss",
        "PUT /api/stars/{filename}",
        "DELETE /api/stars/{filename}",
    ),
    Role.ADMIN: (
        "POST /api/folders",
        "PATCH /api/folders/{name}",
        "DELETE /api/folders/{name}",
        "POST /api/folders/{name}/merge",
        "POST /api/autofile",
        "POST /api/retrain",
        "POST /api/retrain/cancel",
        "POST /api/look",
        "POST /api/look/cancel",
        "POST /api/models/{model_id}/promote",
        "POST /api/models/rollback",
        # It looks into any folder of the machine, for one to be chosen.
        "GET /api/library/preview",
        "POST /api/library",
        "PUT /api/library/names",
        "PUT /api/library/not-learned",
    ),
}

# How a program says who it is, as OpenAPI has it; without accounts and without a password nobody is asked.
SCHEMES = {
    "token": {
        "type": "http", "scheme": "bearer",
        "description": "A token that `vidsort users token` has made, or the one password of the server.",
    },
    "session": {
        "type": "apiKey", "in": "cookie", "name": "vidsort_session",
        "description": "The session of the page, which signing in at /login begins and POST /logout ends.",
    },
}


def with_roles(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of the API, with the ways to say who one is, and what role each operation needs."""
    # The schema has no convertors in its paths.
    roles = {re.sub(r":\w+}", "}", row): role for role, rows in ROLES.items() for row in rows}
    schema["components"]["securitySchemes"] = SCHEMES
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            role = roles[f"{method.upper()} {path}"]
            operation["security"] = [{}, *({scheme: []} for scheme in SCHEMES)]
            operation["x-vidsort-role"] = role
            operation["description"] = f"{operation.get('description', '')}\n\nFor {role.spoken}.".lstrip()
    return schema
