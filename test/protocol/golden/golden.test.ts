import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { toInt64 } from '../../../src/bytes/int64.ts'
import { Reader } from '../../../src/bytes/reader.ts'
import { Writer } from '../../../src/bytes/writer.ts'
import { APIS } from '../../../src/protocol/apis.ts'
import { codec } from '../../../src/protocol/compile.ts'
import {
  readRequestHeader,
  skipResponseTags,
  skipTags,
  writeRequestHeader,
  writeResponseHeader,
} from '../../../src/protocol/header.ts'
import { type FieldSpec, type Fields, isIn, type Message } from '../../../src/protocol/schema.ts'
import { STORED } from '../../support/messages.ts'
import { absentValue } from '../../support/samples.ts'

const folder = new URL('./', import.meta.url)
const files = readdirSync(folder).filter((file) => file.endsWith('.hex'))
const messages = new Map<string, Message>(
  [...APIS.flatMap((api) => [api.request, api.response]), ...STORED.map(({ message }) => message)].map(
    (message) => [message.name, message],
  ),
)

interface Frame {
  readonly correlationId: number
  readonly clientId?: string | null
  readonly body: unknown
}

function readGolden(file: string) {
  const [head, tail] = readFileSync(new URL(file, folder), 'utf8').split(/^---$/m)
  const [title, ...json] = head!.split('\n')
  const [, name, version, withHeader] = /^# (\w+) v(\d+)( with header)?$/.exec(title!)!
  const hex = tail!.replace(/#.*/g, '').replace(/\s/g, '')
  return {
    message: messages.get(name!)!,
    version: Number(version),
    withHeader: withHeader !== undefined,
    json: JSON.parse(json.join('\n')) as unknown,
    bytes: Buffer.from(hex, 'hex'),
  }
}

/** The value that the JSON stands for, with every field: those it leaves out are at their default. */
function structFromJson(fields: Fields, version: number, json: unknown): Record<string, unknown> {
  const given = json as Record<string, unknown>
  const entries = Object.entries(fields).map(([name, field]): [string, unknown] => [
    name,
    name in given ? fromJson(field, version, given[name]) : absentValue(field, version),
  ])
  for (const name of Object.keys(given)) expect(Object.keys(fields)).toContain(name)
  return Object.fromEntries(entries)
}

function fromJson(field: FieldSpec, version: number, json: unknown): unknown {
  if (json === null) return null
  if (field.kind === 'array')
    return (json as unknown[]).map((item) => fromJson(field.element!, version, item))
  if (field.kind === 'struct') return structFromJson(field.fields!, version, json)
  if (field.kind === 'bytes' || field.kind === 'records') return Buffer.from(json as string, 'base64')
  if (field.kind === 'int64') return toInt64(BigInt(json as number | string))
  return json
}

const apiOf = (message: Message) =>
  APIS.find((api) => api.request === message) ?? APIS.find((api) => api.response === message)!

function writeHeader(writer: Writer, message: Message, version: number, frame: Frame): void {
  const api = apiOf(message)
  const { correlationId, clientId } = frame
  if (message === api.response) writeResponseHeader(writer, api, version, correlationId)
  else writeRequestHeader(writer, api, version, correlationId, clientId ?? '')
}

function checkHeader(reader: Reader, message: Message, version: number, frame: Frame): void {
  const api = apiOf(message)
  if (message === api.response) {
    expect(reader.int32()).toBe(frame.correlationId)
    skipResponseTags(reader, api, version)
    return
  }
  const { correlationId, clientId } = frame
  expect(readRequestHeader(reader)).toEqual({ apiKey: api.key, apiVersion: version, correlationId, clientId })
  if (isIn(message.flexible, version)) skipTags(reader)
}

test('there are golden bytes of at least a hundred message versions', () => {
  expect(files.length).toBeGreaterThanOrEqual(100)
})

test.each(files)('%s is written and read as Apache Kafka does', (file) => {
  const { message, version, withHeader, json, bytes } = readGolden(file)
  expect(isIn(message.versions, version)).toBe(true)
  const frame = json as Frame
  const value = structFromJson(message.fields, version, withHeader ? frame.body : json)

  // ktool always gives a client id; requests without one are only read.
  if (frame.clientId !== null) {
    const writer = new Writer()
    if (withHeader) writeHeader(writer, message, version, frame)
    codec(message, version).encode(writer, value as Record<string, never>)
    expect(writer.takeBytes().toString('hex')).toBe(bytes.toString('hex'))
  }

  const reader = new Reader(bytes)
  if (withHeader) checkHeader(reader, message, version, frame)
  expect(codec(message, version).decode(reader)).toEqual(value)
  expect(reader.remaining).toBe(0)
})
