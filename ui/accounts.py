"""Who may use a page that other machines can reach: names and hashes of passwords in a file.

A line of the file is `name:scrypt:N:r:p:salt:hash`, the last two in base64. scrypt (RFC 7914) with N = 2¹⁶,
r = 8 and p = 1 takes 64 MiB and about a fifth of a second for each guess.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path

from index import ArticleAssistantError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")
_COST, _BLOCKS, _PARALLEL = 1 << 16, 8, 1
_MOST_COST = 1 << 20
_SALT_BYTES = _HASH_BYTES = 32
LEAST_CHARACTERS, MOST_CHARACTERS = 12, 1_000
_AT_ONCE = threading.Semaphore(2)
"""Guesses that are checked at the same time: each takes 64 MiB."""


class AccountError(ArticleAssistantError):
    """The file of users, a name or a password cannot be used."""


@dataclass(frozen=True)
class Password:
    """A password as it is kept: it can be checked, and not be read."""

    cost: int
    blocks: int
    parallel: int
    salt: bytes
    digest: bytes

    @classmethod
    def of(cls, password: str) -> Password:
        """Make one. Raises AccountError for a password that is too short or too long."""
        if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
            raise AccountError(
                f"A password needs {LEAST_CHARACTERS} to {MOST_CHARACTERS:,} characters; choose another."
            )
        salt = secrets.token_bytes(_SALT_BYTES)
        return cls(_COST, _BLOCKS, _PARALLEL, salt, _scrypt(password, salt, _COST, _BLOCKS, _PARALLEL))

    @classmethod
    def read(cls, written: str) -> Password:
        """Read one as it stands in the file. Raises ValueError."""
        kind, cost, blocks, parallel, salt, digest = written.split(":")
        numbers = [int(one) for one in (cost, blocks, parallel)]
        if (
            kind != "scrypt"
            or not (1 << 14 <= numbers[0] <= _MOST_COST)
            or not all(0 < n <= 64 for n in numbers[1:])
        ):
            raise ValueError("not a password of this program")
        decoded = [base64.b64decode(one, validate=True) for one in (salt, digest)]
        return cls(numbers[0], numbers[1], numbers[2], decoded[0], decoded[1])

    def written(self) -> str:
        """Return it as it stands in the file."""
        kept = [base64.b64encode(one).decode() for one in (self.salt, self.digest)]
        return ":".join(["scrypt", str(self.cost), str(self.blocks), str(self.parallel), *kept])

    def matches(self, password: str) -> bool:
        """Tell whether this is the password; takes as long whether it is or not."""
        with _AT_ONCE:
            digest = _scrypt(password[:MOST_CHARACTERS], self.salt, self.cost, self.blocks, self.parallel)
        return hmac.compare_digest(digest, self.digest)


class Accounts:
    """The users of a file. It is read again whenever it has changed: a user who is taken out is out at once."""

    def __init__(self, path: Path) -> None:
        """Read the file. Raises AccountError where it cannot be used, or others may read it."""
        self.path = path.expanduser()
        self._state: tuple[int, int] = (0, 0)
        self._known: dict[str, Password] = {}
        self._nobody = Password.of(secrets.token_urlsafe(LEAST_CHARACTERS))
        self._load()

    def check(self, name: str, password: str) -> bool:
        """Tell whether a name and a password belong together; takes as long for names that there are not."""
        self._load()
        kept = self._known.get(name)
        return (kept or self._nobody).matches(password) and kept is not None

    def stamp(self, name: str) -> str | None:
        """Return what changes with a user's password; None for a user that there is not (any more)."""
        self._load()
        kept = self._known.get(name)
        return hashlib.sha256(kept.written().encode()).hexdigest() if kept else None

    def __len__(self) -> int:
        return len(self._known)

    def _load(self) -> None:
        try:
            stat = self.path.stat()
            if (stat.st_mtime_ns, stat.st_size) == self._state:
                return
            if os.name == "posix" and stat.st_mode & 0o077:
                raise AccountError(
                    f"Others can read or change the users file {self.path}; run: chmod 600 {self.path}"
                )
            self._known = _parsed(self.path.read_text(encoding="utf-8"), self.path)
            self._state = (stat.st_mtime_ns, stat.st_size)
        except (OSError, UnicodeError) as error:
            self._known, self._state = {}, (0, 0)  # nobody may enter while it cannot be read
            raise AccountError(
                f"The users file {self.path} cannot be read; check its path and permissions."
            ) from error


def save_user(path: Path, name: str, password: str) -> None:
    """Write a user into the file, made if it is missing; one who is there gets the new password.

    Raises AccountError for a name or a password that is unfit, or a file that cannot be written.
    """
    path = path.expanduser()
    if not _NAME.fullmatch(name):
        raise AccountError(
            f"{name[:80]!r} is no name for a user; use letters, digits and . _ @ + - (64 at most)."
        )
    kept = Password.of(password)
    known = Accounts(path)._known if path.exists() else {}
    lines = [f"{one}:{other.written()}" for one, other in ({**known, name: kept}).items()]
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise AccountError(f"The users file {path} cannot be written ({error.strerror}).") from error


def _parsed(text: str, path: Path) -> dict[str, Password]:
    known = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, written = line.partition(":")
        try:
            if not _NAME.fullmatch(name):
                raise ValueError("not a name")
            known[name] = Password.read(written)
        except ValueError as error:
            raise AccountError(
                f"Line {number} of the users file {path} is not name:scrypt:…; make it with `serve --add-user NAME`."
            ) from error
    return known


def _scrypt(password: str, salt: bytes, cost: int, blocks: int, parallel: int) -> bytes:
    return hashlib.scrypt(
        password.encode("utf-8", "replace"),
        salt=salt,
        n=cost,
        r=blocks,
        p=parallel,
        maxmem=256 * cost * blocks,
        dklen=_HASH_BYTES,
    )
