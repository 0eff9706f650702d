// A snapshot of the metadata log: a control batch with a header (and, for a quorum whose voters are in the log, its
// version and voters), the records, and a control batch with a footer.

import { Writer } from '../../bytes/writer.ts'
import { codec } from '../../protocol/compile.ts'
import {
  KRaftVersionRecord,
  SnapshotFooterRecord,
  SnapshotHeaderRecord,
  VotersRecord,
} from '../../protocol/messages/stored-control.ts'
import type { Encodable, Fields, StoredMessage } from '../../protocol/schema.ts'
import { BatchBuilder } from '../../records/record.ts'
import type { Voter } from './voters.ts'

const CONTROL_TYPES = { header: 3, footer: 4, kraftVersion: 5, voters: 6 } as const
const FRAME_VERSION = 1

/** A record of the metadata log. */
export interface SnapshotRecord {
  readonly type: StoredMessage
  readonly value: object
}

export interface Quorum {
  readonly kraftVersion: number
  readonly voters: readonly Voter[]
  readonly listenerName: string
}

export interface SnapshotParts {
  /** Time of the last record in the log that the snapshot stands for. */
  readonly lastContainedLogTimestamp: number
  readonly quorum?: Quorum
  readonly records: readonly SnapshotRecord[]
}

/** The bytes of a snapshot; `now` is asked for the time of each batch. */
export function encodeSnapshot(
  { lastContainedLogTimestamp, quorum, records }: SnapshotParts,
  now: () => number,
): Buffer {
  const builder = new BatchBuilder()
  const batches: Buffer[] = []
  let nextOffset = 0
  const close = (isControl: boolean): void => {
    const count = builder.recordCount
    batches.push(builder.build({ baseOffset: nextOffset, leaderEpoch: 0, isControl }))
    nextOffset += count
  }
  const control = (timestamp: number, type: number, value: Buffer): void => {
    const key = Buffer.alloc(4)
    key.writeInt16BE(type, 2)
    builder.append(timestamp, key, value)
  }
  const headAt = now()
  control(
    headAt,
    CONTROL_TYPES.header,
    encode(SnapshotHeaderRecord, { version: 0, lastContainedLogTimestamp }),
  )
  if (quorum) {
    const { kraftVersion } = quorum
    control(
      headAt,
      CONTROL_TYPES.kraftVersion,
      encode(KRaftVersionRecord, { version: 0, kRaftVersion: kraftVersion }),
    )
    control(headAt, CONTROL_TYPES.voters, encodeVoters(quorum))
  }
  close(true)
  if (records.length > 0) {
    const recordsAt = now()
    for (const { type, value } of records) builder.append(recordsAt, null, encodeFramed(type, value))
    close(false)
  }
  control(now(), CONTROL_TYPES.footer, encode(SnapshotFooterRecord, { version: 0 }))
  close(true)
  return Buffer.concat(batches)
}

function encode<S extends Fields>({ message }: StoredMessage<S>, value: Encodable<S>): Buffer {
  const writer = new Writer()
  codec(message, 0).encode(writer, value)
  return writer.takeBytes()
}

function encodeFramed({ apiKey, message }: StoredMessage, value: object): Buffer {
  const writer = new Writer()
  writer.uvarint(FRAME_VERSION)
  writer.uvarint(apiKey)
  writer.uvarint(0)
  codec(message, 0).encode(writer, value as Encodable<Fields>)
  return writer.takeBytes()
}

function encodeVoters({ voters, listenerName }: Quorum): Buffer {
  return encode(VotersRecord, {
    version: 0,
    voters: voters.map(({ nodeId, directoryId, host, port }) => ({
      voterId: nodeId,
      voterDirectoryId: directoryId,
      endpoints: [{ name: listenerName, host, port }],
      kRaftVersionFeature: { minSupportedVersion: 0, maxSupportedVersion: 1 },
    })),
  })
}
