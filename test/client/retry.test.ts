import { expect, test } from 'vitest'
import { backoffMs, isRetriable } from '../../src/client/retry.ts'
import { ConnectionError } from '../../src/client/wire/connection-error.ts'
import { KafkaError } from '../../src/protocol/errors.ts'

const backoff = { retryBackoffMs: 100, retryBackoffMaxMs: 1000 }

test('waits double up to the limit, give or take a fifth', () => {
  const waits = (random: number) => [1, 2, 3, 4, 5, 50].map((n) => backoffMs(n, backoff, () => random))
  expect(waits(0.5)).toEqual([100, 200, 400, 800, 1000, 1000])
  expect(waits(0)).toEqual([80, 160, 320, 640, 800, 800])
  expect(waits(1)[2]).toBeCloseTo(480)
  expect(waits(1)[5]).toBe(1000)
})

test.each([
  [new KafkaError('NOT_COORDINATOR'), true],
  [new KafkaError('TOPIC_ALREADY_EXISTS'), false],
  [new ConnectionError('closed', 'a:1', 'gone'), true],
  [new ConnectionError('not-kafka', 'a:1', 'a web server'), false],
  [new Error('a bug'), false],
])('%s is worth another try: %s', (error, expected) => {
  expect(isRetriable(error)).toBe(expected)
})
