import type { FieldSpec, Fields, Message } from './schema.ts'
import { defaultSource, differsSource, isNullable, isSimple, Source, splitFields } from './source.ts'

/** Writes the source of `encode(writer, value)` for one version of a message. */
export class EncoderSource {
  readonly #source = new Source()
  readonly #message: Message
  readonly #version: number
  readonly #flexible: boolean

  constructor(message: Message, version: number, flexible: boolean) {
    this.#message = message
    this.#version = version
    this.#flexible = flexible
  }

  source(): string {
    this.#source.line('return function encode(w, s) {')
    this.#struct(this.#message.fields, 's', this.#message.name, 'w')
    this.#source.line('}')
    return this.#source.toString()
  }

  #struct(fields: Fields, value: string, path: string, writer: string): void {
    const { plain, tagged, absent } = splitFields(fields, this.#version, this.#flexible)
    for (const [name, field] of absent) {
      if (field.ignorable) continue
      const where = JSON.stringify(`${path}.${name}`)
      this.#line(`if (${differsSource(field, `${value}.${name}`)}) notInVersion(${where}, ${this.#version})`)
    }
    for (const [name, field] of plain) this.#field(field, `${value}.${name}`, `${path}.${name}`, writer)
    if (this.#flexible) this.#tags(tagged, value, path, writer)
  }

  /** Writes one field, with its default when the value is undefined. `??` would turn a null into the default. */
  #field(field: FieldSpec, value: string, path: string, writer: string): void {
    const name = this.#source.name()
    this.#line(`let ${name} = ${value}`)
    // A struct has no default to write: leaving it out where the version has it is a mistake of the caller.
    const missing = field.kind === 'struct' && field.default !== null
    const instead = missing
      ? `isMissing(${JSON.stringify(path)})`
      : `${name} = ${defaultSource(field, this.#version)}`
    this.#line(`if (${name} === undefined) ${instead}`)
    this.#value(field, name, path, writer)
  }

  #value(field: FieldSpec, name: string, path: string, writer: string): void {
    const where = JSON.stringify(path)
    const compact = this.#flexible && field.compact
    if (isSimple(field)) {
      this.#line(`${writer}.${field.kind}(${name})`)
      return
    }
    if (isNullable(field, this.#version)) {
      const isTagged = this.#flexible && field.tag !== null
      this.#line(`if (${name} === null) ${writer}.${nullSource(field, compact, isTagged)}`)
      this.#line('else {')
      if (field.kind === 'struct') this.#line(`${writer}.int8(1)`)
    } else {
      this.#line(`if (${name} === null) cannotBeNull(${where})`)
      this.#line('{')
    }
    if (field.kind === 'array') this.#array(field.element!, name, path, writer)
    else if (field.kind === 'struct') this.#struct(field.fields!, name, path, writer)
    else {
      const call = `write${compact ? 'Compact' : ''}${field.kind[0]!.toUpperCase()}${field.kind.slice(1)}`
      this.#line(`${call}(${writer}, ${name}${field.kind === 'string' ? `, ${where}` : ''})`)
    }
    this.#line('}')
  }

  #array(element: FieldSpec, name: string, path: string, writer: string): void {
    const item = this.#source.name()
    this.#line(this.#flexible ? `${writer}.uvarint(${name}.length + 1)` : `${writer}.int32(${name}.length)`)
    this.#line(`for (const ${item} of ${name}) {`)
    this.#value(element, item, `${path}[]`, writer)
    this.#line('}')
  }

  #tags(tagged: [string, FieldSpec][], value: string, path: string, writer: string): void {
    if (tagged.length === 0) {
      this.#line(`${writer}.uint8(0)`)
      return
    }
    const present = tagged.map(([name, field]) => {
      const flag = this.#source.name()
      this.#line(`const ${flag} = ${differsSource(field, `${value}.${name}`)}`)
      return flag
    })
    this.#line(`${writer}.uvarint(${present.join(' + ')})`)
    tagged.forEach(([name, field], index) => {
      const inner = this.#source.name()
      this.#line(`if (${present[index]}) {`)
      this.#line(`const ${inner} = new Writer(64)`)
      this.#field(field, `${value}.${name}`, `${path}.${name}`, inner)
      this.#line(`${writer}.uvarint(${field.tag})`)
      this.#line(`${writer}.uvarint(${inner}.length)`)
      this.#line(`${writer}.bytes(${inner}.takeBytes())`)
      this.#line('}')
    })
  }

  #line(text: string): void {
    this.#source.line(text)
  }
}

function nullSource(field: FieldSpec, compact: boolean, isTagged: boolean): string {
  // Kafka's generator writes the mark of a nullable struct as a byte, but as a varint in the tagged section.
  if (field.kind === 'struct') return isTagged ? 'uint8(0)' : 'int8(-1)'
  if (compact) return 'uint8(0)'
  return field.kind === 'string' ? 'int16(-1)' : 'int32(-1)'
}
