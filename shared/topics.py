"""Makes the declared topics and checks those that exist: `python -m shared.topics`."""

import asyncio
import sys

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from shared.contracts.topics import TOPICS
from shared.settings import ServiceSettings


class TopicDrifted(Exception):
    """A topic does not have the partitions it was declared with; keys would lie in the wrong place."""


async def ensure(settings: ServiceSettings, *, replicas: int = 1) -> int:
    """Make the topics that are missing; how many. Raises `TopicDrifted` or `KafkaError`."""
    admin = AIOKafkaAdminClient(
        bootstrap_servers=settings.kafka_bootstrap, request_timeout_ms=30_000
    )
    await admin.start()
    try:
        names = {topic.name(settings.topic_prefix): topic for topic in TOPICS}
        existing = set(await admin.list_topics()) & names.keys()
        missing = [
            NewTopic(
                name=name,
                num_partitions=names[name].partitions,
                replication_factor=replicas,
                topic_configs={"retention.ms": "-1", "retention.bytes": "-1"},
            )
            for name in sorted(names.keys() - existing)
        ]
        if missing:
            answer = await admin.create_topics(missing)
            for name, code, *detail in answer.topic_errors:  # pyright: ignore[reportAttributeAccessIssue] - named by its schema
                if code not in (0, TopicAlreadyExistsError.errno):
                    raise for_code(code)(f"{name}: {detail}")
        for found in await admin.describe_topics(sorted(existing)) if existing else []:
            declared = names[found["topic"]].partitions
            if len(found["partitions"]) != declared:
                raise TopicDrifted(
                    f"{found['topic']} has {len(found['partitions'])} partitions, "
                    f"but is declared with {declared}"
                )
        return len(missing)
    finally:
        await admin.close()


if __name__ == "__main__":
    made = asyncio.run(ensure(ServiceSettings(service="topics", database_url="")))
    sys.stdout.write(f"{made} topics made\n")
