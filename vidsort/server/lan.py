"""A server for the phone in the same home: which addresses lead here, which names are answered, what it asks."""

import contextlib
import ipaddress
import secrets
import socket
from typing import NamedTuple

from pydantic import SecretStr

from ..errors import SettingsError
from ..settings import Settings

EVERYWHERE = "0.0.0.0"  # noqa: S104 (all networks of this machine: that is what is asked for)
# Somewhere in each kind of home network, and somewhere out of it (RFC 5737): by which address would a packet go there?
TOWARDS = ("198.51.100.1", "192.168.254.254", "10.254.254.254", "172.31.254.254")
# The port does not matter, as nothing is sent.
ANY_PORT = 9
# Without those that look like others on a small screen.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
# Twelve of 31: 59 bits, at a door that slows guesses down.
GROUPS, GROUP = 3, 4


class Shared(NamedTuple):
    """Settings by which other machines in the home are let in, the addresses that lead here, the best one first.

    `made_password` is the password where one had to be made; it is kept nowhere else.
    """

    settings: Settings
    addresses: list[str]
    made_password: str | None


def shared(settings: Settings, *, has_accounts: bool) -> Shared:
    """Open these settings to the home network; an address that is set already stays the only one.

    Raises SettingsError where this machine has no address in such a network.
    """
    is_chosen = not settings.is_loopback and not is_unspecified(settings.host)
    found = [settings.host] if is_chosen else home_addresses()
    if not found:
        raise SettingsError(
            "This machine has no address in a home network that a phone could ask: connect it to one, "
            "or say by which address it is reached with --host."
        )
    made = None if has_accounts or settings.password else _password()
    changed: dict[str, object] = {
        "host": settings.host if is_chosen else EVERYWHERE,
        "allowed_hosts": (*settings.allowed_hosts, *found, *_names()),
    }
    if made is not None:
        changed["password"] = SecretStr(made)
    return Shared(settings.model_copy(update=changed), found, made)


def is_unspecified(host: str) -> bool:
    """Whether a host stands for all networks of this machine, and so is no address that one can open."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def home_addresses() -> list[str]:
    """The IPv4 addresses of this machine in networks that are not the internet, that of the way out first."""
    found = []
    for there in TOWARDS:
        # Connecting by UDP sends nothing; without any way there it fails.
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
            asked.connect((there, ANY_PORT))
            found.append(asked.getsockname()[0])
    with contextlib.suppress(OSError):
        found += socket.gethostbyname_ex(socket.gethostname())[2]
    return [address for address in dict.fromkeys(found) if _is_at_home(address)]


def _is_at_home(text: str) -> bool:
    address = ipaddress.ip_address(text)
    # A link-local one is what a machine gives itself where no network has given it any.
    is_none = address.is_loopback or address.is_unspecified or address.is_link_local or address.is_multicast
    return not is_none and not address.is_global


def _names() -> list[str]:
    """What this machine is called, and what it is called by those who ask all machines around (mDNS)."""
    name = socket.gethostname()
    return [name] if "." in name else [name, f"{name}.local"]


def _password() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))
