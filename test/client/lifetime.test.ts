import { expect, test, vi } from 'vitest'
import { Deadline } from '../../src/client/deadline.ts'
import { Interrupted, Lifetime } from '../../src/client/lifetime.ts'
import { ManualClock } from '../support/manual-clock.ts'

const never = new Promise<never>(() => {})
const late = () => new Error('late')

function start(closeMs = 1000) {
  const clock = new ManualClock()
  const announced: (readonly string[])[] = []
  const lifetime = new Lifetime(clock, { closeMs, onSlowClose: (unfinished) => announced.push(unfinished) })
  return { clock, lifetime, announced, in: (ms: number) => new Deadline(clock, ms) }
}

test('a wait settles as its work does, and leaves no timer', async () => {
  const { clock, lifetime, in: after } = start()
  expect(await lifetime.within(after(50), Promise.resolve(1), late)).toBe(1)
  const failed = lifetime.within(after(50), Promise.reject(new Error('no')), late)
  await expect(failed).rejects.toThrow('no')
  expect(clock.pendingTasks).toBe(0)
})

test('a wait ends at its deadline', async () => {
  const { clock, lifetime, in: after } = start()
  const waiting = lifetime.within(after(50), never, late)
  clock.pass(60)
  await expect(waiting).rejects.toThrow('late')
})

test('an interrupt ends every wait that has begun', async () => {
  const { lifetime, in: after } = start()
  const waits = [
    lifetime.within(after(50), never, late),
    lifetime.within(after(Infinity), never, late),
    lifetime.sleep(50),
  ]
  lifetime.interrupt()
  for (const wait of waits) await expect(wait).rejects.toBeInstanceOf(Interrupted)
})

test('what begins after an interrupt has the time for closing', async () => {
  const { clock, lifetime } = start(1000)
  lifetime.interrupt()
  const waiting = lifetime.within(lifetime.deadline(60_000), never, late)
  clock.pass(400)
  const second = lifetime.within(lifetime.deadline(60_000), never, late)
  const over = lifetime.untilOver(never)
  clock.pass(610)
  await expect(waiting).rejects.toThrow('late')
  await expect(second).rejects.toThrow('late')
  expect(await over).toBe(false)
})

test('a wait for the last work has no limit before closing begins', async () => {
  const { clock, lifetime } = start(1000)
  const ended = vi.fn()
  const over = lifetime.untilOver(never).then(ended)
  clock.pass(60_000)
  await Promise.resolve()
  expect(ended).not.toHaveBeenCalled()
  lifetime.closing()
  clock.pass(1000)
  await over
  expect(ended).toHaveBeenCalledWith(false)
})

test('closing has one time, whoever asks for it', () => {
  const { clock, lifetime } = start(1000)
  lifetime.closing()
  clock.pass(300)
  expect(lifetime.closing().leftMs).toBe(700)
  lifetime.interrupt()
  expect(lifetime.closing().leftMs).toBe(700)
})

test('a slow close is announced once, with what it waits for', () => {
  const { clock, lifetime, announced } = start()
  const release = lifetime.holdUp(() => 'a commit')
  lifetime.closing()
  clock.pass(499)
  lifetime.holdUp(() => '')
  clock.pass(500)
  expect(announced).toEqual([['a commit']])
  release()
  lifetime.holdUp(() => 'more')
  clock.pass(5000)
  expect(announced).toHaveLength(1)
})

test('a quick close is not announced', () => {
  const { clock, lifetime, announced } = start()
  const release = lifetime.holdUp(() => 'a commit')
  lifetime.closing()
  clock.pass(100)
  release()
  clock.pass(5000)
  expect(announced).toEqual([])
})
