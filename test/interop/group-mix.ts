import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import type { Consumer } from 'kafkajs'
import { Reader } from '../../src/bytes/reader.ts'
import { codec } from '../../src/protocol/compile.ts'
import { DescribeGroups } from '../../src/protocol/messages/classic-groups.ts'
import { ask } from '../support/ask.ts'
import { apacheKafka, python } from '../support/outside.ts'
import { kafkajsClient, partitionCount, rangeAssigner } from './kafkajs-group.ts'

interface Seen {
  readonly member: string
  readonly partition: number
  readonly value: string
}

const BALANCED_WITHIN_MS = 60_000
const ASK_EVERY_MS = 100

/** Three members of one group with the assignor `range`: kafkajs, confluent-kafka and Java's console consumer. */
export class GroupMix {
  readonly #servers: string
  readonly #group: string
  readonly #seen: Seen[] = []
  readonly #children: ChildProcess[] = []
  #kafkajs: Consumer | undefined

  constructor(servers: string, group: string) {
    this.#servers = servers
    this.#group = group
  }

  async start(topic: string): Promise<void> {
    const [servers, group] = [this.#servers, this.#group]
    this.#spawn('confluent-kafka', python!, [
      ...['test/interop/confluent_kafka_client.py', 'group', servers, topic, group, '0', 'classic'],
    ])
    this.#spawn('java', apacheKafka!, [
      ...['console-consumer', '--bootstrap-server', servers, '--topic', topic, '--group', group],
      ...['--from-beginning', '--formatter-property', 'print.partition=true'],
    ])
    this.#kafkajs = kafkajsClient(servers).consumer({ groupId: group, partitionAssigners: [rangeAssigner] })
    await this.#kafkajs.connect()
    await this.#kafkajs.subscribe({ topic, fromBeginning: true })
    await this.#kafkajs.run({
      eachMessage: async ({ partition, message }) => {
        this.#seen.push({ member: 'kafkajs', partition, value: String(message.value) })
      },
    })
  }

  #spawn(member: string, program: string, args: readonly string[]): void {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#children.push(child)
    createInterface(child.stdout).on('line', (line) => {
      const [, partition, value] = /^(?:Partition:)?(\d+)\s(.*)$/.exec(line)!
      this.#seen.push({ member, partition: Number(partition), value: value! })
    })
  }

  /** Waits until each of three members has so many partitions. */
  async isBalanced(each: number): Promise<void> {
    const port = Number(this.#servers.split(':').at(-1))
    const deadline = Date.now() + BALANCED_WITHIN_MS
    while (Date.now() < deadline) {
      const answer = await ask(port, DescribeGroups, 5, { groups: [this.#group] })
      const [group] = codec(DescribeGroups.response, 5).decode(new Reader(answer)).groups
      const sizes = group!.members.map(({ memberAssignment }) => partitionCount(memberAssignment))
      if (group!.groupState === 'Stable' && sizes.join() === [each, each, each].join()) return
      await wait(ASK_EVERY_MS)
    }
    throw new Error(`the group ${this.#group} does not come to rest`)
  }

  /** Waits until so many values were read. */
  async read(count: number): Promise<readonly Seen[]> {
    const deadline = Date.now() + BALANCED_WITHIN_MS
    while (this.#seen.length < count && Date.now() < deadline) await wait(ASK_EVERY_MS)
    return this.#seen
  }

  async stop(): Promise<void> {
    await this.#kafkajs?.disconnect()
    for (const child of this.#children) {
      if (child.exitCode !== null) continue
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    }
  }
}
