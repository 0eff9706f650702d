// Times as people give them to ktool's own options. consumer-groups has Kafka's forms, in groups/moment.ts.

import { type Int64, parseInt64 } from '../../bytes/int64.ts'

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** So that what is left of now is exact. */
const LONGEST_SPAN_MS = 2 ** 52

const DATE = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d(?:\.\d{1,3})?))?(Z|[-+]\d\d:?\d\d)?)?$/i

/** What may stand for a time, for messages. */
export const MOMENT_FORMS =
  'milliseconds, a date such as 2024-05-01T12:00:00Z (without a zone UTC), or -1h30m'

/** Milliseconds since 1970, a date, or how long before now; null for anything else. */
export function parseMoment(text: string): ((nowMs: number) => Int64) | null {
  const agoMs = text.startsWith('-') ? parseSpan(text.slice(1)) : null
  if (agoMs !== null) return (nowMs) => nowMs - agoMs
  const ms = /^\d+$/.test(text) ? parseInt64(text) : parseDate(text)
  return ms === null ? null : () => ms
}

function parseSpan(text: string): number | null {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(text)) return null
  const ms = [...text.matchAll(/([\d.]+)(ms|s|m|h|d)/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * UNITS[unit!]!,
    0,
  )
  return ms <= LONGEST_SPAN_MS ? Math.round(ms) : null
}

function parseDate(text: string): number | null {
  const [, day, time = '00:00', seconds = '00', zone = 'Z'] = DATE.exec(text) ?? []
  if (day === undefined) return null
  const local = Date.parse(`${day}T${time}:${seconds}Z`)
  // A 30th of February is no date, and not the 1st of March.
  if (Number.isNaN(local) || new Date(local).getUTCDate() !== Number(day.slice(8))) return null
  const [, sign, hours, minutes] = /^([-+])(\d\d):?(\d\d)$/.exec(zone) ?? []
  const offsetMs = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000
  return sign === '-' ? local + offsetMs : local - offsetMs
}
