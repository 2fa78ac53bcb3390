"""What was ever published can be read for ever, and nothing personal is published."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from jsonschema_rs.canonical import Containment

from shared.contracts import catalogue, documents
from shared.contracts.topics import SERVICES, TOPICS, heard_by

HERE = Path(__file__).parent
EXAMPLES = sorted(HERE.glob("examples/*/*.json"))
RELEASED = sorted(HERE.glob("released/*.json"))
PERSONAL = ("phone", "mobile", "mail", "contact_name", "first_name", "last_name", "address", "text")
STAFF = {"directory.person_defined.v1"}


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_an_example_reads_and_writes_with_nothing_lost(path: Path):
    event = catalogue.parse(path.parent.name, path.read_bytes())

    assert says_all(json.loads(event.model_dump_json(exclude={"type"})), load(path))


def says_all(written: Any, example: Any) -> bool:
    """Optional fields may have joined since the example was written."""
    if isinstance(example, dict):
        return all(says_all(written.get(name), value) for name, value in example.items())
    return written == example


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_an_example_fits_the_published_schema(path: Path):
    schema = load(documents.FOLDER / "schemas" / f"{path.parent.name}.json")

    assert jsonschema_rs.is_valid(schema, load(path), validate_formats=True)


def test_every_event_has_an_example():
    assert {path.parent.name for path in EXAMPLES} == set(catalogue.EVENTS)


def test_a_field_of_the_future_is_ignored():
    path = EXAMPLES[0]
    payload = json.dumps({**load(path), "from_the_future": {"a": 1}}).encode()

    assert catalogue.parse(path.parent.name, payload) == catalogue.parse(
        path.parent.name, path.read_bytes()
    )


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_todays_readers_understand_all_that_was_ever_written(path: Path):
    reader = jsonschema_rs.canonicalize(documents.read(catalogue.EVENTS[path.stem]))

    assert reader.covers(jsonschema_rs.canonicalize(load(path))) is Containment.YES


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_yesterdays_readers_understand_what_is_written_today(path: Path):
    reader = jsonschema_rs.canonicalize(opened(load(path)))
    writer = jsonschema_rs.canonicalize(documents.written(catalogue.EVENTS[path.stem]))

    assert reader.covers(writer) is Containment.YES


def opened(node: Any) -> Any:
    """A tolerant reader of a published schema: unknown fields are allowed again."""
    match node:
        case dict():
            return {
                name: opened(value)
                for name, value in node.items()
                if not (name == "additionalProperties" and value is False)
            }
        case list():
            return [opened(value) for value in node]
        case _:
            return node


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda s: s["properties"].pop("reason"), id="a-field-removed"),
        pytest.param(lambda s: s["properties"]["reason"].update(type="integer"), id="retyped"),
        pytest.param(lambda s: s["properties"]["history"].update(const=True), id="narrowed"),
    ],
)
def test_the_check_sees_a_breaking_change(damage: Any):
    released = load(HERE / "released" / "lead.disqualified.v1.json")
    broken = json.loads(json.dumps(released))

    damage(broken)

    reader, writer = jsonschema_rs.canonicalize(broken), jsonschema_rs.canonicalize(released)
    assert reader.covers(writer) is Containment.NO


def test_every_event_that_is_published_has_been_released():
    assert {path.stem for path in RELEASED} == set(catalogue.EVENTS)


def test_the_documents_are_up_to_date():
    stale = [
        name
        for name, text in documents.files().items()
        if not (documents.FOLDER / name).is_file()
        or (documents.FOLDER / name).read_text(encoding="utf-8") != text
    ]

    assert stale == [], "run `python -m shared.contracts.documents`"


@pytest.mark.parametrize("name", sorted(set(catalogue.EVENTS) - STAFF))
def test_no_event_carries_a_customers_person(name: str):
    fields = set(properties(documents.written(catalogue.EVENTS[name])))

    assert [field for field in fields if any(word in field for word in PERSONAL)] == allowed(name)


def allowed(name: str) -> list[str]:
    """`do_not_email` is a wish, not an address."""
    return ["do_not_email"] if name in {"lead.captured.v1", "lead.updated.v1"} else []


def properties(node: Any) -> list[str]:
    match node:
        case dict():
            own = list(node["properties"]) if isinstance(node.get("properties"), dict) else []
            return own + [name for value in node.values() for name in properties(value)]
        case list():
            return [name for value in node for name in properties(value)]
        case _:
            return []


def test_every_event_has_the_topic_of_its_producer():
    owners = {topic.aggregate_type: topic.owner for topic in TOPICS}

    assert {event.aggregate_type for event in catalogue.EVENTS.values()} == set(owners)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_hears_only_topics_it_is_declared_to_listen_to(service: str):
    from shared.migrate import load as load_service

    heard = {
        catalogue.EVENTS[name].aggregate_type
        for name in load_service(f"services.{service}").consumer.types
    }

    assert heard <= {topic.aggregate_type for topic in heard_by(service)}
