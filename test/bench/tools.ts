import { TOOLS } from '../../src/cli/registry.ts'
import { apacheKafka, kcat } from '../support/outside.ts'
import { KTOOL, runKtool, startKtool } from '../support/start-ktool.ts'
import { timeInTurn, timeProgram, timeRuns } from './measure.ts'
import type { Question, Row } from './question.ts'

const RUNS = 21
const SLOW_RUNS = 3
/** There are dozens of tools. */
const HELP_RUNS = 10

export const tools: Question = {
  name: 'tools',
  question: 'How long does a tool take that has little to do?',
  async measure() {
    const broker = await startKtool()
    try {
      const servers = ['--bootstrap-server', broker.bootstrapServers]
      await runKtool(['topics', ...servers, '--create', '--topic', 'orders'])
      const list = ['topics', ...servers, '--list']
      const ktool = (args: string[]) => () => timeProgram(process.execPath, [KTOOL, ...args])
      const nothing = () => timeProgram(process.execPath, ['-e', '0'])
      const times = await timeInTurn(RUNS, {
        nothing,
        help: ktool(['--help']),
        listed: ktool(list),
        lag: ktool(['lag', ...servers]),
        completed: ktool(['__complete', 'topics', ...servers, '--topic', '']),
      })
      const helps = await timeInTurn(HELP_RUNS, {
        nothing,
        ...Object.fromEntries(TOOLS.map(({ name }) => [name, ktool([name, '--help'])])),
      })
      const [slowest, slowestHelp] = slowestOf(helps)
      const kafka =
        apacheKafka === null ? null : await timeRuns(SLOW_RUNS, () => timeProgram(apacheKafka!, list))
      const kcatArgs = ['-L', '-b', broker.bootstrapServers]
      const other = kcat === null ? {} : { kcat: await timeRuns(RUNS, () => timeProgram(kcat!, kcatArgs)) }
      const rows: Row[] = [
        againstNode('`--help`', times.help, times.nothing),
        againstNode(`slowest \`TOOL --help\` of all (${slowest})`, slowestHelp, helps.nothing!),
        { what: '`topics --list`', unit: 's', ktool: times.listed, kafka, ...other },
        againstNode('`topics --list`', times.listed, times.nothing),
        againstNode('`lag`', times.lag, times.nothing),
        againstNode('topic names for completion', times.completed, times.nothing),
      ]
      return rows
    } finally {
      await broker.stop()
    }
  },
}

const againstNode = (what: string, ktool: number, node: number): Row => ({
  what,
  unit: 's',
  ktool,
  kafka: null,
  against: ['`node -e 0`', node],
})

function slowestOf({
  nothing: _,
  ...times
}: Readonly<Record<string, number>>): [tool: string, seconds: number] {
  return Object.entries(times).sort(([, one], [, other]) => other - one)[0]!
}
