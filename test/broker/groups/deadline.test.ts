import { expect, test } from 'vitest'
import { Deadline } from '../../../src/broker/groups/deadline.ts'
import { ManualClock } from '../../support/manual-clock.ts'

function startDeadline() {
  const clock = new ManualClock()
  const deadline = new Deadline(clock)
  const rung: string[] = []
  return { clock, deadline, rung, ring: (name: string) => () => rung.push(name) }
}

test('a deadline passes once, at its time', () => {
  const { clock, deadline, rung, ring } = startDeadline()
  deadline.set(100, ring('a'))
  clock.pass(99)
  expect(rung).toEqual([])
  clock.pass(1)
  clock.pass(1000)
  expect(rung).toEqual(['a'])
  expect(deadline.isSet).toBe(false)
})

test('a deadline that is put off passes later, with one timer', () => {
  const { clock, deadline, rung, ring } = startDeadline()
  deadline.set(100, ring('a'))
  for (let beat = 0; beat < 5; beat++) {
    clock.pass(60)
    deadline.extend(100)
    expect(clock.pendingTasks).toBe(1)
  }
  clock.pass(99)
  expect(rung).toEqual([])
  clock.pass(1)
  expect(rung).toEqual(['a'])
})

test('a deadline that is drawn nearer passes earlier', () => {
  const { clock, deadline, rung, ring } = startDeadline()
  deadline.set(1000, ring('a'))
  deadline.set(10, ring('b'))
  clock.pass(10)
  expect(rung).toEqual(['b'])
  expect(clock.pendingTasks).toBe(0)
})

test('a deadline that is cleared does not pass, and cannot be put off', () => {
  const { clock, deadline, rung, ring } = startDeadline()
  deadline.set(100, ring('a'))
  deadline.clear()
  deadline.extend(50)
  clock.pass(1000)
  expect(rung).toEqual([])
  expect(clock.pendingTasks).toBe(0)
})

test('a deadline can be set again by what it does', () => {
  const { clock, deadline, rung } = startDeadline()
  const again = () => {
    rung.push('again')
    deadline.set(100, again)
  }
  deadline.set(100, again)
  for (let count = 0; count < 3; count++) clock.pass(100)
  expect(rung).toHaveLength(3)
})

test.each([-3_600_000, 86_400_000])(
  'a deadline passes at its time though the wall clock jumps by %i ms',
  (jumpMs) => {
    const { clock, deadline, rung, ring } = startDeadline()
    deadline.set(100, ring('a'))
    clock.jump(jumpMs)
    clock.pass(99)
    expect(rung).toEqual([])
    clock.pass(1)
    expect(rung).toEqual(['a'])
  },
)
