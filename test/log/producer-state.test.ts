import { expect, test } from 'vitest'
import type { PartitionLog } from '../../src/log/partition-log.ts'
import { atOnce } from '../../src/log/slices.ts'
import { codeOf } from '../suites/log-suite.ts'
import { append, batch, client, memoryFolder, START_MS } from '../support/logs.ts'

const MAX_SEQUENCE = 2 ** 31 - 1

interface Sent {
  seq: number
  count?: number
  epoch?: number
  id?: number
}

const send = (
  log: PartitionLog,
  { seq, count = 1, epoch = 0, id = 7 }: Sent,
  origin = client.origin as 'client' | 'coordinator',
) => {
  const values = Array.from({ length: count }, (_, i) => `${seq + i}`)
  const records = batch({ values, producerId: id, producerEpoch: epoch, baseSequence: seq })
  return log.append(records, { leaderEpoch: 0, origin })
}

// The batches sent one after the other, and what the last of them gets.
test.each<[what: string, sent: Sent[], answer: string]>([
  ['a producer that begins with 0 is taken', [{ seq: 0 }], 'offset 0'],
  ['an unknown producer may begin with any sequence', [{ seq: 41 }], 'offset 0'],
  ['the next sequence is taken', [{ seq: 0, count: 3 }, { seq: 3 }], 'offset 3'],
  ['a gap is refused', [{ seq: 0, count: 3 }, { seq: 4 }], 'OUT_OF_ORDER_SEQUENCE_NUMBER'],
  [
    'a sequence of long ago is refused',
    [0, 1, 2, 3, 4, 5, 0].map((seq) => ({ seq })),
    'OUT_OF_ORDER_SEQUENCE_NUMBER',
  ],
  [
    'the last batch again is a duplicate',
    [
      { seq: 0, count: 3 },
      { seq: 0, count: 3 },
    ],
    'duplicate of 0-2',
  ],
  [
    'the fifth last batch again is a duplicate',
    [0, 1, 2, 3, 4, 5, 1].map((seq) => ({ seq })),
    'duplicate of 1-1',
  ],
  [
    'part of a batch again is no duplicate',
    [
      { seq: 0, count: 3 },
      { seq: 0, count: 2 },
    ],
    'OUT_OF_ORDER_SEQUENCE_NUMBER',
  ],
  ['sequences start again at 0 after the largest', [{ seq: MAX_SEQUENCE }, { seq: 0 }], 'offset 1'],
  [
    'a batch may run over the largest sequence',
    [{ seq: MAX_SEQUENCE - 1, count: 4 }, { seq: 2 }],
    'offset 4',
  ],
  [
    'a batch over the largest sequence is known again',
    [
      { seq: MAX_SEQUENCE, count: 3 },
      { seq: MAX_SEQUENCE, count: 3 },
    ],
    'duplicate of 0-2',
  ],
  ['a new epoch begins with 0', [{ seq: 0 }, { seq: 0, epoch: 1 }], 'offset 1'],
  [
    'a new epoch that begins otherwise is refused',
    [{ seq: 0 }, { seq: 1, epoch: 1 }],
    'OUT_OF_ORDER_SEQUENCE_NUMBER',
  ],
  [
    'an old epoch is refused',
    [
      { seq: 0, epoch: 1 },
      { seq: 1, epoch: 0 },
    ],
    'INVALID_PRODUCER_EPOCH',
  ],
  [
    'batches of an old epoch are forgotten',
    [{ seq: 0 }, { seq: 0, epoch: 1 }, { seq: 0 }],
    'INVALID_PRODUCER_EPOCH',
  ],
  [
    'producers do not disturb each other',
    [{ seq: 0 }, { seq: 0, id: 8 }, { seq: 1, id: 8 }, { seq: 1 }],
    'offset 3',
  ],
])('%s', (_, sent, answer) => {
  const { log } = { log: memoryFolder().log() }
  let last = ''
  for (const one of sent) {
    const code = codeOf(() => {
      const { baseOffset, lastOffset, isDuplicate } = send(log, one)
      last = isDuplicate ? `duplicate of ${baseOffset}-${lastOffset}` : `offset ${baseOffset}`
    })
    if (code !== 'no error') last = code
  }
  expect(last).toBe(answer)
})

test('a duplicate is answered with the offset and timestamp of the original', () => {
  const log = memoryFolder().log()
  const records = () =>
    batch({
      values: ['a', 'b'],
      timestamp: START_MS,
      step: 5,
      producerId: 7,
      producerEpoch: 0,
      baseSequence: 0,
    })
  append(log, 'before')
  log.append(records(), client)
  append(log, 'after')
  expect(log.append(records(), client)).toEqual({
    baseOffset: 1,
    lastOffset: 2,
    logAppendTimeMs: START_MS + 5,
    isDuplicate: true,
  })
  expect(log.endOffset).toBe(4)
})

test('sequences of what the broker itself writes are not checked, epochs are', () => {
  const log = memoryFolder().log()
  send(log, { seq: -1, epoch: 3 }, 'coordinator')
  expect(send(log, { seq: -1, epoch: 3 }, 'coordinator').baseOffset).toBe(1)
  expect(codeOf(() => send(log, { seq: -1, epoch: 2 }, 'coordinator'))).toBe('INVALID_PRODUCER_EPOCH')
})

test('a producer with an id sends one batch at a time', () => {
  const log = memoryFolder().log()
  const one = batch({ producerId: 7, producerEpoch: 0, baseSequence: 0 })
  expect(codeOf(() => log.append(Buffer.concat([one, one]), client))).toBe('INVALID_RECORD')
})

test.each([
  ['closed', (f: ReturnType<typeof memoryFolder>) => f.reopen()],
  ['killed', (f: ReturnType<typeof memoryFolder>) => f.crash()],
])('sequences are known after the broker was %s', (_, restart) => {
  const folder = memoryFolder({ settings: { segmentBytes: 500 } })
  for (let seq = 0; seq < 20; seq++) send(folder.log(), { seq })
  restart(folder)
  const log = folder.log()
  expect(send(log, { seq: 19 })).toMatchObject({ isDuplicate: true, baseOffset: 19 })
  expect(codeOf(() => send(log, { seq: 21 }))).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
  expect(send(log, { seq: 20 })).toMatchObject({ isDuplicate: false, baseOffset: 20 })
})

test('a damaged snapshot is passed over and the log read instead', () => {
  const folder = memoryFolder({ settings: { segmentBytes: 500 } })
  for (let seq = 0; seq < 20; seq++) send(folder.log(), { seq })
  folder.close()
  for (const { name } of folder.files.list('/data/orders-0')) {
    if (!name.endsWith('.snapshot')) continue
    const file = folder.files.open(`/data/orders-0/${name}`, 'write')
    file.write(Buffer.from([0xff]), 0, 1, 12)
    file.close()
  }
  folder.crash()
  expect(send(folder.log(), { seq: 20 }).baseOffset).toBe(20)
  expect(codeOf(() => send(folder.log(), { seq: 22 }))).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
})

test('a producer silent for producer.id.expiration.ms is forgotten', () => {
  const folder = memoryFolder({ settings: { producerIdExpirationMs: 1000, retentionMs: -1 } })
  const log = folder.log()
  send(log, { seq: 0 })
  folder.clock.pass(999)
  atOnce(folder.dir.applyRetention())
  expect(log.producers.size).toBe(1)
  folder.clock.pass(1)
  atOnce(folder.dir.applyRetention())
  expect(log.producers.size).toBe(0)
  expect(send(log, { seq: 77 }).isDuplicate).toBe(false)
})

test('truncation takes the producers back to what is left', () => {
  const log = memoryFolder().log()
  for (let seq = 0; seq < 5; seq++) send(log, { seq })
  log.truncateTo(2)
  expect(send(log, { seq: 2 }).baseOffset).toBe(2)
})
