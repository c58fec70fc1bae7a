"""Who comes in: by the session of the page, by a token, or by the one password; the page that asks, and a limit."""

from .entrance import COOKIE, Entrance
from .login_page import login_page
from .refusal import Refusal

__all__ = ["COOKIE", "Entrance", "Refusal", "login_page"]
