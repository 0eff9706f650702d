import { closest } from '../did-you-mean.ts'

const NUMBER_WANTED = /^Invalid value (.*) for configuration (\S+): Not a number of type (?:LONG|INT)$/s
const UNKNOWN_NAME = /^Unknown topic config name: (.*)$/s

const MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}
const BYTES: Readonly<Record<string, number>> = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 }

/** Settings of topics that people change by hand. */
const NAMES = [
  'cleanup.policy',
  'compression.type',
  'delete.retention.ms',
  'file.delete.delay.ms',
  'flush.messages',
  'flush.ms',
  'index.interval.bytes',
  'max.compaction.lag.ms',
  'max.message.bytes',
  'message.timestamp.type',
  'min.cleanable.dirty.ratio',
  'min.compaction.lag.ms',
  'min.insync.replicas',
  'retention.bytes',
  'retention.ms',
  'segment.bytes',
  'segment.index.bytes',
  'segment.ms',
  'unclean.leader.election.enable',
]

/** Names that brokers have for what topics call otherwise, and those of older Kafkas. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  retention: 'retention.ms',
  'retention.hours': 'retention.ms',
  'retention.minutes': 'retention.ms',
  'message.max.bytes': 'max.message.bytes',
}

/** What a broker's refusal of a setting can be answered with: a number without a unit, or the name that was meant. */
export function settingHint(refusal: string): string | undefined {
  const [, value, setting] = NUMBER_WANTED.exec(refusal) ?? []
  if (value !== undefined && setting !== undefined) {
    const plain = plainNumber(value, setting)
    return plain === undefined ? undefined : `did you mean ${setting}=${plain}?`
  }
  const unknown = UNKNOWN_NAME.exec(refusal)?.[1]
  if (unknown === undefined) return undefined
  const ofTopics = unknown.replace(/^(log|topic)\./, '')
  const near = OTHER_NAMES[ofTopics] ?? closest(ofTopics, NAMES)
  return near === undefined ? undefined : `did you mean ${near}?`
}

/** `7d` of a setting in milliseconds, `1GiB` of one in bytes: what people write, and no Kafka takes. */
function plainNumber(value: string, setting: string): number | undefined {
  const [, count = '', unit = ''] = /^(\d+)\s*([a-z]+)$/i.exec(value.trim()) ?? []
  const isTime = setting.endsWith('ms')
  if (!isTime && !setting.endsWith('bytes')) return undefined
  const lower = unit.toLowerCase()
  const factor = isTime ? (MS[lower] ?? MS[lower[0] ?? '']) : BYTES[lower[0] ?? '']
  const number = factor === undefined ? Number.NaN : Number(count) * factor
  return Number.isSafeInteger(number) ? number : undefined
}
