import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { inSlices, isTurnOver, nextTurn, type Work, waitFor } from '../../src/log/slices.ts'

/** Holds the event loop. */
function busy(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

function* steps(count: number, ms: number, log: string[] = [], name = ''): Work<number> {
  for (let step = 0; step < count; step++) {
    busy(ms)
    log.push(name)
    yield
  }
  return count
}

/** Counts the turns of the event loop until the promise is settled. */
async function turnsUntil(promise: Promise<unknown>): Promise<number> {
  let isSettled = false
  const settle = () => {
    isSettled = true
  }
  promise.then(settle, settle)
  for (let turns = 0; ; turns++) {
    if (isSettled) return turns
    await turn()
  }
}

test('short work is done at once', async () => {
  await turn()
  expect(inSlices(steps(10, 0))).toBe(10)
})

test('long work lets the event loop turn', async () => {
  await turn()
  const result = inSlices(steps(20, 4))
  expect(result).toBeInstanceOf(Promise)
  // 20 steps of 4 ms, three of them to a slice at most.
  expect(await turnsUntil(result as Promise<number>)).toBeGreaterThanOrEqual(5)
  expect(await result).toBe(20)
})

test('work that waits goes on in the order in which it came', async () => {
  await turn()
  const log: string[] = []
  await Promise.all([inSlices(steps(6, 9, log, 'a')), inSlices(steps(6, 9, log, 'b'))])
  expect(log.join('')).toBe('aabababababb')
})

test('what begins in a turn that is over waits', async () => {
  await turn()
  expect(isTurnOver()).toBe(false)
  busy(10)
  expect(isTurnOver()).toBe(true)
  const log: string[] = []
  const result = inSlices(steps(2, 0, log))
  expect(log).toHaveLength(0)
  await result
  expect(log).toHaveLength(2)
})

test('a turn is over once, and the next one has its own time', async () => {
  await turn()
  isTurnOver()
  busy(10)
  expect(isTurnOver()).toBe(true)
  await nextTurn()
  expect(isTurnOver()).toBe(false)
  await turn()
  await turn()
  expect(isTurnOver()).toBe(false)
})

test('work waits for promises, and gets what they say', async () => {
  function* asking(): Work<string> {
    const first = yield* waitFor(Promise.resolve('a'))
    try {
      yield* waitFor(Promise.reject(new Error('b')))
    } catch (error) {
      return first + (error as Error).message
    }
    return 'nothing failed'
  }
  expect(await inSlices(asking())).toBe('ab')
})

test('what work throws is thrown, or rejects if that comes later', async () => {
  function* failing(waits: boolean): Work<void> {
    if (waits) yield* waitFor(Promise.resolve())
    yield
    throw new Error('it failed')
  }
  expect(() => inSlices(failing(false))).toThrow('it failed')
  await expect(inSlices(failing(true))).rejects.toThrow('it failed')
})
