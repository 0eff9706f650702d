import type { Int64 } from '../../bytes/int64.ts'
import { Failure } from '../failures.ts'

const two = (value: number): string => String(value).padStart(2, '0')

const PARTS: Readonly<Record<string, (date: Date, count: number, era: number) => string>> = {
  y: (date, count, era) => {
    const year = String(date.getFullYear() + era)
    return count === 2 ? year.slice(-2) : year.padStart(count, '0')
  },
  M: (date, count) => (count < 3 ? number(date.getMonth() + 1, count) : name(date, 'month', count)),
  d: (date, count) => number(date.getDate(), count),
  H: (date, count) => number(date.getHours(), count),
  k: (date, count) => number(date.getHours() || 24, count),
  h: (date, count) => number(date.getHours() % 12 || 12, count),
  K: (date, count) => number(date.getHours() % 12, count),
  m: (date, count) => number(date.getMinutes(), count),
  s: (date, count) => number(date.getSeconds(), count),
  S: (date, count) => number(date.getMilliseconds(), count),
  a: (date) => (date.getHours() < 12 ? 'AM' : 'PM'),
  E: (date, count) => name(date, 'weekday', count),
  u: (date, count) => number(date.getDay() || 7, count),
  Z: (date) => offset(date, ''),
  X: (date, count) =>
    date.getTimezoneOffset() === 0 ? 'Z' : offset(date, count === 3 ? ':' : '', count === 1),
}

const number = (value: number, count: number): string => String(value).padStart(count, '0')

const name = (date: Date, part: 'month' | 'weekday', count: number): string =>
  date.toLocaleString('en-US', { [part]: count < 4 ? 'short' : 'long' })

function offset(date: Date, separator: string, isShort = false): string {
  const minutes = -date.getTimezoneOffset()
  const size = Math.abs(minutes)
  const rest = isShort ? '' : `${separator}${two(size % 60)}`
  return `${minutes < 0 ? '-' : '+'}${two(Math.trunc(size / 60))}${rest}`
}

/** The calendar repeats itself after as many years, with the days of the week. */
const ERA_YEARS = 400
const ERA_MS = 146_097n * 86_400_000n
/** A Date ends 8.64e15 ms from 1970, which a long is not the end of. */
const FARTHEST_MS = 8_640_000_000_000_000

/** The time as a Date within its range, and the years that it is off. */
function dateAt(timeMs: Int64): { date: Date; era: number } {
  if (timeMs > -FARTHEST_MS && timeMs < FARTHEST_MS) return { date: new Date(Number(timeMs)), era: 0 }
  const eras = BigInt(timeMs) / ERA_MS
  const date = new Date(Number(BigInt(timeMs) - eras * ERA_MS))
  return { date, era: Number(eras) * ERA_YEARS }
}

/** Writes times by a pattern of java.text.SimpleDateFormat, in local time; Failure in Java's words for letters it lacks. */
export function javaDateFormat(pattern: string): (timeMs: Int64) => string {
  const parts: ((date: Date, era: number) => string)[] = []
  for (const [found] of pattern.matchAll(/'(?:''|[^'])*'|([a-zA-Z])\1*|[^a-zA-Z']+|'/g)) {
    if (found === "'") throw new Failure('Unterminated quote')
    if (found === "''") parts.push(() => "'")
    else if (found.startsWith("'")) parts.push(() => found.slice(1, -1).replaceAll("''", "'"))
    else if (!/^[a-zA-Z]/.test(found)) parts.push(() => found)
    else {
      const write = PARTS[found[0]!]
      if (write === undefined) throw new Failure(`Illegal pattern character '${found[0]}'`)
      parts.push((date, era) => write(date, found.length, era))
    }
  }
  return (timeMs) => {
    const { date, era } = dateAt(timeMs)
    return parts.map((write) => write(date, era)).join('')
  }
}
