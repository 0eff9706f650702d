import type { Header, InputRecord, RecordParser } from '../records/line-reader.ts'
import { LineSplitter } from '../records/line-splitter.ts'

/** What is the same in every record. */
export interface FixedParts {
  readonly key: Buffer | null
  readonly headers: readonly Header[]
}

/** Turns the input into records, a chunk of it at a time, so that the caller awaits once for many of them. */
export async function* readRecords(
  input: AsyncIterable<Buffer>,
  reader: RecordParser,
  fixed: FixedParts,
  stop: AbortSignal,
  maxBytes?: number,
): AsyncGenerator<InputRecord[], void, undefined> {
  let lineNumber = 0
  let records: InputRecord[] = []
  // What comes before a line that cannot be read is still sent.
  let failure: { error: unknown } | null = null
  const isAsRead = fixed.key === null && fixed.headers.length === 0
  const splitter = new LineSplitter(
    (buffer, from, to) => {
      if (failure) return
      try {
        const record = reader.parse(buffer.subarray(from, to), ++lineNumber)
        records.push(isAsRead ? record : withFixed(record, fixed))
      } catch (error) {
        failure = { error }
      }
    },
    { maxBytes },
  )
  const take = (): InputRecord[] => {
    const taken = records
    records = []
    return taken
  }
  for await (const chunk of input) {
    try {
      splitter.push(chunk)
    } catch (error) {
      failure ??= { error }
    }
    if (records.length > 0) yield take()
    throwIf(failure)
  }
  // A line that was cut off is no record.
  if (!stop.aborted) splitter.end()
  if (records.length > 0) yield take()
  throwIf(failure)
}

function throwIf(failure: { error: unknown } | null): void {
  if (failure) throw failure.error
}

const withFixed = (record: InputRecord, fixed: FixedParts): InputRecord => ({
  ...record,
  key: record.key ?? fixed.key,
  headers: [...record.headers, ...fixed.headers],
})
