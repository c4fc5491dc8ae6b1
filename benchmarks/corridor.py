"""A first and a second run over a folder of articles: ``python -m benchmarks.corridor [DIR]``.

Each run is a process of its own, as a person starts it, in a new home. Prints wall seconds and
peak memory of both, and the second as a share of the first.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent


def main(articles: Path) -> None:
    """Print the figures of one folder."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "cli", "run", "--articles", str(articles), "--home", home]
        first, second = _seconds(command), _seconds(command)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    figures = {
        "articles": sum(1 for path in articles.rglob("*") if path.is_file()),
        "first_seconds": round(first, 1),
        "second_seconds": round(second, 1),
        "second_to_first": round(second / first, 2),
        "peak_mib": round(peak),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=_ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else _ROOT / "seeds" / "articles")
