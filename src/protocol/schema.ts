// How a message is declared: once, with the versions of each field, as in Kafka's own definitions. compile.ts turns
// a declaration and a version into an encoder and a decoder; the types below give both sides their shapes.

import type { Int64 } from '../bytes/int64.ts'
import type { Part } from '../bytes/writer.ts'

/** Versions from `from` to `to`, both included. */
export interface VersionRange {
  readonly from: number
  readonly to: number
}

export type Kind =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'int64'
  | 'float64'
  | 'uuid'
  | 'string'
  | 'bytes'
  | 'records'
  | 'array'
  | 'struct'

export interface FieldOptions<Value> {
  /** Versions that have the field; all of the message when left out. */
  readonly versions?: string
  /** Versions in which null is allowed. */
  readonly nullable?: string
  /** What stands for the field where a version lacks it or the encoder is given nothing; zero or empty by itself. */
  readonly default?: Value | null
  /** The tag of a field that travels in the tagged section of its struct. */
  readonly tag?: number
  /** A value may be dropped silently when the version lacks the field. */
  readonly ignorable?: boolean
  /** False for the one string that keeps its old form in a flexible message: the client id of the request header. */
  readonly compact?: boolean
}

export interface FieldSpec {
  readonly kind: Kind
  readonly versions: VersionRange
  readonly nullable: VersionRange
  readonly tag: number | null
  readonly default: unknown
  readonly ignorable: boolean
  readonly compact: boolean
  /** What an array holds. */
  readonly element: FieldSpec | null
  /** What a struct holds. */
  readonly fields: Fields | null
}

/** A field with what it takes when encoding, what decoding gives, and whether the encoder may go without it. */
export interface Field<In, Out, Optional extends boolean> extends FieldSpec {
  readonly '~in'?: In
  readonly '~out'?: Out
  readonly '~optional'?: Optional
}
export type AnyField = Field<unknown, unknown, boolean>
export type Fields = { readonly [name: string]: AnyField }

type InOf<F> = F extends Field<infer In, unknown, boolean> ? In : never
type OutOf<F> = F extends Field<unknown, infer Out, boolean> ? Out : never
type OptionalKeys<S extends Fields> = {
  [K in keyof S]: S[K] extends Field<unknown, unknown, infer O> ? (true extends O ? K : never) : never
}[keyof S]

/** What encoding takes: fields with a default, a tag or a version range of their own may be left out. */
export type Encodable<S extends Fields> = {
  [K in Exclude<keyof S, OptionalKeys<S>>]: InOf<S[K]>
} & { [K in OptionalKeys<S>]?: InOf<S[K]> | undefined }

/** What decoding gives: every field, absent ones at their default. */
export type Decoded<S extends Fields> = { [K in keyof S]: OutOf<S[K]> }

type NullOf<O> = O extends { nullable: string } ? null : never
type IsOptional<O> = O extends { default: unknown } | { tag: number } | { versions: string } ? true : false

const ALL: VersionRange = { from: 0, to: Infinity }
const NONE: VersionRange = { from: Infinity, to: -Infinity }

/** '3', '3-5' or '3+' as numbers; throws on anything else. */
export function parseRange(text: string): VersionRange {
  const match = /^(\d+)(?:(\+)|-(\d+))?$/.exec(text)
  if (!match) throw new Error(`'${text}' is not a version range such as 3, 3-5 or 3+`)
  const from = Number(match[1])
  return { from, to: match[2] ? Infinity : Number(match[3] ?? from) }
}

export const isIn = (range: VersionRange, version: number): boolean =>
  version >= range.from && version <= range.to

function makeField<Value>(
  kind: Kind,
  zero: Value,
  options: FieldOptions<Value> = {},
  parts: { element?: FieldSpec; fields?: Fields } = {},
): FieldSpec {
  const versions = options.versions ? parseRange(options.versions) : ALL
  return {
    kind,
    versions,
    nullable: options.nullable ? parseRange(options.nullable) : NONE,
    tag: options.tag ?? null,
    default: options.default === undefined ? zero : options.default,
    ignorable: options.ignorable ?? false,
    compact: options.compact ?? true,
    element: parts.element ?? null,
    fields: parts.fields ?? null,
  }
}

const scalar =
  <Value, In = Value>(kind: Kind, zero: Value) =>
  <const O extends FieldOptions<Value> = Record<never, never>>(
    options?: O,
  ): Field<In | NullOf<O>, Value | NullOf<O>, IsOptional<O>> =>
    makeField(kind, zero, options)

export const bool = scalar<boolean>('bool', false)
export const int8 = scalar<number>('int8', 0)
export const int16 = scalar<number>('int16', 0)
export const uint16 = scalar<number>('uint16', 0)
export const int32 = scalar<number>('int32', 0)
export const int64 = scalar<Int64>('int64', 0)
export const float64 = scalar<number>('float64', 0)
/** 16 bytes, in text form (bytes/uuid.ts). */
export const uuid = scalar<string>('uuid', 'AAAAAAAAAAAAAAAAAAAAAA')
export const string = scalar<string>('string', '')
/** Decoding gives a view on the input; encoding copies. */
export const bytes = scalar<Buffer>('bytes', Buffer.alloc(0))
/** Record batches: decoding gives a view on the input, and encoding passes long ones on without a copy. */
export const records = scalar<Buffer, Part>('records', Buffer.alloc(0))

export function array<In, Out, const O extends FieldOptions<Out[]> = Record<never, never>>(
  element: Field<In, Out, boolean>,
  options?: O,
): Field<readonly In[] | NullOf<O>, Out[] | NullOf<O>, IsOptional<O>> {
  return makeField<Out[]>('array', [], options, { element })
}

export function struct<S extends Fields, const O extends FieldOptions<never> = Record<never, never>>(
  fields: S,
  options?: O,
): Field<Encodable<S> | NullOf<O>, Decoded<S> | NullOf<O>, IsOptional<O>> {
  return makeField<unknown>('struct', undefined, options, { fields })
}

/** An array of structs. */
export function structs<S extends Fields, const O extends FieldOptions<never[]> = Record<never, never>>(
  fields: S,
  options?: O,
): Field<readonly Encodable<S>[] | NullOf<O>, Decoded<S>[] | NullOf<O>, IsOptional<O>> {
  return makeField<unknown[]>('array', [], options, { element: struct(fields) })
}

export interface Message<S extends Fields = Fields> {
  readonly name: string
  readonly versions: VersionRange
  readonly flexible: VersionRange
  readonly fields: S
}

export interface Api<Request extends Fields = Fields, Response extends Fields = Fields> {
  readonly key: number
  readonly name: string
  readonly minVersion: number
  readonly maxVersion: number
  /** The first flexible version; Infinity when there is none. */
  readonly flexibleFrom: number
  readonly request: Message<Request>
  readonly response: Message<Response>
}

/** A message that is stored in a log; `apiKey` is its record type where the log has several. */
export interface StoredMessage<S extends Fields = Fields> {
  readonly apiKey: number
  readonly message: Message<S>
}

export type RequestOf<A> = A extends Api<infer S, Fields> ? Encodable<S> : never
export type DecodedRequestOf<A> = A extends Api<infer S, Fields> ? Decoded<S> : never
export type ResponseOf<A> = A extends Api<Fields, infer S> ? Encodable<S> : never
export type DecodedResponseOf<A> = A extends Api<Fields, infer S> ? Decoded<S> : never
export type RecordOf<M> = M extends StoredMessage<infer S> ? Decoded<S> : never

// Names become part of generated source, so nothing else may pass.
const FIELD_NAME = /^[a-z][A-Za-z0-9]*$/

function checkNames(owner: string, fields: Fields): void {
  for (const [name, field] of Object.entries(fields)) {
    if (!FIELD_NAME.test(name)) throw new Error(`${owner}: '${name}' is not a field name`)
    const inner = field.fields ?? field.element?.fields
    if (inner) checkNames(`${owner}.${name}`, inner)
  }
}

function makeMessage<S extends Fields>(
  name: string,
  versions: string,
  flexible: string,
  fields: S,
): Message<S> {
  checkNames(name, fields)
  return {
    name,
    versions: parseRange(versions),
    flexible: flexible === 'none' ? NONE : parseRange(flexible),
    fields,
  }
}

export function defineApi<Request extends Fields, Response extends Fields>(definition: {
  key: number
  name: string
  versions: string
  flexible: string
  request: Request
  response: Response
}): Api<Request, Response> {
  const { key, name, versions, flexible } = definition
  const request = makeMessage(`${name}Request`, versions, flexible, definition.request)
  const response = makeMessage(`${name}Response`, versions, flexible, definition.response)
  const { from: minVersion, to: maxVersion } = request.versions
  return { key, name, minVersion, maxVersion, flexibleFrom: request.flexible.from, request, response }
}

/** Declares a stored message. `apiKey` is the number that stands before it in its log; -1 where there is none. */
export function defineStored<S extends Fields>(definition: {
  apiKey?: number
  name: string
  versions: string
  flexible: string
  fields: S
}): StoredMessage<S> {
  const { apiKey = -1, name, versions, flexible, fields } = definition
  return { apiKey, message: makeMessage(name, versions, flexible, fields) }
}
