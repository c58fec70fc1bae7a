"""serve and demo: the review page."""

import argparse
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import SettingsError
from ..jobs.program import add_settings_flags, settings_from_flags
from ..settings import Settings, absolute, load_settings
from ..steps import STEPS
from .output import is_seen, progress_bars, say, show_code

if TYPE_CHECKING:
    from ..server.lan import Shared

SERVER_FLAGS = ("host", "port", "allowed_hosts", "trusted_proxies")


def serve(parser: argparse.ArgumentParser) -> None:
    """`vidsort serve`."""
    of_steps = (name for step in STEPS.values() for name in step.settings)
    add_settings_flags(parser, *SERVER_FLAGS, "step_timeout_s", "blind_share", "log_json", *of_steps)
    _add_ways_in(parser)

    def call(flags: argparse.Namespace) -> None:
        _serve(*_opened(settings_from_flags(flags), flags), is_opened=flags.open)

    parser.set_defaults(run=call)


def demo(parser: argparse.ArgumentParser) -> None:
    """`vidsort demo`."""
    add_settings_flags(parser, *SERVER_FLAGS)
    parser.add_argument("--dir", type=Path, default=Path("demo"), help="where the demo is made (default %(default)s)")
    parser.add_argument("--no-serve", action="store_true", help="make and learn it, then end")
    _add_ways_in(parser)

    def call(flags: argparse.Namespace) -> None:
        from .demo.library import learn, make_library
        from .steps import show_report

        if flags.setting_data_dir or flags.setting_artifacts_dir:
            raise SettingsError("The demo has a library and artifacts of its own: --dir says where.")
        home = absolute("dir", flags.dir, Path.cwd()).resolve()
        given = {name: getattr(flags, f"setting_{name}") for name in SERVER_FLAGS}
        settings = load_settings(data_dir=home / "videos", artifacts_dir=home / "artifacts", **given)
        settings, lan = _opened(settings, flags)
        with progress_bars() as progress:
            made = make_library(settings.data_dir, progress=progress)
        show_report(made)
        with progress_bars() as progress:
            reports = learn(settings, progress=progress)
        for report in reports:
            show_report(report)
        say(f"The demo's library is {settings.data_dir}.")
        if not flags.no_serve:
            _serve(settings, lan, is_opened=flags.open)

    parser.set_defaults(run=call)


def _add_ways_in(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--share-lan", action="store_true",
        help="let phones and machines of the home network in, by a password: yours, or one that is made and shown once",
    )
    parser.add_argument("--open", action="store_true", help="open the page in the browser of this machine")


def _opened(settings: Settings, flags: argparse.Namespace) -> tuple[Settings, "Shared | None"]:
    """The settings to serve by, safe ones, and what is shared where that is asked for; raises SettingsError."""
    from ..accounts import has_accounts

    lan = None
    if flags.share_lan:
        from ..server.lan import shared

        lan = shared(settings, has_accounts=has_accounts())
        if lan.made_password is not None and not is_seen():
            # Into a file or the log of a service it would be written in clear, and -q shows it to nobody.
            raise SettingsError(
                "The password that --share-lan makes is shown on a terminal only, and here is none: "
                "set VIDSORT_PASSWORD, or make an account by `vidsort users add`."
            )
        settings = lan.settings
    settings.require_safe_host(has_accounts=has_accounts())
    return settings, lan


def _serve(settings: Settings, lan: "Shared | None", *, is_opened: bool) -> None:
    from ..accounts import has_accounts, users_path
    from ..server.web import serve

    is_asked = has_accounts()

    def tell(port: int) -> None:
        here = f"http://{_host_to_open(settings.host)}:{port}/"
        say(f"The review page will be at {here} (Ctrl+C stops it)")
        if lan is not None:
            _tell_home(lan, port)
        if is_asked:
            say(f"It asks who comes: the accounts are those of {users_path()}.")
        elif lan is not None and lan.made_password is None:
            say("It asks for the password that is set.")
        elif lan is not None:
            say(f"It asks for this password, which is shown here only and holds until it stops: {lan.made_password}")
        if is_opened:
            # Of its own: a browser that runs in the terminal ends when it is left.
            threading.Thread(target=_open, args=(here,), daemon=True).start()

    serve(settings, tell=tell)


def _tell_home(lan: "Shared", port: int) -> None:
    """The address for a phone, as a code too; never the password, which whoever sees the screen could take along."""
    first, *others = [f"http://{_host_to_open(address)}:{port}/" for address in lan.addresses]
    show_code(first)
    say(f"On a phone in the same network: {first}" + (f" (or {', '.join(others)})" if others else ""))


def _open(address: str) -> None:
    if not webbrowser.open(address):
        say(f"There is no browser here that could be opened: open {address} yourself.")


def _host_to_open(host: str) -> str:
    """The host as a browser of this machine takes it; all interfaces are no address that one can open."""
    from ..server.lan import is_unspecified

    if is_unspecified(host):
        return "127.0.0.1"
    # Only an address of IPv6 has colons.
    return f"[{host}]" if ":" in host else host
