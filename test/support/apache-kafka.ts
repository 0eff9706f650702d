import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { apacheKafka } from './outside.ts'
import { type ProgramOptions, type ProgramResult, runProgram } from './run-program.ts'
import { runKtool } from './start-ktool.ts'

/** Runs one of Apache Kafka's tools to its end; each start of Java takes about two seconds. */
export const runKafkaTool = (
  tool: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> => runProgram(apacheKafka!, [tool, ...args], options)

export interface ApacheKafkaProcess {
  readonly bootstrapServers: string
  readonly port: number
  readonly pid: number
  readonly dataDir: string
  stop(): Promise<void>
}

/**
 * Runs a one-node Apache Kafka and waits until it answers; on a folder that is given, the data stays when it stops.
 * Settings may depend on the port, behind which the controller has the next.
 */
export async function startApacheKafka(
  settings: readonly string[] | ((port: number) => readonly string[]) = [],
  given?: string,
): Promise<ApacheKafkaProcess> {
  const folder = given ?? mkdtempSync(join(tmpdir(), 'ktool-kafka-'))
  const port = await freePortPair()
  const lines = typeof settings === 'function' ? settings(port) : settings
  const child = spawn(apacheKafka!, ['broker', folder, String(port), ...lines], { stdio: 'ignore' })
  const ended = once(child, 'exit')
  const waited = await Promise.race([
    runProgram(apacheKafka!, ['wait', String(port)]).then(({ code }) => code === 0),
    ended.then(() => false),
  ])
  if (!waited) {
    child.kill('SIGKILL')
    throw new Error('Apache Kafka did not start')
  }
  return {
    bootstrapServers: `127.0.0.1:${port}`,
    port,
    pid: child.pid!,
    dataDir: join(folder, 'data'),
    async stop() {
      await endProcess(child, ended)
      if (given === undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A second broker for the cluster of the first one; it knows of no controller but that one's. */
export async function startSecondBroker(first: ApacheKafkaProcess): Promise<ApacheKafkaProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'ktool-kafka-'))
  const dataDir = join(folder, 'data')
  const port = await freePortPair()
  const properties = join(folder, 'server.properties')
  writeFileSync(
    properties,
    [
      'process.roles=broker',
      'node.id=2',
      `controller.quorum.bootstrap.servers=127.0.0.1:${first.port + 1}`,
      'controller.listener.names=CONTROLLER',
      `listeners=PLAINTEXT://127.0.0.1:${port}`,
      `log.dirs=${dataDir}`,
      'offsets.topic.replication.factor=1',
      'transaction.state.log.replication.factor=1',
      'transaction.state.log.min.isr=1',
      '',
    ].join('\n'),
  )
  const format = ['storage', 'format', '-t', clusterIdIn(first.dataDir), '-c', properties]
  await runKtool([...format, '--no-initial-controllers'])
  const child = spawn(apacheKafka!, ['server-start', properties], { stdio: 'ignore' })
  const ended = once(child, 'exit')
  const { code } = await runProgram(apacheKafka!, ['wait', String(port)])
  if (code !== 0) {
    child.kill('SIGKILL')
    throw new Error('the second broker of Apache Kafka did not start')
  }
  return {
    bootstrapServers: `127.0.0.1:${port}`,
    port,
    pid: child.pid!,
    dataDir,
    // Not asked to stop: it would hand over to the first one what nobody needs any more.
    async stop() {
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function clusterIdIn(dataDir: string): string {
  return /^cluster\.id=(.*)$/m.exec(readFileSync(join(dataDir, 'meta.properties'), 'utf8'))![1]!
}

async function endProcess(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM')
  const limit = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await ended
  clearTimeout(limit)
}

/** A port that is free together with the one after it, which the controller takes. */
async function freePortPair(): Promise<number> {
  for (;;) {
    const port = await freePort(0)
    if (port !== null && (await freePort(port + 1)) !== null) return port
  }
}

/** `wanted` if it is free, null if not; any that is free for 0. */
export function freePort(wanted: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.on('error', () => resolve(null))
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? address!.port : null))
    })
  })
}
