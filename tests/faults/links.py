"""A stack that reaches its servers by links, so that the way there can be hurt too."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from shangji.ports import LOOPBACK
from tests.faults.conftest import manned
from tests.faults.rig import Rig
from tests.support.ledger import Mix
from tests.support.proxy import Proxy, open_proxy
from tests.support.stack import free_ports
from tests.support.watch import Watch

SERVERS = ("kafka", "postgres")


@dataclass(frozen=True, kw_only=True)
class LinkedRig:
    """A rig, and the link to each server."""

    rig: Rig
    links: Mapping[str, Proxy]

    def watch(self) -> Watch:
        """One who looks on, and goes to the servers straight."""
        link, url = self.links["postgres"], self.rig.stack.readonly_url
        return Watch(
            url.replace(f":{link.port}/", f":{link.target}/"),
            (LOOPBACK, self.links["kafka"].target),
            taken=lambda: len(self.rig.ledger.leads),
        )


@asynccontextmanager
async def open_linked_rig(
    home: Path, *, seed: int, mix: Mix, **environment: str
) -> AsyncIterator[LinkedRig]:
    """A stack in which there is somebody to sell to, behind links."""
    ports = free_ports()
    async with AsyncExitStack() as stack:
        links = {
            server: await stack.enter_async_context(
                open_proxy(LOOPBACK, int(ports[f"SHANGJI_{server.upper()}_PORT"]))
            )
            for server in SERVERS
        }
        told = {f"SHANGJI_{name.upper()}_LINK_PORT": str(link.port) for name, link in links.items()}
        rig = await stack.enter_async_context(
            manned(home, seed=seed, mix=mix, **ports, **told, **environment)
        )
        yield LinkedRig(rig=rig, links=links)
