"""A model's folder that brings code of its own: the code is not run, and the reason is a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.config import IndexConfig
from index.embed import make_embedder
from index.errors import ModelUnavailableError


@pytest.mark.parametrize("place", ["modules.json", "config.json"])
def test_code_in_a_models_folder_is_not_run(tmp_path: Path, place: str) -> None:
    folder, ran = tmp_path / "model", tmp_path / "ran"
    folder.mkdir()
    code = f"from pathlib import Path\nPath({str(ran)!r}).touch()\n\nclass Module:\n    pass\n"
    (folder / "modeling_own.py").write_text(code)
    if place == "modules.json":
        module = {"idx": 0, "name": "0", "path": "", "type": "modeling_own.Module"}
        (folder / "modules.json").write_text(json.dumps([module]))
    else:
        own = {"AutoConfig": "modeling_own.Module", "AutoModel": "modeling_own.Module"}
        (folder / "config.json").write_text(json.dumps({"model_type": "own", "auto_map": own}))
    config = IndexConfig(cache_dir=tmp_path / "cache")
    embedder = make_embedder(str(folder), config.cache_dir, config.embed_batch)
    with pytest.raises(ModelUnavailableError) as told:
        embedder.embed_question("What does the vault hold?")
    assert not ran.exists() and "\n" not in str(told.value)
