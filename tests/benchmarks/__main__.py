"""``python -m tests.benchmarks [NAME ...] [--quick]``: what the console costs, as ratios.

Each ratio is ours against the barest program that does the same, measured in the same run, in turns; seconds
differ from machine to machine, ratios hardly. Targets are printed beside them and never asserted.
"""

import argparse
import os
import tempfile
from importlib import import_module
from pathlib import Path

from tests.benchmarks.measuring import Workbench, machine

_NAMES = {
    "startup": "startup",
    "chat": "chatting",
    "scrollback": "reading",
    "idle": "resting",
    "ingest": "ingest",
    "replay": "replaying",
    "ledger": "ledger",
    "memory": "memory",
    "live": "live",
    "library": "library",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which of {', '.join(_NAMES)} (all of them)")
    parser.add_argument("--quick", action="store_true", help="a tenth of the work: a first look, and more noise")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.names if name not in _NAMES]:
        parser.error(f"there is no benchmark {unknown[0]!r}; choose from {', '.join(_NAMES)}")
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory(prefix="sanctum-benchmarks-") as folder:
        os.environ["SANCTUM_HOME"] = folder
        for name in arguments.names or _NAMES:
            module = import_module(f"tests.benchmarks.{_NAMES[name]}")
            for ratio in module.run(Workbench(Path(folder), arguments.quick)):
                print(ratio, flush=True)


if __name__ == "__main__":
    main()
