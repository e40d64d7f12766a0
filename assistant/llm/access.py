"""Addresses and keys of endpoints.

The key is added at the last moment, to the request itself, so that neither LlamaIndex nor the client
libraries hold it, and what identifies the machine is left out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..config import API_KEY_ENV, ModelConfig
from ..errors import ModelSettingError

if TYPE_CHECKING:
    import httpx

OPENAI_KEY_ENV = "OPENAI_API_KEY"


def address_of(url: str) -> str:
    """Return an address without its last slash. Raises ModelSettingError for one that is unfit."""
    try:
        parts = urlsplit(url.strip())
        fit = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        fit = False
    if not fit:
        raise ModelSettingError("The model's address must look like http://127.0.0.1:8080/v1; correct it.")
    if "@" in parts.netloc or parts.query or parts.fragment:
        text = f"The model's address must hold no user, password or query; put the key into ${API_KEY_ENV} or a file."
        raise ModelSettingError(text)
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")


def key_of(config: ModelConfig, address: str) -> str | None:
    """Return the key for an address: from the file, else from the environment.

    $OPENAI_API_KEY is taken only for OpenAI's own host. Raises ModelSettingError for a file that cannot
    be read or is empty, and for a key that no request can carry.
    """
    if config.api_key_file is not None:
        name = config.api_key_file.name
        try:
            key = config.api_key_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError):
            raise ModelSettingError(
                f"The key file {name} cannot be read; check its path and permissions."
            ) from None
        if not key:
            raise ModelSettingError(f"The key file {name} is empty; put the key into it.")
    else:
        own = is_openai(address)
        key = (os.environ.get(API_KEY_ENV) or (os.environ.get(OPENAI_KEY_ENV) if own else "") or "").strip()
        if own and not key:
            raise ModelSettingError(
                f"OpenAI wants a key; put it into ${API_KEY_ENV} or name a file that holds it."
            )
    if not re.fullmatch(r"[!-~]*", key):
        raise ModelSettingError("The API key holds a space or a letter that no key has; copy it again.")
    return key or None


def is_openai(address: str) -> bool:
    """Tell whether an address is OpenAI's own."""
    host = urlsplit(address).hostname or ""
    return host == "openai.com" or host.endswith(".openai.com")


def key_auth(key: str | None, *, keep_organization: bool) -> httpx.Auth:
    """Return what sets the key on a request, and takes out what tells about the machine."""
    import httpx

    class KeyAuth(httpx.Auth):
        def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
            headers = request.headers
            headers.pop("Authorization", None)
            if key:
                headers["Authorization"] = f"Bearer {key}"
            headers["User-Agent"] = "article-assistant"
            organization = () if keep_organization else ("openai-organization", "openai-project")
            for name in [name for name in headers if name.startswith(("x-stainless-", *organization))]:
                del headers[name]
            yield request

    return KeyAuth()
