"""Interactive documentation at /docs, with its scripts from this server: nothing is loaded from elsewhere."""

from importlib import resources

from fastapi import Request
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from .subject import Subject

ASSETS = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css", "favicon.png": "image/png"}

router = Subject("Documentation")


@router.get("/docs", include_in_schema=False)
def page(request: Request) -> HTMLResponse:
    """The documentation page."""
    return get_swagger_ui_html(
        openapi_url="openapi.json",
        title=request.app.title,
        swagger_js_url="docs/swagger-ui-bundle.js",
        swagger_css_url="docs/swagger-ui.css",
        swagger_favicon_url="docs/favicon.png",
    )


@router.get("/docs/{name}", include_in_schema=False)
def asset(name: str) -> Response:
    """A script, style or icon of the documentation page."""
    if name not in ASSETS:
        raise HTTPException(404, f"There is nothing at /docs/{name[:200]}: see /docs.")
    data = (resources.files("fastapi_offline") / "static" / name).read_bytes()
    return Response(data, media_type=ASSETS[name], headers={"cache-control": "public, max-age=86400"})
