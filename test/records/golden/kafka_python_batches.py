"""Writes the kafka-python-*.hex files beside it; needs kafka-python with its codecs (python-snappy, lz4, zstandard)."""

import kafka
from kafka.record.default_records import DefaultRecordBatchBuilder

NOW = 1_700_000_000_000

for codec, name in enumerate(['gzip', 'snappy', 'lz4', 'zstd'], start=1):
    builder = DefaultRecordBatchBuilder(
        magic=2, compression_type=codec, is_transactional=False,
        producer_id=-1, producer_epoch=-1, base_sequence=-1, batch_size=1 << 20)
    builder.append(0, NOW, b'key', b'value', [])
    builder.append(1, NOW + 1000, None, b'no key', [('trace', b'abc'), ('empty', b''), ('none', None)])
    builder.append(2, NOW - 1000, b'deleted', None, [])
    for index in range(100):
        builder.append(index + 3, NOW, None, b'%d' % (index % 10) * 1000, [])
    text = bytes(builder.build()).hex()
    with open(f'kafka-python-{name}.hex', 'w') as file:
        file.write(f'# 3 sample records and 100 of 1,000 bytes, {name}; written by kafka-python {kafka.__version__}\n')
        file.write(text[:122] + '  header\n')
        for at in range(122, len(text), 80):
            file.write(text[at:at + 80] + ('  records\n' if at == 122 else '\n'))
