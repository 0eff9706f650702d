// An input without an end, or without newlines, takes neither memory nor time without limit.
import { closeSync, openSync } from 'node:fs'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type BrokerHandle, startBroker } from '../../src/broker/start.ts'
import { startChild } from '../support/child.ts'

let broker: BrokerHandle
beforeAll(async () => {
  broker = await startBroker({ topics: [{ name: 'in', partitions: 1 }] })
})
afterAll(() => broker.close())

test.each([[], ['-i', 'jsonl'], ['--key', 'k']])('console-producer < /dev/zero %j', async (...more) => {
  const zero = openSync('/dev/zero', 'r')
  onTestFinished(() => closeSync(zero))
  const args = ['console-producer', '-b', broker.bootstrapServers, '-t', 'in', ...more]
  const child = startChild(args, [zero, 'ignore', 'pipe'])
  expect(await child.ended).toBe(1)
  expect(child.stderr()).toContain('line 1 of the input is longer than 67108864 bytes')
})
