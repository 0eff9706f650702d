// What must be done before the process ends, however it ends: by itself, by `process.exit`, by an error, or by a signal
// that the program does not handle. SIGKILL and a crash of the engine leave no chance.

import { onExit } from 'signal-exit'

/** Runs the action when the process ends, unless the returned function is called before. */
export function atEndOfProcess(action: () => void): () => void {
  return onExit(() => {
    try {
      action()
    } catch {
      // The process is ending, and has other things to finish.
    }
  })
}
