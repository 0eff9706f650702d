import { type Int64, parseInt64 } from '../../bytes/int64.ts'
import type { Place, ReadRange } from '../../client/fetch/read-range.ts'
import { BadValue } from '../option-spec.ts'
import { MOMENT_FORMS, parseMoment } from '../records/moment.ts'

/** A place that may depend on the time at which it is looked up. */
export type PlaceSpec<P> = (nowMs: number) => P

const offsetOf = (text: string): Int64 | null => (/^\d+$/.test(text) ? parseInt64(text) : null)

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

function timed(text: string, flag: string): PlaceSpec<{ timestampMs: Int64 }> | null {
  if (!text.startsWith('@')) return null
  const time = parseMoment(text.slice(1))
  if (!time) return wrong(flag, text, `@ with ${MOMENT_FORMS}`)
  return (nowMs) => ({ timestampMs: time(nowMs) })
}

function wrong(flag: string, text: string, expected: string): never {
  throw new BadValue(`${flag}: '${text}' is not ${expected}`, { isWhole: true })
}
