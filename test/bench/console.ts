import { apacheKafka, kcat } from '../support/outside.ts'
import { KTOOL } from '../support/start-ktool.ts'
import { withLines } from './lines-file.ts'
import { timeProgram } from './measure.ts'
import type { Question, Row } from './question.ts'
import { inTurn, type Server } from './servers.ts'

const LINES = 1_000_000
const LINE_BYTES = 100

/** The seconds that each tool took; null for one that is not there. */
interface Times {
  readonly ktool: number
  readonly kafka: number | null
  readonly kcat: number | null
}

export const consoleTools: Question = {
  name: 'console',
  question: 'How long do console-producer and console-consumer take for a million lines?',
  async measure({ scale, say }) {
    const count = Math.round(LINES * scale)
    const answers = await withLines(count, LINE_BYTES, (path) =>
      inTurn(async (server) => {
        say(`${server.name}: ${count} lines`)
        return { write: await writeWithEach(server, path), read: await readWithEach(server, count) }
      }),
    )
    const rows: Row[] = []
    for (const [name, answer] of [
      ['ktool serve', answers.ktool] as const,
      ['Apache Kafka', answers.kafka] as const,
    ]) {
      if (!answer) continue
      rows.push(rowOf(`console-producer, 1 M lines to ${name}`, answer.write))
      rows.push(rowOf(`console-consumer, 1 M lines from ${name}`, answer.read))
    }
    return rows
  },
}

const rowOf = (what: string, { ktool, kafka, kcat }: Times): Row => ({
  what,
  unit: 's',
  ktool,
  kafka,
  ...(kcat === null ? {} : { kcat }),
})

async function writeWithEach({ bootstrapServers }: Server, path: string): Promise<Times> {
  const target = (topic: string) => ['--bootstrap-server', bootstrapServers, '--topic', topic]
  return {
    ktool: await timeProgram(process.execPath, [KTOOL, 'console-producer', ...target('ktool')], {
      input: path,
    }),
    kafka: await timeIf(apacheKafka, ['console-producer', ...target('kafka')], path),
    kcat: await timeIf(kcat, ['-P', '-b', bootstrapServers, '-t', 'kcat', '-l', path]),
  }
}

async function readWithEach({ bootstrapServers }: Server, count: number): Promise<Times> {
  const args = ['--bootstrap-server', bootstrapServers, '--topic', 'ktool', '--from-beginning']
  const limited = [...args, '--max-messages', String(count)]
  const kcatArgs = ['-C', '-b', bootstrapServers, '-t', 'ktool', '-o', 'beginning', '-q', '-c', String(count)]
  return {
    ktool: await timeProgram(process.execPath, [KTOOL, 'console-consumer', ...limited]),
    kafka: await timeIf(apacheKafka, ['console-consumer', ...withoutGroup(limited)]),
    kcat: await timeIf(kcat, kcatArgs),
  }
}

/** The seconds that a program took; null where it is not there. */
const timeIf = async (
  program: string | null,
  args: readonly string[],
  input?: string,
): Promise<number | null> =>
  program === null ? null : timeProgram(program, args, input === undefined ? {} : { input })

/** A named partition is read without joining a group first. */
const withoutGroup = (args: readonly string[]): string[] => [
  ...args.filter((arg) => arg !== '--from-beginning'),
  '--partition',
  '0',
  '--offset',
  'earliest',
]
