import { expect, test } from 'vitest'
import type { MetadataChanges } from '../../../src/broker/metadata/changes.ts'
import {
  encodeChange,
  type MetadataAppendOptions,
  MetadataLog,
  type MetadataStore,
} from '../../../src/broker/metadata/metadata-log.ts'
import {
  encodeMetadataRecord,
  type MetadataRecord,
  metadataRecord,
} from '../../../src/broker/metadata/record.ts'
import { lastOffset } from '../../../src/log/log-offsets.ts'
import { atOnce } from '../../../src/log/slices.ts'
import {
  AbortTransactionRecord,
  BeginTransactionRecord,
  ConfigRecord,
  EndTransactionRecord,
  TopicRecord,
} from '../../../src/protocol/messages/stored-metadata.ts'
import { batches, batchSize, setBaseOffset, setLeaderEpoch } from '../../../src/records/batch.ts'
import { BatchBuilder } from '../../../src/records/record.ts'
import { ManualClock } from '../../support/manual-clock.ts'

/** A log of batches in memory. */
class BatchList implements MetadataStore {
  readonly batches: Buffer[] = []
  startOffset = 0
  syncedOffset = 0

  get endOffset(): number {
    const last = this.batches.at(-1)
    return last ? lastOffset(last, 0) + 1 : 0
  }

  append(records: Buffer, { leaderEpoch, sync }: MetadataAppendOptions): { lastOffset: number } {
    for (const at of batches(records)) {
      const batch = Buffer.from(records.subarray(at, at + batchSize(records, at)))
      setBaseOffset(batch, 0, this.endOffset)
      setLeaderEpoch(batch, 0, leaderEpoch)
      this.batches.push(batch)
    }
    if (sync) this.syncedOffset = this.endOffset
    return { lastOffset: this.endOffset - 1 }
  }

  read(from: number): { records: Buffer; release(): void } {
    const rest = this.batches.filter((batch) => lastOffset(batch, 0) >= from)
    return { records: Buffer.concat(rest.slice(0, 2)), release() {} }
  }
}

const topic = (name: string, id: number) =>
  metadataRecord(TopicRecord, { name, topicId: Buffer.alloc(16, id).toString('base64url') })

const commit = (log: MetadataLog, records: readonly MetadataRecord[]) =>
  log.commit(atOnce(encodeChange(records)))

const openLog = (store: BatchList) => new MetadataLog(store, new ManualClock())

test('a change is on disk before it is in the image and known to listeners', () => {
  const store = new BatchList()
  const log = openLog(store)
  const told: MetadataChanges[] = []
  log.listen((changes) => {
    expect(store.syncedOffset).toBe(2)
    expect(log.image.topics.has('b')).toBe(true)
    told.push(changes)
  })
  commit(log, [topic('a', 1), topic('b', 2)])
  expect(store.batches).toHaveLength(1)
  expect(store.syncedOffset).toBe(2)
  expect(log.image.lastOffset).toBe(1)
  expect(told).toHaveLength(1)
})

test('nothing to change is nothing written', () => {
  const store = new BatchList()
  commit(openLog(store), [])
  expect(store.batches).toEqual([])
})

test('replaying the log gives the same image', () => {
  const store = new BatchList()
  const log = openLog(store)
  for (let id = 1; id <= 9; id++) commit(log, [topic(`t${id}`, id)])
  log.appendControl('LEADER_CHANGE', Buffer.alloc(0))
  expect(openLog(store).image).toEqual(log.image)
})

test('appends go on with the leader epoch of the log', () => {
  const store = new BatchList()
  commit(openLog(store), [topic('a', 1)])
  setLeaderEpoch(store.batches[0]!, 0, 7)
  const log = openLog(store)
  expect(log.epoch).toBe(7)
  commit(log, [topic('b', 2)])
  expect(store.batches.map((batch) => batch.readInt32BE(12))).toEqual([7, 7])
})

const large = (name: string) =>
  metadataRecord(ConfigRecord, {
    resourceType: 2,
    resourceName: 'orders',
    name,
    value: 'x'.repeat(30_000),
  })

test('a change that does not fit one batch is bracketed, and none of its batches is too large', () => {
  const store = new BatchList()
  const log = openLog(store)
  commit(
    log,
    Array.from({ length: 600 }, (_, index) => large(`setting-${index}`)),
  )
  expect(store.batches.length).toBeGreaterThan(4)
  for (const batch of store.batches) expect(batchSize(batch, 0)).toBeLessThan(8 * 1024 * 1024)
  expect([...batches(store.batches[0]!)]).toEqual([0])
  expect(openLog(store).image).toEqual(log.image)
  expect(log.image.configsOf(2, 'orders').size).toBe(600)
})

test('a transaction that was cut off counts for nothing, also once it is closed', () => {
  const store = new BatchList()
  const log = openLog(store)
  log.append([encodeMetadataRecord(topic('a', 1))])
  const frames = [metadataRecord(BeginTransactionRecord, {}), topic('b', 2)].map(encodeMetadataRecord)
  const twin = new BatchList()
  twin.batches.push(...store.batches, ...splitBatches(frames))
  const reopened = openLog(twin)
  expect([...reopened.image.topics.keys()]).toEqual(['a'])
  commit(reopened, [topic('c', 3)])
  expect([...openLog(twin).image.topics.keys()]).toEqual(['a', 'c'])
})

test.each([
  [EndTransactionRecord, ['a']],
  [AbortTransactionRecord, []],
])('a transaction of Kafka counts as its end says', (end, expected) => {
  const store = new BatchList()
  const frames = [metadataRecord(BeginTransactionRecord, {}), topic('a', 1), metadataRecord(end, {})]
  store.batches.push(...splitBatches(frames.map(encodeMetadataRecord)))
  expect([...openLog(store).image.topics.keys()]).toEqual(expected)
})

test('a snapshot stands for what is gone from the log', () => {
  const store = new BatchList()
  const log = openLog(store)
  commit(log, [topic('a', 1)])
  commit(log, [topic('b', 2)])
  store.batches.shift()
  store.startOffset = 1
  const snapshot = { endOffset: 1, records: [encodeMetadataRecord(topic('a', 1))] }
  expect(new MetadataLog(store, new ManualClock(), snapshot).image).toEqual(log.image)
})

/** Each record in a batch of its own, as a log without transactions of ours would have them. */
function splitBatches(frames: readonly Buffer[]): Buffer[] {
  const store = new BatchList()
  for (const frame of frames) {
    const builder = new BatchBuilder()
    builder.append(0, null, frame)
    store.append(builder.build({}), { leaderEpoch: 1, origin: 'metadata', sync: false })
  }
  return store.batches
}
