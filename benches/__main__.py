"""`python -m benches [NAME …]`: run the benches named, or all of them, one after the other."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys

import benches
from benches.tools.sizes import LARGE, SIZES


def main() -> int:
    """Run the benches of the command line; 2 if one is not known."""
    known = sorted(
        module.name
        for module in pkgutil.iter_modules(benches.__path__)
        if not (module.ispkg or module.name.startswith("_"))
    )
    parser = argparse.ArgumentParser(
        description=__doc__, epilog="example: python -m benches questions day_job --sizes 1000000"
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(known)}")
    parser.add_argument("--large", action="store_true", help=f"the sizes too that take minutes; so does {LARGE}=1")
    parser.add_argument("--sizes", metavar="N,N", help=f"events, for benches of several sizes; so does {SIZES}=N,N")
    given = parser.parse_args()
    if given.large:
        os.environ[LARGE] = "1"
    if given.sizes:
        os.environ[SIZES] = given.sizes
    names: list[str] = given.names
    if unknown := set(names) - set(known):
        parser.error(f"no such bench: {', '.join(sorted(unknown))}; there are: {', '.join(known)}")
    for name in names or known:
        print(f"== {name}", flush=True)
        importlib.import_module(f"benches.{name}").run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
