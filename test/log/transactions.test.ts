import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { PartitionLog } from '../../src/log/partition-log.ts'
import { decodeProducerSnapshot } from '../../src/log/producer-snapshot.ts'
import { atOnce } from '../../src/log/slices.ts'
import { buildEndTxnMarker } from '../../src/records/control.ts'
import { codeOf } from '../suites/log-suite.ts'
import { append, batch, client, memoryFolder, START_MS, type TestFolder } from '../support/logs.ts'
import type { MemoryFiles } from '../support/memory-files.ts'

const coordinator = { leaderEpoch: 0, origin: 'coordinator' } as const
const memory = (folder: TestFolder) => folder.files as MemoryFiles

/** Appends a batch of an open transaction. */
const write = (log: PartitionLog, producerId: number, baseSequence: number) =>
  log.append(batch({ producerId, producerEpoch: 0, baseSequence, isTransactional: true }), client)

const end = (log: PartitionLog, type: 'COMMIT' | 'ABORT', producerId: number, producerEpoch = 0) =>
  log.append(
    buildEndTxnMarker({ type, producerId, producerEpoch, coordinatorEpoch: 3, timestampMs: START_MS }),
    coordinator,
  )

const aborted = (log: PartitionLog) =>
  log
    .abortedTransactions(0, log.endOffset)
    .map((t) => [t.producerId, t.firstOffset, t.lastOffset, t.lastStableOffset])

test('readers of committed records end where the earliest open transaction starts', () => {
  const log = memoryFolder().log()
  append(log, 'plain')
  expect(log.lastStableOffset).toBe(1)
  write(log, 7, 0)
  write(log, 8, 0)
  write(log, 7, 1)
  append(log, 'plain')
  expect([log.lastStableOffset, log.highWatermark]).toEqual([1, 5])
  end(log, 'COMMIT', 7)
  expect(log.lastStableOffset).toBe(2)
  end(log, 'ABORT', 8)
  expect(log.lastStableOffset).toBe(7)
  expect(aborted(log)).toEqual([[8, 2, 6, 7]])
})

test('a marker of a producer without records moves nothing, and is no aborted transaction', () => {
  const log = memoryFolder().log()
  write(log, 7, 0)
  end(log, 'ABORT', 8)
  expect(log.lastStableOffset).toBe(0)
  expect(aborted(log)).toEqual([])
})

test('a producer goes on with its sequences after its transaction, and with 0 after a new epoch', () => {
  const log = memoryFolder().log()
  write(log, 7, 0)
  end(log, 'COMMIT', 7)
  expect(write(log, 7, 1).isDuplicate).toBe(false)
  end(log, 'ABORT', 7, 1)
  expect(codeOf(() => write(log, 7, 2))).toBe('INVALID_PRODUCER_EPOCH')
  const next = batch({ producerId: 7, producerEpoch: 1, baseSequence: 0, isTransactional: true })
  expect(log.append(next, client).baseOffset).toBe(4)
})

test('records outside of the open transaction of their producer are refused', () => {
  const log = memoryFolder().log()
  write(log, 7, 0)
  const outside = batch({ producerId: 7, producerEpoch: 0, baseSequence: 1 })
  expect(codeOf(() => log.append(outside, client))).toBe('INVALID_TXN_STATE')
})

const restarts: [string, (folder: TestFolder) => void][] = [
  ['closed', (folder) => void folder.reopen()],
  ['killed', (folder) => void folder.crash()],
  ['closed, and its snapshots are gone', (folder) => restartWithout(folder, '.snapshot')],
  ['killed, and its transaction indexes are gone', (folder) => killWithout(folder, '.txnindex')],
]

function restartWithout(folder: TestFolder, suffix: string): void {
  folder.close()
  for (const path of memory(folder).paths()) if (path.endsWith(suffix)) memory(folder).remove(path)
  folder.open()
}

function killWithout(folder: TestFolder, suffix: string): void {
  const left = memory(folder).afterKill()
  for (const path of left.paths()) if (path.endsWith(suffix)) left.remove(path)
  folder.crash(left)
}

test.each(restarts)('open and aborted transactions are known after the broker was %s', (_, restart) => {
  // Some of the transactions begin in one segment and end in a later one.
  const folder = memoryFolder({ settings: { segmentBytes: 300 } })
  const log = folder.log()
  append(log, 'plain')
  for (let round = 0; round < 4; round++) {
    write(log, 7, round)
    write(log, 8, round)
    end(log, round % 2 === 0 ? 'ABORT' : 'COMMIT', 7)
    if (round < 3) end(log, 'ABORT', 8)
  }
  append(log, 'plain')
  const known = [log.lastStableOffset, log.endOffset, aborted(log)]
  expect(log.segmentCount).toBeGreaterThan(3)
  expect(known.slice(0, 2)).toEqual([14, 17])
  expect(aborted(log)).toHaveLength(5)
  restart(folder)
  const again = folder.log()
  expect([again.lastStableOffset, again.endOffset, aborted(again)]).toEqual(known)
  end(again, 'COMMIT', 8)
  expect(again.lastStableOffset).toBe(again.endOffset)
  folder.reopen()
  expect(folder.log().lastStableOffset).toBe(folder.log().endOffset)
})

test('a damaged transaction index is built again from the log', () => {
  const folder = memoryFolder({ settings: { segmentBytes: 300 } })
  const log = folder.log()
  write(log, 7, 0)
  for (let i = 0; i < 4; i++) append(log, 'plain')
  end(log, 'ABORT', 7)
  for (let i = 0; i < 4; i++) append(log, 'plain')
  const known = aborted(log)
  expect(known).toHaveLength(1)
  folder.close()
  const path = memory(folder)
    .paths()
    .find((name) => name.endsWith('.txnindex'))!
  memory(folder).writeFile(path, memory(folder).readFile(path)!.subarray(0, 20))
  folder.open()
  expect(aborted(folder.log())).toEqual(known)
})

test('a cut that takes a marker away opens its transaction again', () => {
  const log = memoryFolder().log()
  write(log, 7, 0)
  end(log, 'ABORT', 7)
  append(log, 'plain')
  log.truncateTo(1)
  expect([log.lastStableOffset, log.endOffset]).toEqual([0, 1])
  append(log, 'plain')
  expect(log.abortedTransactions(0, 10)).toEqual([])
})

test('deleted records of an open transaction do not hold readers back before the start of the log', () => {
  const folder = memoryFolder()
  const log = folder.log()
  write(log, 7, 0)
  append(log, 'plain')
  write(log, 7, 1)
  atOnce(folder.dir.deleteRecordsBefore([{ log: log, offset: 2 }]))
  expect([log.startOffset, log.lastStableOffset]).toEqual([2, 2])
})

test('a producer with an open transaction is never forgotten', () => {
  const folder = memoryFolder({ settings: { producerIdExpirationMs: 1000, retentionMs: -1 } })
  write(folder.log(), 7, 0)
  folder.clock.pass(100_000)
  atOnce(folder.dir.applyRetention())
  folder.reopen()
  expect(folder.log().lastStableOffset).toBe(0)
})

const GOLDEN = join(import.meta.dirname, 'golden/open-transaction')
const golden = (name: string) => readFileSync(join(GOLDEN, name))
const LOG = '00000000000000000000.log'
const INDEX = '00000000000000000000.txnindex'
const SNAPSHOT = '00000000000000000013.snapshot'

/** A folder with the partition of Kafka's in it, closed cleanly or killed. */
function kafkaFolder(isClean: boolean): TestFolder {
  const folder = memoryFolder()
  folder.log()
  folder.close()
  const files = memory(folder)
  files.writeFile(`/data/orders-0/${LOG}`, golden(LOG))
  files.writeFile(`/data/orders-0/${INDEX}`, golden(INDEX))
  if (isClean) files.writeFile(`/data/orders-0/${SNAPSHOT}`, golden(SNAPSHOT))
  if (isClean) folder.open()
  else files.remove('/data/.kafka_cleanshutdown')
  return folder
}

test.each([
  ['closed', true],
  ['killed', false],
])('a partition of a Kafka broker that was %s holds back its open transaction', (_, isClean) => {
  const folder = kafkaFolder(isClean)
  if (!isClean) folder.open()
  const log = folder.log()
  expect([log.lastStableOffset, log.highWatermark]).toEqual([7, 13])
  expect(aborted(log)).toEqual([
    [0, 4, 6, 7],
    [0, 10, 12, 7],
  ])
  folder.close()
  const files = memory(folder)
  expect(files.readFile(`/data/orders-0/${INDEX}`)).toEqual(golden(INDEX))
  const written = decodeProducerSnapshot(files.readFile(`/data/orders-0/${SNAPSHOT}`)!, SNAPSHOT)
  expect(written).toEqual(decodeProducerSnapshot(golden(SNAPSHOT), SNAPSHOT))
  folder.open()
})
