import { afterAll, beforeAll } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { type BrokerHandle, startBroker } from '../../src/index.ts'
import { testIo } from './test-io.ts'

/** A broker for the tests of a file, and a topic of its own for each of them. */
export function perfPlace(topics: number) {
  const unused = Array.from({ length: topics }, (_, i) => ({ name: `perf-${i}`, partitions: 2 }))
  let broker: BrokerHandle
  beforeAll(async () => {
    // Fewer partitions are made sooner, and members hear of their own with the next beat.
    const config = {
      'offsets.topic.num.partitions': '1',
      'group.consumer.heartbeat.interval.ms': '50',
      'group.consumer.min.heartbeat.interval.ms': '50',
    }
    broker = await startBroker({ topics: [...unused], config })
  })
  afterAll(() => broker.close())
  return {
    address: () => broker.bootstrapServers,
    take: () => {
      const topic = unused.shift()!.name
      const io = (args: readonly string[]) => {
        const own = testIo()
        const words = [
          args[0]!,
          '--bootstrap-server',
          broker.bootstrapServers,
          '--topic',
          topic,
          ...args.slice(1),
        ]
        return { io: own, ended: main('ktool', words, own) }
      }
      const run = async (...args: string[]) => {
        const { io: own, ended } = io(args)
        const exit = await ended
        return { exit, stdout: own.stdout, stderr: own.stderr }
      }
      return { topic, start: io, run }
    },
  }
}
