"""The page that asks for a name and a password, or for the one password alone."""

import html
import string
from importlib import resources

from starlette.responses import HTMLResponse

NAME = """
    <label for="name">Name</label>
    <input id="name" name="name" value="$name" autocomplete="username" autocapitalize="none" spellcheck="false"
     autofocus$required>
"""
NOT_NEEDED = "Whoever has the password of this server leaves the name empty."


def login_page(
    status: int, message: str = "", *, has_names: bool, has_password: bool, action: str = "login", name: str = "",
    headers: dict[str, str] | None = None,
) -> HTMLResponse:
    """The page; what `message` says is read out, and `name` is what was typed before."""
    required = "" if has_password else " required"
    texts = {
        "message": html.escape(message),
        "action": html.escape(action),
        "title": "sign in" if has_names else "password",
        "label": "Password" if has_names else "Password of this server",
        "button": "Sign in" if has_names else "Let me in",
        "note": NOT_NEEDED if has_names and has_password else "",
        "name": string.Template(NAME).substitute(name=html.escape(name), required=required) if has_names else "",
        "first": "" if has_names else " autofocus",
    }
    template = string.Template((resources.files(__package__) / "login.html").read_text(encoding="utf-8"))
    return HTMLResponse(template.substitute(texts), status, {"cache-control": "no-store", **(headers or {})})
