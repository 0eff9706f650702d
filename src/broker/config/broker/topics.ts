import { atLeast, between, gzipLevel, oneOf } from '../checks.ts'
import { bool, className, int, type Setting, text } from '../setting.ts'

export const topicsSettings: readonly Setting[] = [
  className('alter.config.policy.class.name', null),
  bool('auto.create.topics.enable', true),
  int('compression.gzip.level', -1, { check: gzipLevel, update: 'cluster-wide' }),
  int('compression.lz4.level', 9, { check: between(1, 17), update: 'cluster-wide' }),
  text('compression.type', 'producer', {
    check: oneOf('uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'),
    update: 'cluster-wide',
  }),
  int('compression.zstd.level', 3, { check: between(-131_072, 22), update: 'cluster-wide' }),
  className('create.topic.policy.class.name', null),
  int('default.replication.factor', 1),
  bool('delete.topic.enable', true),
  int('message.max.bytes', 1_048_588, { check: atLeast(0), update: 'cluster-wide' }),
  int('min.insync.replicas', 1, { check: atLeast(1), update: 'cluster-wide' }),
  int('num.partitions', 1, { check: atLeast(1) }),
]
