import type { FieldSpec, Fields, Message } from './schema.ts'
import { defaultSource, isNullable, isSimple, Source, splitFields } from './source.ts'

/** Writes the source of `decode(reader)` for one version of a message. */
export class DecoderSource {
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
    this.#line('return function decode(r) {')
    this.#line(`return ${this.#struct(this.#message.fields, this.#message.name)}`)
    this.#line('}')
    return this.#source.toString()
  }

  /** Emits the reads of a struct and returns the object literal that they fill. */
  #struct(fields: Fields, path: string): string {
    const { plain, tagged } = splitFields(fields, this.#version, this.#flexible)
    const names = new Map<string, string>()
    for (const [name, field] of plain) names.set(name, this.#value(field, `${path}.${name}`))
    if (this.#flexible) this.#tags(tagged, path, names)
    const parts = Object.entries(fields).map(
      ([name, field]) => `${name}: ${names.get(name) ?? defaultSource(field, this.#version)}`,
    )
    return `{ ${parts.join(', ')} }`
  }

  /** Emits the read of a value and returns the variable that holds it. */
  #value(field: FieldSpec, path: string): string {
    const name = this.#source.name()
    if (isSimple(field)) {
      this.#line(`const ${name} = r.${field.kind}()`)
      return name
    }
    const onNull = isNullable(field, this.#version) ? null : `unexpectedNull(${JSON.stringify(path)})`
    if (field.kind === 'array') this.#array(field, name, path, onNull)
    else if (field.kind === 'struct') this.#nullableStruct(field, name, path, onNull)
    else {
      const kind = field.kind === 'string' ? 'String' : 'Bytes'
      this.#line(`const ${name} = read${this.#flexible && field.compact ? 'Compact' : ''}${kind}(r)`)
      if (onNull) this.#line(`if (${name} === null) ${onNull}`)
    }
    return name
  }

  #array(field: FieldSpec, name: string, path: string, onNull: string | null): void {
    const count = this.#source.name()
    const index = this.#source.name()
    this.#line(`let ${name} = null`)
    this.#line(`const ${count} = read${this.#flexible ? 'Compact' : ''}Count(r)`)
    this.#line(`if (${count} >= 0) {`)
    // Not `new Array(count)`: a count is only known to be possible, not to be true.
    this.#line(`${name} = []`)
    this.#line(`for (let ${index} = 0; ${index} < ${count}; ${index}++) {`)
    this.#line(`${name}.push(${this.#element(field.element!, path)})`)
    this.#line('}')
    this.#line(onNull ? `} else ${onNull}` : '}')
  }

  #element(element: FieldSpec, path: string): string {
    return element.kind === 'struct'
      ? this.#struct(element.fields!, `${path}[]`)
      : this.#value(element, `${path}[]`)
  }

  #nullableStruct(field: FieldSpec, name: string, path: string, onNull: string | null): void {
    if (onNull) {
      this.#line(`const ${name} = ${this.#struct(field.fields!, path)}`)
      return
    }
    this.#line(`let ${name} = null`)
    const isTagged = this.#flexible && field.tag !== null
    this.#line(`if (read${isTagged ? 'Tagged' : ''}Presence(r)) {`)
    this.#line(`${name} = ${this.#struct(field.fields!, path)}`)
    this.#line('}')
  }

  #tags(tagged: [string, FieldSpec][], path: string, names: Map<string, string>): void {
    const [left, tag, size, end] = [
      this.#source.name(),
      this.#source.name(),
      this.#source.name(),
      this.#source.name(),
    ]
    for (const [name, field] of tagged) {
      const variable = this.#source.name()
      names.set(name, variable)
      this.#line(`let ${variable} = ${defaultSource(field, this.#version)}`)
    }
    this.#line(`for (let ${left} = r.uvarint(); ${left} > 0; ${left}--) {`)
    this.#line(`const ${tag} = r.uvarint(), ${size} = r.uvarint(), ${end} = r.offset + ${size}`)
    tagged.forEach(([name, field], index) => {
      const where = `${path}.${name}`
      this.#line(`${index === 0 ? '' : 'else '}if (${tag} === ${field.tag}) {`)
      this.#line(`${names.get(name)} = ${this.#value(field, where)}`)
      this.#line(`checkTagEnd(r, ${end}, ${JSON.stringify(where)})`)
      this.#line('}')
    })
    this.#line(`${tagged.length ? 'else ' : ''}r.skip(${size})`)
    this.#line('}')
  }

  #line(text: string): void {
    this.#source.line(text)
  }
}
