// Every tool that lists numbers of 64 bits, against a broker that answers with such as JavaScript's do not hold.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type Int64, MAX_INT64 } from '../../src/bytes/int64.ts'
import { main } from '../../src/cli/main.ts'
import { APIS } from '../../src/protocol/apis.ts'
import { ApiVersions } from '../../src/protocol/messages/metadata.ts'
import { lastName, plainMessage } from '../support/plain-message.ts'
import { on, ScriptedBroker } from '../support/scripted-broker.ts'
import { testIo } from '../support/test-io.ts'

const NOW_MS = 1_700_000_000_000

function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ktool-int64-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

const TOPIC_ID = Buffer.alloc(16, 't').toString('base64url')

/** What an answer says besides numbers of 64 bits, by the name of the field. */
const PLAIN: Readonly<Record<string, unknown>> = {
  name: 't',
  topic: 't',
  topicName: 't',
  topicId: TOPIC_ID,
  groupId: 'g',
  groupState: 'Empty',
  groupType: 'consumer',
  host: '127.0.0.1',
  nodeId: 1,
  leaderId: 1,
  brokerId: 1,
  controllerId: 1,
  replicaId: 1,
  logDir: '/data',
  transactionalId: 'x',
  transactionState: 'Ongoing',
  tokenId: 'token',
  members: [],
  abortedTransactions: null,
  nodeEndpoints: [],
  offlineReplicas: [],
  observers: [],
  records: null,
  replicaNodes: [1],
  isrNodes: [1],
  nodes: [],
}

type Values = Readonly<Record<string, unknown>>

/** A broker whose answers have `value` wherever there is room for 64 bits, and other fields as `more` has them. */
async function startBroker(value: Int64, more: Values): Promise<ScriptedBroker> {
  const broker = await ScriptedBroker.start(
    APIS.filter((api) => api !== ApiVersions).map((api) =>
      on(api, (request, { version }) =>
        plainMessage(api.response.fields, version, (path, { kind }) => {
          const name = lastName(path)
          if (name in more) return more[name]
          if (kind === 'int64') return value
          if (name === 'port') return broker.port
          if (name === 'key') return (request as { coordinatorKeys: string[] }).coordinatorKeys[0]
          return PLAIN[name]
        }),
      ),
    ),
  )
  return broker
}

interface Tool {
  readonly line: string
  /** Where its answers differ from those of the others. */
  readonly answers?: Values
  /** What it prints of a value; its digits when left out. */
  readonly shows?: (value: bigint) => string
  readonly formats?: readonly string[]
}

const topology = { epoch: 0, subtopologies: [{ subtopologyId: '0', sourceTopics: ['t'] }] }

const TOOLS: readonly Tool[] = [
  { line: 'get-offsets -t t' },
  { line: 'get-offsets -t t --time 9223372036854775807' },
  { line: 'consumer-groups --describe --group g' },
  { line: 'consumer-groups --describe --group g --verbose' },
  { line: 'consumer-groups --describe --all-groups' },
  {
    line: 'consumer-groups --describe --group g',
    answers: { offset: 7 },
    // A member that is ahead of the log.
    shows: (value) => String(7n - value),
  },
  { line: 'consumer-groups --reset-offsets --group g --topic t --to-current --dry-run' },
  { line: 'consumer-groups --reset-offsets --group g --topic t --to-latest --dry-run' },
  { line: 'share-groups --describe --group g --offsets' },
  {
    line: 'streams-groups --describe --group g --offsets --verbose',
    answers: { topology },
    // In the text are only partitions of active tasks.
    formats: ['table', 'json', 'jsonl', 'csv'],
  },
  { line: 'lag', answers: { committedOffset: 7 }, shows: (value) => String(value - 7n) },
  { line: 'lag --by partition' },
  { line: 'lag --by group', answers: { committedOffset: 7 }, shows: (value) => String(value - 7n) },
  { line: 'log-dirs --describe' },
  { line: 'metadata-quorum describe --status' },
  { line: 'metadata-quorum describe --replication' },
  { line: 'transactions list' },
  { line: 'transactions describe x' },
  { line: 'transactions describe-producers t 0' },
  {
    line: 'transactions find-hanging t',
    answers: { lastTimestamp: -(2n ** 60n), transactionStates: [] },
  },
  { line: 'wait offset --offset t:0:5' },
  { line: 'replica-verification --once', formats: ['text', 'jsonl'] },
  { line: 'delete-records FOLDER/offsets.json' },
  {
    line: 'delegation-tokens --describe --command-config FOLDER/login.properties',
    formats: ['table', 'json', 'jsonl', 'csv'],
  },
  {
    line: 'delegation-tokens --describe --command-config FOLDER/login.properties',
    shows: (value) => (value === MAX_INT64 ? '292278994-08-1' : '287396-10-1'),
    formats: ['text'],
  },
  { line: 'get-offsets -t t', formats: ['prometheus'] },
  { line: 'lag', formats: ['prometheus'] },
]

const FORMATS = ['text', 'table', 'json', 'jsonl', 'csv']
const VALUES = [2n ** 53n + 1n, MAX_INT64]

test.each(TOOLS)('$line', async ({ line, answers = {}, shows = String, formats = FORMATS }) => {
  const cwd = tempFolder()
  const target = '{"topic":"t","partition":0,"offset":9223372036854775807}'
  writeFileSync(join(cwd, 'offsets.json'), `{"partitions":[${target}]}`)
  writeFileSync(join(cwd, 'login.properties'), 'client.id=a')
  const words = line.replaceAll('FOLDER', cwd).split(' ')
  for (const value of VALUES) {
    const broker = await startBroker(value, answers)
    for (const format of formats) {
      const io = testIo({ now: NOW_MS, cwd })
      const exit = await main('ktool', [...words, '-b', broker.address, '-o', format], io)
      expect([exit, io.stdout], `${format}: ${io.stderr}`).toEqual([
        0,
        expect.stringContaining(shows(BigInt(value))),
      ])
    }
  }
})

test('features describe', async () => {
  const feature = { name: 'metadata.version', minVersion: 7, maxVersion: 29 }
  for (const value of VALUES) {
    const broker = await startBroker(value, {})
    broker.script(
      on(ApiVersions, () => ({
        errorCode: 0,
        apiKeys: [{ apiKey: ApiVersions.key, minVersion: 0, maxVersion: 4 }],
        supportedFeatures: [feature],
        finalizedFeaturesEpoch: value,
      })),
    )
    for (const format of FORMATS) {
      const io = testIo()
      expect(await main('ktool', ['features', 'describe', '-b', broker.address, '-o', format], io)).toBe(0)
      expect(io.stdout).toContain(String(value))
    }
  }
})
