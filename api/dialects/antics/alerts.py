"""`GET` and `POST /api/alerts`, `DELETE /api/alerts/:id`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from api.dialects.antics import alert_wire
from api.dialects.antics.access import Asking, site_of
from api.dialects.antics.alert_wire import AlertBody
from api.json_body import json_body
from api.viewers import visible_sites
from core.alerts import MAX_ALERTS
from core.errors import InvalidInput, NotFound
from storage import alerts, sites

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

    from storage.key_vault import KeyVault


def router(*, pool: ConnectionPool, vault: KeyVault) -> APIRouter:
    """Return the routes. They are about alerts of the sites that are there for the viewer."""
    routes = APIRouter(prefix="/alerts")

    @routes.get("")
    def list_alerts(of: Asking) -> list[dict[str, Any]]:
        """List the alerts, the oldest first."""
        owner = None if of.principal.is_admin else of.principal.account_id
        with pool.connection() as connection:
            seen = [site.id for site in visible_sites(connection, of, sites.of_account(connection, owner))]
            found, told = alerts.of_sites(connection, seen), alerts.deliveries(connection, seen)
        return [alert_wire.alert(each, told.get(each.id, ())) for each in found]

    @routes.post("")
    def make_alert(of: Asking, body: Annotated[AlertBody, Depends(json_body(AlertBody))]) -> dict[str, Any]:
        """Make an alert; the secret of its webhook is shown now and never again."""
        with pool.connection() as connection:
            site = site_of(connection, of, str(body.site_id))
            wanted = alert_wire.check_alert(body)
            added = alerts.insert(
                connection, vault, site.id, wanted.condition, email=wanted.email, webhook=wanted.webhook
            )
        if added is None:
            raise InvalidInput(f"this site has {MAX_ALERTS} alerts already: delete one before you make another")
        shown = alert_wire.alert(added.alert)
        return {**shown, "webhook_secret": added.secret} if added.secret else shown

    @routes.delete("/{alert_id}")
    def delete_alert(of: Asking, alert_id: str) -> Response:
        """Delete an alert; nothing more is told of it."""
        with pool.connection() as connection:
            found = alerts.find(connection, alert_wire.alert_id(alert_id))
            site = None if found is None else sites.of_number(connection, found.site)
            if (
                found is None
                or site is None
                or not of.principal.may_see(site.account_id)
                or not visible_sites(connection, of, [site])
                or not alerts.delete(connection, site.id, found.id)
            ):
                raise NotFound(alert_wire.NO_ALERT)
        return Response(status_code=204)

    return routes
