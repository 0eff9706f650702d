import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { ApiVersions } from '../../src/protocol/messages/metadata.ts'
import { ask } from '../support/ask.ts'
import { apacheKafka } from '../support/outside.ts'
import { runOrThrow } from '../support/run-program.ts'
import { KTOOL } from '../support/start-ktool.ts'
import { median, timeInTurn, timeProgram } from './measure.ts'
import type { Question } from './question.ts'

const RUNS = 11

export const start: Question = {
  name: 'start',
  question: 'How long from an empty folder to the first answer?',
  async measure() {
    const serve = (folder: string, port: number): [string, string[]] => [
      process.execPath,
      [KTOOL, 'serve', '--port', String(port), '--data-dir', folder],
    ]
    const broker = (folder: string, port: number): [string, string[]] => [
      apacheKafka!,
      ['broker', folder, String(port)],
    ]
    const { nothing, ktool } = await timeInTurn(RUNS, {
      nothing: () => timeProgram(process.execPath, ['-e', '0']),
      ktool: () => untilFirstAnswer(serve),
    })
    return [
      {
        what: 'empty folder → first answer',
        unit: 's',
        ktool,
        kafka: apacheKafka ? await untilFirstAnswer(broker) : null,
      },
      {
        what: 'empty folder → first answer',
        unit: 's',
        ktool,
        kafka: null,
        against: ['`node -e 0`', nothing],
      },
      {
        what: '`startBroker()` in a running process',
        unit: 'ms',
        ktool: await startInProcess(),
        kafka: null,
      },
    ]
  },
}

async function untilFirstAnswer(
  command: (folder: string, port: number) => [string, string[]],
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'ktool-bench-'))
  const port = await freePort()
  const started = performance.now()
  const child = spawn(...command(folder, port), { stdio: 'ignore' })
  const ended = new Promise((resolve) => child.on('exit', resolve))
  try {
    for (;;) {
      try {
        await ask(port, ApiVersions, 0, {})
        return (performance.now() - started) / 1000
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    }
  } finally {
    child.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The median of several brokers, started and closed one after the other in one process. */
async function startInProcess(): Promise<number> {
  const library = resolve(import.meta.dirname, '../../dist/index.js')
  const script = `
    const { startBroker } = await import(${JSON.stringify(library)})
    for (let count = 0; count < 11; count++) {
      const started = performance.now()
      const broker = await startBroker()
      console.log(performance.now() - started)
      await broker.close()
    }`
  const { stdout } = await runOrThrow(process.execPath, ['--input-type=module', '-e', script])
  return median(stdout.toString().trim().split('\n').map(Number))
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? address!.port : 0))
    })
  })
}
