// Files of a segment carry its base offset, 20 digits wide, so that a listing is in order.

export const LOG_SUFFIX = '.log'
export const OFFSET_INDEX_SUFFIX = '.index'
export const TIME_INDEX_SUFFIX = '.timeindex'
export const TRANSACTION_INDEX_SUFFIX = '.txnindex'
export const SNAPSHOT_SUFFIX = '.snapshot'
/** Added to a name before the file is removed. */
export const DELETED_SUFFIX = '.deleted'
/** Added by the compaction of Kafka to segments not yet complete. */
export const CLEANED_SUFFIX = '.cleaned'
/** Added by the compaction of Kafka to complete segments that have not taken their place yet. */
export const SWAP_SUFFIX = '.swap'

/** Name of a file of the segment or snapshot at `offset`. */
export const nameAt = (offset: number, suffix: string): string => String(offset).padStart(20, '0') + suffix

/** Path of a file of the segment or snapshot at `offset`. */
export const fileAt = (folder: string, offset: number, suffix: string): string =>
  `${folder}/${nameAt(offset, suffix)}`

/** The offset in the name of a file with this suffix; null when the name has another form. */
export function offsetIn(name: string, suffix: string): number | null {
  if (name.length !== 20 + suffix.length || !name.endsWith(suffix)) return null
  const digits = name.slice(0, 20)
  return /^\d{20}$/.test(digits) && Number.isSafeInteger(Number(digits)) ? Number(digits) : null
}
