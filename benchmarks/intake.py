"""Reading what has landed: ``python -m benchmarks.intake FILE [--articles N]``.

FILE holds one JSON object a line with ``text``; its articles are varied until there are N (default
100,000), each text another. They are landed as N files and as one JSONL, a tenth of them and all,
each time in a new home and a new process, and then listed a second time. Prints one JSON line:
articles a second, the peak of the memory that all processes hold together, and of the second run
the files it read again (none, if all is well) and its time as a share of the first.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import count, islice
from pathlib import Path

from pipelines.intake.landing import read_files
from pipelines.intake.reader import ReadSettings
from pipelines.intake.readers import VERSION
from pipelines.intake.sources import source_of
from warehouse.store import open_store

_ROOT = Path(__file__).resolve().parent.parent
_NOW = datetime(2026, 1, 1)
#: Files of one folder, as crawlers and agencies sort them by day.
_A_FOLDER = 1_000
#: Seconds between two looks at the memory.
_PAUSE = 0.05

Figures = dict[str, float]


def main(file: Path, articles: int) -> None:
    """Print the figures of one file."""
    figures: dict[str, object] = {"file": file.name, "workers": os.cpu_count()}
    for shape, write in (("files", _write_files), ("jsonl", _write_jsonl)):
        for number in (articles // 10, articles):
            with tempfile.TemporaryDirectory() as folder:
                landing = Path(folder, "landing")
                landing.mkdir()
                write(landing, islice(_varied(file), number))
                figures[f"{number} as {shape}"] = _measured(landing, Path(folder, "home"))
    sys.stdout.write(json.dumps(figures) + "\n")


def take(landing: Path, home: Path) -> None:
    """Read what is new in a folder, as the asset does; print the counts of articles and files."""
    home.mkdir(exist_ok=True)
    source = source_of(str(landing))
    found = read = 0
    with open_store(home / "store.duckdb", {}) as store:
        for listed in source.listing():
            new = store.unseen(listed, VERSION)
            pieces = read_files(source, new, _NOW, ReadSettings(), os.cpu_count() or 1)
            for landed in pieces:
                found += store.land(landed.raw_files, landed.raw_rejects, landed.raw_articles)
            read += new.height
    sys.stdout.write(json.dumps({"articles": found, "files": read}))


# -- articles ------------------------------------------------------------------------------


def _varied(file: Path) -> Iterator[str]:
    """Yield texts without end, each another: the lines of an article turned round and numbered."""
    texts = [json.loads(line)["text"] for line in file.open(encoding="utf-8")]
    for number in count():
        lines = texts[number % len(texts)].splitlines()
        turn = number // len(texts) % len(lines)
        yield "\n".join([*lines[turn:], *lines[:turn], f"({number})"])


def _write_files(landing: Path, texts: Iterator[str]) -> None:
    for number, text in enumerate(texts):
        folder = landing / f"{number // _A_FOLDER:04}"
        folder.mkdir(exist_ok=True)
        (folder / f"{number:07}.txt").write_text(text, encoding="utf-8")


def _write_jsonl(landing: Path, texts: Iterator[str]) -> None:
    with (landing / "articles.jsonl").open("w", encoding="utf-8") as lines:
        for number, text in enumerate(texts):
            lines.write(json.dumps({"id": number, "text": text}, ensure_ascii=False) + "\n")


# -- figures -------------------------------------------------------------------------------


def _measured(landing: Path, home: Path) -> Figures:
    first, seconds, peak = _run(landing, home)
    second, again, _ = _run(landing, home)
    return {
        "articles": first["articles"],
        "seconds": round(seconds, 1),
        "articles_per_second": round(first["articles"] / seconds),
        "peak_mib": round(peak / 2**20),
        "files_read_again": second["files"],
        "second_to_first": round(again / seconds, 3),
    }


def _run(landing: Path, home: Path) -> tuple[dict[str, int], float, int]:
    """Return what a run counts, its seconds, and the peak of its memory in bytes."""
    command = [sys.executable, "-m", "benchmarks.intake", "--take", str(landing), str(home)]
    started, peak = time.perf_counter(), 0
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE) as process:
        while process.poll() is None:
            peak = max(peak, _memory(process.pid))
            time.sleep(_PAUSE)
        seconds = time.perf_counter() - started
        told = process.stdout.read() if process.stdout else b""
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return json.loads(told), seconds, peak


def _memory(process: int) -> int:
    """Return the bytes that a process and those below it hold; what they share counts once."""
    held = 0
    # A process may end between being listed and being looked at.
    with suppress(OSError, StopIteration):
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        held = next(int(line.split()[1]) for line in rollup.splitlines() if line[:4] == "Pss:")
        held *= 1024
        for task in Path(f"/proc/{process}/task").iterdir():
            held += sum(_memory(int(child)) for child in (task / "children").read_text().split())
    return held


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--take", type=Path, nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.take:
        take(*given.take)
    elif given.file:
        main(given.file, given.articles)
    else:
        parser.error("FILE is missing")
