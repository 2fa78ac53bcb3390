"""A real browser in front of a real server: Debian's Chromium, told what to do by the page itself."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from shared.operations import routers
from shared.web import create_api
from tests.leads.office import Office

INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends", "chromium")


def chromium() -> str | None:
    """The browser, installed when that can be done; nothing otherwise."""
    if found := shutil.which("chromium"):
        return found
    if shutil.which("apt-get") is None:
        return None
    subprocess.run(INSTALL, check=False, capture_output=True, timeout=240)
    return shutil.which("chromium")


@dataclass(frozen=True, kw_only=True)
class Browser:
    """One profile: what a page keeps in it is there at the next visit."""

    program: str
    profile: Path

    async def visit(self, url: str) -> str:
        """The page as it is once it has come to rest."""
        process = await asyncio.create_subprocess_exec(
            self.program,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--no-proxy-server",
            f"--user-data-dir={self.profile}",
            "--timeout=15000",
            "--virtual-time-budget=8000",
            "--dump-dom",
            url,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            shown, _ = await asyncio.wait_for(process.communicate(), 60)
        except TimeoutError:
            process.kill()
            raise
        return shown.decode()


@asynccontextmanager
async def served(office: Office, pages: dict[str, str]) -> AsyncIterator[str]:
    """The service on a port of its own, beside pages of a site that embeds its form; the address."""
    resources = office.world["leads"].resources
    api = create_api(resources, routers=routers(resources))
    _add_pages(api, pages)
    server = uvicorn.Server(
        uvicorn.Config(api, host="127.0.0.1", port=0, log_config=None, lifespan="on")
    )
    running = asyncio.create_task(server.serve())
    try:
        while not server.started:
            if running.done():
                running.result()
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await running


def _add_pages(api: FastAPI, pages: dict[str, str]) -> None:
    async def page(name: str) -> HTMLResponse:
        return HTMLResponse(
            pages[name], headers={"Content-Security-Policy": "default-src * 'unsafe-inline'"}
        )

    api.add_api_route("/site/{name}", page, include_in_schema=False)
