import { apacheKafka, kcat } from '../support/outside.ts'
import { KTOOL, runKtool, startKtool } from '../support/start-ktool.ts'
import { timeInTurn, timeProgram, timeRuns } from './measure.ts'
import type { Question, Row } from './question.ts'

const RUNS = 21
const SLOW_RUNS = 3

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
      const { nothing, help, listed } = await timeInTurn(RUNS, {
        nothing: () => timeProgram(process.execPath, ['-e', '0']),
        help: ktool(['--help']),
        listed: ktool(list),
      })
      const kafka =
        apacheKafka === null ? null : await timeRuns(SLOW_RUNS, () => timeProgram(apacheKafka!, list))
      const kcatArgs = ['-L', '-b', broker.bootstrapServers]
      const other = kcat === null ? {} : { kcat: await timeRuns(RUNS, () => timeProgram(kcat!, kcatArgs)) }
      const rows: Row[] = [
        { what: '`--help`', unit: 's', ktool: help, kafka: null, against: ['`node -e 0`', nothing] },
        { what: '`topics --list`', unit: 's', ktool: listed, kafka, ...other },
        { what: '`topics --list`', unit: 's', ktool: listed, kafka: null, against: ['`node -e 0`', nothing] },
      ]
      return rows
    } finally {
      await broker.stop()
    }
  },
}
