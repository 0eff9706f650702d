/** Code points as ranges: sorted, apart from each other, both ends included. */
export type CharSet = readonly Range[]
export type Range = readonly [from: number, to: number]

export const MAX_CODE_POINT = 0x10ffff
export const EVERY_CHAR: CharSet = [[0, MAX_CODE_POINT]]

export const only = (codePoint: number): CharSet => [[codePoint, codePoint]]

/** The characters of a text, where `a-z` between spaces is a range. */
export function charsOf(...ranges: readonly (number | Range)[]): CharSet {
  return joined(ranges.map((range) => (typeof range === 'number' ? [range, range] : range)))
}

export const union = (...sets: readonly CharSet[]): CharSet => joined(sets.flat())

export function negated(set: CharSet): CharSet {
  const gaps: Range[] = []
  let from = 0
  for (const [first, last] of set) {
    if (first > from) gaps.push([from, first - 1])
    from = last + 1
  }
  if (from <= MAX_CODE_POINT) gaps.push([from, MAX_CODE_POINT])
  return gaps
}

export const intersection = (a: CharSet, b: CharSet): CharSet => negated(union(negated(a), negated(b)))

function joined(ranges: readonly Range[]): CharSet {
  const sorted = [...ranges].sort(([a], [b]) => a - b)
  const result: [from: number, to: number][] = []
  for (const [from, to] of sorted) {
    const last = result.at(-1)
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else result.push([from, to])
  }
  return result
}
