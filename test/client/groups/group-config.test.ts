import { expect, test } from 'vitest'
import { groupSettings } from '../../../src/client/groups/group-config.ts'

const settings = (properties: Record<string, string>) => groupSettings(new Map(Object.entries(properties)))

test("what is not said is as in Kafka's consumer, with two assignors that all clients know", () => {
  expect(settings({ 'group.id': 'g' })).toMatchObject({
    'auto.commit.interval.ms': 5000,
    'enable.auto.commit': true,
    'group.protocol': 'classic',
    'heartbeat.interval.ms': 3000,
    'max.poll.interval.ms': 300_000,
    'partition.assignment.strategy': ['range', 'roundrobin'],
    'session.timeout.ms': 45_000,
  })
})

test("assignors have Java's class names or those of the wire; others are refused by name", () => {
  const strategy = 'org.apache.kafka.clients.consumer.RoundRobinAssignor,range'
  expect(settings({ 'partition.assignment.strategy': strategy })).toMatchObject({
    'partition.assignment.strategy': ['roundrobin', 'range'],
  })
  expect(() =>
    settings({ 'partition.assignment.strategy': 'org.apache.kafka.clients.consumer.StickyAssignor' }),
  ).toThrow(/StickyAssignor/)
})

test.each([
  [{ 'group.protocol': 'CONSUMER', 'session.timeout.ms': '9000' }, 'session.timeout.ms cannot be set'],
  [{ 'group.remote.assignor': 'range' }, 'group.remote.assignor cannot be set when group.protocol=CLASSIC'],
  [{ 'heartbeat.interval.ms': '9', 'session.timeout.ms': '9' }, 'Heartbeat must be set lower'],
  [{ 'group.protocol': 'gossip' }, 'Invalid value gossip for configuration group.protocol'],
])('%j is refused', (properties, message) => {
  expect(() => settings(properties)).toThrow(message)
})
