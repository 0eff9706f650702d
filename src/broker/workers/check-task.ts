// Checking the records of a produce request, with arguments and results that can cross threads.
import type { Int64 } from '../../bytes/int64.ts'
import type { ErrorName } from '../../protocol/errors.ts'
import { batchSize } from '../../records/batch.ts'
import { loadCodec } from '../../records/compression.ts'
import type { RecordError } from '../../records/record-checks.ts'
import {
  type CheckedRecords,
  checkProduced,
  codecsToLoad,
  RefusedRecords,
  RefusedRequest,
  type ValidationSettings,
} from '../../records/validator.ts'

export interface CheckArguments {
  readonly records: Uint8Array
  readonly settings: ValidationSettings
  readonly nowMs: number
}

export type CheckResult =
  /** `rebuilt` is null where the producer's own bytes are stored. */
  { readonly rebuilt: Uint8Array | null; readonly maxTimestamp: Int64 } | { readonly refused: Refusal }

interface Refusal {
  readonly isAboutRequest: boolean
  readonly code: ErrorName
  readonly message: string
  readonly recordErrors: readonly RecordError[]
}

export async function runCheck({ records, settings, nowMs }: CheckArguments): Promise<CheckResult> {
  const bytes = Buffer.from(records.buffer, records.byteOffset, records.length)
  await Promise.all(codecsToLoad(bytes, settings.compressionType).map(loadCodec))
  try {
    const { records: checked, maxTimestamp } = checkProduced(bytes, settings, nowMs)
    return { rebuilt: checked.buffer === bytes.buffer ? null : checked, maxTimestamp }
  } catch (error) {
    if (!(error instanceof RefusedRecords)) throw error
    const { code, message, recordErrors } = error
    return { refused: { isAboutRequest: error instanceof RefusedRequest, code, message, recordErrors } }
  }
}

/** What `runCheck` found, for the bytes that its argument is a copy of; throws RefusedRecords. */
export function checkedBy(result: CheckResult, records: Buffer): CheckedRecords {
  if ('refused' in result) {
    const { isAboutRequest, code, message, recordErrors } = result.refused
    throw new (isAboutRequest ? RefusedRequest : RefusedRecords)(code, message, recordErrors)
  }
  const { rebuilt, maxTimestamp } = result
  return {
    records: rebuilt
      ? Buffer.from(rebuilt.buffer, rebuilt.byteOffset, rebuilt.length)
      : records.subarray(0, batchSize(records, 0)),
    maxTimestamp,
  }
}
