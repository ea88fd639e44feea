"""The command `footfall` and its groups."""

from __future__ import annotations

from importlib.metadata import version as version_of
from typing import Annotated

import typer

from ops.cli import (
    accounts,
    aggregate,
    archive,
    backup,
    cluster,
    content,
    dead_letters,
    demo,
    demo_page,
    doctor,
    forget,
    geo,
    grow,
    ignore,
    imports,
    insights,
    jobs,
    keys,
    messages,
    migrations,
    positions,
    postgres,
    recipients,
    serve,
    settings,
    sites,
    topics,
)
from ops.cli.common import epilog, say

app = typer.Typer(
    name="footfall",
    help="Self-hosted, cookie-less web analytics.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    epilog=epilog("footfall serve --data ./data --port 8000"),
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - the shape of a typer callback
    if wanted:
        say(f"footfall {version_of('footfall')}")
        raise typer.Exit


@app.callback()
def common(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Self-hosted, cookie-less web analytics."""


serve.register(app)
app.add_typer(keys.app, name="keys")
app.add_typer(accounts.app, name="accounts")
app.add_typer(sites.app, name="sites")
app.add_typer(ignore.app, name="ignore")
app.add_typer(topics.app, name="topics")
app.add_typer(imports.app, name="import")
app.add_typer(archive.app, name="archive")
app.add_typer(backup.app, name="backup")
backup.register(app)
grow.register(app)
app.add_typer(postgres.app, name="postgres")
app.add_typer(content.app, name="content")
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(jobs.app, name="jobs")
app.add_typer(messages.app, name="messages")
app.add_typer(recipients.app, name="recipients")
app.add_typer(geo.app, name="geo")
settings.register(app)
aggregate.register(app)
positions.register(app)
doctor.register(app)
forget.register(app)
insights.register(app)
demo.register(app)
demo_page.register(app)
cluster.register(app)
migrations.register(app)
