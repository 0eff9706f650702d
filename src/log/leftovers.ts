import { BatchScanner } from './batch-scanner.ts'
import { type Files, TEMPORARY_SUFFIX } from './files.ts'
import { lastOffset } from './log-offsets.ts'
import { CLEANED_SUFFIX, DELETED_SUFFIX, LOG_SUFFIX, offsetIn, SWAP_SUFFIX } from './segment-names.ts'

const leadingOffset = (name: string): number => Number(/^\d{20}/.exec(name)?.[0] ?? Number.NaN)

/** Ends what a crash interrupted in a partition folder, as the names of its files tell; gives the names that stay. */
export function settleLeftovers(files: Files, folder: string): string[] {
  const names = files.list(folder).map((entry) => entry.name)
  const isLeftover = (name: string) => /\.(deleted|cleaned|swap|tmp)$/.test(name)
  if (!names.some(isLeftover)) return names

  const cleaned = names.filter((name) => name.endsWith(CLEANED_SUFFIX))
  const firstCleaned = Math.min(...cleaned.map(leadingOffset))
  const swaps = names.filter((name) => name.endsWith(SWAP_SUFFIX))
  // A swap file beside an incomplete file at or before it is half of a split that did not finish.
  const isUsable = (name: string) => leadingOffset(name) < firstCleaned
  for (const name of names) {
    const isGone = [DELETED_SUFFIX, CLEANED_SUFFIX, TEMPORARY_SUFFIX].some((suffix) => name.endsWith(suffix))
    if (isGone || (name.endsWith(SWAP_SUFFIX) && !isUsable(name))) files.remove(`${folder}/${name}`)
  }
  completeSwaps(files, folder, swaps.filter(isUsable))
  return files.list(folder).map((entry) => entry.name)
}

/** Puts complete replacements in the place of the segments that they replace. */
function completeSwaps(files: Files, folder: string, swaps: readonly string[]): void {
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  for (const name of swaps) {
    const base = offsetIn(name, LOG_SUFFIX + SWAP_SUFFIX)
    if (base === null) continue
    from = Math.min(from, base)
    to = Math.max(to, endOffsetOf(files, `${folder}/${name}`, base))
  }
  for (const { name } of files.list(folder)) {
    const offset = leadingOffset(name)
    if (!name.endsWith(SWAP_SUFFIX) && offset >= from && offset < to) files.remove(`${folder}/${name}`)
  }
  for (const name of swaps)
    files.rename(`${folder}/${name}`, `${folder}/${name.slice(0, -SWAP_SUFFIX.length)}`)
}

function endOffsetOf(files: Files, path: string, baseOffset: number): number {
  const file = files.open(path, 'read')
  try {
    const scanner = new BatchScanner(file, path, 0, file.size())
    let end = baseOffset
    while (scanner.next()) end = lastOffset(scanner.buffer, scanner.at) + 1
    return end
  } finally {
    file.close()
  }
}
