// What every tool does when there is no broker where it looks for one: nobody listens, a web server answers, the port wants
// TLS, nothing is ever answered. The command lines are the tools' own examples, so that a new tool is held to this as well.
import { rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { workingFolder } from '../support/example-place.ts'
import { type TestIo, testIo } from '../support/test-io.ts'
import { type CommandLine, commandLines } from '../support/tool-lines.ts'

const LINES = await commandLines()

/** What the examples of tools for secured clusters name. */
const LOGIN = `security.protocol=SASL_PLAINTEXT
sasl.mechanism=PLAIN
sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="a" password="b";
`

const here = process.cwd()
const folder = workingFolder()
writeFileSync(`${folder}/login.properties`, LOGIN)
process.chdir(folder)
afterAll(() => {
  process.chdir(here)
  rmSync(folder, { recursive: true, force: true })
})

/** A wait that runs out is an unmet condition; with a broker that never comes, too. */
const isWait = ({ name }: CommandLine): boolean => name.startsWith('wait ')

const withoutPatience = (args: readonly string[]): string[] => {
  const at = args.indexOf('--timeout-ms')
  return [...(at < 0 ? args : args.toSpliced(at, 2)), '--timeout-ms', '1']
}

async function run(
  line: CommandLine,
  port: number,
  more: readonly string[] = [],
): Promise<{ exit: number; io: TestIo }> {
  const io = testIo({
    env: { KTOOL_BOOTSTRAP_SERVERS: `127.0.0.1:${port}`, HOME: '/nonexistent' },
    input: 'x\n',
  })
  const args = isWait(line) ? withoutPatience(line.args) : line.args
  return { exit: await main('ktool', [...args, ...more], io), io }
}

const listen = (server: Server): Promise<number> =>
  new Promise((done) => {
    server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port))
  })

/** Listens, and answers whatever comes with `answer`; says nothing when there is none. */
function answering(answer: string | Buffer | null) {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', () => answer !== null && socket.end(answer))
  })
  return {
    listen: () => listen(server),
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

test('there is a line for each tool that talks to a cluster', () => {
  expect(LINES.length).toBeGreaterThan(30)
})

describe.concurrent('nobody listens', () => {
  let port: number
  beforeAll(async () => {
    const server = createServer()
    port = await listen(server)
    await new Promise((done) => server.close(done))
  })

  test.each(LINES)('$name fails, and says where it looked', async (line) => {
    const { exit, io } = await run(line, port)
    expect([exit, io.stdout + io.stderr]).toEqual([
      isWait(line) ? 3 : 1,
      expect.stringContaining(`127.0.0.1:${port}`),
    ])
    expect(io.stderr).not.toContain('    at ')
  })

  test.each(LINES)("$name has Kafka's exit code when that is asked for", async (line) => {
    const { exit } = await run(line, port, ['--compat-exit-codes'])
    expect(exit).toBe(isWait(line) ? 3 : line.kafkaExit)
  })
})

describe.concurrent.each([
  ['a web server answers', 'HTTP/1.1 400 Bad Request\r\n\r\n', "begins with 'HTTP/1.1 400 Bad Request'"],
  ['the port wants TLS', Buffer.from('15030300020246', 'hex'), 'expects TLS'],
])('%s', (_, answer, sentence) => {
  const peer = answering(answer)
  let port: number
  beforeAll(async () => {
    port = await peer.listen()
  })
  afterAll(() => peer.close())

  test.each(LINES)('$name fails, and says so', async (line) => {
    const { exit, io } = await run(line, port)
    expect([exit, io.stderr + io.stdout]).toEqual([1, expect.stringContaining(sentence)])
  })
})

describe.concurrent('nothing is ever answered', () => {
  const peer = answering(null)
  let port: number
  beforeAll(async () => {
    port = await peer.listen()
  })
  afterAll(() => peer.close())

  test.each(LINES)('$name can be interrupted, which is told by exit code 130', async (line) => {
    const io = testIo({ env: { KTOOL_BOOTSTRAP_SERVERS: `127.0.0.1:${port}`, HOME: '/nonexistent' } })
    const ended = main('ktool', line.args, io)
    while (io.listeners === 0) await new Promise(setImmediate)
    // A tool that tidies up before it ends is given up on with the second signal.
    io.interrupt()
    io.interrupt()
    expect(await ended).toBe(130)
  })
})

describe.concurrent('usage', () => {
  test.each(LINES)('$name refuses an option that there is not, and sends nothing', async (line) => {
    const { exit, io } = await run(line, 1, ['--no-such-option'])
    expect([exit, io.stdout]).toEqual([2, ''])
    expect(io.stderr).toContain('no-such-option')
    expect((await run(line, 1, ['--no-such-option', '--compat-exit-codes'])).exit).toBe(1)
  })
})
