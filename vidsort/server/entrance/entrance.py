"""Who is let in, and by what: a session, a token, the one password, or nothing where nobody is asked."""

import hashlib
import hmac
import logging
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

from ...accounts import Accounts, Person, Role
from ...accounts.hashing import is_password_of
from ...accounts.person import NOBODY_ASKED
from ...api.turns import Turns
from ...errors import ArtifactError, SettingsError, VidsortError
from ...store import Database
from ...store.sessions import EndedSessions, session_key
from .login_page import login_page
from .refusal import Refusal
from .sessions import SESSION_S, Sessions, key_of_account, key_of_password
from .throttle import Throttle, TooManyTriesError

log = logging.getLogger(__name__)

COOKIE = "vidsort_session"
LOGIN_LIMIT_BYTES = 4096
# A password of an account takes some tens of milliseconds and 64 MiB: so many are looked at at once, and so many wait.
AT_ONCE, MOST_WAITING = 2, 64
# In place of the name of an account that there is not, so that one cannot fill the memory with names.
NOBODY = "?"
UNSEEN = "Who may come in cannot be seen now: the server's log says why, and what to do."


class Entrance:
    """Asks whoever comes; without accounts and without a password nobody is asked."""

    def __init__(self, password: str | None, accounts: Accounts, database: Database) -> None:
        self._digest = _digest(password.encode()) if password else None
        self._password_key = key_of_password(password) if password else None
        self._accounts = accounts
        self._database = database
        self._ended = EndedSessions(database)
        self._sessions = Sessions(self._key_of)
        self._throttle = Throttle()
        self._is_password_of = Turns("passwords", AT_ONCE)(is_password_of)
        self._waiting = 0
        self._told: str | None = None

    def asks(self) -> bool:
        """Whether anybody is asked who it is; raises Refusal while that cannot be seen."""
        return self._has_names() or self._digest is not None

    async def person(self, scope: Scope, headers: Headers) -> Person:
        """Whoever asks; raises Refusal, 401 for nobody that is known."""
        if not self.asks():
            return NOBODY_ASKED
        token = _cookie(headers)
        person = self._of_session(token) if token is not None else None
        return person or await self._of_bearer(scope, headers)

    async def logout(self, request: Request) -> Response:
        """End the session that is sent; raises Refusal, since who logs out must not believe it in vain."""
        token = _cookie(request.headers)
        session = self._sessions.read(token) if token is not None and self.asks() else None
        if token is not None and session is not None:
            try:
                await run_in_threadpool(self._ended.end, token, session.expires_at)
            except ArtifactError as error:
                raise Refusal(503, f"You are not logged out: {error}") from error
        answer = RedirectResponse("login", 303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return answer

    async def login(self, request: Request) -> Response:
        """The page that asks, or the way in for who gave the right answer; raises Refusal."""
        if not self.asks():
            return RedirectResponse("./", 303)
        if request.method != "POST":
            return self.page(200)
        name, password = await _form(request)
        # Whoever has the one password gives no name; where there is none, one is asked for.
        by_name = bool(name) or self._digest is None
        address = _address(request.scope)
        known: str | None = None
        try:
            if by_name:
                known = await self._account_of(name, password, address)
            elif not await self._is_the_password(password, address):
                known = NOBODY
        except TooManyTriesError as error:
            return self.page(429, str(error), name=name, headers=_retry_after(error))
        if known == NOBODY:
            wrong = "This name and this password do not belong together." if by_name else "That is not the password."
            return self.page(401, f"{wrong} Try again.", name=name)
        answer = RedirectResponse("./", 303)
        is_secure = request.url.scheme == "https"
        answer.set_cookie(
            COOKIE, self._sessions.issue(known), max_age=SESSION_S, httponly=True, samesite="strict", secure=is_secure
        )
        return answer

    def page(
        self, status: int, message: str = "", action: str = "login", name: str = "",
        headers: dict[str, str] | None = None,
    ) -> Response:
        """The page that asks."""
        return login_page(
            status, message, has_names=self._has_names(), has_password=self._digest is not None, action=action,
            name=name, headers=headers,
        )

    def _has_names(self) -> bool:
        try:
            has_names = self._accounts.are_asked_for()
        except SettingsError as error:
            # Strangers are not told where the file lies; and each request would say so again.
            if self._told != str(error):
                self._told = str(error)
                log.error("%s", error)  # noqa: TRY400 (it is foreseen)
            raise Refusal(503, UNSEEN) from error
        self._told = None
        return has_names

    def _key_of(self, name: str | None) -> bytes | None:
        if name is None:
            return self._password_key
        known = self._accounts.account(name)
        return key_of_account(known[1].password, session_key(self._database)) if known else None

    def _of_session(self, token: str) -> Person | None:
        try:
            session = self._sessions.read(token)
            if session is None or self._ended.has(token):
                return None
        except ArtifactError as error:
            raise Refusal(503, f"Whether you are still logged in cannot be seen: {error}") from error
        person = Person(None, Role.ADMIN, "password")
        if session.name is not None:
            known = self._accounts.account(session.name)
            if known is None:
                return None
            person = Person(known[0], known[1].role, "account")
        return _followed(person, lambda: self._of_session(token))

    async def _of_bearer(self, scope: Scope, headers: Headers) -> Person:
        scheme, _, text = headers.get("authorization", "").partition(" ")
        given = text.strip().encode("latin-1")
        if scheme.lower() == "bearer" and given:
            person = self._of_token(given)
            if person is not None:
                return person
            try:
                if await self._is_the_password(given, _address(scope)):
                    return Person(None, Role.ADMIN, "password")
            except TooManyTriesError as error:
                raise Refusal(429, str(error), _retry_after(error)) from error
        wanted = (
            "who you are: sign in at /login, or send a token as `Authorization: Bearer <token>`, which "
            "`vidsort users token` makes" if self._has_names() else
            "for a password: log in at /login, or send it as `Authorization: Bearer <password>`"
        )
        raise Refusal(401, f"This server asks {wanted}.", {"www-authenticate": 'Bearer realm="vidsort"'})

    def _of_token(self, given: bytes) -> Person | None:
        known = self._accounts.token(given)
        return _followed(Person(*known, "token"), lambda: self._of_token(given)) if known else None

    async def _is_the_password(self, given: bytes, address: str) -> bool:
        """Whether this is the one password, after the wait that this address has earned; raises TooManyTriesError."""
        await self._throttle.wait(address)
        # Digests are of one length, so that comparing does not tell the password's.
        if self._digest is not None and hmac.compare_digest(_digest(given), self._digest):
            self._throttle.right(address)
            return True
        self._throttle.wrong()
        return False

    async def _account_of(self, name: str, password: bytes, address: str) -> str:
        """The name of the account whose password this is, else NOBODY; raises TooManyTriesError."""
        known = self._accounts.account(name)
        account = known[0] if known else NOBODY
        await self._throttle.wait(address, account)
        if self._waiting >= MOST_WAITING:
            raise TooManyTriesError(1)
        self._waiting += 1
        try:
            given = password.decode("utf-8", "replace")
            is_right = await self._is_password_of(known[1].password if known else None, given)
        finally:
            self._waiting -= 1
        # A new password that was set meanwhile is another one.
        if is_right and self._accounts.account(name) == known:
            self._throttle.right(address, account)
            return account
        self._throttle.wrong(account)
        return NOBODY


def _followed(person: Person, ask: Callable[[], Person | None]) -> Person:
    """The person, who is still in as long as the same answer comes."""

    def is_still_in() -> bool:
        try:
            return ask() == person
        except (Refusal, VidsortError):
            return False

    return replace(person, is_still_in=is_still_in)


async def _form(request: Request) -> tuple[str, bytes]:
    """The name and the password that were sent; raises Refusal."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LOGIN_LIMIT_BYTES:
            raise Refusal(413, "This is too long for a password: send the form of the login page.")
    fields = parse_qs(body, keep_blank_values=True)
    name = fields.get(b"name", [b""])[0].decode("utf-8", "replace").strip()
    return name, fields.get(b"password", [b""])[0]


def _digest(text: bytes) -> bytes:
    return hashlib.sha256(text).digest()


def _cookie(headers: Headers) -> str | None:
    return cookie_parser(headers.get("cookie", "")).get(COOKIE)


def _address(scope: Scope) -> str:
    return str((scope.get("client") or ("unknown", 0))[0])


def _retry_after(error: TooManyTriesError) -> dict[str, str]:
    return {"retry-after": f"{error.wait_s:.0f}"}
