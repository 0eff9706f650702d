// What is done to many logs, in slices.

import type { PartitionLog } from './partition-log.ts'
import type { Work } from './slices.ts'

/** Works on each log. One that fails must not keep the others waiting; it reports its failures to the listener. */
export function* eachLog(
  logs: readonly PartitionLog[],
  work: (log: PartitionLog) => Work<void> | null,
): Work<void> {
  for (const log of logs) {
    // It may have been deleted meanwhile.
    if (log.isClosed) continue
    try {
      const rest = work(log)
      if (rest !== null) yield* rest
    } catch (error) {
      if (error !== log.failure) throw error
    }
    yield
  }
}

/** Where a log is to start. */
export interface NewStart {
  readonly log: PartitionLog
  readonly offset: number
}

/** Moves the starts of logs, all of them or none: `persist` writes them down. Then removes what is before them. */
export function* moveStarts(starts: readonly NewStart[], persist: () => void): Work<void> {
  const undo: (() => void)[] = []
  try {
    for (const { log, offset } of starts) undo.push(log.moveStart(offset))
    persist()
  } catch (error) {
    for (const takeBack of undo.reverse()) takeBack()
    throw error
  }
  for (const { log } of starts) {
    yield* log.removeBeforeStart()
    yield
  }
}
