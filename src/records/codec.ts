import { RecordsError } from './records-error.ts'

/** The largest request Kafka takes is 100 MiB, so no batch that unfolds to more could have been sent unpacked. */
export const DEFAULT_EXPANSION_LIMIT = 128 * 1024 * 1024

/** One way to compress the records of a batch. */
export interface Codec {
  /** Bits 0-2 of the batch's attributes. */
  readonly id: number
  readonly name: string
  /** `level` counts as in Kafka's compression.<name>.level; codecs without levels ignore it. */
  compress(raw: Buffer, level?: number): Buffer
  /** May give a view on `packed`; throws BATCH_CORRUPT, or EXPANSION_LIMIT before much more than `limitBytes` are made. */
  expand(packed: Buffer, limitBytes?: number): Buffer
}

export function corruptError(codec: string, what: string, cause?: unknown): RecordsError {
  return new RecordsError('BATCH_CORRUPT', `the ${codec} data is corrupt: ${what}`, { cause })
}

/** What a codec's library threw over data that it could not unpack. */
export const libraryError = (codec: string, cause: unknown): RecordsError =>
  corruptError(codec, cause instanceof Error ? cause.message : String(cause), cause)

export function expansionError(codec: string, limitBytes: number, cause?: unknown): RecordsError {
  const message = `the ${codec} data would unfold to more than ${limitBytes} bytes`
  return new RecordsError('EXPANSION_LIMIT', message, { cause })
}
