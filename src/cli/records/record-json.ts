// Records as JSON lines, without loss: what console-consumer writes with `-o jsonl`, console-producer reads back.
//
//   {"topic":"orders","partition":0,"offset":7,"timestamp":1700000000000,"timestampType":"CreateTime",
//    "headers":[["h","v"],["h",null]],"key":"k","value":{"base64":"/w=="}}
//
// What kcat writes with -J is read, too: `ts` for timestamp, `payload` for value, headers in one flat list, bytes as they are.

import { type Int64, int64Json, parseInt64 } from '../../bytes/int64.ts'
import { oddNameBytes, readName } from '../../records/header-name.ts'
import type { ByteOutput } from './byte-output.ts'
import { type BytesJson, bytesToJson } from './bytes-json.ts'
import type { ConsumedRecord, Formatter } from './formatter.ts'
import { type BytesInJson, parseBytesJson } from './json-bytes.ts'
import { type Header, type InputRecord, LineError } from './line-reader.ts'

const orNull = (bytes: Buffer | null): BytesJson | null => (bytes === null ? null : bytesToJson(bytes))

function recordToJson(record: ConsumedRecord): string {
  const { topic, partition, offset, timestamp, timestampType, deliveryCount, headers, key, value } = record
  return JSON.stringify({
    topic,
    partition,
    offset: int64Json(offset),
    timestamp: int64Json(timestamp),
    timestampType,
    // Left out where it is undefined.
    deliveryCount,
    headers: headers.map(([name, bytes]) => [orNull(oddNameBytes(name)) ?? name, orNull(bytes)]),
    key: orNull(key),
    value: orNull(value),
  })
}

/** Prints each record as a JSON object, one a line or all in one array. */
export class JsonFormatter implements Formatter {
  readonly #isDocument: boolean
  #count = 0

  constructor(isDocument: boolean) {
    this.#isDocument = isDocument
  }

  write(record: ConsumedRecord, output: ByteOutput): void {
    if (this.#isDocument) output.text(this.#count === 0 ? '[\n' : ',\n')
    output.text(recordToJson(record))
    if (!this.#isDocument) output.text('\n')
    this.#count++
  }

  end(output: ByteOutput): void {
    if (this.#isDocument) output.text(this.#count === 0 ? '[]\n' : '\n]\n')
  }
}

/** The record that a JSON line describes; LineError when it describes none. */
export function parseRecordJson(line: Buffer, lineNumber: number): InputRecord {
  const refuse = (reason: string): never => {
    throw new LineError(`line ${lineNumber} is not a record: ${reason}`)
  }
  const parse = (): BytesInJson => {
    try {
      return parseBytesJson(line)
    } catch (error) {
      return refuse((error as Error).message)
    }
  }
  const { json, repeatedName, bytesOf } = parse()
  if (typeof json !== 'object' || json === null || Array.isArray(json)) refuse('it is no JSON object')
  if (repeatedName !== null) refuse(`'${repeatedName}' is in it twice`)
  const { topic, partition, timestamp, ts, key, value, payload, headers } = json as Record<string, unknown>
  if (value === undefined && payload === undefined) refuse('it has no value; null stands for none')
  if (value !== undefined && payload !== undefined) refuse('it has both value and payload')
  if (timestamp !== undefined && ts !== undefined) refuse('it has both timestamp and ts')
  if (topic !== undefined && (typeof topic !== 'string' || topic === '')) refuse('topic is no name')
  if (partition !== undefined && !isPartition(partition)) {
    refuse(`partition is not the number of a partition: ${shown(partition)}`)
  }
  const time = timeOf(timestamp ?? ts)
  if (time === null) refuse('timestamp is not a number of milliseconds')
  const bytes = (name: string, found: unknown): Buffer => {
    const decoded = typeof found === 'string' ? bytesOf(found) : fromBase64(found)
    if (decoded !== null) return decoded
    const isText = typeof found === 'string'
    return refuse(
      `${name} is no text${isText ? ': it has half of a surrogate pair' : ', null or {"base64":"…"}'}`,
    )
  }
  const orNone = (name: string, found: unknown): Buffer | null => (found == null ? null : bytes(name, found))
  return {
    ...(topic === undefined ? {} : { topic: topic as string }),
    ...(partition === undefined ? {} : { partition: partition as number }),
    ...(time === undefined ? {} : { timestamp: time as Int64 }),
    key: orNone('key', key),
    value: orNone('value', value ?? payload),
    headers: pairsOf(headers ?? [], refuse).map(([given, content]): Header => {
      const isName = typeof given === 'string' || fromBase64(given) !== null
      if (!isName) return refuse('the name of a header is no text')
      const nameBytes = bytes('the name of a header', given)
      const name = readName(nameBytes, 0, nameBytes.length)
      return [name, orNone(`header ${name}`, content)]
    }),
  }
}

/** A timestamp, which is a text of digits past 2^53; undefined where there is none, null for anything else. */
function timeOf(json: unknown): Int64 | null | undefined {
  if (json === undefined) return undefined
  if (typeof json === 'bigint' || typeof json === 'string') return parseInt64(String(json))
  return typeof json === 'number' && Number.isSafeInteger(json) ? json : null
}

const MAX_PARTITION = 0x7fff_ffff

const isPartition = (json: unknown): boolean =>
  Number.isInteger(json) && (json as number) >= 0 && (json as number) <= MAX_PARTITION

/** A value of JSON for a message. */
const shown = (json: unknown): string => (typeof json === 'bigint' ? String(json) : JSON.stringify(json))

function pairsOf(headers: unknown, refuse: (reason: string) => never): [unknown, unknown][] {
  if (!Array.isArray(headers)) return refuse('headers are no list')
  if (headers.every(Array.isArray)) {
    if (headers.some((pair) => pair.length !== 2)) return refuse('a header is no pair')
    return headers as [unknown, unknown][]
  }
  if (headers.length % 2 !== 0) return refuse('headers are no pairs')
  return Array.from({ length: headers.length / 2 }, (_, i) => [headers[i * 2], headers[i * 2 + 1]])
}

function fromBase64(json: unknown): Buffer | null {
  const base64 = typeof json === 'object' && json !== null && 'base64' in json ? json.base64 : undefined
  if (typeof base64 !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return null
  return Buffer.from(base64, 'base64')
}
