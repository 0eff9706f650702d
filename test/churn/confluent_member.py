"""A member of a group, with confluent-kafka: SERVERS TOPIC GROUP NAME SESSION_TIMEOUT_MS PROTOCOL."""

import os
import signal
import sys
import time

from confluent_kafka import Consumer, KafkaException, TopicPartition

servers, topic, group, name, session_timeout_ms, protocol = sys.argv[1:]
COMMIT_INTERVAL_S = 1
leaving = False
# Printed and not committed yet: partition -> next offset.
positions = {}


def leave(*_):
    global leaving
    leaving = True


def say(text):
    os.write(1, (text + "\n").encode())


def commit(consumer):
    if not positions:
        return
    offsets = [TopicPartition(topic, partition, offset, name) for partition, offset in positions.items()]
    positions.clear()
    try:
        consumer.commit(offsets=offsets, asynchronous=False)
    except KafkaException as error:
        sys.stderr.write(f"commit: {error!r}\n")


def on_assign(consumer, partitions):
    if protocol == "classic":
        numbers = ",".join(str(it.partition) for it in sorted(partitions, key=lambda it: it.partition))
        say(f"#assigned {consumer.memberid()} - {numbers}")


def on_revoke(consumer, partitions):
    commit(consumer)


def on_lost(consumer, partitions):
    positions.clear()


signal.signal(signal.SIGTERM, leave)
settings = {
    "bootstrap.servers": servers,
    "client.id": name,
    "group.id": group,
    "group.protocol": protocol,
    "auto.offset.reset": "earliest",
    "enable.auto.commit": False,
    "fetch.wait.max.ms": 200,
    "max.poll.interval.ms": 15000,
    "reconnect.backoff.max.ms": 500,
}
if protocol == "classic":
    settings |= {
        "session.timeout.ms": int(session_timeout_ms),
        "heartbeat.interval.ms": 1000,
        "partition.assignment.strategy": "range,roundrobin",
    }
consumer = Consumer(settings)
consumer.subscribe([topic], on_assign=on_assign, on_revoke=on_revoke, on_lost=on_lost)
next_commit = time.monotonic()
while not leaving:
    record = consumer.poll(0.2)
    if record is not None and record.error():
        sys.stderr.write(f"poll: {record.error()!r}\n")
    elif record is not None:
        say(f"Partition:{record.partition()}\tOffset:{record.offset()}\t{record.value().decode()}")
        positions[record.partition()] = record.offset() + 1
    if time.monotonic() >= next_commit:
        commit(consumer)
        next_commit = time.monotonic() + COMMIT_INTERVAL_S
consumer.close()
