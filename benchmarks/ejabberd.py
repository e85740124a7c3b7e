"""ejabberd beside ours: Debian's package, with a configuration and a spool of its own.

Started without its own control program, so that no name server of Erlang's is left behind.
With `archive`, messages are kept by `mod_mam` in a PostgreSQL that is made for the run.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path

from benchmarks.serving import Served, free_port, process

PACKAGES = ["ejabberd", "erlang-p1-pgsql", "postgresql"]
_LIBRARIES = Path("/usr/lib/x86_64-linux-gnu")
_SCHEMA = Path("/usr/share/ejabberd/sql/pg.sql")
_NO_SERVICES = Path("/usr/sbin/policy-rc.d")

_CONFIG = """
hosts: [localhost]
loglevel: error
auth_method: [internal]
auth_password_format: plain
acl: {{}}
access_rules: {{local: {{allow: all}}}}
shaper: {{}}
shaper_rules: {{}}
max_fsm_queue: 100000
listen:
  - {{port: {tcp}, ip: "127.0.0.1", module: ejabberd_c2s, backlog: 1000}}
  - port: {ws}
    ip: "127.0.0.1"
    module: ejabberd_http
    backlog: 1000
    request_handlers: {{/ws: ejabberd_http_ws}}
{sql}
modules:
  mod_roster: {{}}
  mod_disco: {{}}
  mod_stream_mgmt: {{max_ack_queue: 100000, resume_timeout: 0}}
  mod_muc:
    history_size: 0
    max_users: 5000
    max_user_conferences: 100
    default_room_options:
      max_users: 5000
      presence_broadcast: []
{archive}
"""
_SQL = """
sql_type: pgsql
sql_server: "127.0.0.1"
sql_port: {port}
sql_database: ejabberd
sql_username: bench
sql_password: ""
"""
_ARCHIVE = """
  mod_mam: {default: always, db_type: sql, assume_mam_usage: true}
"""
_REGISTER = """
{{ok, Names}} = file:read_file("{names}"),
[ok = ejabberd_auth:try_register(N, <<"localhost">>, N)
 || N <- binary:split(Names, <<"\\n">>, [global]), N =/= <<>>],
ok = file:write_file("{ready}", <<>>).
"""


_BOTH = """
ulimit -n $(ulimit -Hn)
[ -z "{archive}" ] || {postgres} >{place}/postgres.log 2>&1 &
erl -noinput +P 250000 -mnesia dir '"{place}/spool"' -s ejabberd \
  -eval 'file:eval("{place}/register")' &
wait
"""


@contextmanager
def ejabberd(
    folder: Path, prepared: Path, *, speech: str, archive: bool = False
) -> Iterator[Served]:
    """All it consists of is one tree of processes, so that all of it is measured."""
    _install()
    place = folder / f"{speech}{'-mam' if archive else ''}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    tcp, ws, sql = free_port(), free_port(), free_port()
    users = json.loads(prepared.read_text())["users"]
    (place / "names").write_text("\n".join(user["user"] for user in users))
    ready = place / "ready"
    (place / "register").write_text(_REGISTER.format(names=place / "names", ready=ready))
    config = _CONFIG.format(
        tcp=tcp,
        ws=ws,
        sql=_SQL.format(port=sql) if archive else "",
        archive=_ARCHIVE if archive else "",
    )
    (place / "ejabberd.yml").write_text(config)
    with _database(sql) if archive else nullcontext("") as postgres:
        script = _BOTH.format(place=place, archive=archive or "", postgres=postgres)
        environment = {
            "EJABBERD_CONFIG_PATH": str(place / "ejabberd.yml"),
            "EJABBERD_LOG_PATH": str(place / "ejabberd.log"),
            "ERL_LIBS": str(_LIBRARIES),
            "ERL_CRASH_DUMP": str(place / "crash"),
            "HOME": str(place),
        }
        with process(["sh", "-c", script], place / "log", ready.exists, environment) as pid:
            if speech == "xmpp-tcp":
                yield Served(f"tcp://127.0.0.1:{tcp}", pid, prepared, speech)
            else:
                yield Served(f"ws://127.0.0.1:{ws}/ws", pid, prepared, speech)


@contextmanager
def _database(port: int) -> Iterator[str]:
    """A PostgreSQL with ejabberd's tables in it, stopped; the command that starts it."""
    programs = max(Path("/usr/lib/postgresql").iterdir(), key=lambda one: float(one.name)) / "bin"
    place = Path(tempfile.mkdtemp(prefix="elian-bench-sql-"))
    as_owner: list[str] = []
    if os.geteuid() == 0:  # it refuses to be root
        shutil.chown(place, "postgres", "postgres")
        as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    run = partial(subprocess.run, check=True, capture_output=True, cwd=place, timeout=60)
    data = str(place / "data")
    try:
        initdb = [str(programs / "initdb"), "-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8"]
        run([*as_owner, *initdb])
        options = f"-p {port} -k {place} -h 127.0.0.1"
        control = [*as_owner, str(programs / "pg_ctl"), "-D", data, "-w"]
        run([*control, "-o", options, "-l", str(place / "log"), "start"])
        try:
            there = ["-h", "127.0.0.1", "-p", str(port), "-U", "bench"]
            run([str(programs / "createdb"), *there, "ejabberd"])
            run([str(programs / "psql"), *there, "-q", "-f", str(_SCHEMA), "ejabberd"])
        finally:
            run([*control, "-m", "fast", "stop"])
        yield " ".join([*as_owner, str(programs / "postgres"), "-D", data, options])
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _install() -> None:
    """From the distribution, and without starting what it would start as services."""
    if shutil.which("erl") and _SCHEMA.exists() and Path("/usr/lib/postgresql").exists():
        return
    ours = not _NO_SERVICES.exists()
    if ours:
        _NO_SERVICES.write_text("#!/bin/sh\nexit 101\n")
        _NO_SERVICES.chmod(0o755)
    try:
        subprocess.run(["apt-get", "install", "-y", *PACKAGES], check=True, timeout=600)
    finally:
        if ours:
            _NO_SERVICES.unlink()
