"""The form in a real browser: filled in, sent, and kept when the network fails."""

from pathlib import Path

import pytest

from tests.leads.channels import browser
from tests.leads.channels.browser import Browser, served
from tests.leads.channels.senders import define
from tests.leads.office import Office

pytestmark = pytest.mark.slow

PAGE = """<!doctype html><html lang="en"><body>
<div data-shangji-form="web" data-lang="en"></div>
{before}
<script src="/channels/web/form.js"></script>
{after}
</body></html>"""
NO_NETWORK = "<script>window.fetch = () => Promise.reject(new TypeError('offline'));</script>"
FILL = """<script>
const form = document.querySelector("form");
const write = (name, value) => {
  const field = form.elements[name];
  if (field.type === "checkbox") field.checked = value; else field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
};
write("name", "李雷");
write("phone", "%s");
write("company_name", "Acme");
write("consent", true);
setTimeout(() => form.requestSubmit(), 1500);
</script>"""


@pytest.fixture(scope="module")
def program() -> str:
    """The browser; where none can be had, this says so and the tests are skipped."""
    found = browser.chromium()
    if found is None:
        pytest.skip("No Chromium is here, and `apt-get install chromium` brought none")
    return found


async def form(office: Office, *origins: str) -> None:
    await define(
        office,
        "web",
        kind="form",
        proof={"scheme": "none"},
        required=["phone|mail"],
        consent={"zh": "同意", "en": "You may contact me"},
        form={"least_seconds": 1, "origins": origins},
    )


async def test_a_person_fills_in_the_form_on_another_site(
    office: Office, program: str, tmp_path: Path
):
    pages: dict[str, str] = {}

    async with served(office, pages) as home:
        site = home.replace("127.0.0.1", "localhost")
        await form(office, site)
        embedded = PAGE.replace("/channels", f"{home}/channels")
        pages["a"] = embedded.format(before="", after=FILL % "13812341234")
        shown = await Browser(program=program, profile=tmp_path).visit(
            f"{site}/site/a?utm_source=baidu&bd_vid=v1"
        )

    assert "Thank you" in shown
    [lead] = await office.leads("id", "name", "phone")
    assert (lead["name"], lead["phone"]) == ("李雷", "+8613812341234")
    [touch] = (await office.olga.get(f"/leads/{lead['id']}/touches")).json()
    assert touch["consent_version"] == 1
    assert (touch["trail"]["utm_source"], touch["trail"]["click"]) == ("baidu", "bd_vid")


async def test_a_mistake_is_marked_where_it_is(office: Office, program: str, tmp_path: Path):
    await form(office)
    pages = {"a": PAGE.format(before="", after=FILL % "12")}

    async with served(office, pages) as site:
        shown = await Browser(program=program, profile=tmp_path).visit(f"{site}/site/a")

    assert 'class="shangji-row shangji-wrong" data-field="phone"' in shown
    assert await office.rows("SELECT FROM lead") == []


async def test_what_was_typed_outlives_a_network_that_fails(
    office: Office, program: str, tmp_path: Path
):
    await form(office)
    pages = {
        "offline": PAGE.format(before=NO_NETWORK, after=FILL % "13812341234"),
        "online": PAGE.format(before="", after=""),
    }
    person = Browser(program=program, profile=tmp_path)

    async with served(office, pages) as site:
        offline = await person.visit(f"{site}/site/offline")
        assert await office.rows("SELECT FROM submission") == []
        online = await person.visit(f"{site}/site/online")
        again = await person.visit(f"{site}/site/online")

    assert "will be sent when it is back" in offline
    assert "Thank you" in online
    assert "Thank you" not in again
    assert await office.leads("name", "touches") == [{"name": "李雷", "touches": 1}]


async def test_the_hosted_page_shows_the_form(office: Office, program: str, tmp_path: Path):
    await form(office)

    async with served(office, {}) as site:
        shown = await Browser(program=program, profile=tmp_path).visit(
            f"{site}/channels/web/form?lang=zh"
        )

    assert "留下您的联系方式" in shown
    assert 'name="phone"' in shown
