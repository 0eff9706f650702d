// Bytes that recovery takes out of a log stay beside it, under names that neither Kafka nor recovery looks at:
//
//   <base offset>.log.cut-at-<position>   the end of a segment
//   <base offset>.log.removed             a whole segment
//
// with `-2`, `-3`, … if there is such a file already. A clean stop adds `.old`; the next one removes the file.

import type { Files } from './files.ts'
import { StorageError } from './storage-error.ts'

const OLD = '.old'
const COPY_BYTES = 1024 * 1024

const isKept = (name: string): boolean => /^\d{20}\.log\.(cut-at-\d+|removed)(-\d+)?(\.old)?$/.test(name)

/** The names of kept files. */
export const keptNames = (names: readonly string[]): string[] => names.filter(isKept)

/** Where bytes went: the path, or why they could not be kept. */
export type Kept = { readonly keptAs: string } | { readonly keptAs: null; readonly notKept: string }

/** Copies the bytes [from, to) of a log file to a file beside it. */
export function keepCut(files: Files, path: string, from: number, to: number): Kept {
  const target = freePath(files, `${path}.cut-at-${from}`)
  const { usableBytes } = files.space(path.slice(0, path.lastIndexOf('/')))
  if (usableBytes < to - from) {
    return { keptAs: null, notKept: `the disk has ${usableBytes} bytes free` }
  }
  try {
    copyRange(files, path, target, from, to)
    return { keptAs: target }
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    files.remove(target)
    return { keptAs: null, notKept: error.message }
  }
}

/** Moves a log file out of the way. */
export function keepRemoved(files: Files, path: string): Kept {
  const target = freePath(files, `${path}.removed`)
  files.rename(path, target)
  return { keptAs: target }
}

/** Marks what was kept since the last clean stop, and removes what was marked by it. */
export function ageKept(files: Files, folder: string, kept: readonly string[]): void {
  const isOld = (name: string) => name.endsWith(OLD)
  for (const name of kept.filter(isOld)) files.remove(`${folder}/${name}`)
  for (const name of kept.filter((name) => !isOld(name))) {
    files.rename(`${folder}/${name}`, `${folder}/${name}${OLD}`)
  }
}

function freePath(files: Files, path: string): string {
  const isTaken = (candidate: string) =>
    files.size(candidate) !== null || files.size(`${candidate}${OLD}`) !== null
  let candidate = path
  for (let count = 2; isTaken(candidate); count++) candidate = `${path}-${count}`
  return candidate
}

function copyRange(files: Files, source: string, target: string, from: number, to: number): void {
  const input = files.open(source, 'read')
  try {
    const output = files.open(target, 'write')
    try {
      const buffer = Buffer.allocUnsafe(Math.min(COPY_BYTES, to - from))
      for (let position = from; position < to; ) {
        const got = input.read(buffer, 0, Math.min(buffer.length, to - position), position)
        if (got === 0) break
        output.write(buffer, 0, got, position - from)
        position += got
      }
      output.sync()
    } finally {
      output.close()
    }
  } finally {
    input.close()
  }
}
