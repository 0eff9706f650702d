"""Writes numbered records until SIGTERM and says where each acknowledged one is: SERVERS TOPIC PARTITIONS PER_SECOND."""

import os
import signal
import sys
import time

from confluent_kafka import Producer

servers, topic, partitions, per_second = sys.argv[1:]
leaving = False


def leave(*_):
    global leaving
    leaving = True


def report(error, record):
    if error:
        sys.stderr.write(f"{record.value().decode()}: {error}\n")
    else:
        os.write(1, f"Partition:{record.partition()}\tOffset:{record.offset()}\t{record.value().decode()}\n".encode())


signal.signal(signal.SIGTERM, leave)
producer = Producer(
    {
        "bootstrap.servers": servers,
        "enable.idempotence": True,
        "linger.ms": 20,
        "reconnect.backoff.max.ms": 500,
    }
)
number = 0
started = time.monotonic()
while not leaving:
    due = int((time.monotonic() - started) * float(per_second))
    while number < due:
        producer.produce(topic, str(number), partition=number % int(partitions), on_delivery=report)
        number += 1
    producer.poll(0.02)
if producer.flush(20) > 0:
    sys.exit("records are left that were not acknowledged")
