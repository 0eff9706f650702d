// What must be done before the process ends, however it ends: by itself, by `process.exit`, by an error, or by a signal
// that the program does not handle. SIGKILL and a crash of the engine leave no chance.

import { onExit, signals } from 'signal-exit'
import type { Files } from './files.ts'
import { isHangUpIgnored } from './hang-up.ts'

let isPrepared = false

/** Runs the action when the process ends, unless the returned function is called before. */
export function atEndOfProcess(files: Files, action: () => void): () => void {
  if (!isPrepared && isHangUpIgnored((path) => files.readFile(path)?.toString() ?? null)) {
    // Listening to it would undo what `nohup` did.
    const at = signals.indexOf('SIGHUP')
    if (at >= 0) signals.splice(at, 1)
  }
  isPrepared = true
  return onExit(() => {
    try {
      action()
    } catch {
      // The process is ending, and has other things to finish.
    }
  })
}
