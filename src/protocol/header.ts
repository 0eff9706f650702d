// Requests and answers travel in frames: a length of four bytes, a header, the body.
import type { Reader } from '../bytes/reader.ts'
import type { Writer } from '../bytes/writer.ts'
import { readString, writeString } from './primitives.ts'
import type { Api } from './schema.ts'

export interface RequestHeader {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  /** Null when the client gave none. */
  readonly clientId: string | null
}

const API_VERSIONS_KEY = 18

/** Reads the part of a request header that is the same for every API and version. */
export function readRequestHeader(reader: Reader): RequestHeader {
  const apiKey = reader.int16()
  const apiVersion = reader.int16()
  const correlationId = reader.int32()
  const clientId = readString(reader)
  return { apiKey, apiVersion, correlationId, clientId }
}

/** Skips the tagged section that ends the request header of flexible versions. */
export function skipTags(reader: Reader): void {
  for (let left = reader.uvarint(); left > 0; left--) {
    reader.uvarint()
    reader.skip(reader.uvarint())
  }
}

/** The client id keeps its old form in flexible headers, too: a broker must read it before it knows the version. */
export function writeRequestHeader(
  writer: Writer,
  api: Api,
  version: number,
  correlationId: number,
  clientId: string,
): void {
  writer.int16(api.key)
  writer.int16(version)
  writer.int32(correlationId)
  writeString(writer, clientId, 'clientId')
  if (version >= api.flexibleFrom) writer.uint8(0)
}

/** The answer to ApiVersions has the old header in every version: the client may not know the newer ones yet. */
const hasResponseTags = (api: Api, version: number): boolean =>
  version >= api.flexibleFrom && api.key !== API_VERSIONS_KEY

export function writeResponseHeader(writer: Writer, api: Api, version: number, correlationId: number): void {
  writer.int32(correlationId)
  if (hasResponseTags(api, version)) writer.uint8(0)
}

/** Reads what follows the correlation id in the header of an answer. */
export function skipResponseTags(reader: Reader, api: Api, version: number): void {
  if (hasResponseTags(api, version)) skipTags(reader)
}
