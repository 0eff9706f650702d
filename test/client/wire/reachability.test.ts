import { expect, test } from 'vitest'
import { ConnectionError } from '../../../src/client/wire/connection-error.ts'
import { type Attempt, Reachability } from '../../../src/client/wire/reachability.ts'
import { ManualClock } from '../../support/manual-clock.ts'

const A = '127.0.0.1:9092'
const refused = new ConnectionError('unreachable', A, 'connection refused')
const unknown = new ConnectionError('unreachable', A, 'the host name is unknown')
const timedOut = new ConnectionError('timed-out', A, 'no connection within 10000 ms')

function start() {
  const clock = new ManualClock()
  const lines: string[] = []
  const reachability = new Reachability({
    clock,
    nameOf: (address) => `${address} (broker 1)`,
    onNotice: (line) => lines.push(line),
  })
  /** Attempts, one every 100 ms, that end like this. */
  const attempts = (count: number, end: (attempt: Attempt) => void): void => {
    for (let i = 0; i < count; i++) {
      end(reachability.begin(A))
      clock.pass(100)
    }
  }
  return { clock, lines, reachability, attempts }
}

test('a connection that is refused for a second is reported once', () => {
  const { lines, attempts } = start()
  attempts(9, (attempt) => attempt.failed(refused))
  expect(lines).toEqual([])
  attempts(50, (attempt) => attempt.failed(refused))
  expect(lines).toEqual([`connection to ${A} (broker 1) refused, retrying`])
})

test('another cause is reported, and each once, however they alternate', () => {
  const { lines, attempts } = start()
  attempts(20, (attempt) => attempt.failed(refused))
  for (let i = 0; i < 5; i++) {
    attempts(5, (attempt) => attempt.failed(unknown))
    attempts(5, (attempt) => attempt.failed(refused))
  }
  expect(lines).toEqual([
    `connection to ${A} (broker 1) refused, retrying`,
    `connection to ${A} (broker 1) failed: the host name is unknown, retrying`,
  ])
})

test('a connection after a report is reported, and a failure after that as well', () => {
  const { lines, attempts } = start()
  attempts(20, (attempt) => attempt.failed(refused))
  attempts(1, (attempt) => attempt.opened())
  attempts(20, (attempt) => attempt.failed(refused))
  expect(lines).toEqual([
    `connection to ${A} (broker 1) refused, retrying`,
    `connected to ${A} (broker 1)`,
    `connection to ${A} (broker 1) refused, retrying`,
  ])
})

test('failures that pass within a second are not reported', () => {
  const { lines, attempts } = start()
  for (let i = 0; i < 10; i++) {
    attempts(8, (attempt) => attempt.failed(refused))
    attempts(1, (attempt) => attempt.opened())
  }
  expect(lines).toEqual([])
})

test('a single failure that nobody tries to mend is not reported', () => {
  const { clock, lines, attempts } = start()
  attempts(1, (attempt) => attempt.failed(refused))
  clock.pass(5000)
  expect(lines).toEqual([])
})

test('an attempt that takes longer than a second is reported with what it waits for', () => {
  const { clock, lines, reachability } = start()
  const attempt = reachability.begin(A)
  clock.pass(1000)
  attempt.step('tcp')
  clock.pass(1000)
  expect(lines).toEqual([
    `connecting to ${A} (broker 1): no answer yet, waiting`,
    `connected to ${A} (broker 1), waiting for an answer`,
  ])
})

test('the end of a wait that was reported is no news', () => {
  const { clock, lines, reachability } = start()
  for (let i = 0; i < 3; i++) {
    const attempt = reachability.begin(A)
    clock.pass(10_000)
    attempt.failed(timedOut)
  }
  expect(lines).toEqual([`connecting to ${A} (broker 1): no answer yet, waiting`])
})

test('what will not pass is left to the error of the call', () => {
  const { lines, attempts } = start()
  attempts(20, (attempt) => attempt.failed(new ConnectionError('tls', A, 'not trusted')))
  expect(lines).toEqual([])
})

test('an open connection that does not answer is reported, and when it answers again', () => {
  const { lines, reachability } = start()
  reachability.silent(A)
  reachability.silent(A)
  reachability.answered(A)
  reachability.answered(A)
  expect(lines).toEqual([`no answer from ${A} (broker 1) yet, waiting`, `${A} (broker 1) answers again`])
})

test('the first request of a connection counts as part of opening it', () => {
  const { clock, lines, reachability } = start()
  const attempt = reachability.begin(A)
  attempt.step('tcp')
  clock.pass(999)
  reachability.silent(A)
  clock.pass(1)
  expect(lines).toEqual([`connected to ${A} (broker 1), waiting for an answer`])
})

test('the obstacle is the last failure, or what an attempt waits for', () => {
  const { reachability } = start()
  expect(reachability.obstacle(500)).toBeNull()
  reachability.begin(A).failed(refused)
  expect(reachability.obstacle(500)).toBe(refused)
  const attempt = reachability.begin(A)
  expect(reachability.obstacle(500)?.message).toBe(`${A}: no connection within 500 ms`)
  attempt.step('tcp')
  expect(reachability.obstacle(500)?.message).toBe(`${A}: no answer within 500 ms`)
  attempt.opened()
  expect(reachability.obstacle(500)).toBeNull()
})

test('after the end nothing is reported', () => {
  const { clock, lines, reachability } = start()
  reachability.begin(A)
  reachability.close()
  clock.pass(5000)
  expect(lines).toEqual([])
})
