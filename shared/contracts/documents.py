"""The contracts as documents: JSON Schemas and one AsyncAPI 3 document, made from the classes.

`python -m shared.contracts.documents` writes them to `docs/contracts/`.
"""

import json
from pathlib import Path
from typing import Any

from shared.contracts import catalogue
from shared.contracts.base import Event
from shared.contracts.topics import TOPICS, Topic

FOLDER = Path("docs/contracts")
HEADERS = {
    "type": "object",
    "required": [
        "ce_specversion",
        "ce_id",
        "ce_source",
        "ce_type",
        "ce_subject",
        "ce_time",
        "ce_aggregatetype",
        "ce_sequence",
        "content-type",
    ],
    "properties": {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid", "description": "Unique per event"},
        "ce_source": {"type": "string", "description": "/shangji/ and the service's name"},
        "ce_type": {"type": "string", "description": "The event's name and version"},
        "ce_subject": {"type": "string", "format": "uuid", "description": "The aggregate's id"},
        "ce_time": {"type": "string", "format": "date-time", "description": "Business time"},
        "ce_aggregatetype": {"type": "string"},
        "ce_sequence": {
            "type": "string",
            "description": "Rises by one per event of the aggregate; at or below the last is a duplicate",
        },
        "ce_traceparent": {"type": "string", "description": "W3C Trace Context"},
        "content-type": {"const": "application/json"},
    },
}


def written(event: type[Event]) -> dict[str, Any]:
    """The JSON Schema of what we send: no field that is not declared."""
    return closed(_schema(event, "serialization"))


def read(event: type[Event]) -> dict[str, Any]:
    """The JSON Schema of what we understand: unknown fields are ignored."""
    return _schema(event, "validation")


def _schema(event: type[Event], mode: Any) -> dict[str, Any]:
    schema = event.model_json_schema(mode=mode)
    # The type travels in the header, not in the payload.
    schema["properties"].pop("type", None)
    schema["required"] = [name for name in schema.get("required", []) if name != "type"]
    return schema


def closed(node: Any) -> Any:
    """The schema with every object closed to fields that it does not declare."""
    match node:
        case dict():
            inner = {name: closed(value) for name, value in node.items()}
            return {**inner, "additionalProperties": False} if "properties" in inner else inner
        case list():
            return [closed(value) for value in node]
        case _:
            return node


def asyncapi() -> dict[str, Any]:
    """One document for all topics, https://www.asyncapi.com/docs/reference/specification/v3.0.0."""
    by_topic = {topic.aggregate_type: _events_of(topic) for topic in TOPICS}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Shangji events",
            "version": "1.0.0",
            "description": "CloudEvents 1.0 in Kafka binary mode. Delivered at least once, in order "
            "per aggregate; `ce_sequence` tells duplicates. Events never expire.",
        },
        "defaultContentType": "application/json",
        "channels": {topic.aggregate_type: _channel(topic, by_topic) for topic in TOPICS},
        "operations": {
            f"send.{topic.aggregate_type}": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{topic.aggregate_type}"},
                "summary": f"The service {topic.owner} announces",
            }
            for topic in TOPICS
        },
        "components": {
            "messages": {
                name: _message(name, event) for name, event in sorted(catalogue.EVENTS.items())
            }
        },
    }


def _events_of(topic: Topic) -> list[str]:
    return [
        name
        for name, event in catalogue.EVENTS.items()
        if event.aggregate_type == topic.aggregate_type
    ]


def _channel(topic: Topic, by_topic: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "address": f"{{prefix}}{topic.aggregate_type}",
        "parameters": {
            "prefix": {"description": "Of the installation", "default": "shangji."},
        },
        "description": f"Owner: {topic.owner}. Listeners: {', '.join(topic.listeners)}.",
        "messages": {
            name: {"$ref": f"#/components/messages/{name}"}
            for name in by_topic[topic.aggregate_type]
        },
        "bindings": {"kafka": {"partitions": topic.partitions, "bindingVersion": "0.5.0"}},
    }


def _message(name: str, event: type[Event]) -> dict[str, Any]:
    return {
        "name": name,
        "title": event.__name__,
        "summary": (event.__doc__ or "").strip(),
        "contentType": "application/json",
        "headers": HEADERS,
        "payload": _without_definitions(written(event)),
        "bindings": {
            "kafka": {"key": {"type": "string", "format": "uuid"}, "bindingVersion": "0.5.0"}
        },
    }


def _without_definitions(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with its `$defs` put in place, since references in AsyncAPI start at the document."""
    definitions = schema.pop("$defs", {})

    def resolve(node: Any) -> Any:
        match node:
            case {"$ref": str(reference)}:
                return resolve(definitions[reference.rpartition("/")[2]])
            case dict():
                return {name: resolve(value) for name, value in node.items()}
            case list():
                return [resolve(value) for value in node]
            case _:
                return node

    return resolve(schema)


def files() -> dict[str, str]:
    """All documents, by their names in the folder."""
    schemas = {f"schemas/{name}.json": written(event) for name, event in catalogue.EVENTS.items()}
    return {
        name: json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        for name, document in {**schemas, "asyncapi.json": asyncapi()}.items()
    }


def main() -> None:
    """Write the documents below the working directory."""
    for name, text in files().items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
