// Data folders of brokers that keep nothing. They are removed with the broker, at the latest when the process ends; what
// a killed process leaves is removed at the next start, since a file in each folder names the process that made it.

import { atEndOfProcess } from './end-of-process.ts'
import { type Files, makeTemporaryFolder, temporaryFolders, writeWhole } from './files.ts'
import { type LockHolder, type Processes, parseHolder, realProcesses } from './processes.ts'

const PREFIX = 'ktool-broker-'
const OWNER_FILE = '.owner'

export interface TemporaryFolder {
  readonly path: string
  remove(): void
  /** Leaves the folder to others. */
  abandon(): void
}

/** Makes a folder that is removed when the process ends, if not before; removes those of processes that are gone. */
export function openTemporaryFolder(
  files: Files,
  processes: Processes = realProcesses(files),
): TemporaryFolder {
  sweep(files, processes)
  const path = makeTemporaryFolder(PREFIX)
  const owner = Buffer.from(`${JSON.stringify(processes.self())}\n`)
  writeWhole(files, `${path}/${OWNER_FILE}`, owner, false)
  const remove = () => files.remove(path)
  const forget = atEndOfProcess(remove)
  return {
    path,
    remove() {
      forget()
      remove()
    },
    abandon: forget,
  }
}

function sweep(files: Files, processes: Processes): void {
  const self = processes.self()
  for (const folder of temporaryFolders(PREFIX)) {
    try {
      const owner = parseHolder(files.readFile(`${folder}/${OWNER_FILE}`)?.toString() ?? '')
      if (owner !== null && isGone(owner, self, processes)) files.remove(folder)
    } catch {
      // Another user's, or being removed by another process at this moment.
    }
  }
}

/** Processes of another container cannot be seen from here. */
const isGone = (owner: LockHolder, self: LockHolder, processes: Processes): boolean =>
  owner.boot !== self.boot || (owner.namespace === self.namespace && !processes.isRunning(owner))
