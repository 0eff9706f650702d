// A broker without a data folder leaves nothing in the temporary folder, however the process that embeds it ends.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'

const LIBRARY = resolve(import.meta.dirname, '../../dist/index.js')

/** What the programs have for their temporary folder. */
let temporary: string

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'ktool-temporary-folders-'))
})
afterEach(() => rmSync(temporary, { recursive: true }))

/** Runs a program that starts a broker, prints its folder, and goes on with `code`. */
async function embed(code: string): Promise<{ child: ChildProcess; dataDir: string }> {
  const program = `
    import { startBroker } from ${JSON.stringify(LIBRARY)}
    const broker = await startBroker()
    process.stdout.write(broker.dataDir + '\\n', async () => { ${code} })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  return { child, dataDir: line.toString().trim() }
}

const ended = async (child: ChildProcess): Promise<(number | string | null)[]> =>
  child.exitCode === null && child.signalCode === null
    ? await once(child, 'exit')
    : [child.exitCode, child.signalCode]

test.each([
  ['process.exit', 'process.exit(3)', [3, null]],
  ['an error that nobody catches', 'throw new Error()', [1, null]],
  ['a rejection that nobody handles', 'Promise.reject(new Error())', [1, null]],
  ['close', 'await broker.close()', [0, null]],
])('the folder is removed by %s', async (_, code, expected) => {
  const { child } = await embed(code)
  expect(await ended(child)).toEqual(expected)
  expect(readdirSync(temporary)).toEqual([])
})

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'the folder is removed by %s, which ends the process',
  async (signal) => {
    const { child, dataDir } = await embed('')
    expect(existsSync(dataDir)).toBe(true)
    child.kill(signal)
    expect(await ended(child)).toEqual([null, signal])
    expect(readdirSync(temporary)).toEqual([])
  },
)

test('a program that handles a signal itself goes on, with its broker', async () => {
  const { child, dataDir } = await embed(`
    process.on('SIGTERM', () => process.stdout.write('handled'))
    process.on('SIGUSR2', () => process.exit(0))
    process.stdout.write('listening')`)
  await once(child.stdout!, 'data')
  child.kill('SIGTERM')
  expect(String((await once(child.stdout!, 'data'))[0])).toBe('handled')
  expect(existsSync(join(dataDir, 'meta.properties'))).toBe(true)
  child.kill('SIGUSR2')
  expect(await ended(child)).toEqual([0, null])
  expect(readdirSync(temporary)).toEqual([])
})

test('what a killed process left is removed at the next start, and nothing else', async () => {
  const killed = await embed('')
  const running = await embed('')
  killed.child.kill('SIGKILL')
  await ended(killed.child)
  expect(existsSync(killed.dataDir)).toBe(true)
  const foreign = join(temporary, 'ktool-broker-foreign')
  mkdirSync(foreign)
  writeFileSync(join(foreign, 'notes'), '')
  const { child } = await embed('await broker.close()')
  await ended(child)
  expect(existsSync(killed.dataDir)).toBe(false)
  expect(existsSync(foreign)).toBe(true)
  expect(existsSync(running.dataDir)).toBe(true)
})
