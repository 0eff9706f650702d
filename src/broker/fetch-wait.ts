import type { PartitionLog } from '../log/partition-log.ts'
import type { ClientConnection } from './client-connection.ts'
import type { Clock } from './clock.ts'

/**
 * Resolves once the logs together have grown by `bytes`, one of them is gone, the time is up, or the client hung up;
 * false in the last case, when nobody waits for an answer any more.
 */
export function waitForBytes(
  logs: readonly PartitionLog[],
  bytes: number,
  maxWaitMs: number,
  clock: Clock,
  connection: ClientConnection,
): Promise<boolean> {
  return new Promise((resolve) => {
    let missing = bytes
    const cleanUp: (() => void)[] = []
    const finish = (isWanted: boolean): void => {
      for (const step of cleanUp) step()
      resolve(isWanted)
    }
    for (const log of logs) {
      cleanUp.push(
        log.onAppend((appended) => {
          missing -= appended
          if (missing <= 0) finish(true)
        }),
      )
    }
    cleanUp.push(clock.after(maxWaitMs, () => finish(true)))
    cleanUp.push(connection.onClose(() => finish(false)))
  })
}
