import { atLeast, between, nonEmpty } from '../checks.ts'
import { bool, double, FOREVER, int, long, type Setting, text } from '../setting.ts'

export const remoteStorageSettings: readonly Setting[] = [
  bool('follower.fetch.last.tiered.offset.enable', false, { update: 'cluster-wide' }),
  int('remote.fetch.max.wait.ms', 500, { check: atLeast(1), update: 'cluster-wide' }),
  long('remote.list.offsets.request.timeout.ms', 30_000, { check: atLeast(1), update: 'cluster-wide' }),
  long('remote.log.index.file.cache.total.size.bytes', 1_073_741_824, {
    check: atLeast(1),
    update: 'cluster-wide',
  }),
  long('remote.log.index.file.cache.ttl.ms', 900_000, { check: atLeast(-1), isInternal: true }),
  int('remote.log.manager.copier.thread.pool.size', 10, { check: atLeast(1), update: 'cluster-wide' }),
  long('remote.log.manager.copy.max.bytes.per.second', FOREVER, {
    check: atLeast(1),
    update: 'cluster-wide',
  }),
  int('remote.log.manager.copy.quota.window.num', 11, { check: atLeast(1) }),
  int('remote.log.manager.copy.quota.window.size.seconds', 1, { check: atLeast(1) }),
  int('remote.log.manager.expiration.thread.pool.size', 10, { check: atLeast(1), update: 'cluster-wide' }),
  long('remote.log.manager.fetch.max.bytes.per.second', FOREVER, {
    check: atLeast(1),
    update: 'cluster-wide',
  }),
  int('remote.log.manager.fetch.quota.window.num', 11, { check: atLeast(1) }),
  int('remote.log.manager.fetch.quota.window.size.seconds', 1, { check: atLeast(1) }),
  int('remote.log.manager.follower.thread.pool.size', 2, { check: atLeast(1), update: 'cluster-wide' }),
  long('remote.log.manager.task.interval.ms', 30_000, { check: atLeast(1) }),
  long('remote.log.manager.task.retry.backoff.max.ms', 30_000, { check: atLeast(1), isInternal: true }),
  long('remote.log.manager.task.retry.backoff.ms', 500, { check: atLeast(1), isInternal: true }),
  double('remote.log.manager.task.retry.jitter', 0.2, { check: between(0, 0.5), isInternal: true }),
  int('remote.log.manager.thread.pool.size', 2, { check: atLeast(1) }),
  int('remote.log.metadata.custom.metadata.max.bytes', 128, { check: atLeast(0) }),
  text(
    'remote.log.metadata.manager.class.name',
    'org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager',
    { check: nonEmpty },
  ),
  text('remote.log.metadata.manager.class.path', null),
  text('remote.log.metadata.manager.impl.prefix', 'rlmm.config.', { check: nonEmpty }),
  text('remote.log.metadata.manager.listener.name', null, { check: nonEmpty }),
  int('remote.log.reader.max.pending.tasks', 100, { check: atLeast(1) }),
  int('remote.log.reader.threads', 10, { check: atLeast(1), update: 'cluster-wide' }),
  text('remote.log.storage.manager.class.name', null, { check: nonEmpty }),
  text('remote.log.storage.manager.class.path', null),
  text('remote.log.storage.manager.impl.prefix', 'rsm.config.', { check: nonEmpty }),
  bool('remote.log.storage.system.enable', false),
]
