import { renameSync, rmSync, writeFileSync } from 'node:fs'

/** Writes the file whole or not at all: whoever waits for it never reads half of it. */
export function writeReadyFile(path: string, text: string): void {
  const beside = `${path}.tmp`
  writeFileSync(beside, text)
  renameSync(beside, path)
}

export function removeReadyFile(path: string): void {
  rmSync(path, { force: true })
}
