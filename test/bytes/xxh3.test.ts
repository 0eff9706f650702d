import { expect, test } from 'vitest'
import { xxh3 } from '../../src/bytes/xxh3.ts'

/** Hashes of the bytes 3, 10, 17, … by hash4j 0.22, which Apache Kafka uses. */
const HASHES: readonly (readonly [length: number, hash: string])[] = [
  [0, '2d06800538d394c2'],
  [1, '13e608bc156defed'],
  [2, '1c9074b93943b86c'],
  [3, 'a9088dda485b481c'],
  [4, '6d9253b16c8b1ed3'],
  [7, '8e8291ad89127e2e'],
  [8, '60539db630471163'],
  [9, 'feff668361d723a8'],
  [15, '9ec169f4a98231c1'],
  [16, 'b8c859b0f030b585'],
  [17, '714a04408e79b80f'],
  [31, 'ed41ac283d0674b3'],
  [32, '19ff4ee1d6ba1a55'],
  [33, '3e44983ad21679c8'],
  [64, '287eb1fa9e4be2c1'],
  [65, '829218de4d798646'],
  [96, 'f084e7cfbc624743'],
  [97, '1daa83271a8e7b7c'],
  [127, '998fa0631fd78d0b'],
  [128, '67425a03650261bf'],
  [129, 'c664bf3311c6abc4'],
  [160, 'd70dea8de694b883'],
  [239, '1d861931c1f3cafa'],
  [240, '64556dc6b462a6cf'],
  [241, '8beadd3a8874fe17'],
  [256, '3c38817f6d79c0da'],
  [512, 'f58202b8d9019d1d'],
  [1023, 'd26986a0b85dcc44'],
  [1024, '9b81661c641c72b1'],
  [1025, '806c2072ed713576'],
  [2048, 'abe604813ba62ed1'],
  [5000, '799aaddd7339581d'],
]

test.each(HASHES)('%i bytes have the hash that hash4j gives them', (length, hash) => {
  const input = Buffer.from(Array.from({ length }, (_, index) => (index * 7 + 3) & 0xff))
  expect(xxh3(input).toString(16)).toBe(hash)
})
