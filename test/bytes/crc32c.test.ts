import { expect, test } from 'vitest'
import { crc32c } from '../../src/bytes/crc32c.ts'
import { portableCrc32c } from '../../src/bytes/portable-crc32c.ts'
import { randomBytes, seededRandom } from '../support/random.ts'

// RFC 3720, appendix B.4.
test.each([
  ['32 bytes of zeros', Buffer.alloc(32), 0x8a9136aa],
  ['32 bytes of ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['32 bytes counting up', Buffer.from(Array.from({ length: 32 }, (_, byte) => byte)), 0x46dd794e],
  ['nothing', Buffer.alloc(0), 0],
])('the checksum of %s', (_, bytes, expected) => {
  expect([crc32c(bytes), portableCrc32c(bytes)]).toEqual([expected, expected])
})

test('without a binary the checksum is the same, whatever the length', () => {
  const random = seededRandom(11)
  for (let length = 0; length < 300; length++) {
    const bytes = randomBytes(random, length)
    expect(portableCrc32c(bytes)).toBe(crc32c(bytes))
  }
})
