"""A member of a group, with kafka-python: SERVERS TOPIC GROUP NAME SESSION_TIMEOUT_MS PROTOCOL."""

import os
import signal
import sys

from kafka import ConsumerRebalanceListener, KafkaConsumer
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

servers, topic, group, name, session_timeout_ms, protocol = sys.argv[1:]
leaving = False


def leave(*_):
    global leaving
    leaving = True


def say(text):
    os.write(1, (text + "\n").encode())


class Reporter(ConsumerRebalanceListener):
    def on_partitions_assigned(self, assigned):
        metadata = consumer.group_metadata()
        partitions = ",".join(str(partition) for _, partition in sorted(assigned))
        say(f"#assigned {metadata.member_id} {metadata.generation_id} {partitions}")

    def on_partitions_revoked(self, revoked):
        pass


signal.signal(signal.SIGTERM, leave)
consumer = KafkaConsumer(
    bootstrap_servers=servers,
    client_id=name,
    group_id=group,
    session_timeout_ms=int(session_timeout_ms),
    heartbeat_interval_ms=1000,
    max_poll_interval_ms=15_000,
    request_timeout_ms=20_000,
    reconnect_backoff_max_ms=500,
    fetch_max_wait_ms=200,
    auto_offset_reset="earliest",
    enable_auto_commit=False,
)
consumer.subscribe([topic], listener=Reporter())
while not leaving:
    try:
        records = consumer.poll(timeout_ms=200)
    except KafkaError as error:
        sys.stderr.write(f"poll: {error!r}\n")
        continue
    if not records:
        continue
    read = [record for batch in records.values() for record in batch]
    say("\n".join(f"Partition:{it.partition}\tOffset:{it.offset}\t{it.value.decode()}" for it in read))
    # Only what was printed is committed.
    positions = {place: OffsetAndMetadata(batch[-1].offset + 1, name, -1) for place, batch in records.items()}
    try:
        consumer.commit(positions, timeout_ms=5000)
    except KafkaError as error:
        sys.stderr.write(f"commit: {error!r}\n")
consumer.close(autocommit=False, timeout_ms=5000)
