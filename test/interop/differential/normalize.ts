// Answers of two brokers as they are compared: what must differ (ids, ports, times that the broker sets) is replaced by
// a word, what has no order is put into one.
import { ZERO_UUID } from '../../../src/bytes/uuid.ts'
import {
  attributes,
  baseOffset,
  baseSequence,
  batchSize,
  lastOffset,
  maxTimestamp,
  partitionLeaderEpoch,
  producerEpoch,
  recordCount,
  timestampType,
} from '../../../src/records/batch.ts'
import { readRecords } from '../../../src/records/record.ts'
import type { Peer } from './peer.ts'

/** Numbers that say nothing beyond being there. */
const COUNTED: ReadonlySet<string> = new Set([
  'port',
  'producerId',
  'sessionId',
  'finalizedFeaturesEpoch',
  'logAppendTimeMs',
  'totalBytes',
  'usableBytes',
])

const NAMES = ['groupId', 'name', 'topic', 'topicName', 'topicId', 'resourceName', 'feature', 'memberId']
const NUMBERS = ['partitionIndex', 'index', 'partition']

/** Times in sentences. */
const BOUNDS = /within \[-?\d+, -?\d+\]/g

/** What ktool adds to Kafka's sentences, on lines of its own. */
const HINT = /\nhint: .*/s

function describeBatches(records: Buffer): unknown[] {
  const found: unknown[] = []
  for (let at = 0; at + 12 < records.length; at += batchSize(records, at)) {
    // Kafka gives what fits into the limit, ktool whole batches: a batch that is cut off does not count.
    if (at + batchSize(records, at) > records.length) break
    const isStamped = timestampType(records, at) === 'LogAppendTime'
    found.push({
      offsets: `${baseOffset(records, at)}-${lastOffset(records, at)}`,
      epoch: partitionLeaderEpoch(records, at),
      attributes: attributes(records, at),
      count: recordCount(records, at),
      maxTimestamp: isStamped ? 'time' : maxTimestamp(records, at),
      producer: `${producerEpoch(records, at)}/${baseSequence(records, at)}`,
      records: readRecords(records, at).map(({ key, value, timestamp, headers }) => [
        isStamped ? 'time' : timestamp,
        key && String(key),
        value && String(value).slice(0, 40),
        headers.map(([name, content]) => `${name}=${content}`).join(),
      ]),
    })
  }
  return found
}

function sortKey(item: unknown): string {
  if (typeof item !== 'object' || item === null) return ''
  const fields = item as Record<string, unknown>
  const numbers = NUMBERS.map((name) => (name in fields ? String(fields[name]).padStart(10) : ''))
  return [...NAMES.map((name) => String(fields[name] ?? '')), ...numbers].join('')
}

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

const SHORT_UUID = /^[\w-]{22}$/

const withoutUuids = (text: string): string => text.replace(UUID, 'uuid')

/** The name that steps have for a member, beside the form of its id. */
function memberName(id: string, peer: Peer): string {
  const known = [...peer.members].filter(([, known]) => known === id).map(([name]) => name)
  const form = SHORT_UUID.test(id) ? 'short uuid' : withoutUuids(id)
  return `${form} ${known.join()}`.trim()
}

function normalizeField(key: string, value: unknown, peer: Peer): unknown {
  if (key === 'records' && Buffer.isBuffer(value)) return describeBatches(value)
  if (key === 'host' && value !== '') return 'host'
  if (key === 'logDir') return 'folder'
  if (COUNTED.has(key) && typeof value === 'number')
    return value > 0 ? 'some' : value === 0 && key === 'producerId' ? 'some' : value
  if (key === 'topicId' && value !== ZERO_UUID) return peer.topicNames.get(String(value)) ?? 'an id'
  if (/errorMessage/i.test(key) && typeof value === 'string') {
    return withoutUuids(value.replace(HINT, '').replace(BOUNDS, 'within [from, to]'))
  }
  if ((key === 'memberId' || key === 'leader') && typeof value === 'string') return memberName(value, peer)
  // Differs: what ktool says of settings is in its own words.
  if (key === 'documentation') return 'words'
  return normalize(value, peer)
}

export function normalize(value: unknown, peer: Peer): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => normalize(item, peer))
    return items.every((item) => sortKey(item) === '')
      ? items
      : items.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
  }
  if (typeof value !== 'object' || value === null) return value
  if (Buffer.isBuffer(value)) return value.toString('hex')
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, normalizeField(key, field, peer)]),
  )
}
