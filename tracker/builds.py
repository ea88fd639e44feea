"""The scripts as they are served: our own in every build, and those that speak other APIs.

They are made by `make tracker`, never on a user's machine.
"""

from __future__ import annotations

import gzip
from base64 import b64encode
from enum import StrEnum
from functools import cache
from hashlib import sha256, sha384
from importlib.resources import files
from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Extra(StrEnum):
    """What a build may do beyond the default, in the order in which its name says so."""

    FORMS = "forms"
    OWNER = "owner"
    PATHS = "paths"
    VITALS = "vitals"


def build_name(extras: Iterable[Extra] = ()) -> str:
    """Return the file name of the build with these extras, such as `tracker.forms.vitals.js`."""
    return ".".join(["tracker", *sorted(set(extras)), "js"])


#: The name of every build, the default first.
NAMES: Final = tuple(build_name(some) for size in range(len(Extra) + 1) for some in combinations(Extra, size))

#: The scripts that speak other APIs, named as these name them: beep-analytics' and Antics'.
DIALECTS: Final = ("track.js", "antics.js")


class Build(NamedTuple):
    """One script. `brotli` and `gzip` are the same bytes, compressed as far as it goes."""

    content: bytes
    brotli: bytes
    gzip: bytes

    @property
    def digest(self) -> str:
        """The content's hash as it stands in an address that never changes its meaning: 12 hexadecimal digits."""
        return sha256(self.content).hexdigest()[:12]

    @property
    def integrity(self) -> str:
        """The content's hash as a tag's `integrity` has it."""
        return f"sha384-{b64encode(sha384(self.content).digest()).decode()}"


@cache
def builds() -> Mapping[str, Build]:
    """Return every script by its name.

    Raises:
        FileNotFoundError: the package was built without them.
    """
    return {name: _read(name) for name in (*NAMES, *DIALECTS)}


def _read(name: str) -> Build:
    folder = files(__package__).joinpath("built")
    content = folder.joinpath(name).read_bytes()
    # The standard library has gzip but no brotli: what brotli made is part of the package.
    return Build(
        content=content,
        brotli=folder.joinpath(f"{name}.br").read_bytes(),
        gzip=gzip.compress(content, compresslevel=9, mtime=0),
    )
