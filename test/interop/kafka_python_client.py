"""Writes and reads records with kafka-python, as JSON lines: write SERVERS TOPIC CODEC | read SERVERS TOPIC COUNT.

group SERVERS TOPIC GROUP COUNT prints values that it reads as a member of a group, and commits them.
"""

import base64
import json
import sys

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata


def unpack(text):
    return None if text is None else base64.b64decode(text)


def pack(data):
    return None if data is None else base64.b64encode(data).decode()


def write(servers, topic, codec):
    producer = KafkaProducer(
        bootstrap_servers=servers,
        compression_type=None if codec == "none" else codec,
        acks="all",
        linger_ms=50,
    )
    sent = []
    for line in sys.stdin:
        record = json.loads(line)
        sent.append(
            producer.send(
                topic,
                key=unpack(record["key"]),
                value=unpack(record["value"]),
                headers=[(name, unpack(value)) for name, value in record["headers"]],
                partition=0,
                timestamp_ms=record["timestamp"],
            )
        )
    producer.flush()
    for future in sent:
        future.get(timeout=10)
    producer.close()


def read(servers, topic, count):
    consumer = KafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False, consumer_timeout_ms=20000)
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    consumer.seek_to_beginning(partition)
    for left in range(int(count), 0, -1):
        record = next(consumer)
        print(
            json.dumps(
                {
                    "offset": record.offset,
                    "timestamp": record.timestamp,
                    "key": pack(record.key),
                    "value": pack(record.value),
                    "headers": [[name, pack(value)] for name, value in record.headers],
                }
            )
        )
    consumer.close()


def group(servers, topic, name, count):
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=servers,
        group_id=name,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        consumer_timeout_ms=20000,
    )
    for _ in range(int(count)):
        record = next(consumer)
        partition = TopicPartition(record.topic, record.partition)
        consumer.commit({partition: OffsetAndMetadata(record.offset + 1, "", -1)})
        print(record.value.decode())
    consumer.close()


{"write": write, "read": read, "group": group}[sys.argv[1]](*sys.argv[2:])
