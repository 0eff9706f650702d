// JSON paths, as far as a condition needs them: names, positions and *.

import type { Leaf } from './pattern.ts'
import type { Scanner } from './scanner.ts'

type Step = string | number | typeof EVERY
const EVERY = Symbol('every')

/** Takes what stands behind `$`: `.name`, `["any name"]`, `[0]`, `[-1]`, `[*]`. */
export function takePath(scanner: Scanner): readonly Step[] {
  const steps: Step[] = []
  for (;;) {
    if (scanner.take('.')) {
      const name = scanner.takeMatch(/(?:(?!!?=)[^.[\]"'\s])+/y)
      if (name === null) return scanner.refuse('a name is expected here; an odd one is written ["in quotes"]')
      steps.push(name === '*' ? EVERY : name)
    } else if (scanner.take('[')) {
      steps.push(takeBracketed(scanner))
      if (!scanner.take(']')) return scanner.refuse('a ] is expected here')
    } else return steps
  }
}

function takeBracketed(scanner: Scanner): Step {
  if (scanner.take('*')) return EVERY
  const name = scanner.takeQuoted()
  if (name !== null) return name
  const index = scanner.takeMatch(/-?\d+/y)
  return index === null ? scanner.refuse('a position, a "name" or * is expected here') : Number(index)
}

/** JSON, or undefined where the text is none. */
export function parseJson(text: string): { root: unknown } | undefined {
  try {
    const root: unknown = JSON.parse(text)
    // A number loses its last digits where it is longer than a double; as a text it keeps them.
    return { root: /\d{16}/.test(text) ? JSON.parse(withQuotedNumbers(text)) : root }
  } catch {
    return undefined
  }
}

/** JSON with quotes around its long numbers. One pass, whatever the text is. */
function withQuotedNumbers(json: string): string {
  const parts: string[] = []
  let from = 0
  for (let at = 0; at < json.length; ) {
    if (json[at] === '"') at = endOfString(json, at)
    else if (isNumberStart(json.charCodeAt(at))) {
      const end = endOfNumber(json, at)
      const number = json.slice(at, end)
      if (number.length >= 16 && Number.isFinite(Number(number))) {
        parts.push(json.slice(from, at), '"', number, '"')
        from = end
      }
      at = end
    } else at++
  }
  return parts.join('') + json.slice(from)
}

function endOfString(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    if (json[at] === '\\') at++
    else if (json[at] === '"') return at + 1
  }
  return json.length
}

const MINUS = 0x2d
const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39
const isNumberStart = (unit: number): boolean => unit === MINUS || isDigit(unit)

function endOfNumber(json: string, start: number): number {
  let at = start + 1
  while (at < json.length && (isDigit(json.charCodeAt(at)) || '.eE+-'.includes(json[at]!))) at++
  return at
}

export function findInJson(root: unknown, path: readonly Step[]): Leaf[] {
  let found = [root]
  for (const step of path) found = found.flatMap((value) => into(value, step))
  return found.flatMap((value) => {
    if (value === null || typeof value === 'string') return { text: value, isText: true }
    const text = jsonText(value)
    return text === null ? [] : { text, isText: false }
  })
}

/** Null where lists or objects nest too deeply to be written. */
function jsonText(value: unknown): string | null {
  try {
    return JSON.stringify(value)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function into(value: unknown, step: Step): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  if (step === EVERY) return Object.values(value)
  if (Array.isArray(value)) {
    const item = typeof step === 'number' ? value.at(step) : undefined
    return item === undefined ? [] : [item]
  }
  return Object.hasOwn(value, step) ? [(value as Record<string | number, unknown>)[step]] : []
}
