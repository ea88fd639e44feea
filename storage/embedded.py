"""PostgreSQL from a wheel: started, found again and stopped by ourselves, reached through a Unix socket only.

Nothing of the wheel is imported: its own way to start gives a crash recovery ten seconds and counts references across
processes.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import psycopg
from psycopg.sql import SQL, Identifier

from core.errors import FootfallError, Unavailable
from storage.postgres_versions import FOLDER, MAJOR, binaries, require_major
from storage.sql import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_log = logging.getLogger(__name__)

#: From this one on PostgreSQL brings its own order of text, which no update of the system changes.
_BUILTIN_ORDER: Final = 17
_DATABASE: Final = "footfall"
_PORT: Final = 5432  # only names the socket file
_SOCKET_LOCK: Final = f".s.PGSQL.{_PORT}.lock"
#: Longest path of a Unix socket on Linux, without the closing zero.
SOCKET_PATH_LIMIT: Final = 107
#: As root PostgreSQL refuses to run, so it gets the first of these that exists.
_USERS: Final = ("footfall", "postgres", "nobody")

_SETTINGS: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "50",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "min_wal_size": "64MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    # What a visitor sent does not belong in a log file.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "cluster_name": "footfall",
}


def socket_directory(wanted: Path, socket_name: str) -> Path:
    """Return the directory for a socket that should lie in `wanted`: that one, if the socket's path fits.

    Otherwise one under the temporary directory, named by the hash of `wanted`; the same one each time.
    """
    if len(os.fsencode(wanted / socket_name)) <= SOCKET_PATH_LIMIT:
        return wanted
    return Path(tempfile.gettempdir()) / f"footfall-{hashlib.sha256(os.fsencode(wanted)).hexdigest()[:20]}"


def make_private(directory: Path, *, uid: int | None = None) -> None:
    """Make sure that `directory` is there with mode 0700 and belongs to us.

    Args:
        directory: its parent must exist or be ours to make.
        uid: whose it shall be instead; needs root.

    Raises:
        FootfallError: somebody else has put something in that place.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), uid}:
        raise FootfallError(f"{directory} belongs to somebody else: remove it, or choose a shorter data directory")
    directory.chmod(0o700)
    if uid is not None:
        os.chown(directory, uid, -1)


class EmbeddedPostgres:
    """The PostgreSQL of one data directory.

    Whoever starts or stops it holds the data directory's lock; everybody may ask for `dsn`. The server ends with the
    thread that started it, however that thread ends.
    """

    def __init__(self, data_dir: Path, *, major: int = MAJOR, patience: float = 1_800) -> None:
        """Touch nothing yet.

        Args:
            data_dir: the installation's directory; PostgreSQL's own is `postgres` in it.
            major: the version that runs, which is also the one that made the directory; see `major_of`.
            patience: seconds that a start may take; a crash recovery has much to read.
        """
        self._root = data_dir.absolute()
        self._pgdata = self._root / FOLDER
        self._major = major
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def dsn(self) -> str:
        """Where the server listens when it runs, as a URI."""
        return self._dsn(_DATABASE)

    @property
    def pid(self) -> int | None:
        """Process id of the server started here, while it runs."""
        if self._process is None or self._process.poll() is not None:
            return None
        return self._process.pid

    def is_running(self) -> bool:
        """Tell whether a server of this data directory runs, whoever started it."""
        return any(True for _ in self._processes())

    def start(self, *, given_up: Callable[[], bool] = lambda: False) -> str:
        """Start the server, creating its directory on the first start, and return its `dsn`.

        A server that an ended supervisor left behind is stopped first. Blocks through a crash recovery, which goes on
        at the next start if `given_up` returns True meanwhile.

        Raises:
            Unavailable: it does not start; the message has the end of its log. Or the start was given up.
            FootfallError: the directory cannot be used, or is another major version's; the message says what to do.
        """
        require_major(self._root, self._major)
        self._clear_leftovers()
        owner = self._owner()
        # As root, PostgreSQL's user has to pass through it, not to look around.
        self._root.mkdir(mode=0o700 if owner is None else 0o711, parents=True, exist_ok=True)
        if not (self._pgdata / "PG_VERSION").exists():
            self._create(owner)
        sockets = socket_directory(self._pgdata, _SOCKET_LOCK)
        if sockets != self._pgdata:
            make_private(sockets, uid=None if owner is None else owner.pw_uid)
        settings = _SETTINGS | {"unix_socket_directories": str(sockets), "port": str(_PORT)}
        command = [str(binaries(self._major) / "postgres"), "-D", str(self._pgdata)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with (self._root / "postgres-start.log").open("wb") as output:
            self._process = subprocess.Popen(  # noqa: S603 - our own binary, no shell
                self._as_owner(command, owner),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                start_new_session=True,  # a Ctrl-C at the terminal is the supervisor's to pass on, in its order
            )
        self._await_ready(given_up)
        self._create_database()
        return self.dsn

    def stop(self, *, patience: float = 120) -> None:
        """Shut the server down: connections end, nothing that was committed is lost. Does nothing if it does not run.

        Args:
            patience: seconds for an orderly shutdown, then it is ended at once and recovers at the next start.
        """
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        for how, seconds in ((signal.SIGINT, patience), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
                return
        _log.error("PostgreSQL (pid %d) does not end", process.pid)

    def _dsn(self, database: str) -> str:
        host = quote(str(socket_directory(self._pgdata, _SOCKET_LOCK)), safe="")
        return f"postgresql://{_DATABASE}@/{database}?host={host}&port={_PORT}"

    def _owner(self) -> pwd.struct_passwd | None:
        """Who runs the server: None for ourselves; as root somebody harmless, for good once the directory is there."""
        if os.geteuid() != 0:
            return None
        if self._pgdata.exists() and (uid := self._pgdata.stat().st_uid) != 0:
            with contextlib.suppress(KeyError):
                return pwd.getpwuid(uid)
        for name in _USERS:
            with contextlib.suppress(KeyError):
                return pwd.getpwnam(name)
        raise FootfallError(
            "PostgreSQL does not run as root: create a system user `footfall`, or start as another user"
        )

    def _as_owner(self, command: list[str], owner: pwd.struct_passwd | None) -> list[str]:
        """Wrap `command` so that it runs as `owner` and is told to end when this thread ends."""
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            if owner is None:
                return command
            raise FootfallError("`setpriv` (package util-linux) is needed to start PostgreSQL as root")
        wrapper = [setpriv, "--pdeathsig", "INT"]
        if owner is not None:
            wrapper += ["--reuid", str(owner.pw_uid), "--regid", str(owner.pw_gid), "--clear-groups", "--no-new-privs"]
            if not all(_reachable(path, owner) for path in (binaries(self._major), self._root)):
                _log.info("User %s may not enter the way to %s: lending the right", owner.pw_name, self._root)
                wrapper += ["--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"]
                # Without it access(2), by which PostgreSQL finds its own programs, leaves the right out.
                wrapper += ["--securebits", "+no_setuid_fixup"]
        return [*wrapper, "--", *command]

    def _create(self, owner: pwd.struct_passwd | None) -> None:
        """Make a new database cluster, under another name until it is complete."""
        new = self._root / "postgres.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        if owner is not None:
            os.chown(new, owner.pw_uid, owner.pw_gid)
        _log.info("Creating a PostgreSQL database in %s", self._pgdata)
        command = [str(binaries(self._major) / "initdb"), "-D", str(new), "-U", _DATABASE, "--encoding=UTF8"]
        command += ["--auth-local=trust", "--auth-host=reject"]  # the directory's mode keeps everybody else out
        command += ["--locale=C", "--set=timezone=UTC"]
        if self._major >= _BUILTIN_ORDER:
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        made = subprocess.run(  # noqa: S603 - our own binary, no shell
            self._as_owner(command, owner),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd="/",
            check=False,
        )
        if made.returncode != 0:
            raise Unavailable(f"PostgreSQL could not create {self._pgdata}: {made.stderr.decode(errors='replace')}")
        new.rename(self._pgdata)

    def _await_ready(self, given_up: Callable[[], bool]) -> None:
        started = told = time.monotonic()
        while True:
            try:
                psycopg.connect(self._dsn("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError as error:
                problem = str(error).strip().splitlines()[-1]
            else:
                return
            process = self._process
            if process is None or process.poll() is not None:
                self._process = None
                raise Unavailable(f"PostgreSQL does not start in {self._root}:\n{self._log_end()}")
            now = time.monotonic()
            if given_up():
                self.stop()
                raise Unavailable("the start of PostgreSQL was given up")
            if now - started > self._patience:
                self.stop()
                raise Unavailable(f"PostgreSQL in {self._root} is not ready after {self._patience:.0f} s: {problem}")
            if now - told > 3:
                told = now
                _log.info("PostgreSQL is starting or recovering, %.0f s so far: %s", now - started, problem)
            time.sleep(0.05)

    def _create_database(self) -> None:
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            if connection.execute(load("databases.find"), (_DATABASE,)).rowcount == 0:
                connection.execute(SQL("CREATE DATABASE {}").format(Identifier(_DATABASE)))

    def _log_end(self) -> str:
        """The last lines that PostgreSQL wrote, for an error message."""
        logs = [self._root / "postgres-start.log", *(self._pgdata / "log").glob("*.log")]
        newest = sorted((path for path in logs if path.exists()), key=lambda path: path.stat().st_mtime)[-2:]
        lines = [line for path in newest for line in path.read_text(errors="replace").splitlines()[-10:]]
        return "\n".join(lines) or "it wrote no log"

    def _processes(self) -> Iterator[int]:
        """Every process of a PostgreSQL server on this directory: its working directory proves it."""
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                if (entry / "comm").read_text().strip() == "postgres" and (entry / "cwd").readlink() == self._pgdata:
                    yield int(entry.name)

    def _clear_leftovers(self) -> None:
        """End what an ended supervisor left; then no lock file can mean anything but a crash."""
        if any(True for _ in self._processes()):
            _log.warning("A PostgreSQL of an earlier run is still there: stopping it")
        for how, seconds in ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
            deadline = time.monotonic() + seconds
            postmaster = self._postmaster()
            left = list(self._processes())
            for pid in left if postmaster is None else [postmaster]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, how)
            while left and time.monotonic() < deadline:
                time.sleep(0.05)
                left = list(self._processes())
            if not left:
                break
        else:
            raise FootfallError(f"a PostgreSQL of an earlier run does not end in {self._root}: processes {left}")
        # The numbers in them may by now be another program's, and PostgreSQL would stand back for that.
        (self._pgdata / "postmaster.pid").unlink(missing_ok=True)
        (socket_directory(self._pgdata, _SOCKET_LOCK) / _SOCKET_LOCK).unlink(missing_ok=True)

    def _postmaster(self) -> int | None:
        try:
            pid = int((self._pgdata / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if pid in self._processes() else None


def _reachable(path: Path, user: pwd.struct_passwd) -> bool:
    """Tell whether `user` may pass through every directory on the way to `path` and into it."""
    for directory in (path, *path.parents):
        found = directory.stat()
        shift = 6 if found.st_uid == user.pw_uid else 3 if found.st_gid == user.pw_gid else 0
        if not found.st_mode >> shift & 0o1:
            return False
    return True
