"""The jars of Apache Kafka, resolved from Maven coordinates into a folder."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from jgo.maven import MavenContext
from jgo.parse import Coordinate

from ops.services.errors import ServiceError
from ops.services.lock import exclusive

if TYPE_CHECKING:
    from pathlib import Path

    from jgo.maven import Artifact

KAFKA_VERSION: Final = "4.3.0"
ROOTS: Final = (
    f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}",
    # Kafka logs through slf4j 1.7 and brings log4j-core 2.25.4, but leaves out the bridge between the two.
    "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4",
)
DOWNLOADS_AT_ONCE: Final = 8
TIMEOUT_SECONDS: Final = 60


def fetch(cache: Path) -> list[Path]:
    """The class path of the broker; downloads it (50 MB) when ``cache`` does not hold it yet.

    Raises:
        ServiceError: a download failed.
    """
    folder = cache / f"kafka-{KAFKA_VERSION}"
    with exclusive(cache):
        if not folder.exists():
            partial = cache / f"{folder.name}.partial"
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            try:
                _download(partial)
            except (OSError, RuntimeError) as error:
                raise ServiceError(f"Kafka's jars cannot be downloaded, try again: {error}") from error
            partial.rename(folder)
    return sorted(folder.rglob("*.jar"))


def _download(repository: Path) -> None:
    context = MavenContext(repo_cache=repository, timeout=TIMEOUT_SECONDS)
    chosen: dict[tuple[str, str], Artifact] = {}
    # One root after the other: resolved together, the version table in one root's parent replaces versions that
    # another one asks for (log4j's names an old kafka-clients, with which the broker does not start).
    for root in ROOTS:
        asked, transitive = context.resolver.resolve([context.create_dependency(Coordinate.parse(root))])
        needed = [dependency for dependency in transitive if dependency.scope in {"compile", "runtime"}]
        for dependency in [*asked, *needed]:
            chosen.setdefault((dependency.groupId, dependency.artifactId), dependency.artifact)
    with ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool:
        list(pool.map(lambda artifact: artifact.resolve(), chosen.values()))
