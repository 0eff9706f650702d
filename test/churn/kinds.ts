// The programs that are members: what they read goes to their output, as `Partition:P\tOffset:O\tVALUE`.
import { join } from 'node:path'
import { apacheKafka, python } from '../support/outside.ts'
import type { Slot } from './schedule.ts'

export type MemberKind = 'kafkajs' | 'confluent-kafka' | 'kafka-python' | 'java'

export interface MemberSettings {
  readonly servers: string
  readonly topic: string
  readonly sessionTimeoutMs: number
}

const script = (name: string): string => join(import.meta.dirname, name)

/** Program and arguments. */
export function commandOf(slot: Slot, settings: MemberSettings): [string, ...string[]] {
  const { servers, topic, sessionTimeoutMs } = settings
  const args = [servers, topic, slot.group, slot.name, String(sessionTimeoutMs), slot.protocol]
  switch (slot.kind) {
    case 'kafkajs':
      return [process.execPath, script('kafkajs-member.js'), ...args]
    case 'confluent-kafka':
      return [python!, script('confluent_member.py'), ...args]
    case 'kafka-python':
      return [python!, script('kafka_python_member.py'), ...args]
    case 'java':
      return [apacheKafka!, 'console-consumer', ...javaArguments(slot, settings)]
  }
}

export const producerCommand = (servers: string, topic: string, partitions: number, perSecond: number) =>
  [python!, script('numbers_producer.py'), servers, topic, String(partitions), String(perSecond)] as const

const CLASSIC_ASSIGNORS = ['RangeAssignor', 'RoundRobinAssignor']
  .map((name) => `org.apache.kafka.clients.consumer.${name}`)
  .join(',')

function javaArguments(slot: Slot, { servers, topic, sessionTimeoutMs }: MemberSettings): string[] {
  const properties = [
    `client.id=${slot.name}`,
    `group.id=${slot.group}`,
    `group.protocol=${slot.protocol}`,
    'auto.offset.reset=earliest',
    'auto.commit.interval.ms=500',
    'max.poll.interval.ms=15000',
    'reconnect.backoff.max.ms=500',
    ...(slot.protocol === 'classic'
      ? [
          `session.timeout.ms=${sessionTimeoutMs}`,
          'heartbeat.interval.ms=1000',
          `partition.assignment.strategy=${CLASSIC_ASSIGNORS}`,
        ]
      : []),
  ]
  return [
    ...['--bootstrap-server', servers, '--topic', topic],
    ...properties.flatMap((property) => ['--command-property', property]),
    ...['print.partition=true', 'print.offset=true'].flatMap((text) => ['--formatter-property', text]),
  ]
}
