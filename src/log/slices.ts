// Long work in slices: after some milliseconds it waits until the event loop has served whatever else is due. The loop
// is one for the whole process, and so is the account of it.

/** How long the work of one turn of the event loop may take before it has to wait. */
const SLICE_MS = 8

/** When sliced work began in this turn; null when there was none yet. */
let startedMs: number | null = null
/** Work that waits for a turn, in order. */
const waiting: (() => void)[] = []
let isEndScheduled = false

/** To be called by timers, with which a turn of the event loop begins: what they do is not delayed by the turn before. */
export function beginTurn(): void {
  startedMs = null
}

/** Whether this turn of the event loop has had its share of work, so that the rest should wait for `nextTurn`. */
export function isTurnOver(): boolean {
  const nowMs = performance.now()
  if (startedMs !== null) return nowMs - startedMs > SLICE_MS
  startedMs = nowMs
  scheduleEnd()
  return false
}

/** Resolves when others have been served. Work that waits goes on one after the other, a turn each. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve)
    scheduleEnd()
  })
}

function scheduleEnd(): void {
  if (isEndScheduled) return
  isEndScheduled = true
  setImmediate(endTurn)
}

function endTurn(): void {
  isEndScheduled = false
  startedMs = null
  const resume = waiting.shift()
  if (resume === undefined) return
  startedMs = performance.now()
  scheduleEnd()
  resume()
}

/** Work that yields where others may be served, or a promise that it has to wait for. */
export type Work<Result> = Generator<undefined | Promise<unknown>, Result, unknown>

/** Waits inside of work. */
export function* waitFor<Value>(promise: Promise<Value>): Generator<Promise<unknown>, Value, unknown> {
  return (yield promise) as Value
}

/** Runs work: it is done when this returns, unless it waits or takes too long. Then a promise of its result is returned. */
export function inSlices<Result>(work: Work<Result>): Result | Promise<Result> {
  if (isTurnOver()) return continueLater(work, undefined)
  const step = advance(work, work.next())
  return step.done ? step.value : continueLater(work, step.value)
}

/** Runs work that waits for nothing, without serving others meanwhile. */
export function atOnce<Result>(work: Work<Result>): Result {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
    if (step.value !== undefined) throw new Error('work that waits cannot be done at once')
  }
}

/** Goes on as long as the work need not wait. */
function advance<Result>(work: Work<Result>, from: IteratorResult<undefined | Promise<unknown>, Result>) {
  let step = from
  while (!step.done && step.value === undefined && !isTurnOver()) step = work.next()
  return step
}

async function continueLater<Result>(
  work: Work<Result>,
  first: undefined | Promise<unknown>,
): Promise<Result> {
  for (let pending = first; ; ) {
    const step = await (pending ?? nextTurn()).then(
      (value) => work.next(value),
      (error: unknown) => work.throw(error),
    )
    const reached = advance(work, step)
    if (reached.done) return reached.value
    pending = reached.value
  }
}
