import type { Place, ReadRange } from '../../client/read-range.ts'
import { BadValue } from '../option-spec.ts'

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A time as people give it: `@1700000000000`, `@2024-05-01T12:00:00Z`, or `@-1h`, before now. */
function parseTime(text: string): ((nowMs: number) => number) | null {
  const relative = /^-(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text)
  if (relative) {
    const agoMs = Number(relative[1]) * UNITS[relative[2]!]!
    return (nowMs) => Math.round(nowMs - agoMs)
  }
  const ms = /^\d+$/.test(text) ? Number(text) : Date.parse(text)
  return Number.isSafeInteger(ms) ? () => ms : null
}

/** A place that may depend on the time at which it is looked up. */
export type PlaceSpec<P> = (nowMs: number) => P

const offsetOf = (text: string): number | null =>
  /^\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : null

/** `earliest`, `latest`, an offset, `-N` before the end, or `@TIME`. */
export function parseFrom(text: string): PlaceSpec<Place> {
  if (text === 'earliest' || text === 'latest') return () => text
  const offset = offsetOf(text)
  if (offset !== null) return () => ({ offset })
  const fromEnd = text.startsWith('-') ? offsetOf(text.slice(1)) : null
  if (fromEnd !== null) return () => ({ fromEnd })
  return timed(text, '--from') ?? wrong('--from', text, 'earliest, latest, an offset, -N or @TIME')
}

/** `end`, an offset, `+N` after the start, or `@TIME`. */
export function parseUntil(text: string): PlaceSpec<NonNullable<ReadRange['until']>> {
  if (text === 'end') return () => 'latest'
  const offset = offsetOf(text)
  if (offset !== null) return () => ({ offset })
  const after = text.startsWith('+') ? offsetOf(text.slice(1)) : null
  if (after !== null) return () => ({ after })
  return timed(text, '--until') ?? wrong('--until', text, 'end, an offset, +N or @TIME')
}

function timed(text: string, flag: string): PlaceSpec<{ timestampMs: number }> | null {
  if (!text.startsWith('@')) return null
  const time = parseTime(text.slice(1))
  if (!time) return wrong(flag, text, '@ with milliseconds, a date such as 2024-05-01T12:00:00Z, or -1h')
  return (nowMs) => ({ timestampMs: time(nowMs) })
}

function wrong(flag: string, text: string, expected: string): never {
  throw new BadValue(`${flag}: '${text}' is not ${expected}`, { isWhole: true })
}
