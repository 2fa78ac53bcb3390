"""Whatever is sent to a running stack, it says what to mend: the rest goes on, and nothing is lost."""

import csv
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.stack import Shangji

pytestmark = pytest.mark.slow

GOOD = {"name": "王工", "company_name": "苏州恒达水务有限公司"}
LEADS = "id,name,company,captured_at\n"
HISTORY = """
system: old_crm
history: true
columns: {id: id, seller: seller, stage: stage, engaged_on: engaged, closed_on: closed}
pipeline:
  key: old
  name: {zh: 旧系统, en: Old}
  stages:
    - {key: Open, kind: open, probability: 0.5}
    - {key: Won, kind: won, probability: 1}
    - {key: Lost, kind: lost, probability: 0}
"""


@dataclass(frozen=True)
class Services:
    """The services of the stack, asked as the first operator."""

    urls: dict[str, str]
    http: httpx.Client

    def send(self, service: str, path: str, body: bytes, **headers: str) -> httpx.Response:
        """A command with a key of its own; JSON unless the headers say otherwise."""
        said = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json", **headers}
        return self.http.post(self.urls[service] + path, content=body, headers=said)

    def get(self, service: str, path: str) -> httpx.Response:
        return self.http.get(self.urls[service] + path)


@pytest.fixture(scope="module")
def services(stack: Shangji) -> Iterator[Services]:
    signed_in = stack.json("token", "operator")
    bearer = {"Authorization": f"Bearer {signed_in['token']}"}
    with httpx.Client(headers=bearer, timeout=60, trust_env=False) as http:
        yield Services(signed_in["services"], http)


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        pytest.param(b'{"name":', 422, "not JSON at line 1", id="malformed JSON"),
        pytest.param(b'{"name":"\\ud800"}', 422, "surrogate", id="half a character"),
        pytest.param('{"name":"王"}'.encode("gbk"), 422, "not UTF-8 at byte 9", id="GBK"),
        pytest.param(b'{"name":"a\\u0000"}', 422, "NUL", id="NUL"),
        pytest.param(b'{"name":"a","name":"b"}', 422, "more than once", id="a name twice"),
        pytest.param(b'{"attributes":{"a":1e999}}', 422, "infinity", id="infinity"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, 422, "depth", id="deep nesting"),
        pytest.param(b'{"name":"a","colour":"red"}', 422, "/colour", id="unknown field"),
        pytest.param(b'{"name":5}', 422, "/name", id="wrong type"),
        pytest.param(b'{"name":"' + b"a" * 2_000_000 + b'"}', 413, "1048576", id="oversize"),
    ],
)
def test_a_bad_body_is_refused_and_kept(services: Services, body: bytes, status: int, says: str):
    answer = services.send("leads", "/leads", body)

    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert says in answer.text
    if status == 422:  # what is too large is not even read
        kept = services.get("leads", f"/submissions/{answer.json()['submission_id']}").json()
        assert kept["state"] == "quarantined"


@pytest.mark.parametrize(
    "day", ["2026-02-30", "0", "86400", "20260101", "yesterday", "99999-01-01", "2026-01-01%00"]
)
def test_a_day_that_does_not_exist_is_refused(services: Services, day: str):
    answer = services.get("analytics", f"/reports/pipeline?as_of={day}")

    assert answer.status_code in (400, 422)
    assert "type" in answer.json()


def test_a_rule_that_does_not_compile_never_becomes_active(services: Services):
    rules = {"rules": [{"name": "r", "when": "scroe > 1.0", "to": "by_region"}]}
    draft = services.send(
        "opportunities", "/configurations/routing", json.dumps({"why": "t", "body": rules}).encode()
    ).json()
    state = f"{services.urls['opportunities']}/configurations/routing/{draft['version']}/state"

    def put(wanted: str) -> httpx.Response:
        key = {"Idempotency-Key": str(uuid4())}
        return services.http.put(state, json={"state": wanted}, headers=key)

    checked, activated = put("checked"), put("activated")

    assert checked.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert checked.json()["errors"][0]["pointer"] == "/rules/0/when"
    assert "scroe" in checked.json()["errors"][0]["reason"]
    assert activated.status_code == httpx.codes.CONFLICT


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(gzip.compress(LEADS.encode() * 999)[:-99], "cut short", id="half a gzip"),
        pytest.param(b"PK\x03\x04" + bytes(99), "cut short or damaged", id="half a workbook"),
        pytest.param(b"id,name,name\n1,a,b\n", "more than once", id="a column twice"),
        pytest.param(b"name,company\na,b\n", "external_id", id="a column that is not there"),
        pytest.param(bytes(range(1, 256)) * 9, "neither UTF-8", id="bytes that are no text"),
        pytest.param(b"", "is empty", id="nothing"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence(
    stack: Shangji, tmp_path: Path, content: bytes, says: str
):
    (tmp_path / "leads.csv").write_bytes(content)

    done = stack.run("import", "leads", str(tmp_path / "leads.csv"))

    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_bad_rows_stand_in_the_error_file_and_the_others_go_in(stack: Shangji, tmp_path: Path):
    path = tmp_path / "leads.csv"
    giant = b"x" * 10_000_000
    lines = b"x,\n" * 3_000_000
    path.write_bytes(
        LEADS.encode()
        + "a1,甲,甲公司,2026-01-05\n".encode()
        + b"a2," + giant + b",b,2026-01-05\n"
        + b'a3,"' + lines + b'",b,2026-01-05\n'
        + "a4,乙,乙公司,2026-02-30\n".encode()
        + b"a5,\xff\xfe,b,2026-01-05\n"
        + b"a6,a\0b,b,2026-01-05\n"
        + b"a7,short\n"
        + "a8,丙,丙公司,2026-01-05\n".encode()
    )  # fmt: skip

    (done,) = stack.json("import", "leads", str(path))

    assert (done["state"], done["created"], done["rejected"]) == ("done", 2, 6)
    with Path(done["errors_file"]).open(encoding="utf-8-sig", newline="") as errors:
        found = [(line["row"], line["field"], line["id"]) for line in csv.DictReader(errors)]
    assert found == [
        ("3", "name", "a2"),
        ("4", "name", "a3"),
        ("5", "captured_at", "a4"),
        ("6", "name", "a5"),
        ("7", "name", "a6"),
        ("8", "", "a7"),
    ]


def test_a_deal_of_a_seller_nobody_knows_stands_in_the_error_file(stack: Shangji, tmp_path: Path):
    (tmp_path / "team.csv").write_text("seller,manager\nAnn Lee,Mo One\n", encoding="utf-8")
    stack.must("import", "directory", str(tmp_path / "team.csv"))
    (tmp_path / "old.yaml").write_text(HISTORY, encoding="utf-8")
    (tmp_path / "deals.csv").write_text(
        "id,seller,stage,engaged,closed\n"
        "d1,Ann Lee,Open,2020-01-05,\n"
        "d2,Nobody,Open,2020-01-05,\n"
        "d3,Ann Lee,Open,2020-02-30,\n",
        encoding="utf-8",
    )

    (done,) = stack.json(
        *("import", "opportunities", str(tmp_path / "deals.csv")),
        *("--mapping", str(tmp_path / "old.yaml")),
    )

    errors = Path(done["errors_file"]).read_text("utf-8-sig").splitlines()
    assert (done["created"], done["rejected"]) == (1, 2)
    assert errors[1].startswith("3,seller")
    assert errors[2].startswith("4,engaged_on")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        pytest.param(("import", "leads", "no-such-file.csv"), 1, id="no such file"),
        pytest.param(("import", "leads", "."), 1, id="a directory"),
        pytest.param(("report", "no-such-report"), 1, id="no such report"),
        pytest.param(("report", "win-rate", "--by", "weather"), 1, id="no such dimension"),
        pytest.param(("report", "pipeline", "--as-of", "2026-02-30"), 2, id="no such day"),
        pytest.param(("token", "nobody"), 1, id="nobody"),
        pytest.param(("token", "a\udcff"), 1, id="a name that is not text"),
        pytest.param(("replay", "weather"), 1, id="no such service"),
        pytest.param(("parked", "retry", "leads", "lead", "x"), 1, id="not an id"),
    ],
)
def test_a_command_that_makes_no_sense_gets_a_sentence(
    stack: Shangji, words: tuple[str, ...], code: int
):
    done = stack.run(*words)

    assert done.returncode == code
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("service", ["leads", "opportunities", "notifications", "analytics"])
def test_nothing_is_open_to_strangers(services: Services, service: str):
    document = services.get(service, "/openapi.json").json()

    for path, operations in document["paths"].items():
        address = path.format_map(_Anything())
        for method, operation in operations.items():
            if operation["security"]:
                answer = httpx.request(method, services.urls[service] + address, trust_env=False)
                assert answer.status_code == httpx.codes.UNAUTHORIZED, f"{method} {path}"


class _Anything(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return str(uuid4())


def test_after_all_this_the_stack_is_well(services: Services):
    good = services.send("leads", "/leads", json.dumps(GOOD).encode())

    assert good.status_code == httpx.codes.CREATED
    for service in services.urls:
        status = services.get(service, "/operations/status").json()
        assert status["parked"] == 0, service
