import { describe, expect, test } from 'vitest'
import { atOnce } from '../../src/log/slices.ts'
import { CLOCK_JUMPS } from '../support/clock-jumps.ts'
import { append, batch, client, memoryFolder, START_MS } from '../support/logs.ts'

describe.each(CLOCK_JUMPS)('with the wall clock set %s', (_, jumpMs) => {
  test('a producer is forgotten when it was silent for producer.id.expiration.ms, and not before', () => {
    const folder = memoryFolder({ settings: { producerIdExpirationMs: 1000, retentionMs: -1 } })
    const log = folder.log()
    log.append(batch({ producerId: 7, producerEpoch: 0, baseSequence: 0 }), client)
    folder.clock.jump(jumpMs)
    folder.clock.pass(999)
    atOnce(folder.dir.applyRetention())
    expect(log.producers.size).toBe(1)
    folder.clock.pass(1)
    atOnce(folder.dir.applyRetention())
    expect(log.producers.size).toBe(0)
  })

  test('a producer of a time that the clock says is yet to come is forgotten, too', () => {
    const folder = memoryFolder({ settings: { producerIdExpirationMs: 1000, retentionMs: -1 } })
    folder
      .log()
      .append(
        batch({ producerId: 7, producerEpoch: 0, baseSequence: 0, timestamp: START_MS + Math.abs(jumpMs) }),
        client,
      )
    folder.reopen()
    const log = folder.log()
    folder.clock.pass(1000)
    atOnce(folder.dir.applyRetention())
    expect(log.producers.size).toBe(0)
  })

  test('a segment of records without timestamps is rolled after segment.ms', () => {
    const folder = memoryFolder({ settings: { segmentMs: 1000 } })
    const log = folder.log()
    const timeless = () => log.append(batch({ timestamp: -1 }), client)
    timeless()
    folder.clock.jump(jumpMs)
    folder.clock.pass(1000)
    timeless()
    expect(log.segmentCount).toBe(1)
    folder.clock.pass(1)
    timeless()
    expect(log.segmentCount).toBe(2)
  })

  test('records are synced after flush.ms', async () => {
    const folder = memoryFolder({ settings: { flushMs: 1000 } })
    const log = folder.log()
    append(log, 'a')
    folder.clock.jump(jumpMs)
    folder.clock.pass(999)
    atOnce(folder.dir.flushDue())
    await new Promise(setImmediate)
    expect(log.recoveryPoint).toBe(0)
    folder.clock.pass(1)
    atOnce(folder.dir.flushDue())
    await new Promise(setImmediate)
    expect(log.recoveryPoint).toBe(1)
  })

  test('the files of a deleted partition go after file.delete.delay.ms', () => {
    const folder = memoryFolder({ settings: { fileDeleteDelayMs: 1000 } })
    append(folder.log(), 'a')
    folder.dir.deletePartition('orders', 0)
    const isThere = () => folder.files.list('/data').some(({ name }) => name.endsWith('-delete'))
    folder.clock.jump(jumpMs)
    folder.clock.pass(999)
    atOnce(folder.dir.removeDeleted())
    expect(isThere()).toBe(true)
    folder.clock.pass(1)
    atOnce(folder.dir.removeDeleted())
    expect(isThere()).toBe(false)
  })
})
