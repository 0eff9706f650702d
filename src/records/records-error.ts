export type RecordsErrorCode =
  /** The bytes contradict themselves: length, CRC, counts or varints do not fit. */
  | 'BATCH_CORRUPT'
  /** The bytes end before the batch does. */
  | 'BATCH_TRUNCATED'
  /** A message set of Kafka before 0.11 (magic 0 or 1), or something that is no batch. */
  | 'UNSUPPORTED_MAGIC'
  /** The compression id in the attributes is not one of Kafka's. */
  | 'UNKNOWN_CODEC'
  /** The codec exists but loadCodec was not awaited. */
  | 'CODEC_NOT_LOADED'
  /** The compressed records would unfold to more than the limit. */
  | 'EXPANSION_LIMIT'

/** Record batches that cannot be read or written; `code` says why, the message where. */
export class RecordsError extends Error {
  override readonly name = 'RecordsError'
  readonly code: RecordsErrorCode

  constructor(code: RecordsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
