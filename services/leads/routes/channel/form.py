"""The form of a channel: a page of ours, a snippet for pages of others, and a QR code that leads here."""

import html
import io
from pathlib import Path
from string import Template
from typing import Annotated
from urllib.parse import urlencode

import orjson
import segno
from fastapi import Query, Request, Response

from services.leads.domain.channel.definition import ChannelVersion
from services.leads.domain.channel.form import TRAP
from services.leads.queries import form as queries
from services.leads.routes.channel.intake import ChannelKey
from services.leads.schemas.form import Language
from shared.web import Tx, door, public

PAGES = Path(__file__).parents[2] / "pages"
PAGE = Template((PAGES / "form.html").read_text(encoding="utf-8"))
SCRIPT = (PAGES / "form.js").read_text(encoding="utf-8")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_ANYWHERE = {"Cross-Origin-Resource-Policy": "cross-origin"}
"""Pages of others may show it."""
_NO_SCRIPT = {
    "zh": "此表单需要启用 JavaScript。",
    "en": "This form needs JavaScript.",
}

router = door.router(prefix="/channels", tags=["forms"], foreign=True)


@router.get("/{key}/form", dependencies=[public()], response_class=Response)
async def show_form(key: ChannelKey, tx: Tx, lang: Language | None = None) -> Response:
    """The hosted form. What stands in the address (UTM, click ids) is noted with the submission."""
    own = await queries.form_channel(tx, key)
    language = lang or own.channel.form.language
    page = PAGE.substitute(
        key=html.escape(own.key),
        lang=language,
        title=html.escape(own.channel.title),
        noscript=_NO_SCRIPT[language],
    )
    return Response(page, media_type="text/html", headers={"Content-Security-Policy": _POLICY})


@router.get("/{key}/form.js", dependencies=[public()], response_class=Response)
async def show_form_script(key: ChannelKey, tx: Tx) -> Response:
    """The snippet: put an element with `data-shangji-form` on a page, and this script after it."""
    own = await queries.form_channel(tx, key)
    script = SCRIPT.replace("/*CHANNEL*/ null", _in_script(own), 1)
    return Response(
        script,
        media_type="text/javascript",
        headers={**_ANYWHERE, "Cache-Control": "public, max-age=60"},
    )


@router.options("/{key}/submissions", dependencies=[public()], response_class=Response)
async def allow_form(key: ChannelKey, request: Request, tx: Tx) -> Response:
    """What a browser asks before a page of another site may send to a channel."""
    own = await queries.form_channel(tx, key)
    origin = request.headers.get("origin", "")
    if origin not in own.channel.form.origins:
        return Response(status_code=403)
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": "content-type",
            "Access-Control-Max-Age": "600",
            "Vary": "Origin",
        },
    )


@router.get("/{key}/qr.svg", dependencies=[public()], response_class=Response)
async def show_qr_svg(
    key: ChannelKey,
    request: Request,
    tx: Tx,
    campaign: Annotated[str, Query(max_length=200)] = "",
    lang: Language | None = None,
) -> Response:
    """A QR code that leads to the form, to be printed: on a stand, on a badge, on a leaflet."""
    drawn = await _qr(key, request, tx, campaign=campaign, lang=lang)
    out = io.BytesIO()
    drawn.save(out, kind="svg", scale=8, border=4)
    return Response(out.getvalue(), media_type="image/svg+xml", headers=_ANYWHERE)


@router.get("/{key}/qr.png", dependencies=[public()], response_class=Response)
async def show_qr_png(
    key: ChannelKey,
    request: Request,
    tx: Tx,
    campaign: Annotated[str, Query(max_length=200)] = "",
    lang: Language | None = None,
) -> Response:
    """The same as a picture."""
    drawn = await _qr(key, request, tx, campaign=campaign, lang=lang)
    out = io.BytesIO()
    drawn.save(out, kind="png", scale=8, border=4)
    return Response(out.getvalue(), media_type="image/png", headers=_ANYWHERE)


async def _qr(
    key: str, request: Request, tx: Tx, *, campaign: str, lang: str | None
) -> segno.QRCode:
    own = await queries.form_channel(tx, key)
    said = {"utm_medium": "qr", "utm_campaign": campaign, "lang": lang}
    query = urlencode({name: value for name, value in said.items() if value})
    base = own.channel.form.public_url or str(request.base_url).rstrip("/")
    return segno.make(f"{base}/channels/{own.key}/form?{query}", micro=False)


def _in_script(own: ChannelVersion) -> str:
    """What the script has to know, as JSON that no text in it can break out of."""
    channel = own.channel
    shown = {
        "key": own.key,
        "version": own.version,
        "language": channel.form.language,
        "heading": channel.form.heading.model_dump(),
        "thanks": channel.form.thanks.model_dump(),
        "fields": queries.fields_of(channel),
        "consent": channel.consent.model_dump() if channel.consent else None,
        "campaign": channel.form.campaign,
        "trap": TRAP,
    }
    text = orjson.dumps(shown).decode()
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
