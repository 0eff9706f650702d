import type { Json } from '../records/message-json.ts'

/** Something that a dump found: a line of Kafka's text, an object of JSON output. */
export type DumpEvent =
  | { type: 'file'; file: string }
  | { type: 'log'; startOffset: number }
  | { type: 'snapshot'; endOffset: number; epoch: number }
  | { type: 'bootstrap' }
  | BatchEvent
  | RecordEvent
  | { type: 'trailingBytes'; count: number; name: string }
  | { type: 'offsetEntry'; offset: number; position: number }
  | { type: 'timeEntry'; timestamp: number; offset: number }
  | { type: 'emptyIndex'; file: string }
  | { type: 'soundIndex'; file: string }
  | ProducerEvent
  | {
      type: 'abortedTransaction'
      version: number
      producerId: number
      firstOffset: number
      lastOffset: number
      lastStableOffset: number
    }

export interface BatchEvent {
  type: 'batch'
  baseOffset: number
  lastOffset: number
  count: number
  baseSequence: number
  lastSequence: number
  producerId: number
  producerEpoch: number
  partitionLeaderEpoch: number
  isTransactional: boolean
  isControl: boolean
  deleteHorizonMs: number | null
  position: number
  timestampType: string
  timestamp: number
  size: number
  magic: number
  compression: string
  crc: number
  isValid: boolean
}

export interface RecordEvent {
  type: 'record'
  offset: number
  timestampType: string
  timestamp: number
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
  producerId: number
  producerEpoch: number
  coordinatorEpoch: number
  currentTxnFirstOffset: number | null
  lastTimestamp: number
  /** Null when the producer wrote no data batch. */
  lastBatch: {
    firstSequence: number
    lastSequence: number
    lastOffset: number
    offsetDelta: number
    timestamp: number
  } | null
}

export type Emit = (event: DumpEvent) => void
