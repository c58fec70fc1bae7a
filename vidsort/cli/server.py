"""serve and demo: the review page."""

import argparse
import ipaddress
from pathlib import Path

from ..errors import SettingsError
from ..jobs.program import add_settings_flags, settings_from_flags
from ..settings import Settings, absolute, load_settings
from ..steps import STEPS
from .output import progress_bars, say

SERVER_FLAGS = ("host", "port", "allowed_hosts", "trusted_proxies")


def serve(parser: argparse.ArgumentParser) -> None:
    """`vidsort serve`."""
    of_steps = (name for step in STEPS.values() for name in step.settings)
    add_settings_flags(parser, *SERVER_FLAGS, "step_timeout_s", "blind_share", "log_json", *of_steps)

    def call(flags: argparse.Namespace) -> None:
        _serve(settings_from_flags(flags))

    parser.set_defaults(run=call)


def demo(parser: argparse.ArgumentParser) -> None:
    """`vidsort demo`."""
    add_settings_flags(parser, *SERVER_FLAGS)
    parser.add_argument("--dir", type=Path, default=Path("demo"), help="where the demo is made (default %(default)s)")
    parser.add_argument("--no-serve", action="store_true", help="make and learn it, then end")

    def call(flags: argparse.Namespace) -> None:
        from ..accounts import has_accounts
        from .demo.library import learn, make_library
        from .steps import show_report

        if flags.setting_data_dir or flags.setting_artifacts_dir:
            raise SettingsError("The demo has a library and artifacts of its own: --dir says where.")
        home = absolute("dir", flags.dir, Path.cwd()).resolve()
        given = {name: getattr(flags, f"setting_{name}") for name in SERVER_FLAGS}
        settings = load_settings(data_dir=home / "videos", artifacts_dir=home / "artifacts", **given)
        settings.require_safe_host(has_accounts=has_accounts())
        with progress_bars() as progress:
            made = make_library(settings.data_dir, progress=progress)
        show_report(made)
        with progress_bars() as progress:
            reports = learn(settings, progress=progress)
        for report in reports:
            show_report(report)
        say(f"The demo's library is {settings.data_dir}.")
        if not flags.no_serve:
            _serve(settings)

    parser.set_defaults(run=call)


def _serve(settings: Settings) -> None:
    from ..accounts import has_accounts, users_path
    from ..server.web import serve

    is_asked = has_accounts()
    settings.require_safe_host(has_accounts=is_asked)
    say(f"The review page will be at http://{_host_to_open(settings.host)}:{settings.port}/ (Ctrl+C stops it)")
    if is_asked:
        say(f"It asks who comes: the accounts are those of {users_path()}.")
    serve(settings)


def _host_to_open(host: str) -> str:
    """The host as a browser takes it; all interfaces are no address that one can open."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        return "127.0.0.1"
    return f"[{host}]" if address.version == 6 else host
