// Offsets and timestamps past 2^53: another client's against our broker, and our tools against Apache Kafka.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApacheKafkaProcess, runKafkaTool, startApacheKafka } from '../support/apache-kafka.ts'
import { describeWith } from '../support/describe-with.ts'
import { python } from '../support/outside.ts'
import { runOrThrow } from '../support/run-program.ts'
import { type KtoolProcess, runKtool, startKtool } from '../support/start-ktool.ts'

const TOPIC = 'far'
const FAR = ['9007199254740993', '9223372036854775807']
/** Nanoseconds, and what a double rounds. */
const TIMES = ['1700000000000000001', '4611686018427387905', '9007199254740993']

describeWith(['python', 'apacheKafka'], 'values past 2^53', () => {
  let folder: string
  let kafka: ApacheKafkaProcess
  let ktool: KtoolProcess
  let servers: readonly string[]

  const runHere = async (...args: string[]): Promise<string> => {
    const { stdout, stderr } = await runKtool(args)
    return stdout.toString() + stderr
  }
  const fromApache = async (tool: string, ...args: string[]): Promise<string> => {
    const { stdout, stderr } = await runKafkaTool(tool, args)
    return stdout.toString() + stderr
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ktool-far-'))
    kafka = await startApacheKafka(['offsets.topic.num.partitions=1'])
    ktool = await startKtool()
    servers = [kafka.bootstrapServers, ktool.bootstrapServers]
    const lines = TIMES.map((timestamp) => JSON.stringify({ value: timestamp, timestamp })).join('\n')
    for (const server of servers) {
      const at = ['--bootstrap-server', server]
      const config = ['--config', 'message.timestamp.after.max.ms=9223372036854775807']
      await runKtool(['topics', ...at, '--create', '--topic', TOPIC, '--partitions', '1', ...config])
      await runKtool(['produce', ...at, '-t', TOPIC, '-i', 'jsonl'], { input: `${lines}\n` })
      // Commits once the coordinator has loaded, which the other client does not wait for.
      const reset = ['--reset-offsets', '--group', 'first', '--topic', TOPIC, '--to-latest', '--execute']
      await runKtool(['consumer-groups', ...at, ...reset])
    }
  })

  afterAll(async () => {
    await ktool.stop()
    await kafka.stop()
    rmSync(folder, { recursive: true })
  })

  test.each(FAR)('confluent-kafka commits %s, reads it back, and reads on from the start', async (offset) => {
    for (const server of servers) {
      const args = ['test/interop/confluent_kafka_client.py', 'far', server, TOPIC, `at-${offset}`, offset]
      const { stdout } = await runOrThrow(python!, args)
      expect(stdout.toString()).toBe(`${offset}\n0\n`)
    }
  })

  test('groups far ahead of the log are described as by the tool of Kafka', async () => {
    for (const server of servers) {
      const args = ['--bootstrap-server', server, '--describe', '--all-groups']
      const [ours, theirs] = [
        await runHere('consumer-groups', ...args),
        await fromApache('consumer-groups', ...args),
      ]
      const rows = (text: string) =>
        text
          .split('\n')
          .filter((line) => line.startsWith('at-'))
          .sort()
      expect(rows(ours).map((row) => row.trimEnd())).toEqual(rows(theirs).map((row) => row.trimEnd()))
      for (const offset of FAR) expect(ours).toContain(` ${offset} `)
    }
  })

  test.each([
    ['--to-offset', '9223372036854775807'],
    ['--shift-by', '9223372036854775807'],
    ['--shift-by', '-9223372036854775808'],
  ])('%s %s is planned as by the tool of Kafka', async (...scenario) => {
    const args = ['--group', `at-${FAR[0]}`, '--topic', TOPIC, '--reset-offsets', '--dry-run', ...scenario]
    const at = ['--bootstrap-server', kafka.bootstrapServers]
    const row = (text: string) =>
      text
        .split('\n')
        .find((line) => line.startsWith('at-'))
        ?.trimEnd()
    const theirs = row(await fromApache('consumer-groups', ...at, ...args))
    expect(theirs).toMatch(/ [03]$/)
    expect(row(await runHere('consumer-groups', ...at, ...args))).toBe(theirs)
  })

  test('records after an offset past 2^53 cannot be deleted, and both tools report it', async () => {
    const file = join(folder, 'offsets.json')
    writeFileSync(file, `{"partitions":[{"topic":"${TOPIC}","partition":0,"offset":9223372036854775807}]}`)
    const args = ['--bootstrap-server', kafka.bootstrapServers, '--offset-json-file', file]
    for (const text of [
      await runHere('delete-records', ...args),
      await fromApache('delete-records', ...args),
    ]) {
      expect(text).toMatch(/partition: far-0\s+error: .*offset is not within the range/)
    }
  })

  test('timestamps are printed as by the tool of Kafka, and copied to the digit', async () => {
    const reading = ['--topic', TOPIC, '--from-beginning', '--max-messages', '3', '--timeout-ms', '20000']
    const printed = ['--formatter-property', 'print.timestamp=true']
    const expected = TIMES.map((time) => `CreateTime:${time}\t${time}`)
    const from = ['--from-bootstrap-server', kafka.bootstrapServers]
    const to = ['--to-bootstrap-server', ktool.bootstrapServers, '--to-topic', 'copied']
    await runKtool(['copy', TOPIC, ...from, ...to, '--state', join(folder, 'state.json')])
    const copied = ['--bootstrap-server', ktool.bootstrapServers, ...reading.with(1, 'copied'), ...printed]
    const here = ['--bootstrap-server', ktool.bootstrapServers, ...reading, ...printed]
    const there = ['--bootstrap-server', kafka.bootstrapServers, ...reading, ...printed]
    for (const args of [copied, here, there]) {
      expect((await runHere('console-consumer', ...args)).split('\n').slice(0, 3)).toEqual(expected)
      const theirs = await fromApache('console-consumer', ...args)
      expect(theirs.split('\n').filter((line) => line.startsWith('CreateTime:'))).toEqual(expected)
    }
  })

  test('offsets are found by such times as by the tool of Kafka', async () => {
    for (const server of servers) {
      for (const time of ['9007199254740993', '1700000000000000002', '-3']) {
        const args = ['--bootstrap-server', server, '--topic', TOPIC, '--time', time]
        expect(await runHere('get-offsets', ...args)).toBe(await fromApache('get-offsets', ...args))
      }
    }
  })
})
