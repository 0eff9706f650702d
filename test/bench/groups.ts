import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { DescribeGroups } from '../../src/protocol/messages/classic-groups.ts'
import { OffsetCommit } from '../../src/protocol/messages/commits.ts'
import { FindCoordinator } from '../../src/protocol/messages/metadata.ts'
import { CreateTopics } from '../../src/protocol/messages/topics.ts'
import { startApacheKafka } from '../support/apache-kafka.ts'
import { apacheKafka } from '../support/outside.ts'
import { KTOOL, startKtool } from '../support/start-ktool.ts'
import { WireClient } from '../support/wire-client.ts'
import { residentMegabytes, timeProgram } from './measure.ts'
import type { Question } from './question.ts'

const GROUPS = 1000
const PARTITIONS = 20
const TOPIC = 'committed'
const ANSWER_WITHIN_MS = 60_000

interface Broker {
  readonly bootstrapServers: string
  readonly port: number
  readonly pid: number
  stop(): Promise<unknown>
}

interface Program {
  readonly name: string
  start(folder: string): Promise<Broker>
  /** The command of its tool. */
  readonly tool: readonly [program: string, ...args: string[]]
}

interface Answer {
  readonly megabytes: number
  readonly restartSeconds: number
  readonly describeSeconds: number
}

export const groups: Question = {
  name: 'groups',
  question: `What do ${GROUPS} groups with ${PARTITIONS} committed partitions each cost?`,
  async measure({ scale, say }) {
    const count = Math.max(1, Math.round(GROUPS * scale))
    const ask = (program: Program) => {
      say(`${program.name}: ${count} groups`)
      return askOne(program, count)
    }
    const ktool = await ask({
      name: 'ktool',
      start: (dataDir) => startKtool({ dataDir }),
      tool: [process.execPath, KTOOL],
    })
    const kafka = apacheKafka
      ? await ask({
          name: 'kafka',
          start: (folder) => startApacheKafka([], folder),
          tool: [apacheKafka],
        })
      : null
    const row = (what: string, unit: string, of: keyof Answer) => ({
      what: `${count} groups × ${PARTITIONS} partitions: ${what}`,
      unit,
      ktool: ktool[of],
      kafka: kafka ? kafka[of] : null,
    })
    return [
      row('resident memory', 'MB', 'megabytes'),
      row('restart → all described', 's', 'restartSeconds'),
      row('`consumer-groups --describe --all-groups`', 's', 'describeSeconds'),
    ]
  },
}

async function askOne({ start, tool }: Program, count: number): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), 'ktool-bench-'))
  const names = Array.from({ length: count }, (_, index) => `group-${index}`)
  let broker = await start(folder)
  try {
    await commitAll(broker.port, names)
    const [program, ...args] = tool
    const describe = ['consumer-groups', '--bootstrap-server', broker.bootstrapServers, '--describe']
    const describeSeconds = await timeProgram(program, [...args, ...describe, '--all-groups'])
    const megabytes = residentMegabytes(broker.pid)
    await broker.stop()
    const started = performance.now()
    broker = await start(folder)
    await allDescribed(broker.port, names)
    return { megabytes, restartSeconds: (performance.now() - started) / 1000, describeSeconds }
  } finally {
    await broker.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const dial = (port: number): WireClient => new WireClient(connect({ port, host: '127.0.0.1', noDelay: true }))

async function commitAll(port: number, names: readonly string[]): Promise<void> {
  const client = dial(port)
  const topic = { name: TOPIC, numPartitions: PARTITIONS, replicationFactor: 1, assignments: [], configs: [] }
  await client.ask(CreateTopics, 7, { topics: [topic], timeoutMs: 10_000 })
  await client.ask(FindCoordinator, 4, { coordinatorKeys: [names[0]!] })
  await allDescribed(port, names, 'Dead')
  const partitions = Array.from({ length: PARTITIONS }, (_, partitionIndex) => ({
    partitionIndex,
    committedOffset: 0,
    committedMetadata: '',
  }))
  for (const groupId of names) {
    const request = { groupId, memberId: '', topics: [{ name: TOPIC, partitions }] }
    const { topics } = await client.ask(OffsetCommit, 9, request)
    if (topics[0]!.partitions.some(({ errorCode: code }) => code !== 0))
      throw new Error(`${groupId}: no commit`)
  }
  client.close()
}

/** Waits until the coordinators of all groups answer; `state` is what the groups have to be in by then. */
async function allDescribed(port: number, names: readonly string[], state = 'Empty'): Promise<void> {
  const client = dial(port)
  const deadline = performance.now() + ANSWER_WITHIN_MS
  for (;;) {
    const answer = await client.ask(DescribeGroups, 5, { groups: [...names] })
    if (answer.groups.every((group) => group.errorCode === 0 && group.groupState === state)) break
    if (performance.now() > deadline) throw new Error('the groups are not described')
    await wait(5)
  }
  client.close()
}
