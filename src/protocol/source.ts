import { type FieldSpec, isIn } from './schema.ts'

/** Collects lines of generated source and hands out variable names. */
export class Source {
  readonly #lines: string[] = []
  #names = 0

  line(text: string): void {
    this.#lines.push(text)
  }

  name(): string {
    return `v${this.#names++}`
  }

  toString(): string {
    return this.#lines.join('\n')
  }
}

/** Kinds that reader and writer have a method of the same name for. */
const SIMPLE: ReadonlySet<string> = new Set([
  'bool',
  'int8',
  'int16',
  'uint16',
  'int32',
  'int64',
  'float64',
  'uuid',
])

export const isSimple = ({ kind }: FieldSpec): boolean => SIMPLE.has(kind)

const literal = (value: unknown): string => (typeof value === 'bigint' ? `${value}n` : JSON.stringify(value))

/** The default of a field as source text. Arrays and structs are written out, so that each decoded value is its own. */
export function defaultSource(field: FieldSpec, version: number): string {
  if (field.default === null) return 'null'
  if (field.kind === 'array') return '[]'
  if (field.kind === 'bytes' || field.kind === 'records') return 'Buffer.alloc(0)'
  if (field.kind === 'struct') {
    const parts = Object.entries(field.fields!).map(
      ([name, part]) => `${name}: ${defaultSource(part, version)}`,
    )
    return `{ ${parts.join(', ')} }`
  }
  return literal(field.default)
}

/** Source of a test for "this value, which may be undefined, differs from the default". */
export function differsSource(field: FieldSpec, value: string): string {
  if (field.default === null) return `(${value} !== undefined && ${value} !== null)`
  if (field.kind === 'array' || field.kind === 'bytes' || field.kind === 'records') {
    return `(${value} !== undefined && (${value} === null || ${value}.length !== 0))`
  }
  if (field.kind === 'struct') {
    const parts = Object.entries(field.fields!).map(([name, part]) => differsSource(part, `${value}.${name}`))
    return `(${value} !== undefined && (${value} === null || ${parts.join(' || ')}))`
  }
  return `(${value} !== undefined && ${value} !== ${literal(field.default)})`
}

export const isNullable = (field: FieldSpec, version: number): boolean => isIn(field.nullable, version)

/** The fields of a struct that this version has: in the order of the bytes, and those in its tagged section. */
export function splitFields(
  fields: { readonly [name: string]: FieldSpec },
  version: number,
  flexible: boolean,
): { plain: [string, FieldSpec][]; tagged: [string, FieldSpec][]; absent: [string, FieldSpec][] } {
  const plain: [string, FieldSpec][] = []
  const tagged: [string, FieldSpec][] = []
  const absent: [string, FieldSpec][] = []
  for (const entry of Object.entries(fields)) {
    const [, field] = entry
    if (!isIn(field.versions, version)) absent.push(entry)
    else if (flexible && field.tag !== null) tagged.push(entry)
    else plain.push(entry)
  }
  tagged.sort(([, a], [, b]) => a.tag! - b.tag!)
  return { plain, tagged, absent }
}
