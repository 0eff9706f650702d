import { UsageError } from '../failures.ts'
import type { ByteOutput } from './byte-output.ts'
import { DESERIALIZER_NAMES, type Deserializer, deserializerOf } from './deserializers.ts'
import type { ConsumedRecord, Formatter } from './formatter.ts'

type Properties = ReadonlyMap<string, string>

const COLUMNS = ['timestamp', 'partition', 'offset', 'delivery', 'epoch', 'headers', 'key', 'value'] as const
type Column = (typeof COLUMNS)[number]

/** Kafka's DefaultMessageFormatter: the chosen columns, joined by key.separator, ended by line.separator. */
export class DefaultFormatter implements Formatter {
  readonly valueOnly?: { readonly separator: Buffer; readonly nullLiteral: Buffer }
  readonly #columns: readonly Column[]
  readonly #keySeparator: Buffer
  readonly #lineSeparator: Buffer
  readonly #headersSeparator: Buffer
  readonly #nullLiteral: Buffer
  readonly #deserializers: Record<'key' | 'value' | 'headers', Deserializer | null>

  constructor(properties: Properties) {
    const bytes = (name: string, otherwise: string): Buffer => Buffer.from(properties.get(name) ?? otherwise)
    this.#columns = COLUMNS.filter((column) => isPrinted(properties, column))
    this.#keySeparator = bytes('key.separator', '\t')
    this.#lineSeparator = bytes('line.separator', '\n')
    this.#headersSeparator = bytes('headers.separator', ',')
    this.#nullLiteral = bytes('null.literal', 'null')
    this.#deserializers = {
      key: deserializerFor('key', properties),
      value: deserializerFor('value', properties),
      headers: deserializerFor('headers', properties),
    }
    if (this.#columns.length === 1 && this.#columns[0] === 'value' && this.#deserializers.value === null) {
      this.valueOnly = { separator: this.#lineSeparator, nullLiteral: this.#nullLiteral }
    }
  }

  write(record: ConsumedRecord, output: ByteOutput): void {
    // What cannot be deserialized must leave no half line behind.
    const key = this.#columns.includes('key') ? this.#shown('key', record.key) : null
    const value = this.#columns.includes('value') ? this.#shown('value', record.value) : null
    const headers = this.#columns.includes('headers')
      ? record.headers.map(([name, bytes]) => [name, this.#shown('headers', bytes)] as const)
      : []
    const last = this.#columns.length - 1
    this.#columns.forEach((column, index) => {
      if (column === 'key') output.bytes(key!)
      else if (column === 'value') output.bytes(value!)
      else if (column === 'headers') this.#writeHeaders(headers, output)
      else output.text(describe(column, record))
      output.bytes(index === last ? this.#lineSeparator : this.#keySeparator)
    })
  }

  #shown(kind: 'key' | 'value' | 'headers', bytes: Buffer | null): Buffer {
    // Differs: Kafka hands the null literal to the deserializer, so that null as an Integer prints 1853189228.
    if (bytes === null) return this.#nullLiteral
    return this.#deserializers[kind]?.(bytes) ?? bytes
  }

  #writeHeaders(headers: (readonly [string, Buffer])[], output: ByteOutput): void {
    if (headers.length === 0) output.text('NO_HEADERS')
    headers.forEach(([name, bytes], index) => {
      if (index > 0) output.bytes(this.#headersSeparator)
      output.text(`${name}:`)
      output.bytes(bytes)
    })
  }
}

function isPrinted(properties: Properties, column: Column): boolean {
  const setting = properties.get(`print.${column}`)
  return setting === undefined ? column === 'value' : setting.trim().toLowerCase() === 'true'
}

function describe(column: Exclude<Column, 'key' | 'value' | 'headers'>, record: ConsumedRecord): string {
  switch (column) {
    case 'timestamp':
      return `${record.timestampType}:${record.timestamp}`
    case 'partition':
      return `Partition:${record.partition}`
    case 'offset':
      return `Offset:${record.offset}`
    case 'delivery':
      return `Delivery:${record.deliveryCount ?? 'NOT_PRESENT'}`
    // Kafka's console consumers make their records anew and leave it out.
    case 'epoch':
      return 'Epoch:NOT_PRESENT'
  }
}

function deserializerFor(kind: 'key' | 'value' | 'headers', properties: Properties): Deserializer | null {
  const property = `${kind}.deserializer`
  const name = properties.get(property)
  if (name === undefined) return null
  const prefix = `${property}.`
  const settings = new Map(
    [...properties]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  )
  const found = deserializerOf(name, settings, kind)
  if (!found) {
    throw new UsageError(`${property}: '${name}' is not one of ${DESERIALIZER_NAMES.join(', ')}`)
  }
  return found
}
