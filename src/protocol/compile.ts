// Turns a message and a version into two plain functions, made once on first use. No declaration is walked at run
// time: the source is straight-line calls on Writer and Reader. Only names and literals of our own declarations
// become source (schema.ts checks the names); nothing that came over a socket ever does.
import { MalformedError, type Reader } from '../bytes/reader.ts'
import { Writer } from '../bytes/writer.ts'
import { DecoderSource } from './compile-decoder.ts'
import { EncoderSource } from './compile-encoder.ts'
import * as wire from './primitives.ts'
import { type Decoded, type Encodable, type Fields, isIn, type Message } from './schema.ts'

export interface Codec<S extends Fields> {
  /** Throws EncodeError with the path of a field that this version cannot carry. */
  encode(writer: Writer, value: Encodable<S>): void
  /** Throws MalformedError; bytes after the message are left to the caller. */
  decode(reader: Reader): Decoded<S>
}

const compiled = new WeakMap<object, Map<number, Codec<Fields>>>()

/** The codec of one version of a message; throws RangeError for a version that the message does not have. */
export function codec<S extends Fields>(message: Message<S>, version: number): Codec<S> {
  let versions = compiled.get(message)
  if (!versions) {
    versions = new Map()
    compiled.set(message, versions)
  }
  let made = versions.get(version)
  if (!made) {
    made = compile(message, version)
    versions.set(version, made)
  }
  return made as unknown as Codec<S>
}

function compile(message: Message, version: number): Codec<Fields> {
  if (!isIn(message.versions, version)) {
    throw new RangeError(`${message.name} has no version ${version}`)
  }
  const flexible = isIn(message.flexible, version)
  const scope = { ...wire, Writer, MalformedError }
  const make = (source: string, direction: string): unknown =>
    new Function(
      ...Object.keys(scope),
      `'use strict'\n${source}\n//# sourceURL=ktool/${message.name}.v${version}.${direction}.js`,
    )(...Object.values(scope))
  return {
    encode: make(new EncoderSource(message, version, flexible).source(), 'encode') as Codec<Fields>['encode'],
    decode: make(new DecoderSource(message, version, flexible).source(), 'decode') as Codec<Fields>['decode'],
  }
}
