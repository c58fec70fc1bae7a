"""The examples in `deploy/`, each run with the server behind it: by TLS, at the root and under a prefix."""

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from conftest import ROOT
from peopled import PASSWORDS, write_people
from test_serve import START_S, free_port, running

from vidsort.accounts import Role

__all__ = ["running"]

DEPLOY = ROOT / "deploy"
# As the package starts it, from wherever its accounts are.
SERVE = ("-m", "vidsort", "serve", "--port", "{port}")
# Without what would reach beyond the test: a port to steer it by, and a certificate for all programs of the machine.
CADDY_ALONE = "{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n}\n"
NGINX_ALONE = """
daemon off; pid {home}/nginx.pid; error_log stderr; worker_processes 1; {user}
events {{}}
http {{
    access_log off; client_body_temp_path {home}/1; proxy_temp_path {home}/2; fastcgi_temp_path {home}/3;
    uwsgi_temp_path {home}/4; scgi_temp_path {home}/5; types {{ }}
    {site}
}}
"""
TOKEN = "vidsort_of-who-starts-it"
ODD = "a#b?c%20d&e;f+g 100%.mp4"


def program(name: str) -> str:
    found = shutil.which(name, path=os.pathsep.join((os.environ["PATH"], "/usr/sbin")))
    if found is None:
        pytest.skip(f"{name} is not installed: on Debian, apt-get install {name}")
    return found


def changed(text: str, **lines: str) -> str:
    """The example with these lines of it in place of others; each is there once."""
    for before, now in lines.items():
        assert text.count(before) == 1, before
        text = text.replace(before, now)
    return text


def caddy(home: Path, port: int, server_port: int, prefix: str) -> tuple[list[str], dict[str, str]]:
    """The command that runs the example, and its environment."""
    example = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    (home / "Caddyfile").write_text(CADDY_ALONE + example, encoding="utf-8")
    given = {"SITE": f"https://localhost:{port}", "SERVER": f"127.0.0.1:{server_port}", "PREFIX": prefix}
    kept = {"XDG_DATA_HOME": str(home / "data"), "XDG_CONFIG_HOME": str(home / "config")}
    return [program("caddy"), "run", "--config", str(home / "Caddyfile")], given | kept


def nginx(home: Path, port: int, server_port: int, prefix: str) -> tuple[list[str], dict[str, str]]:
    """The same."""
    command = [program("nginx"), "-p", str(home), "-c", str(home / "nginx.conf")]
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed, which makes the certificate: on Debian, apt-get install openssl")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
         "-subj", "/CN=localhost", "-keyout", home / "key.pem", "-out", home / "cert.pem"],
        check=True, capture_output=True,
    )
    site = changed((DEPLOY / "nginx.conf").read_text(encoding="utf-8"), **{
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{server_port};",
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "server_name videos.example;": "server_name localhost;",
        "/etc/ssl/videos.example/fullchain.pem": str(home / "cert.pem"),
        "/etc/ssl/videos.example/privkey.pem": str(home / "key.pem"),
        "location / {": f"location {prefix}/ {{",
    })
    user = "user root;" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
    (home / "nginx.conf").write_text(NGINX_ALONE.format(home=home, user=user, site=site), encoding="utf-8")
    return command, {}


@pytest.fixture
def home(tmp_path) -> Path:
    """Where the server and the proxy are started, with accounts."""
    (tmp_path / "vidsort.toml").touch()
    write_people(tmp_path / "users.toml", tokens={"starter": (Role.VIEWER, TOKEN)})
    return tmp_path


@pytest.fixture
def behind(running, home, settings, eventually) -> Callable[..., contextlib.AbstractContextManager[httpx.Client]]:
    """`with behind(proxy, prefix) as client`: who asks by way of the proxy."""

    @contextlib.contextmanager
    def behind(proxy: Callable, prefix: str) -> Iterator[httpx.Client]:
        port = free_port()
        given = {
            "VIDSORT_TRUSTED_PROXIES": "127.0.0.1", "VIDSORT_ALLOWED_HOSTS": "localhost", "VIDSORT_VIDEO_NAMES": "any",
            "PYTHONPATH": str(ROOT),
        }
        proxy(home, port, 1, prefix)  # skipped before anything is started
        with running(*SERVE, home=home, token=TOKEN, **given) as server, contextlib.ExitStack() as ended:
            command, environment = proxy(home, port, server.port, prefix)
            log = ended.enter_context((home / "proxy.log").open("w"))
            running_proxy = subprocess.Popen(command, env=os.environ | environment, stdout=log, stderr=log, cwd=home)
            ended.callback(running_proxy.wait, 20)
            ended.callback(running_proxy.terminate)

            base = f"https://localhost:{port}{prefix}/"
            # The certificate was made a moment ago, and nobody speaks for it.
            client = ended.enter_context(httpx.Client(base_url=base, verify=False, timeout=30))

            def answers() -> bool:
                assert running_proxy.poll() is None, (home / "proxy.log").read_text()
                with contextlib.suppress(httpx.TransportError):
                    return client.get("api/me").status_code == 401
                return False

            eventually(answers, START_S)
            yield client

    return behind


@pytest.mark.timeout(240)
@pytest.mark.parametrize("prefix", ["", "/videos"])
@pytest.mark.parametrize("proxy", [caddy, nginx])
def test_the_example_serves_the_page_its_videos_and_its_events_to_who_has_signed_in(behind, settings, proxy, prefix):
    shutil.copy(next(settings.data_dir.glob("*.mp4")), settings.data_dir / ODD)
    with behind(proxy, prefix) as client:
        origin = {"origin": f"https://localhost:{client.base_url.port}"}
        first = client.get("", headers={"accept": "text/html"})
        assert (first.status_code, "Sign in" in first.text) == (401, True)
        wrong = client.post("login", data={"name": "rita", "password": "wrong"}, headers=origin)
        assert wrong.status_code == 401
        right = client.post("login", data={"name": "rita", "password": PASSWORDS["rita"]}, headers=origin)
        assert (right.status_code, right.headers["location"]) == (303, "./")
        # It is known that the way to the proxy is a closed one.
        assert "Secure" in right.headers["set-cookie"]
        page = client.get("")
        assert page.status_code == 200
        assert "review/main.js" in page.text
        assert client.get("review/main.js").headers["content-type"].partition(";")[0].endswith("/javascript")
        assert client.get("insights").status_code == 200
        assert client.get("api/me").json()["name"] == "rita"
        part = client.get(f"videos/{quote(ODD)}", headers={"range": "bytes=4-7"})
        assert (part.status_code, part.content) == (206, b"ftyp")
        with client.stream("GET", "api/events") as events:
            lines = events.iter_lines()
            assert next(line for line in lines if line.startswith("data:"))
            body = {"filename": ODD, "folder": "food"}
            assert client.post("api/sort", json=body, headers=origin).status_code == 200
            # Told while the stream stays open: nothing on the way collects it.
            moved = next(line for line in lines if line.startswith("data:") and ODD in line)
            assert json.loads(moved.removeprefix("data:"))["moves"][0]["account"] == "rita"
        for foreign in ("https://evil.example", "https://localhost", "null"):
            assert client.post("api/undo", headers={"origin": foreign}).status_code == 403, foreign
        assert client.post("api/undo", headers=origin).status_code == 200
        assert client.post("api/retrain", headers=origin).status_code == 403
        assert client.post("logout", headers=origin).headers["location"] == "login"
        assert client.get("api/me").status_code == 401


@pytest.mark.timeout(240)
@pytest.mark.parametrize("proxy", [caddy, nginx])
def test_who_guesses_passwords_behind_the_example_is_one_address_whatever_it_says_of_itself(behind, proxy):
    with behind(proxy, "") as client:
        login = str(client.base_url.join("login"))

        async def guess(asking: httpx.AsyncClient, number: int) -> int:
            forged = {"x-forwarded-for": f"10.0.{number}.1", "x-real-ip": f"10.0.{number}.1"}
            wrong = {"name": "adam", "password": "wrong"}
            return (await asking.post(login, data=wrong, headers=forged, timeout=60)).status_code

        async def all_at_once() -> bool:
            """Whether any was told that too many are waiting; by then the others need not be waited for."""
            async with httpx.AsyncClient(verify=False) as asking:
                guesses = [asyncio.create_task(guess(asking, number)) for number in range(24)]
                found = False
                for answered in asyncio.as_completed(guesses):
                    found = await answered == 429
                    if found:
                        break
                for each in guesses:
                    each.cancel()
                await asyncio.gather(*guesses, return_exceptions=True)
                return found

        assert asyncio.run(all_at_once())
