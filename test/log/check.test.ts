import { expect, test } from 'vitest'
import { checkLogDir } from '../../src/log/check.ts'
import { batch, client, memoryFolder, START_MS } from '../support/logs.ts'
import type { MemoryFiles } from '../support/memory-files.ts'

/** A closed folder of several segments, in a copy that may be damaged. */
function closedFolder(): MemoryFiles {
  const folder = memoryFolder({ settings: { segmentBytes: 1000, indexIntervalBytes: 100 } })
  for (let i = 0; i < 40; i++) {
    const ids = { producerId: 5, producerEpoch: 0, baseSequence: i }
    folder.log().append(batch({ values: [`value ${i}`], timestamp: START_MS + i, ...ids }), client)
  }
  folder.close()
  return (folder.files as MemoryFiles).afterKill()
}

type Damage = (bytes: Buffer) => Buffer
const flip =
  (at: number): Damage =>
  (bytes) => {
    bytes[at < 0 ? bytes.length + at : at]! ^= 1
    return bytes
  }
const replace =
  (from: string, to: string): Damage =>
  (bytes) =>
    Buffer.from(bytes.toString().replace(from, to))

const SEGMENT = 'orders-0/00000000000000000013'

test.each<[what: string, path: string, damage: Damage, fault: RegExp]>([
  ['a flipped byte in a record', `${SEGMENT}.log`, flip(-1), /\.log: .*CRC/],
  ['a torn log', `${SEGMENT}.log`, (b) => b.subarray(0, -1), /\.log: .*claims/],
  ['a batch that goes back', `${SEGMENT}.log`, flip(7), /\.log: batch at 0|ends at/],
  [
    'an offset index off by one',
    `${SEGMENT}.index`,
    flip(3),
    /\.index: entry at 0: the batch at \d+ ends with/,
  ],
  [
    'an offset index that points into a batch',
    `${SEGMENT}.index`,
    flip(7),
    /\.index: entry at 0: no batch begins/,
  ],
  ['a time index with a wrong time', `${SEGMENT}.timeindex`, flip(7), /\.timeindex: entry at 0/],
  [
    'a time index without its last entry',
    `${SEGMENT}.timeindex`,
    (b) => b.subarray(0, -12),
    /\.timeindex: ends with/,
  ],
  ['half an entry', `${SEGMENT}.timeindex`, (b) => b.subarray(0, -3), /not whole entries/],
  ['a damaged snapshot', `${SEGMENT}.snapshot`, flip(15), /\.snapshot: has CRC/],
  [
    'a wrong epoch',
    'orders-0/leader-epoch-checkpoint',
    replace('0 0', '1 0'),
    /has epoch 0, the checkpoint says 1/,
  ],
  [
    'no epochs',
    'orders-0/leader-epoch-checkpoint',
    replace('0\n1', '0\n7'),
    /leader-epoch-checkpoint: '7' entries/,
  ],
  ['a wrong topic id', 'orders-0/partition.metadata', replace('topic_id', 'id'), /partition\.metadata: /],
  [
    'a recovery point after the end',
    'recovery-point-offset-checkpoint',
    replace(' 40', ' 41'),
    /recovery.*ends at 40/,
  ],
  [
    'a checkpoint of nothing',
    'replication-offset-checkpoint',
    replace('orders', 'others'),
    /there is no partition/,
  ],
  ['no node id', 'meta.properties', replace('node.id', 'node'), /node\.id is missing/],
])('the check finds %s', (_, path, damage, fault) => {
  const files = closedFolder()
  expect(checkLogDir(files, '/data')).toEqual([])
  files.writeFile(`/data/${path}`, damage(files.readFile(`/data/${path}`)!))
  expect(checkLogDir(files, '/data').join('\n')).toMatch(fault)
})

test('the check finds files that are missing or too many', () => {
  const files = closedFolder()
  files.remove(`/data/${SEGMENT}.log`)
  files.remove('/data/orders-0/00000000000000000000.index')
  files.writeFile('/data/orders-0/00000000000000000000.log.cleaned', Buffer.alloc(0))
  const faults = checkLogDir(files, '/data').join('\n')
  expect(faults).toMatch(/00013\.index: has no log/)
  expect(faults).toMatch(/00000\.index: is missing/)
  expect(faults).toMatch(/\.cleaned: is left over/)
})
