import { expect, test, vi } from 'vitest'
import { startProgress } from '../../../src/cli/output/progress.ts'
import { progressText } from '../../../src/cli/produce/input-progress.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { testIo } from '../../support/test-io.ts'

const setUp = (isTerminal: boolean) => ({ io: testIo({ isTerminal }), clock: new ManualClock() })

test('work that is done soon shows nothing, nor does any without a terminal', () => {
  const soon = setUp(true)
  const progress = startProgress(soon.io, soon.clock, () => 'half')
  soon.clock.pass(400)
  progress.stop()
  const dumb = setUp(false)
  startProgress(dumb.io, dumb.clock, () => 'half')
  for (const { io, clock } of [soon, dumb]) expect([clock.pendingTasks, io.stderr]).toEqual([0, ''])
})

test('the line is written anew, and taken away at the end', async () => {
  const { io, clock } = setUp(true)
  let text = 'half'
  const progress = startProgress(io, clock, () => text)
  clock.pass(500)
  await vi.waitFor(() => expect(io.stderr).toContain('half'), { timeout: 5000 })
  text = 'all'
  clock.pass(200)
  await vi.waitFor(() => expect(io.stderr).toContain('all'), { timeout: 5000 })
  progress.stop()
  expect(clock.pendingTasks).toBe(0)
  expect(io.stderr.lastIndexOf('\u001b[2K')).toBeGreaterThan(io.stderr.lastIndexOf('all'))
})

test.each([
  [0, 0, { acknowledged: 0, failed: 0 }, '100 % of 0.0 kB read, 0 records acknowledged'],
  [1_000_000, 2_600_000_000, { acknowledged: 9, failed: 0 }, '0 % of 2.6 GB read, 9 records acknowledged'],
  [999, 1000, { acknowledged: 9, failed: 2 }, '99 % of 1.0 kB read, 9 records acknowledged, 2 not'],
])('%d of %d bytes', (read, total, counts, text) => {
  expect(progressText(read, total, { ...counts, firstError: null })).toBe(text)
})
