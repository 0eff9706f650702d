import type { Int64 } from '../../bytes/int64.ts'
import type { Json } from '../records/exact-json.ts'

/** Something that a dump found: a line of Kafka's text, an object of JSON output. */
export type DumpEvent =
  | { type: 'file'; file: string }
  | { type: 'log'; startOffset: Int64 }
  | { type: 'snapshot'; endOffset: Int64; epoch: number }
  | { type: 'bootstrap' }
  | BatchEvent
  | RecordEvent
  | { type: 'trailingBytes'; count: number; name: string }
  | { type: 'offsetEntry'; offset: Int64; position: number }
  | { type: 'timeEntry'; timestamp: Int64; offset: Int64 }
  | { type: 'emptyIndex'; file: string }
  | { type: 'soundIndex'; file: string }
  | ProducerEvent
  | {
      type: 'abortedTransaction'
      version: number
      producerId: Int64
      firstOffset: Int64
      lastOffset: Int64
      lastStableOffset: Int64
    }

export interface BatchEvent {
  type: 'batch'
  baseOffset: Int64
  lastOffset: Int64
  count: number
  baseSequence: number
  lastSequence: number
  producerId: Int64
  producerEpoch: number
  partitionLeaderEpoch: number
  isTransactional: boolean
  isControl: boolean
  deleteHorizonMs: Int64 | null
  position: number
  timestampType: string
  timestamp: Int64
  size: number
  magic: number
  compression: string
  crc: number
  isValid: boolean
}

export interface RecordEvent {
  type: 'record'
  offset: Int64
  timestampType: string
  timestamp: Int64
  keySize: number
  valueSize: number
  sequence: number
  headerKeys: string[]
  /** Of a control record: what it is, and its fields. */
  control?: { name: string; typeId: number; data: Json }
  /** What a decoder made of the key: text, or JSON. */
  key?: Json
  payload?: Json
}

export interface ProducerEvent {
  type: 'producer'
  producerId: Int64
  producerEpoch: number
  coordinatorEpoch: number
  currentTxnFirstOffset: Int64 | null
  lastTimestamp: Int64
  /** Null when the producer wrote no data batch. */
  lastBatch: {
    firstSequence: number
    lastSequence: number
    lastOffset: Int64
    offsetDelta: number
    timestamp: Int64
  } | null
}

export type Emit = (event: DumpEvent) => void
