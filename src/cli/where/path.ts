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
    // A number would lose its last digits where it is longer than a double; as a text it keeps them.
    return { root: JSON.parse(/\d{16}/.test(text) ? text.replace(TOKENS, quoteLong) : text) }
  } catch {
    return undefined
  }
}

const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g
const quoteLong = (token: string): string =>
  token.startsWith('"') || token.length < 16 || !Number.isFinite(Number(token)) ? token : `"${token}"`

export function findInJson(root: unknown, path: readonly Step[]): Leaf[] {
  let found = [root]
  for (const step of path) found = found.flatMap((value) => into(value, step))
  return found.map((value) => {
    if (value === null || typeof value === 'string') return { text: value, isText: true }
    return { text: JSON.stringify(value), isText: false }
  })
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
