import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { murmur2, partitionForKey, StickyPartitioner } from '../../../src/client/produce/partitioner.ts'
import { seededRandom } from '../../support/random.ts'

const vectors = readFileSync(new URL('../vectors/murmur2.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(' '))

test('keys hash and go to partitions as with the Java producer', () => {
  expect(vectors.length).toBeGreaterThan(50)
  for (const [hex, hash, of7, of100] of vectors) {
    const key = Buffer.from(hex === '-' ? '' : hex!, 'hex')
    expect([murmur2(key), partitionForKey(key, 7), partitionForKey(key, 100)]).toEqual([
      Number(hash),
      Number(of7),
      Number(of100),
    ])
  }
})

test('part of a buffer hashes like a copy of it', () => {
  const buffer = Buffer.from('..a-little-bit-long-string.')
  expect(murmur2(buffer, 2, 26)).toBe(murmur2(Buffer.from('a-little-bit-long-string')))
})

test('records without a key stay on a partition until its batch is full, then go to any other', () => {
  const partitioner = new StickyPartitioner(100, seededRandom(7))
  const runs: number[] = []
  const seen = new Set<number>()
  for (let i = 0; i < 1000; i++) {
    const partition = partitioner.current([0, 1, 2])
    seen.add(partition)
    if (runs.at(-1) !== partition) runs.push(partition)
    partitioner.wrote(10, i % 10 === 9, [0, 1, 2])
  }
  expect([...seen].sort()).toEqual([0, 1, 2])
  expect(runs.length).toBeGreaterThan(40)
  expect(runs.length).toBeLessThanOrEqual(100)
})

test('a batch that never fills is left after twice its size', () => {
  const numbers = [0.1, 0.9]
  const partitioner = new StickyPartitioner(100, () => numbers.shift() ?? 0)
  const chosen: number[] = []
  for (let i = 0; i < 30; i++) {
    chosen.push(partitioner.current([0, 1]))
    partitioner.wrote(10, false, [0, 1])
  }
  expect(chosen.indexOf(1)).toBe(20)
})

test('partitions without a leader get no records while others have one', () => {
  const partitioner = new StickyPartitioner(1, seededRandom(3))
  for (let i = 0; i < 50; i++) {
    expect([1, 3]).toContain(partitioner.current([1, 3]))
    partitioner.wrote(10, true, [1, 3])
  }
})
