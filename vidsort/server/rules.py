"""Which requests are let in whoever sends them: rules on what they say of themselves, each refused with its reason."""

import functools
import ipaddress
import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from .entrance import Refusal

READING = ("GET", "HEAD", "OPTIONS")
# What is decided by, and what a second one of could mean something else to a proxy or a browser.
SENT_ONCE = ("origin", "sec-fetch-site", "sec-fetch-mode", "authorization", "content-type", "content-length")
# The largest that is ever sent is a batch of sorts, some hundred bytes each.
BODY_LIMIT_BYTES = 4 * 1024 * 1024
TOO_LONG = f"The body is longer than {BODY_LIMIT_BYTES // 1024**2} MiB: send less at a time."


def require_plain(headers: Headers) -> None:
    """Raise Refusal for a request that two readers could understand in two ways."""
    names = [name for name, _ in headers.raw]
    if len(set(names)) < len(names):
        for name in SENT_ONCE:
            if names.count(name.encode()) > 1:
                raise Refusal(400, f"The header {name} came more than once: send it once.")
    if b"content-length" in names and b"transfer-encoding" in names:
        raise Refusal(
            400, "Content-Length came beside Transfer-Encoding: send one of them.", {"connection": "close"}
        )


def require_loopback(scope: Scope) -> None:
    """Raise Refusal where the request came in by an address that other machines reach.

    Who starts uvicorn by hand gives the host to it, not to our settings.
    """
    if not _is_reached_here_alone((scope.get("server") or ("",))[0]):
        raise Refusal(
            403, "Other machines are let in by a name or a password only: make an account by `vidsort users add`, "
            "or set VIDSORT_PASSWORD and start again.",
        )


@functools.lru_cache(maxsize=16)
def _is_reached_here_alone(server: str) -> bool:
    """Whether no other machine reaches this address of ours."""
    try:
        address = ipaddress.ip_address(server)
    except ValueError:
        return True  # a socket file
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def split_host(value: str) -> tuple[str, str]:
    """A Host header as (name or address in lower case, port or empty); the name is empty where it is malformed."""
    value = value.strip()
    match = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:\s/@?#\\]+)(?::([0-9]{1,5}))?", value)
    if match is None:
        try:
            return str(ipaddress.IPv6Address(value)), ""  # as settings may have it, without brackets
        except ValueError:
            return "", ""
    host, port = match.group(1), match.group(2) or ""
    if not host.startswith("["):
        return host.lower().rstrip("."), port
    try:
        return str(ipaddress.IPv6Address(host[1:-1])), port
    except ValueError:
        return "", ""


def require_same_site(scope: Scope, headers: Headers, host: str) -> None:
    """Raise Refusal where another site is behind a request that changes something, or embeds what is ours.

    A browser says so by itself: Sec-Fetch-Site, or Origin where it is older. Scripts send neither.
    """
    is_reading = scope["type"] == "http" and scope["method"] in READING
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    is_foreign = site not in (None, "same-origin", "none")
    if is_reading:
        # A link to us is followed; pictures, videos and frames of other sites are not served.
        is_refused = is_foreign and headers.get("sec-fetch-mode", "navigate") != "navigate"
    else:
        is_refused = is_foreign or (origin is not None and not _is_origin_of(origin, host))
    if is_refused:
        raise Refusal(403, "This request comes from another site and is refused: use the page of this server itself.")


def _is_origin_of(origin: str, host: str) -> bool:
    parts = urlsplit(origin)
    default_port = {"http": "80", "https": "443"}.get(parts.scheme)
    if default_port is None:
        return False
    name, port = split_host(parts.netloc)
    own_name, own_port = split_host(host)
    return bool(name) and (name, port or default_port) == (own_name, own_port or default_port)


def require_short(headers: Headers) -> None:
    """Raise Refusal where a body says of itself that it is too long; see `_limited` for those that do not say."""
    length = headers.get("content-length", "")
    if length.isdecimal() and (len(length) > 15 or int(length) > BODY_LIMIT_BYTES):
        raise Refusal(413, TOO_LONG)
