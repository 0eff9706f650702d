// kafkajs as a member of a group.
import kafkajs, { type Assignment, type Kafka as Client, type PartitionAssigner } from 'kafkajs'

const { AssignerProtocol, Kafka, logLevel } = kafkajs

export const kafkajsClient = (servers: string): Client =>
  new Kafka({ clientId: 'kafkajs', brokers: servers.split(','), logLevel: logLevel.NOTHING })

/** Writes values in turn to so many partitions. */
export async function writeValues(
  servers: string,
  topic: string,
  partitions: number,
  values: readonly string[],
): Promise<void> {
  const producer = kafkajsClient(servers).producer()
  await producer.connect()
  const messages = values.map((value, index) => ({ value, partition: index % partitions }))
  await producer.send({ topic, messages })
  await producer.disconnect()
}

/** Reads as a member until so many values were seen, and commits each of them. */
export async function consumeWithKafkajs(
  servers: string,
  topic: string,
  groupId: string,
  count: number,
): Promise<string[]> {
  const consumer = kafkajsClient(servers).consumer({ groupId })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const seen: string[] = []
  await new Promise<void>((resolve, reject) => {
    consumer.on('consumer.crash', ({ payload }) => reject(payload.error))
    consumer
      .run({
        autoCommit: false,
        eachMessage: async ({ partition, message }) => {
          if (seen.length >= count) return
          await consumer.commitOffsets([{ topic, partition, offset: String(Number(message.offset) + 1) }])
          seen.push(String(message.value))
          if (seen.length === count) resolve()
        },
      })
      .catch(reject)
  })
  await consumer.disconnect()
  return seen
}

/** Java's default assignor, which kafkajs does not bring along. */
export const rangeAssigner: PartitionAssigner = ({ cluster }) => ({
  name: 'range',
  version: 0,
  protocol: ({ topics }) => ({
    name: 'range',
    metadata: AssignerProtocol.MemberMetadata.encode({ version: 0, topics, userData: Buffer.alloc(0) }),
  }),
  async assign({ members, topics }) {
    const ids = members.map(({ memberId }) => memberId).sort()
    const assignments: Assignment[] = ids.map(() => ({}))
    for (const topic of topics) {
      const count = cluster.findTopicPartitionMetadata(topic).length
      const [share, extra] = [Math.floor(count / ids.length), count % ids.length]
      let next = 0
      for (const [index, assignment] of assignments.entries()) {
        const size = share + (index < extra ? 1 : 0)
        assignment[topic] = Array.from({ length: size }, () => next++)
      }
    }
    return ids.map((memberId, index) => ({
      memberId,
      memberAssignment: AssignerProtocol.MemberAssignment.encode({
        version: 0,
        assignment: assignments[index]!,
        userData: Buffer.alloc(0),
      }),
    }))
  },
})

/** How many partitions the assignment of a member of any kind holds. */
export function partitionCount(assignment: Buffer): number {
  const decoded = AssignerProtocol.MemberAssignment.decode(assignment)
  return Object.values(decoded?.assignment ?? {}).flat().length
}
