import { BadValue } from '../option-spec.ts'

/** `1:2,2:3` as the brokers of each partition; BadValue in Kafka's words when brokers repeat or counts differ. */
export function parseReplicaAssignment(text: string): number[][] {
  const partitions = text.split(',').map((list) => list.split(':').map((id) => readBroker(id.trim())))
  for (const [partition, brokers] of partitions.entries()) {
    const repeated = new Set(brokers.filter((id, at) => brokers.indexOf(id) !== at))
    if (repeated.size > 0) {
      throw whole(`Partition replica lists may not contain duplicate entries: ${[...repeated].join(',')}`)
    }
    if (brokers.length !== partitions[0]!.length) {
      throw whole(`Partition ${partition} has different replication factor: [${brokers.join(', ')}]`)
    }
  }
  return partitions
}

function readBroker(text: string): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text)
  throw whole(`For input string: "${text}"`)
}

const whole = (message: string): BadValue => new BadValue(message, { isWhole: true })
