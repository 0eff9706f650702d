import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs'

/** Writes the file whole or not at all: whoever waits for it never reads half of it. */
export function writeReadyFile(path: string, text: string): void {
  const beside = isSpecial(path) ? path : `${path}.tmp`
  writeFileSync(beside, text)
  if (beside !== path) renameSync(beside, path)
}

export function removeReadyFile(path: string): void {
  if (!isSpecial(path)) rmSync(path, { force: true })
}

/** A pipe or a device, as /dev/stderr: it is written to, not put in the place of and not taken away. */
const isSpecial = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === false
