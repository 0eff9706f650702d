// Plays recorded transcripts of Apache Kafka 4.3.1's tools, three ways round: our tools against our broker, our tools
// against Apache Kafka, and Apache's tools against our broker. One run of the player each, one test per scenario.
import { beforeAll, describe, expect, test } from 'vitest'
import { describeWith } from '../support/describe-with.ts'
import { parity } from '../support/outside.ts'
import { runProgram } from '../support/run-program.ts'
import { KTOOL } from '../support/start-ktool.ts'

const PLAY_LIMIT_MS = 900_000

const ADMIN_TOOLS = [
  'topics-create',
  'topics-list-describe',
  'topics-alter-delete',
  'topics-usage',
  'topics-describe-special',
  'configs-topics',
  'configs-others',
  'client-metrics',
  'get-offsets',
  'delete-records',
  'log-dirs',
  'cluster-versions',
  'features',
]
const OTHER_TOOLS = [
  'consumer-plain',
  'consumer-internal',
  'consumer-print',
  'consumer-usage',
  'producer-plain',
  'producer-keys',
  'producer-usage',
  'perf-tools',
]
const GROUP_TOOLS = [
  'groups-active',
  'groups-delete',
  'groups-offsets',
  'groups-reset',
  'groups-reset-files',
  'groups-usage',
]
/** Against Apache Kafka alone: our broker has neither share nor streams groups. */
const OTHER_GROUP_TOOLS = ['groups-all-kinds']
/** Against Apache Kafka alone: our broker has nothing of the kind. */
const SECURITY_TOOLS = ['acls', 'acls-disabled', 'delegation-tokens']
/** Tools for a cluster of several brokers, or for what our broker has not got yet. */
const CLUSTER_TOOLS = ['metadata-quorum', 'leader-election', 'reassign-partitions', 'transactions']
const FILE_TOOLS = ['storage', 'dump-log']

/** Records of transactions, which our broker does not have yet. */
const NEED_TRANSACTIONS = ['consumer-internal']
/** Settings of users, clients and addresses; our broker has no quotas yet. */
const NEED_QUOTAS = ['configs-others']

const ktool = `${process.execPath} ${KTOOL}`
const serve = `${ktool} serve --port {port} --data-dir {dir} {config}`
const without = (left: readonly string[], names: readonly string[]) =>
  names.filter((name) => !left.includes(name))

function play(title: string, args: readonly string[], scenarios: readonly string[]): void {
  describe(title, () => {
    let output = ''
    beforeAll(async () => {
      const { stdout, stderr } = await runProgram(
        process.execPath,
        [parity!, 'check', ...args, '--verbose', ...scenarios],
        { timeoutMs: PLAY_LIMIT_MS },
      )
      output = stdout.toString() + stderr
    }, PLAY_LIMIT_MS)

    test.each(scenarios)('%s', (name) => {
      expect(reportOf(output, name)).toMatch(/^ok /)
    })
  })
}

/** The line of a scenario, and what is said below it when it differs. */
function reportOf(output: string, name: string): string {
  const from = output.search(new RegExp(`^(ok|FAIL|skip)\\s+${name} `, 'm'))
  if (from < 0) return output
  const rest = output.slice(from)
  const end = rest.search(/\n\S/)
  return end < 0 ? rest : rest.slice(0, end)
}

describeWith(['parity'], 'transcripts of Apache Kafka’s tools', () => {
  const all = [...ADMIN_TOOLS, ...OTHER_TOOLS, ...GROUP_TOOLS, ...FILE_TOOLS]
  play(
    'ktool’s tools against ktool serve',
    ['--tool', ktool, '--serve', serve],
    without([...NEED_TRANSACTIONS, ...NEED_QUOTAS], all),
  )
})

describeWith(['parity', 'apacheKafka'], 'transcripts, with Apache Kafka on one side', () => {
  const all = [
    ...ADMIN_TOOLS,
    ...OTHER_TOOLS,
    ...GROUP_TOOLS,
    ...OTHER_GROUP_TOOLS,
    ...SECURITY_TOOLS,
    ...CLUSTER_TOOLS,
  ]
  play('ktool’s tools against Apache Kafka', ['--tool', ktool], all)
  play(
    'Apache Kafka’s tools against ktool serve',
    ['--tool', 'apache', '--serve', serve],
    without(NEED_QUOTAS, ADMIN_TOOLS),
  )
  play('Apache Kafka’s group tools against ktool serve', ['--tool', 'apache', '--serve', serve], GROUP_TOOLS)
})
