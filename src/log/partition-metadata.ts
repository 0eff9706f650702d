// partition.metadata: text, two lines without a line end after the second: `version: 0` and `topic_id: <id>`.

import { quoted } from '../bytes/printable.ts'
import { isUuid } from '../bytes/uuid.ts'
import { type Files, isBlank, replaceFile } from './files.ts'
import { StorageError } from './storage-error.ts'

export const PARTITION_METADATA_FILE = 'partition.metadata'

export const encodePartitionMetadata = (topicId: string): Buffer =>
  Buffer.from(`version: 0\ntopic_id: ${topicId}`)

/** What is wrong with the text: a line per fault. */
export function checkPartitionMetadata(bytes: Buffer): string[] {
  const [version, id, ...rest] = bytes.toString().trimEnd().split('\n')
  if (version !== 'version: 0') return [`${quoted(version ?? '')} is not a known version`]
  if (id === undefined || !id.startsWith('topic_id: ') || !isUuid(id.slice(10)) || rest.length > 0) {
    return ['the second line is not a topic id']
  }
  return []
}

/** The topic id; throws LOG_CORRUPT where the text makes no sense. */
export function decodePartitionMetadata(bytes: Buffer, path: string): string {
  const faults = checkPartitionMetadata(bytes)
  if (faults.length > 0) throw new StorageError('LOG_CORRUPT', `'${path}': ${faults[0]}`)
  return bytes.toString().split('\n')[1]!.slice(10).trimEnd()
}

/**
 * The id of the topic that the folder belongs to; null when the folder does not say, with the reason if the file is
 * damaged. An empty file is what a power loss may leave of one that was just made: it is not synced, because the
 * metadata log has the id too.
 */
export function readTopicId(files: Files, folder: string): { id: string | null; fault: string | null } {
  const path = `${folder}/${PARTITION_METADATA_FILE}`
  const bytes = files.readFile(path)
  if (bytes === null || isBlank(bytes)) return { id: null, fault: null }
  const [fault] = checkPartitionMetadata(bytes)
  if (fault !== undefined) return { id: null, fault }
  return { id: decodePartitionMetadata(bytes, path), fault: null }
}

/** Notes in the folder which topic it belongs to. */
export function writeTopicId(files: Files, folder: string, topicId: string): void {
  replaceFile(files, `${folder}/${PARTITION_METADATA_FILE}`, encodePartitionMetadata(topicId), false)
}
