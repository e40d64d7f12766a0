"""The certificate that the page is served under, where it encrypts by itself."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .guard import AccessError

CERT_ENV = "ARTICLE_ASSISTANT_TLS_CERT"
KEY_ENV = "ARTICLE_ASSISTANT_TLS_KEY"


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate with its key, in PEM files that were found to belong together."""

    cert: Path
    key: Path

    @classmethod
    def of(cls, cert: Path | None = None, key: Path | None = None) -> Certificate | None:
        """Return what is named here, else by the environment; None where nothing is. Raises AccessError.

        Without `key`, the key is looked for in the certificate's file.
        """
        cert, key = cert or _named(CERT_ENV), key or _named(KEY_ENV)
        if cert is None:
            if key is not None:
                raise AccessError(f"The key {key} needs its certificate; name it with --tls-cert FILE.")
            return None
        found = cls(cert=cert.expanduser(), key=(key or cert).expanduser())
        found._check()
        return found

    def settings(self) -> dict[str, Any]:
        """Return the arguments of Gradio's `launch()`; it calls the page once by an address that no certificate names."""
        return {"ssl_certfile": str(self.cert), "ssl_keyfile": str(self.key), "ssl_verify": False}

    def _check(self) -> None:
        for path in {self.cert, self.key}:
            if not path.is_file() or not os.access(path, os.R_OK):
                raise AccessError(
                    f"There is no file {path} that you may read; correct --tls-cert or --tls-key."
                )
        try:
            # Asked for a passphrase, OpenSSL would wait at the terminal: an empty one fails at once.
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self.cert, self.key, password="")
        except (ssl.SSLError, ValueError, OSError) as error:
            raise AccessError(
                f"{self.cert} and {self.key} are no certificate with its key, in PEM and without a passphrase "
                f"({getattr(error, 'reason', None) or error})."
            ) from error
        if os.name == "posix" and self.key.stat().st_mode & 0o007:
            raise AccessError(f"Everybody can read or change the key {self.key}; run: chmod o= {self.key}")


def _named(variable: str) -> Path | None:
    named = os.environ.get(variable)
    return Path(named) if named else None
