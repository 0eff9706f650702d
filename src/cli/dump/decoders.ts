import { Reader } from '../../bytes/reader.ts'
import { codec } from '../../protocol/compile.ts'
import * as metadata from '../../protocol/messages/stored-metadata.ts'
import {
  ConsumerProtocolAssignment,
  ConsumerProtocolSubscription,
} from '../../protocol/messages/stored-offsets.ts'
import * as security from '../../protocol/messages/stored-security.ts'
import type { StoredMessage } from '../../protocol/schema.ts'
import type { KafkaRecord } from '../../records/record.ts'
import { messageOf } from '../failures.ts'
import { bytesToJson } from '../records/bytes-json.ts'
import {
  GROUP_RECORDS,
  type RecordKinds,
  readCoordinatorRecord,
  SHARE_STATE_RECORDS,
  TRANSACTION_RECORDS,
} from '../records/coordinator-records.ts'
import type { Json } from '../records/exact-json.ts'
import { messageToJson } from '../records/message-json.ts'
import { remoteLogText } from './remote-log-text.ts'

/** Shows key and value of a record; what is left out is not printed. */
export type Decode = (record: KafkaRecord) => { key?: Json; payload?: Json }

/**
 * A decoder of bytes by its name in Java, or null: what org.apache.kafka.tools.api offers. With `isLossless`, bytes
 * that are no text stay bytes.
 */
export function byteDecoder(className: string, isLossless: boolean): ((bytes: Buffer) => Json) | null {
  switch (className.slice(className.lastIndexOf('.') + 1)) {
    case 'StringDecoder':
    // Differs: Java prints the address of the array here; the bytes are of more use.
    case 'DefaultDecoder':
      return isLossless ? bytesToJson : (bytes) => bytes.toString()
    case 'IntegerDecoder':
      return (bytes) => String(new Reader(bytes).int32())
    case 'LongDecoder':
      return (bytes) => String(new Reader(bytes).int64())
    default:
      return null
  }
}

/** Shows bytes by a decoder for keys and one for values. */
export function decodeBytes(key: (bytes: Buffer) => Json, value: (bytes: Buffer) => Json): Decode {
  return (record) => ({
    ...(record.key === null ? {} : { key: key(record.key) }),
    ...(record.value === null ? {} : { payload: value(record.value) }),
  })
}

function decodeCoordinator(
  kinds: RecordKinds,
  refine: (type: number, data: Json) => Json = (_, data) => data,
): Decode {
  return ({ key, value, offset }) => {
    if (key === null) {
      throw new Error(
        `Failed to decode message at offset ${offset} using the specified decoder (message had a missing key)`,
      )
    }
    try {
      const record = readCoordinatorRecord(kinds, key, value)
      if (record === null) {
        return { key: `Unknown record type ${key.readInt16BE(0)} at offset ${offset}, skipping.` }
      }
      const { type, value: stored } = record
      return {
        key: { type: String(type), data: record.key },
        payload:
          stored === null ? '<DELETE>' : { version: String(stored.version), data: refine(type, stored.data) },
      }
    } catch (error) {
      return { key: `Error at offset ${offset}, skipping. ${messageOf(error)}` }
    }
  }
}

const GROUP_METADATA = 2

/** Shows what the members of a classic consumer group sent, which the group keeps as bytes. */
function unfoldMembers(type: number, data: Json): Json {
  const group = data as { protocolType?: Json; members?: Json }
  if (type !== GROUP_METADATA || group.protocolType !== 'consumer' || !Array.isArray(group.members))
    return data
  for (const member of group.members as { subscription: Json; assignment: Json }[]) {
    member.subscription = unfold(ConsumerProtocolSubscription, member.subscription)
    member.assignment = unfold(ConsumerProtocolAssignment, member.assignment)
  }
  return data
}

// What cannot be read stays as it is: any client may put anything there.
function unfold({ message }: StoredMessage, base64: Json): Json {
  try {
    const reader = new Reader(Buffer.from(base64 as string, 'base64'))
    const version = reader.int16()
    return messageToJson(message, version, codec(message, version).decode(reader))
  } catch {
    return base64
  }
}

const METADATA_RECORDS = new Map(
  Object.values({ ...metadata, ...security }).map((stored) => [
    stored.apiKey,
    stored as unknown as StoredMessage,
  ]),
)

/** FeatureLevelRecord → FEATURE_LEVEL_RECORD, as org.apache.kafka.common.metadata.MetadataRecordType. */
const recordTypeName = (name: string): string => name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()

function decodeMetadata({ value, offset }: KafkaRecord): { payload: Json } {
  try {
    const reader = new Reader(value ?? Buffer.alloc(0))
    const frame = reader.uvarint()
    if (frame !== 1)
      throw new RangeError(
        `Could not deserialize metadata record due to unknown frame version ${frame}(only frame version 1 is supported)`,
      )
    const apiKey = reader.uvarint()
    const version = reader.uvarint()
    const stored = METADATA_RECORDS.get(apiKey)
    if (!stored) throw new RangeError(`Unknown metadata id ${apiKey}`)
    const data = messageToJson(stored.message, version, codec(stored.message, version).decode(reader))
    return { payload: { type: recordTypeName(stored.message.name), version, data } }
  } catch (error) {
    return { payload: `Error at ${offset}, skipping. ${messageOf(error)}` }
  }
}

function decodeRemoteLog({ value, offset }: KafkaRecord): { payload: Json } {
  try {
    return { payload: remoteLogText(value ?? Buffer.alloc(0)) }
  } catch (error) {
    return { payload: `Error at offset ${offset}, skipping. ${messageOf(error)}` }
  }
}

export const decodeOffsets: Decode = decodeCoordinator(GROUP_RECORDS, unfoldMembers)
export const decodeTransactionLog: Decode = decodeCoordinator(TRANSACTION_RECORDS)
export const decodeShareGroupState: Decode = decodeCoordinator(SHARE_STATE_RECORDS)
export const decodeClusterMetadata: Decode = decodeMetadata
export const decodeRemoteLogMetadata: Decode = decodeRemoteLog
