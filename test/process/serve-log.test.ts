// The log of `ktool serve` goes to standard error, and whatever becomes of that, the broker serves its clients.
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Cluster } from '../../src/client/cluster.ts'
import { type KtoolChild, millisecondsOf, startChild, until } from '../support/child.ts'
import { openPipe } from '../support/pipe.ts'

/** Each of these makes a line in the log. */
const NO_REQUEST = Buffer.from([0xff, 0xff, 0xff, 0xff])

interface Served {
  readonly child: KtoolChild
  readonly port: number
}

async function serve(stderr: number | 'pipe' | 'ignore', ...more: string[]): Promise<Served> {
  const dataDir = mkdtempSync(join(tmpdir(), 'ktool-log-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const ready = openPipe()
  const args = ['serve', '--port', '0', '--data-dir', dataDir, ...more]
  const child = startChild(args, ['ignore', ready.input, stderr], { readsStderr: false })
  let line = ''
  await until('the broker is ready', () => {
    line += ready.read()
    return line.endsWith('\n')
  })
  return { child, port: Number(JSON.parse(line).bootstrapServers.split(':').at(-1)) }
}

/** Sends what is no request, so many times. */
async function provoke(port: number, times: number): Promise<void> {
  const one = (): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(NO_REQUEST))
      socket.on('error', () => {})
      socket.on('close', () => resolve())
    })
  for (let done = 0; done < times; done += 50) {
    await Promise.all(Array.from({ length: Math.min(50, times - done) }, one))
  }
}

async function isServing(port: number): Promise<boolean> {
  const cluster = Cluster.connect({ bootstrapServers: `127.0.0.1:${port}` })
  try {
    await cluster.allTopics()
    return true
  } finally {
    cluster.close()
  }
}

const LINE = /127\.0\.0\.1/

test.each(['pipe', 'socket'] as const)('a log that is not read from its %s stops nobody', async (kind) => {
  // What Node calls a pipe is a pair of sockets, and nobody reads from it before there is a listener.
  const { child, port } = await serve(kind === 'pipe' ? openPipe().input : 'pipe')
  await provoke(port, 3000)
  expect(await isServing(port)).toBe(true)
  child.signal('SIGTERM')
  expect(await millisecondsOf(child.ended)).toBeLessThan(3000)
  expect(await child.ended).toBe(0)
})

test('log lines that are dropped are counted', async () => {
  const pipe = openPipe()
  const { child, port } = await serve(pipe.input)
  const times = 6000
  await provoke(port, times)
  let log = ''
  await until('the count is written', () => {
    log += pipe.read()
    return /lines were dropped/.test(log)
  })
  child.signal('SIGTERM')
  await child.ended
  log += pipe.read()
  const dropped = Number(
    /… (\d+) lines were dropped: the reader of standard error did not keep up\n/.exec(log)?.[1],
  )
  const lines = log.split('\n').filter((line) => LINE.test(line) && !/serving/.test(line))
  expect(dropped).toBeGreaterThan(0)
  expect(lines.length + dropped).toBe(times)
})

test('a log whose reader went away stops nobody', async () => {
  const pipe = openPipe()
  const { child, port } = await serve(pipe.input)
  pipe.close()
  await provoke(port, 20)
  expect(await isServing(port)).toBe(true)
  child.signal('SIGTERM')
  expect(await child.ended).toBe(0)
})

test('a log on a full disk stops nobody', async () => {
  const full = openSync('/dev/full', 'w')
  onTestFinished(() => closeSync(full))
  const { child, port } = await serve(full)
  await provoke(port, 50)
  expect(await isServing(port)).toBe(true)
  child.signal('SIGTERM')
  expect(await child.ended).toBe(0)
})
