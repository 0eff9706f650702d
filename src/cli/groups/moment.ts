import { Failure } from '../failures.ts'

/** `2024-05-01T12:00:00.000`, UTC unless a zone stands behind it, as milliseconds since 1970; Failure in Kafka's words. */
export function parseDatetime(text: string): number {
  const afterT = text.split('T')[1]
  if (afterT === undefined || afterT === '') {
    throw new Failure("Error parsing timestamp. It does not contain a 'T' according to ISO8601 format", {
      hint: datetimeHint(text),
    })
  }
  const whole = /[-+Z]/.test(afterT) ? text : `${text}Z`
  const match =
    /^(\d{1,4})-(\d{1,2})-(\d{1,2})T(\d{1,2}):(\d{1,2}):(\d{1,2})\.(\d{1,3})(Z|([-+])(\d{2}):?(\d{2})?)/.exec(
      whole,
    )
  if (match === null) throw unparseable(whole)
  const [year, month, day, hour, minute, second, ms] = match.slice(1, 8).map(Number) as Parts
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute, second, ms))
  time.setUTCFullYear(year)
  // Java does not roll a 30th of February over into March either.
  const isReal =
    time.getUTCMonth() === month - 1 && time.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  if (!isReal) throw unparseable(whole)
  const offsetMinutes = Number(match[10] ?? 0) * 60 + Number(match[11] ?? 0)
  return time.getTime() - (match[9] === '-' ? -1 : 1) * offsetMinutes * 60_000
}

type Parts = [number, number, number, number, number, number, number]

const unparseable = (text: string): Failure =>
  new Failure(`Unparseable date: "${text}"`, { hint: datetimeHint(text.replace(/Z$/, '')) })

/** Most often it is the time, its seconds or its milliseconds that are missing. */
function datetimeHint(text: string): string {
  const time = new Date(
    `${text
      .trim()
      .replace(/^(\d{4}-\d\d-\d\d)[ T]?$/, '$1T00:00')
      .replace(' ', 'T')}Z`,
  )
  const example = Number.isNaN(time.getTime()) ? '2026-01-31T23:59:00.000' : time.toISOString().slice(0, -1)
  return `a time is written as ${example}, in UTC unless a zone such as +01:00 stands behind it`
}

const DURATION =
  /^([-+])?P(?:([-+]?\d+)D)?(T(?:([-+]?\d+)H)?(?:([-+]?\d+)M)?(?:([-+]?\d+)(?:[.,](\d{0,9}))?S)?)?$/i

/** `P1DT2H3M4.5S` in milliseconds, as java.time.Duration reads it; Failure in its words. */
export function parseDuration(text: string): number {
  const match = DURATION.exec(text)
  const [, sign, days, time, hours, minutes, seconds, fraction = ''] = match ?? []
  const hasParts = [days, hours, minutes, seconds].some((part) => part !== undefined)
  if (match === null || !hasParts || time?.toUpperCase() === 'T') {
    throw new Failure('Text cannot be parsed to a Duration', { hint: durationHint(text) })
  }
  const secondsMs = Math.abs(Number(seconds ?? 0)) * 1000 + Math.floor(Number(`0.${fraction || 0}`) * 1000)
  const ms =
    Number(days ?? 0) * 86_400_000 +
    Number(hours ?? 0) * 3_600_000 +
    Number(minutes ?? 0) * 60_000 +
    (seconds?.startsWith('-') ? -secondsMs : secondsMs)
  // Java counts the seconds in a long, which is more than 285,000 years.
  if (!Number.isSafeInteger(ms)) throw new Failure('Text cannot be parsed to a Duration: overflow')
  return sign === '-' ? -ms : ms
}

const UNIT = /^(\d+)\s*(d|h|m|min|s|sec)[a-z]*$/i

/** `1h` is what people write first. */
function durationHint(text: string): string {
  const [, count, unit] = UNIT.exec(text.trim()) ?? []
  const example =
    count === undefined || unit === undefined
      ? 'PT1H30M'
      : unit.toLowerCase() === 'd'
        ? `P${count}D`
        : `PT${count}${unit[0]!.toUpperCase()}`
  return `a duration is written as ${example}; P7D is seven days, PT30M half an hour`
}
