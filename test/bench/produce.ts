import { kcat } from '../support/outside.ts'
import { floorCpu } from './floor.ts'
import { withLines } from './lines-file.ts'
import { cpuSeconds, residentMegabytes, timeProgram } from './measure.ts'
import type { Question, Row } from './question.ts'
import { type Answers, inTurn, type Server } from './servers.ts'

interface Run {
  readonly writeSeconds: number
  readonly writeCpu: number
  readonly readSeconds: number
  readonly readCpu: number
}

const LOADS = [
  { records: 5_000_000, bytes: 100, name: '5 M × 100 B' },
  { records: 1_000_000, bytes: 1000, name: '1 M × 1 KB' },
] as const

export const produce: Question = {
  name: 'produce',
  question: 'What do records cost that kcat writes and reads?',
  async measure({ scale, say }) {
    if (!kcat) throw new Error('kcat is needed')
    const answers = await inTurn(async (server) => {
      const runs: Run[] = []
      for (const { records, bytes, name } of LOADS) {
        say(`${server.name}: ${name}`)
        const count = Math.round(records * scale)
        runs.push(
          await withLines(count, bytes, (path) => writeAndRead(server, path, `lines-${bytes}`, count)),
        )
      }
      return { runs, memory: residentMegabytes(server.pid) }
    })
    const rows: Row[] = []
    for (const [index, { name, records, bytes }] of LOADS.entries()) {
      const sent = records * scale * bytes
      const ktool = answers.ktool.runs[index]!
      rows.push(...rowsOf(name, sent / 1e9, { ktool, kafka: answers.kafka?.runs[index] ?? null }))
      say(`a bare sink: ${name}`)
      const floor: Row['against'] = ['a bare sink', await floorCpu(sent)]
      rows.push({
        what: `${name} written, broker CPU`,
        unit: 's',
        ktool: ktool.writeCpu,
        kafka: null,
        against: floor,
      })
    }
    const memory = { ktool: answers.ktool.memory, kafka: answers.kafka?.memory ?? null }
    return [...rows, { what: 'resident memory after all that', unit: 'MB', ...memory }]
  },
}

async function writeAndRead(
  { bootstrapServers, pid }: Server,
  path: string,
  topic: string,
  count: number,
): Promise<Run> {
  const target = ['-b', bootstrapServers, '-t', topic, '-p', '0', '-q']
  const before = cpuSeconds(pid)
  const writeSeconds = await timeProgram(kcat!, ['-P', ...target, '-l', path])
  const between = cpuSeconds(pid)
  const readSeconds = await timeProgram(kcat!, ['-C', ...target, '-o', 'beginning', '-c', String(count)])
  const after = cpuSeconds(pid)
  return { writeSeconds, writeCpu: between - before, readSeconds, readCpu: after - between }
}

function rowsOf(name: string, gigabytes: number, answers: Answers<Run>): Row[] {
  const row = (what: string, unit: string, value: (run: Run) => number): Row => ({
    what: `${name} ${what}`,
    unit,
    ktool: value(answers.ktool),
    kafka: answers.kafka ? value(answers.kafka) : null,
  })
  return [
    row('written, wall time', 's', (run) => run.writeSeconds),
    row('written, broker CPU', 's', (run) => run.writeCpu),
    row('written, broker CPU per GB', 's', (run) => run.writeCpu / gigabytes),
    row('read, wall time', 's', (run) => run.readSeconds),
    row('read, broker CPU', 's', (run) => run.readCpu),
    row('read, broker CPU per GB', 's', (run) => run.readCpu / gigabytes),
  ]
}
