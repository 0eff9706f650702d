import { atLeast, between, distinctOf, gzipLevel, oneOf, throttledReplicas } from './checks.ts'
import { bool, double, FOREVER, int, list, long, type Setting, text } from './setting.ts'

export const topicSettings: readonly Setting[] = [
  text('compression.type', 'producer', {
    check: oneOf('uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'),
    synonym: 'compression.type',
  }),
  bool('remote.log.delete.on.disable', false),
  list('leader.replication.throttled.replicas', '', { check: throttledReplicas }),
  bool('remote.storage.enable', false),
  int('min.insync.replicas', 1, { check: atLeast(1), synonym: 'min.insync.replicas' }),
  long('segment.jitter.ms', 0, { check: atLeast(0), synonym: 'log.roll.jitter.ms' }),
  bool('remote.log.copy.disable', false),
  long('local.retention.ms', -2, { check: atLeast(-2), synonym: 'log.local.retention.ms' }),
  list('cleanup.policy', 'delete', { check: distinctOf('compact', 'delete'), synonym: 'log.cleanup.policy' }),
  long('flush.ms', FOREVER, { check: atLeast(0), synonym: 'log.flush.interval.ms' }),
  list('follower.replication.throttled.replicas', '', { check: throttledReplicas }),
  int('compression.lz4.level', 9, { check: between(1, 17), synonym: 'compression.lz4.level' }),
  int('segment.bytes', 1_073_741_824, { check: atLeast(1_048_576), synonym: 'log.segment.bytes' }),
  long('retention.ms', 604_800_000, { check: atLeast(-1), synonym: 'log.retention.ms' }),
  int('compression.gzip.level', -1, { check: gzipLevel, synonym: 'compression.gzip.level' }),
  long('flush.messages', FOREVER, { check: atLeast(1), synonym: 'log.flush.interval.messages' }),
  int('compression.zstd.level', 3, { check: between(-131_072, 22), synonym: 'compression.zstd.level' }),
  long('max.compaction.lag.ms', FOREVER, { check: atLeast(1), synonym: 'log.cleaner.max.compaction.lag.ms' }),
  long('file.delete.delay.ms', 60_000, { check: atLeast(0), synonym: 'log.segment.delete.delay.ms' }),
  int('max.message.bytes', 1_048_588, { check: atLeast(0), synonym: 'message.max.bytes' }),
  long('min.compaction.lag.ms', 0, { check: atLeast(0), synonym: 'log.cleaner.min.compaction.lag.ms' }),
  text('message.timestamp.type', 'CreateTime', {
    check: oneOf('CreateTime', 'LogAppendTime'),
    synonym: 'log.message.timestamp.type',
  }),
  long('local.retention.bytes', -2, { check: atLeast(-2), synonym: 'log.local.retention.bytes' }),
  bool('preallocate', false, { synonym: 'log.preallocate' }),
  int('index.interval.bytes', 4096, { check: atLeast(0), synonym: 'log.index.interval.bytes' }),
  double('min.cleanable.dirty.ratio', 0.5, {
    check: between(0, 1),
    synonym: 'log.cleaner.min.cleanable.ratio',
  }),
  bool('unclean.leader.election.enable', false, { synonym: 'unclean.leader.election.enable' }),
  long('retention.bytes', -1, { synonym: 'log.retention.bytes' }),
  long('delete.retention.ms', 86_400_000, { check: atLeast(0), synonym: 'log.cleaner.delete.retention.ms' }),
  long('message.timestamp.after.max.ms', 3_600_000, {
    check: atLeast(0),
    synonym: 'log.message.timestamp.after.max.ms',
  }),
  long('message.timestamp.before.max.ms', FOREVER, {
    check: atLeast(0),
    synonym: 'log.message.timestamp.before.max.ms',
  }),
  long('segment.ms', 604_800_000, { check: atLeast(1), synonym: 'log.roll.ms' }),
  int('segment.index.bytes', 10_485_760, { check: atLeast(4), synonym: 'log.index.size.max.bytes' }),
  int('internal.segment.bytes', null, { isInternal: true }),
]
