import { atLeast, distinct } from '../checks.ts'
import { bool, int, list, long, type Setting, text } from '../setting.ts'

// Those without a default are set at run time only (DynamicConfig.Broker).
export const replicationSettings: readonly Setting[] = [
  int('alter.log.dirs.replication.quota.window.num', 11, { check: atLeast(1) }),
  int('alter.log.dirs.replication.quota.window.size.seconds', 1, { check: atLeast(1) }),
  bool('auto.leader.rebalance.enable', true),
  bool('controlled.shutdown.enable', true),
  list('cordoned.log.dirs', '', { check: distinct, update: 'per-broker' }),
  long('leader.imbalance.check.interval.seconds', 300, { check: atLeast(1) }),
  int('num.replica.alter.log.dirs.threads', null),
  int('num.replica.fetchers', 1, { check: atLeast(1), update: 'cluster-wide' }),
  int('quota.window.num', 11, { check: atLeast(1) }),
  int('quota.window.size.seconds', 1, { check: atLeast(1) }),
  int('replica.fetch.backoff.ms', 1000, { check: atLeast(0) }),
  int('replica.fetch.max.bytes', 1_048_576, { check: atLeast(0) }),
  int('replica.fetch.min.bytes', 1),
  int('replica.fetch.response.max.bytes', 10_485_760, { check: atLeast(0) }),
  int('replica.fetch.wait.max.ms', 500),
  long('replica.high.watermark.checkpoint.interval.ms', 5000),
  long('replica.lag.time.max.ms', 30_000),
  text('replica.selector.class', null),
  int('replica.socket.receive.buffer.bytes', 65_536),
  int('replica.socket.timeout.ms', 30_000),
  int('replication.quota.window.num', 11, { check: atLeast(1) }),
  int('replication.quota.window.size.seconds', 1, { check: atLeast(1) }),
  bool('unclean.leader.election.enable', false, { update: 'cluster-wide' }),
  long('unclean.leader.election.interval.ms', 300_000, { check: atLeast(1), isInternal: true }),
  long('follower.replication.throttled.rate', null, {
    check: atLeast(0),
    update: 'cluster-wide',
    isInternal: true,
  }),
  long('leader.replication.throttled.rate', null, {
    check: atLeast(0),
    update: 'cluster-wide',
    isInternal: true,
  }),
  long('replica.alter.log.dirs.io.max.bytes.per.second', null, {
    check: atLeast(0),
    update: 'cluster-wide',
    isInternal: true,
  }),
]
