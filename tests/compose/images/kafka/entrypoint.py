#!/usr/local/bin/python3
"""What the upstream image does before the broker: settings out of the environment, and a formatted data folder.

`KAFKA_LOG_DIRS` is written as `log.dirs`, `___` as `-`, `__` as `_`. `CLUSTER_ID` names a new cluster, and
`KAFKA_HEAP_OPTS` and `KAFKA_OPTS` go to the Java machine.
"""

import os
import subprocess
from pathlib import Path

CONFIG = Path("/opt/kafka/config/server.properties")
CLUSTER_ID = "5L6g3nShT-eMCtK--X86sw"
OF_JAVA = {"KAFKA_HEAP_OPTS", "KAFKA_OPTS", "KAFKA_JVM_PERFORMANCE_OPTS", "KAFKA_LOG4J_OPTS", "KAFKA_VERSION"}
JAVA = "/opt/java/bin/java"


def key(variable: str) -> str:
    """Return the property that a variable sets."""
    name = variable.removeprefix("KAFKA_").lower()
    return name.replace("___", "-").replace("__", "\0").replace("_", ".").replace("\0", "_")


def main() -> None:
    """Become the broker."""
    settings = {
        key(name): value
        for name, value in sorted(os.environ.items())
        if name.startswith("KAFKA_") and name not in OF_JAVA
    }
    CONFIG.write_text("".join(f"{name}={value}\n" for name, value in settings.items()), encoding="utf-8")
    options = os.environ.get("KAFKA_HEAP_OPTS", "-Xmx1G -Xms1G").split() + os.environ.get("KAFKA_OPTS", "").split()
    java = [
        JAVA,
        *options,
        "-XX:-UsePerfData",
        # Upstream's image starts sooner for an archive of its classes: this one takes less of the processors instead.
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Dlog4j2.configurationFile=file:/etc/kafka/docker/log4j2.properties",
        "-cp",
        "/opt/kafka/libs/*",
    ]
    cluster = os.environ.get("CLUSTER_ID", CLUSTER_ID)
    if not (Path(settings["log.dirs"]) / "meta.properties").exists():
        subprocess.run([*java, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(CONFIG)], check=True)
    os.execv(JAVA, [*java, "kafka.Kafka", str(CONFIG)])  # noqa: S606 - the process that gets the signals


if __name__ == "__main__":
    main()
