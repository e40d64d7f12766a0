"""How the page is launched."""

from __future__ import annotations

from pathlib import Path

from ui.config import UploadLimits
from ui.layout import launch_settings


def test_uploads_change_nothing_in_what_is_open_to_others(tmp_path: Path) -> None:
    settings = launch_settings(tmp_path, UploadLimits(file_bytes=1_234))
    assert settings["allowed_paths"] == [] and settings["blocked_paths"] == [str(tmp_path)]
    assert settings["max_file_size"] == 1_234
    assert not any(settings[name] for name in ("share", "show_error", "mcp_server", "enable_monitoring"))
    assert settings["strict_cors"] is True
