import { atLeast, offsetReset, oneOf } from './checks.ts'
import { bool, int, type Setting, text } from './setting.ts'

export const groupSettings: readonly Setting[] = [
  int('consumer.session.timeout.ms', 45_000, {
    check: atLeast(1),
    synonym: 'group.consumer.session.timeout.ms',
  }),
  int('consumer.assignment.interval.ms', 1000, {
    check: atLeast(0),
    synonym: 'group.consumer.assignment.interval.ms',
  }),
  text('share.auto.offset.reset', 'latest', { check: offsetReset }),
  bool('share.renew.acknowledge.enable', true),
  int('streams.initial.rebalance.delay.ms', 3000, {
    check: atLeast(0),
    synonym: 'group.streams.initial.rebalance.delay.ms',
  }),
  int('share.session.timeout.ms', 45_000, { check: atLeast(1), synonym: 'group.share.session.timeout.ms' }),
  int('streams.assignment.interval.ms', 1000, {
    check: atLeast(0),
    synonym: 'group.streams.assignment.interval.ms',
  }),
  int('share.heartbeat.interval.ms', 5000, {
    check: atLeast(1),
    synonym: 'group.share.heartbeat.interval.ms',
  }),
  int('streams.heartbeat.interval.ms', 5000, {
    check: atLeast(1),
    synonym: 'group.streams.heartbeat.interval.ms',
  }),
  int('share.delivery.count.limit', 5, { check: atLeast(2), synonym: 'group.share.delivery.count.limit' }),
  int('consumer.heartbeat.interval.ms', 5000, {
    check: atLeast(1),
    synonym: 'group.consumer.heartbeat.interval.ms',
  }),
  int('share.record.lock.duration.ms', 30_000, {
    check: atLeast(1000),
    synonym: 'group.share.record.lock.duration.ms',
  }),
  int('share.assignment.interval.ms', 1000, {
    check: atLeast(0),
    synonym: 'group.share.assignment.interval.ms',
  }),
  text('share.isolation.level', 'read_uncommitted', { check: oneOf('read_committed', 'read_uncommitted') }),
  int('streams.session.timeout.ms', 45_000, {
    check: atLeast(1),
    synonym: 'group.streams.session.timeout.ms',
  }),
  int('share.partition.max.record.locks', 2000, {
    check: atLeast(100),
    synonym: 'group.share.partition.max.record.locks',
  }),
  int('streams.num.standby.replicas', 0, {
    check: atLeast(0),
    synonym: 'group.streams.num.standby.replicas',
  }),
]
