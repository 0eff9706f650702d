import { expect, test } from 'vitest'
import type { Situation } from '../../src/cli/exit.ts'
import { exitCode, report } from '../../src/cli/exit.ts'
import { ConditionNotMet, Failure, SeveralFailures, UsageError } from '../../src/cli/failures.ts'
import { OutputClosed } from '../../src/cli/io.ts'
import { SettingError } from '../../src/client/config/setting-error.ts'
import { ReadOnlyError } from '../../src/client/read-only.ts'
import { ConnectionError } from '../../src/client/wire/connection-error.ts'
import { KafkaError } from '../../src/protocol/errors.ts'
import { CreateTopics } from '../../src/protocol/messages/topics.ts'
import { testIo } from '../support/test-io.ts'

const SITUATION: Situation = { command: 'tool', args: ['--a'], isJson: false, debug: false, compat: false }

function told(error: unknown, situation: Partial<Situation> = {}): [exit: number, stderr: string] {
  const io = testIo()
  const exit = report(error, { ...SITUATION, ...situation }, io)
  return [exit, io.stderr]
}

test.each([
  ['usage', new UsageError('no'), 2, 'no\nhint: ktool tool --help lists the options\n'],
  ['usage with a remedy', new UsageError('no', { hint: 'yes' }), 2, 'no\nhint: yes\n'],
  ['a failure', new Failure('it broke'), 1, 'it broke\n'],
  ['a condition', new ConditionNotMet('lag is 5'), 3, 'lag is 5\n'],
  ['a wire error', new KafkaError('NOT_CONTROLLER', 'go away'), 1, 'go away\n'],
  ['no connection', new ConnectionError('unreachable', 'a:1', 'refused'), 1, 'a:1: refused\n'],
  ['an address that is none', new SettingError('Invalid url'), 2, 'Invalid url\n'],
  [
    'a change to a read-only cluster',
    new ReadOnlyError("context 'prod' is read-only", CreateTopics),
    1,
    "context 'prod' is read-only: CreateTopics was not sent\nhint: another is named with --context; ktool context update NAME --writable lifts it\n",
  ],
  ['a bug', new RangeError('oops'), 1, 'oops\n'],
  ['something thrown that is no error', 'text', 1, 'text\n'],
  ['a reader that went away', new OutputClosed('closed'), 0, ''],
  ['several failures', new SeveralFailures([new Failure('a'), new KafkaError('NONE', 'b')]), 1, 'a\nb\n'],
])('%s has its exit code and text', (_, error, exit, stderr) => {
  expect(told(error)).toEqual([exit, stderr])
})

test.each([
  ['usage', new UsageError('no'), {}, 1],
  ['a failure', new Failure('no'), {}, 1],
  ['a failure of a tool that exits 0 in Kafka', new Failure('no'), { exit: 0 }, 0],
  ['a condition, which Kafka does not know', new ConditionNotMet('no'), {}, 3],
  ['a read-only cluster, which Kafka does not know', new ReadOnlyError('no', CreateTopics), { exit: 0 }, 1],
])("with Kafka's codes, %s", (_, error, failure, exit) => {
  expect(told(error, { compat: true, failure })[0]).toBe(exit)
})

test('a failure has the code of the wire error behind it, in JSON', () => {
  const codeOf = (error: Error) => JSON.parse(told(error, { isJson: true })[1]).error.code
  const refused = new KafkaError('NOT_CONTROLLER')
  expect(codeOf(new Failure('no', { cause: refused }))).toBe('NOT_CONTROLLER')
  expect(codeOf(new Failure('no', { cause: refused, code: 'OTHER' }))).toBe('OTHER')
  expect(codeOf(new Failure('no', { cause: new ConnectionError('unreachable', 'a:1', 'no') }))).toBe(
    'unreachable',
  )
  expect(codeOf(new Failure('no', { cause: new RangeError('oops') }))).toBe(null)
})

test('items that failed count as failures of the tool', () => {
  expect(exitCode(1, { compat: false })).toBe(1)
  expect(exitCode(1, { compat: true, failure: { exit: 0 } })).toBe(0)
  expect(exitCode(3, { compat: true, failure: { exit: 0 } })).toBe(3)
  expect(exitCode(undefined, { compat: false })).toBe(0)
})

test("a tool's sentence stands around the reason, its remedy below", () => {
  const failure = {
    sentence: (reason: string, args: readonly string[]) => `failed with ${args}: ${reason}`,
    hints: { TOPIC_ALREADY_EXISTS: 'choose another' },
  }
  expect(told(new KafkaError('TOPIC_ALREADY_EXISTS', 'there'), { failure })[1]).toBe(
    'failed with --a: there\nhint: choose another\n',
  )
})

test('the stack and the causes are printed on demand', () => {
  const [, stderr] = told(new Failure('outer', { cause: new KafkaError('NOT_CONTROLLER', 'inner') }), {
    debug: true,
  })
  expect(stderr).toMatch(/^outer\nFailure: outer\n +at [\s\S]*caused by \[NOT_CONTROLLER\] KafkaError: inner/)
})
