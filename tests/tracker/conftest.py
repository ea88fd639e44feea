"""The locked tools of the script, and the oracle of its vitals, in a folder of their own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.services import require

TRACKER: Final = Path(__file__).parents[2] / "tracker"
SOURCES: Final = ("package.json", "package-lock.json", ".npmrc", "build.mjs", "downloads.json")


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source in which `npm ci` was run."""
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            require(f"there is no {tool}: install node 20 or newer to build the scripts")
    folder = tmp_path_factory.mktemp("tracker")
    for name in SOURCES:
        shutil.copy(TRACKER / name, folder)
    shutil.copytree(TRACKER / "src", folder / "src")
    install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    installed = subprocess.run(install, cwd=folder, capture_output=True, text=True, check=False)
    if installed.returncode:
        require(f"npm cannot install the tools: {installed.stderr}")
    return folder
