"""Writes and reads records with confluent-kafka, as JSON lines: write SERVERS TOPIC CODEC | read SERVERS TOPIC COUNT.

group SERVERS TOPIC GROUP COUNT PROTOCOL prints values that it reads as a member of a group, and commits them; without
an end, and with the partition in front, if COUNT is 0.

far SERVERS TOPIC GROUP OFFSET commits an offset, prints it as it is read back, and then the offset of the record that it
reads after a seek to OFFSET.
"""

import base64
import json
import sys

from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition


def unpack(text):
    return None if text is None else base64.b64decode(text)


def pack(data):
    return None if data is None else base64.b64encode(data).decode()


def write(servers, topic, codec):
    producer = Producer(
        {
            "bootstrap.servers": servers,
            "compression.type": codec,
            "enable.idempotence": True,
            "linger.ms": 50,
        }
    )
    failed = []
    for line in sys.stdin:
        record = json.loads(line)
        producer.produce(
            topic,
            key=unpack(record["key"]),
            value=unpack(record["value"]),
            headers=[(name, unpack(value)) for name, value in record["headers"]],
            partition=0,
            timestamp=record["timestamp"],
            on_delivery=lambda error, _: error and failed.append(error),
        )
    if producer.flush(20) > 0 or failed:
        sys.exit(f"not delivered: {failed}")


def read(servers, topic, count):
    consumer = Consumer({"bootstrap.servers": servers, "group.id": "unused", "enable.auto.commit": False})
    consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
    for left in range(int(count), 0, -1):
        record = consumer.poll(20)
        if record is None or record.error():
            sys.exit(f"{left} records short: {record and record.error()}")
        print(
            json.dumps(
                {
                    "offset": record.offset(),
                    "timestamp": record.timestamp()[1],
                    "key": pack(record.key()),
                    "value": pack(record.value()),
                    "headers": [[name, pack(value)] for name, value in record.headers() or []],
                }
            )
        )
    consumer.close()


def group(servers, topic, name, count, protocol):
    consumer = Consumer(
        {
            "bootstrap.servers": servers,
            "group.id": name,
            "group.protocol": protocol,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe([topic])
    seen = 0
    while seen < int(count) or count == "0":
        record = consumer.poll(20)
        if record is None:
            sys.exit(f"{seen} records came")
        if record.error():
            sys.exit(str(record.error()))
        seen += 1
        consumer.commit(record, asynchronous=False)
        text = record.value().decode()
        print(f"{record.partition()} {text}" if count == "0" else text, flush=True)
        if text == "end":
            break
    consumer.close()


def far(servers, topic, name, offset):
    consumer = Consumer(
        {
            "bootstrap.servers": servers,
            "group.id": name,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    place = TopicPartition(topic, 0, int(offset))
    consumer.commit(offsets=[place], asynchronous=False)
    print(consumer.committed([TopicPartition(topic, 0)], 20)[0].offset)
    consumer.assign([place])
    record = consumer.poll(20)
    print("nothing" if record is None else record.error() or record.offset())
    consumer.close()


{"write": write, "read": read, "group": group, "far": far}[sys.argv[1]](*sys.argv[2:])
