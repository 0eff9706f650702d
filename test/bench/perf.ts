import { runKafkaTool, startApacheKafka } from '../support/apache-kafka.ts'
import { apacheKafka } from '../support/outside.ts'
import { runKtool, startKtool } from '../support/start-ktool.ts'
import { median } from './measure.ts'
import type { Question, Row } from './question.ts'

const RUNS = 3
const RECORDS = 2_000_000
const RECORD_BYTES = 100
/** Slow enough that nothing queues, so that latency is that of the way. */
const CALM_PER_SECOND = 5000
const CALM_SECONDS = 4

type RunTool = (tool: string, args: readonly string[]) => Promise<string>

interface Figures {
  /** What the tool itself measured, its start-up left out. */
  readonly writeSeconds: number
  readonly latencyMs: number
  readonly readSeconds: number
}

/** The tools against one and the same broker, Apache Kafka where it is there: here it is clients that compete. */
export const perf: Question = {
  name: 'perf',
  question: 'How fast are the clients behind producer-perf-test and consumer-perf-test?',
  async measure({ scale, say }) {
    const broker = apacheKafka ? await startApacheKafka() : await startKtool()
    const count = Math.round(RECORDS * scale)
    const servers = ['--bootstrap-server', broker.bootstrapServers]
    try {
      await runKtool(['topics', ...servers, '--create', '--topic', 'perf'])
      const ktool: RunTool = async (tool, args) =>
        (await runKtool([tool, ...servers, ...args])).stdout.toString()
      const kafka: RunTool = async (tool, args) =>
        (await runKafkaTool(tool, [...servers, ...args])).stdout.toString()
      const found: { ktool: Figures[]; kafka: Figures[] } = { ktool: [], kafka: [] }
      // Whoever comes first warms the broker up for the other.
      await writeSeconds(ktool, count)
      for (let run = 1; run <= RUNS; run++) {
        say(`run ${run} of ${RUNS}`)
        found.ktool.push(await measureOnce(ktool, count))
        if (apacheKafka) found.kafka.push(await measureOnce(kafka, count))
      }
      const row = (what: string, unit: string, value: (figures: Figures) => number): Row => ({
        what,
        unit,
        ktool: median(found.ktool.map(value)),
        kafka: found.kafka.length === 0 ? null : median(found.kafka.map(value)),
      })
      const load = `${count / 1e6} M × ${RECORD_BYTES} B`
      return [
        row(`\`producer-perf-test\`, ${load}`, 's', (figures) => figures.writeSeconds),
        row(
          `\`producer-perf-test\`, average latency at ${CALM_PER_SECOND}/s`,
          'ms',
          (figures) => figures.latencyMs,
        ),
        row(`\`consumer-perf-test\`, ${load}, fetching`, 's', (figures) => figures.readSeconds),
      ]
    } finally {
      await broker.stop()
    }
  },
}

async function measureOnce(run: RunTool, count: number): Promise<Figures> {
  return {
    writeSeconds: await writeSeconds(run, count),
    latencyMs: await calmLatencyMs(run),
    readSeconds: await readSeconds(run, count),
  }
}

const produceArgs = (count: number, perSecond: number): string[] => [
  '--topic',
  'perf',
  '--num-records',
  String(count),
  '--record-size',
  String(RECORD_BYTES),
  '--throughput',
  String(perSecond),
]

async function writeSeconds(run: RunTool, count: number): Promise<number> {
  const output = await run('producer-perf-test', produceArgs(count, -1))
  return count / figureIn(output, /^\d+ records sent, ([\d.]+) records\/sec .* 99\.9th\.$/m)
}

async function calmLatencyMs(run: RunTool): Promise<number> {
  const warmup = ['--warmup-records', String(CALM_PER_SECOND)]
  const count = CALM_PER_SECOND * (CALM_SECONDS + 1)
  const output = await run('producer-perf-test', [...produceArgs(count, CALM_PER_SECOND), ...warmup])
  return figureIn(output, /steady state records sent, .* ([\d.]+) ms avg latency/)
}

async function readSeconds(run: RunTool, count: number): Promise<number> {
  const args = ['--topic', 'perf', '--num-records', String(count), '--hide-header']
  const output = await run('consumer-perf-test', args)
  return count / Number(output.trim().split(', ').at(-1))
}

function figureIn(output: string, pattern: RegExp): number {
  const found = pattern.exec(output)?.[1]
  if (found === undefined) throw new Error(`no figures in: ${output}`)
  return Number(found)
}
