// What an interrupted copy had written and not yet noted down. It was killed between two notes, so the target may hold
// records behind its note that would be written a second time.
import { addInt64, type Int64 } from '../../bytes/int64.ts'
import type { FetchSettings } from '../../client/fetch/fetch-config.ts'
import type { ConsumedRecord } from '../records/formatter.ts'
import type { PartitionState } from './copy-state.ts'
import { recordsOf } from './record-reader.ts'
import type { Side } from './sides.ts'

/** The place to go on at, behind the records of the source that the target already has. */
export async function passOverlap(
  from: Side,
  to: Side,
  state: PartitionState,
  { until, targetEnd }: { readonly until: Int64; readonly targetEnd: Int64 },
  settings: FetchSettings,
): Promise<PartitionState> {
  const { partition, next, end } = state
  if (targetEnd <= end || next >= until) return { ...state, end: targetEnd }
  const source = recordsOf(from.cluster, settings, { topic: from.topic, partition, from: next, until })
  // What is looked for is not part of a transaction, and must not wait for those of others.
  const writtenSettings: FetchSettings = { ...settings, 'isolation.level': 'read_uncommitted' }
  const target = { topic: to.topic, partition, from: end, until: targetEnd }
  const written = recordsOf(to.cluster, writtenSettings, target)
  let goOnAt = next
  try {
    let expected = await source.next()
    // Others may write to the target as well: their records are stepped over.
    for await (const record of written) {
      if (expected.done) break
      if (!isCopy(record, expected.value)) continue
      goOnAt = addInt64(expected.value.offset, 1)
      expected = await source.next()
    }
  } finally {
    await source.return()
  }
  return { partition, next: goOnAt, end: targetEnd }
}

function isCopy(copy: ConsumedRecord, record: ConsumedRecord): boolean {
  const isSameTime = copy.timestampType === 'LogAppendTime' || copy.timestamp === record.timestamp
  return (
    isSameTime &&
    isSame(copy.key, record.key) &&
    isSame(copy.value, record.value) &&
    copy.headers.length === record.headers.length &&
    copy.headers.every(([name, value], at) => {
      const [otherName, otherValue] = record.headers[at]!
      return name === otherName && isSame(value, otherValue)
    })
  )
}

const isSame = (a: Uint8Array | null, b: Uint8Array | null): boolean =>
  a === null || b === null ? a === b : Buffer.compare(a, b) === 0
