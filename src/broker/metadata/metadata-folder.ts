// The files beside the metadata log: what a formatted folder brings along for the first start, the snapshot that
// stands for the part of the log that Kafka has removed, and what Kafka needs to take the folder over.

import { type Files, replaceFile } from '../../log/files.ts'
import {
  BOOTSTRAP_FILE,
  decodeSnapshot,
  encodeSnapshot,
  FIRST_SNAPSHOT,
  parseSnapshotName,
} from '../../log/metadata-snapshot.ts'
import { encodeQuorumState, QUORUM_STATE_FILE } from '../../log/quorum-state.ts'
import { StorageError } from '../../log/storage-error.ts'
import { FeatureLevelRecord } from '../../protocol/messages/stored-metadata.ts'
import type { StoredMessage } from '../../protocol/schema.ts'
import { INITIAL_FEATURES, KRAFT_LEVEL } from './features.ts'
import { METADATA_TOPIC, type MetadataStart } from './metadata-log.ts'

// Nothing answers there while this broker has the folder: it has no quorum to talk to. Kafka replaces host and port
// by those of its own controller listener.
const CONTROLLER_LISTENER = { name: 'CONTROLLER', host: 'localhost', port: 9093 }

export class MetadataFolder {
  readonly #files: Files
  readonly #dataDir: string
  readonly #logFolder: string

  constructor(files: Files, dataDir: string) {
    this.#files = files
    this.#dataDir = dataDir
    this.#logFolder = `${dataDir}/${METADATA_TOPIC}-0`
  }

  /** What has to be known before the log can be replayed. */
  read({ startOffset, endOffset }: { startOffset: number; endOffset: number }): MetadataStart {
    // A log that was started once needs it no more.
    const bootstrap = endOffset === 0 ? this.#bootstrap() : null
    return { snapshot: this.#snapshotFor(startOffset), bootstrap }
  }

  #bootstrap(): Buffer[] | null {
    const path = `${this.#dataDir}/${BOOTSTRAP_FILE}`
    const bytes = this.#files.readFile(path)
    return bytes && decodeSnapshot(bytes, path)
  }

  /** The newest snapshot, if the log does not go back to its beginning. */
  #snapshotFor(logStartOffset: number): MetadataStart['snapshot'] {
    if (logStartOffset === 0) return null
    const names = this.#files.list(this.#logFolder).map(({ name }) => name)
    const newest = names.filter((name) => parseSnapshotName(name) !== null).at(-1)
    if (newest === undefined || parseSnapshotName(newest)!.endOffset < logStartOffset) {
      const what = `the log in '${this.#logFolder}' starts at offset ${logStartOffset}, and no snapshot goes up to there`
      throw new StorageError('LOG_CORRUPT', what)
    }
    const path = `${this.#logFolder}/${newest}`
    const { endOffset } = parseSnapshotName(newest)!
    return { endOffset, records: decodeSnapshot(this.#files.readFile(path)!, path) }
  }

  /** Writes what is missing for `storage format` and Kafka to know this folder as that of a quorum of one. */
  complete(node: number, directoryId: string, leaderEpoch: number, now: () => number): void {
    const quorumState = `${this.#logFolder}/${QUORUM_STATE_FILE}`
    if (this.#files.size(quorumState) === null) {
      replaceFile(this.#files, quorumState, encodeQuorumState({ leaderId: node, leaderEpoch }), false)
    }
    const bootstrapFile = `${this.#dataDir}/${BOOTSTRAP_FILE}`
    // A formatted folder says itself who votes.
    if (this.#files.size(bootstrapFile) !== null) return
    const { name: listenerName, host, port } = CONTROLLER_LISTENER
    const quorum = {
      kraftVersion: KRAFT_LEVEL,
      voters: [{ nodeId: node, host, port, directoryId }],
      listenerName,
    }
    const first = encodeSnapshot({ lastContainedLogTimestamp: now(), quorum, records: [] }, now)
    replaceFile(this.#files, `${this.#logFolder}/${FIRST_SNAPSHOT}`, first, false)
    const records = INITIAL_FEATURES.map(([name, featureLevel]) => ({
      type: FeatureLevelRecord as unknown as StoredMessage,
      value: { name, featureLevel },
    }))
    replaceFile(
      this.#files,
      bootstrapFile,
      encodeSnapshot({ lastContainedLogTimestamp: 0, records }, now),
      false,
    )
  }
}
