// The conditions of --where: FIELD, FIELD=PATTERN or FIELD!=PATTERN. docs/reading-and-writing.md tells users about them.

import type { ConsumedRecord } from '../records/formatter.ts'
import { findInJson, parseJson, takePath } from './path.ts'
import { type Leaf, type Matcher, takePattern } from './pattern.ts'
import { Scanner } from './scanner.ts'

/** Whether a record is one that is looked for. */
export type Condition = (record: ConsumedRecord) => boolean

/** Gives what a field stands for in a record: a header may be there several times, or not at all. */
type Field = (record: ConsumedRecord) => Leaf[]

const FIELDS = 'a condition begins with key, value or header.NAME'
const OPERATORS = '= or != and a pattern is expected here'
const PATHS = `${OPERATORS}, or .$ and a path into JSON`

/** A condition that was read, and loads what its pattern needs. */
export interface ReadCondition {
  load(): Promise<Condition>
}

/** Reads a condition; BadValue says where it makes no sense and what would. */
export function parseCondition(text: string): ReadCondition {
  const scanner = new Scanner('--where', text)
  const [field, needsPattern] = takeField(scanner)
  if (scanner.isAtEnd && !needsPattern) return { load: async () => (record) => field(record).length > 0 }
  const isNegated = scanner.take('!=')
  if (!isNegated && !scanner.take('=')) {
    return scanner.refuse(scanner.takeMatch(/(?=\.)/y) === null ? OPERATORS : PATHS)
  }
  const loadPattern = takePattern(scanner)
  return {
    async load() {
      const matches = await loadPattern()
      return isNegated
        ? (record) => !holds(field, matches, record)
        : (record) => holds(field, matches, record)
    },
  }
}

const holds = (field: Field, matches: Matcher, record: ConsumedRecord): boolean => field(record).some(matches)

function takeField(scanner: Scanner): [field: Field, needsPattern: boolean] {
  const bytes = takeBytes(scanner)
  if (scanner.take('.$')) {
    const path = takePath(scanner)
    return [
      (record) =>
        bytes.of(record).flatMap((found) => {
          const json = found === null ? undefined : parseJson(found.toString())
          return json === undefined ? [] : findInJson(json.root, path)
        }),
      false,
    ]
  }
  const field: Field = (record) =>
    bytes.of(record).map((found) => ({ text: found === null ? null : found.toString(), isText: true }))
  return [field, !bytes.mayLack]
}

interface Bytes {
  readonly of: (record: ConsumedRecord) => (Buffer | null)[]
  /** Whether a record may be without it, so that its being there is a condition of its own. */
  readonly mayLack: boolean
}

function takeBytes(scanner: Scanner): Bytes {
  if (scanner.take('header.')) {
    const name = takeHeaderName(scanner)
    return {
      of: ({ headers }) => headers.filter(([key]) => key === name).map(([, value]) => value),
      mayLack: true,
    }
  }
  const word = scanner.takeMatch(/[A-Za-z]+/y) ?? ''
  if (word === 'key') return { of: ({ key }) => [key], mayLack: false }
  if (word === 'value') return { of: ({ value }) => [value], mayLack: false }
  if (word === 'header') return scanner.refuse('the name of a header is expected here, as in header.source')
  scanner.back(word.length)
  return scanner.refuse(FIELDS)
}

function takeHeaderName(scanner: Scanner): string {
  const quoted = scanner.takeQuoted()
  if (quoted !== null) return quoted
  const name = scanner.takeMatch(/(?:(?!!?=|\.\$)[\s\S])+/y)
  return name ?? scanner.refuse('the name of a header is expected here; an odd one is written "in quotes"')
}
