import kafkajs from 'kafkajs'
import { median, percentile } from './measure.ts'
import type { Question } from './question.ts'
import { inTurn, type Server } from './servers.ts'

const WARM_UP = 1000
const SENDS = 5000

export const latency: Question = {
  name: 'latency',
  question: 'How long does kafkajs wait for one record with acks=all?',
  async measure({ scale, say }) {
    const { ktool, kafka } = await inTurn((server) => {
      say(`${server.name}: ${SENDS} sends`)
      return sendOneByOne(server, Math.round(SENDS * scale))
    })
    return [
      {
        what: 'kafkajs send, acks=all, median',
        unit: 'ms',
        ktool: median(ktool),
        kafka: kafka && median(kafka),
      },
      {
        what: 'kafkajs send, acks=all, 99th percentile',
        unit: 'ms',
        ktool: percentile(ktool, 0.99),
        kafka: kafka && percentile(kafka, 0.99),
      },
    ]
  },
}

async function sendOneByOne({ bootstrapServers }: Server, count: number): Promise<number[]> {
  const { Kafka, logLevel } = kafkajs
  const client = new Kafka({
    brokers: [bootstrapServers],
    logLevel: logLevel.NOTHING,
    retry: { retries: 20 },
  })
  const admin = client.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: 'latency', numPartitions: 1 }] })
  await admin.disconnect()
  const producer = client.producer({ createPartitioner: () => () => 0 })
  await producer.connect()
  const times: number[] = []
  const value = 'x'.repeat(100)
  for (let sent = -WARM_UP; sent < count; sent++) {
    const started = performance.now()
    await producer.send({ topic: 'latency', acks: -1, messages: [{ value }] })
    if (sent >= 0) times.push(performance.now() - started)
  }
  await producer.disconnect()
  return times
}
