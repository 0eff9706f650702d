// console-consumer and console-producer as processes: in pipes of a shell, interrupted, and beside kcat.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { int64Json } from '../../src/bytes/int64.ts'
import { oddNameBytes } from '../../src/records/header-name.ts'
import { describeWith } from '../support/describe-with.ts'
import { kcat } from '../support/outside.ts'
import { seededRandom } from '../support/random.ts'
import { randomRecord } from '../support/random-records.ts'
import { runOrThrow, runProgram } from '../support/run-program.ts'
import { KTOOL, type KtoolProcess, runKtool, startKtool } from '../support/start-ktool.ts'

let broker: KtoolProcess
let env: Record<string, string>

beforeAll(async () => {
  broker = await startKtool()
  env = {
    NODE: process.execPath,
    KTOOL,
    KCAT: kcat ?? '',
    BROKER: broker.bootstrapServers,
    KTOOL_BOOTSTRAP_SERVERS: broker.bootstrapServers,
  }
})
afterAll(() => broker?.stop())

const ktool = (args: string, input: string | Buffer = '') => runKtool(args.split(' '), { input, env })

/** Runs a line of bash, in which `ktool` and `kcat` are what they should be. */
const shell = (line: string, input: string | Buffer = '') =>
  runProgram('bash', ['-c', `ktool() { "$NODE" "$KTOOL" "$@"; }; kcat() { "$KCAT" "$@"; }; ${line}`], {
    input,
    env,
  })

/** The records of a topic as JSON lines, without what each topic has of its own. */
async function linesOf(topic: string): Promise<string[]> {
  const { stdout } = await ktool(`consume -t ${topic} --from earliest --until end -o jsonl`)
  return stdout
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.stringify({ ...JSON.parse(line), topic: null }))
}

describe('in a shell', () => {
  test('one tool pipes what the other reads', async () => {
    const random = seededRandom(Number(process.env.ROUND_TRIP_SEED ?? 1))
    const json = (bytes: Buffer | null) => bytes && { base64: bytes.toString('base64') }
    const input = Array.from({ length: 200 }, () => {
      const { key, value, headers, timestamp } = randomRecord(random, 1)
      const pairs = headers.map(([name, content]) => [
        json(oddNameBytes(name) ?? Buffer.from(name)),
        json(content),
      ])
      return `${JSON.stringify({ timestamp: int64Json(timestamp), headers: pairs, key: json(key), value: json(value) })}\n`
    })
    const large = '--command-property max.request.size=4000000'
    await ktool(
      'topics --create --topic piped --config max.message.bytes=4000000 --config message.timestamp.after.max.ms=9223372036854775807',
    )
    await ktool(
      'topics --create --topic piped-copy --config max.message.bytes=4000000 --config message.timestamp.after.max.ms=9223372036854775807',
    )
    expect((await ktool(`produce -i jsonl -t piped ${large}`, input.join(''))).code).toBe(0)
    const copy = `ktool consume -t piped --from earliest --until end -o jsonl | ktool produce -i jsonl -t piped-copy ${large}`
    expect((await shell(`set -o pipefail; ${copy}`)).code).toBe(0)
    const lines = await linesOf('piped')
    expect(lines).toHaveLength(200)
    expect(await linesOf('piped-copy')).toEqual(lines)
  })

  test('a reader that has enough is no failure', async () => {
    const status = `echo \${PIPESTATUS[0]}`
    const lines = Array.from({ length: 50_000 }, (_, i) => `${i}\n`).join('')
    expect((await ktool('produce -t many', lines)).code).toBe(0)
    for (const format of ['text', 'jsonl']) {
      const consume = `ktool consume -t many --from-beginning -o ${format}`
      const { stdout, stderr } = await shell(`${consume} | head -n 1 >&2; ${status}`)
      expect(stdout.toString()).toBe('0\n')
      expect(stderr.split('\n')).toHaveLength(2)
    }
    const report = await shell(`ktool produce -t many --report | head -n 1; ${status}`, lines)
    expect(report.stdout.toString()).toMatch(/^Partition:0\tOffset:\d+\n0\n$/)
  })

  test('an interrupt ends either with 130, and what was read is written', async () => {
    const start = (args: string) =>
      spawn(process.execPath, [KTOOL, ...args.split(' ')], { env: { ...process.env, ...env } })
    const producer = start('produce -t interrupted --timeout 0 --report')
    producer.stdin.write('one\ntwo\n')
    let reported = ''
    producer.stdout.on('data', (chunk: Buffer) => (reported += chunk))
    await vi.waitFor(() => expect(reported).toContain('Offset:1'), { timeout: 20_000 })
    producer.kill('SIGINT')
    expect(await once(producer, 'exit')).toEqual([130, null])

    const consumer = start('consume -t interrupted --from-beginning')
    let printed = ''
    let said = ''
    consumer.stdout.on('data', (chunk: Buffer) => (printed += chunk))
    consumer.stderr.on('data', (chunk: Buffer) => (said += chunk))
    await vi.waitFor(() => expect(printed).toBe('one\ntwo\n'), { timeout: 20_000 })
    consumer.kill('SIGINT')
    expect(await once(consumer, 'close')).toEqual([130, null])
    expect(said).toBe('Processed a total of 2 messages\n')
  })
})

describeWith(['kcat'], 'beside kcat', () => {
  test('what kcat -J prints makes the same records again', async () => {
    const write = (args: string, input: string | Buffer) =>
      runOrThrow(kcat!, ['-P', '-b', broker.bootstrapServers, '-t', 'kcat', ...args.split(' ')], { input })
    await ktool('topics --create --topic kcat')
    await write('-k key -H a=1 -H a=2 -H none -H empty=', 'text\n')
    // kcat writes bytes as they are, escapes or none.
    const bytes = Buffer.from(
      '\xff\xed\xa0\x80"\\/\0\b\t\r\x1f\x7f\xe2\x80\xa8\xc3\xa9\xf0\x9f\x98\x80\xc0',
      'latin1',
    )
    await write('-K | -D !', Buffer.concat([bytes, Buffer.from('|'), bytes]))
    await write('-K : -Z', 'tombstone:\n')
    await write('-K : -Z', ':without key\n')
    await write('-k 5', '{"base64":"/w=="}\n')
    const odd = await shell(
      `printf v | kcat -P -b "$BROKER" -t kcat -H "$(printf 'n\\xff=\\xfe')"; kcat -C -b "$BROKER" -t kcat -e -q -J | ktool produce -i jsonl -t kcat-copy`,
    )
    expect([odd.code, odd.stderr]).toEqual([0, ''])
    const lines = await linesOf('kcat')
    expect(lines).toHaveLength(6)
    expect(await linesOf('kcat-copy')).toEqual(lines)
    const read = async (topic: string) =>
      (
        await runOrThrow(kcat!, [
          ...['-C', '-b', broker.bootstrapServers, '-t', topic, '-e', '-q'],
          ...['-f', '%T %K %k %S %s %h\\n'],
        ])
      ).stdout
    expect(await read('kcat-copy')).toEqual(await read('kcat'))
  })
})
