import { expect, test } from 'vitest'
import { encodeSnapshot } from '../../src/log/metadata-snapshot.ts'
import { FeatureLevelRecord } from '../../src/protocol/messages/stored-metadata.ts'
import type { StoredMessage } from '../../src/protocol/schema.ts'

const clock = (...times: number[]) => {
  const left = [...times]
  return () => left.shift()!
}

// Files that kafka-storage of Apache Kafka 4.3.1 wrote.
const BOOTSTRAP = `
  0000 0000 0000 0000 0000 0047 0000 0000
  02a1 7e0a dd00 2000 0000 0000 0001 a1fb
  d56b 1800 0001 a1fb d56b 18ff ffff ffff
  ffff ffff ffff ffff ff00 0000 012a 0000
  0008 0000 0003 1600 0000 0000 0000 0000
  0000 0000 0000 0000 0000 0100 0000 f100
  0000 0002 3d1e 6a25 0000 0000 0005 0000
  01a1 fbd5 6b31 0000 01a1 fbd5 6b31 ffff
  ffff ffff ffff ffff ffff ffff 0000 0006
  3a00 0000 012e 010c 0011 6d65 7461 6461
  7461 2e76 6572 7369 6f6e 001e 0000 5a00
  0002 014e 010c 0021 656c 6967 6962 6c65
  2e6c 6561 6465 722e 7265 706c 6963 6173
  2e76 6572 7369 6f6e 0001 0000 3400 0004
  0128 010c 000e 6772 6f75 702e 7665 7273
  696f 6e00 0100 0034 0000 0601 2801 0c00
  0e73 6861 7265 2e76 6572 7369 6f6e 0001
  0000 3800 0008 012c 010c 0010 7374 7265
  616d 732e 7665 7273 696f 6e00 0100 0040
  0000 0a01 3401 0c00 1474 7261 6e73 6163
  7469 6f6e 2e76 6572 7369 6f6e 0002 0000
  0000 0000 0000 0007 0000 003f 0000 0000
  0206 8356 5f00 2000 0000 0000 0001 a1fb
  d56b 3200 0001 a1fb d56b 32ff ffff ffff
  ffff ffff ffff ffff ff00 0000 011a 0000
  0008 0000 0004 0600 0000 00`
const QUORUM = `
  0000 0000 0000 0000 0000 009a 0000 0000
  020e 124d 9700 2000 0000 0200 0001 a1fb
  d56b 4500 0001 a1fb d56b 45ff ffff ffff
  ffff ffff ffff ffff ff00 0000 032a 0000
  0008 0000 0003 1600 0000 0001 a1fb d56b
  3c00 001e 0000 0208 0000 0005 0a00 0000
  0100 0082 0100 0004 0800 0000 066e 0000
  0200 0000 012a e321 ab52 174e 1089 3798
  9fcc b077 b602 0b43 4f4e 5452 4f4c 4c45
  520a 3132 372e 302e 302e 3100 0100 0000
  0001 0000 0000 0000 0000 0000 0003 0000
  003f 0000 0000 0203 0b1a 0b00 2000 0000
  0000 0001 a1fb d56b 5100 0001 a1fb d56b
  51ff ffff ffff ffff ffff ffff ffff ff00
  0000 011a 0000 0008 0000 0004 0600 0000
  00`

const hex = (text: string): string => text.replace(/\s/g, '')

const FEATURES = [
  ['metadata.version', 30],
  ['eligible.leader.replicas.version', 1],
  ['group.version', 1],
  ['share.version', 1],
  ['streams.version', 1],
  ['transaction.version', 2],
] as const

test('the bootstrap snapshot is what Kafka writes, byte for byte', () => {
  const records = FEATURES.map(([name, featureLevel]) => ({
    type: FeatureLevelRecord as unknown as StoredMessage,
    value: { name, featureLevel },
  }))
  const now = clock(0x01a1fbd56b18, 0x01a1fbd56b31, 0x01a1fbd56b32)
  expect(encodeSnapshot({ lastContainedLogTimestamp: 0, records }, now).toString('hex')).toBe(hex(BOOTSTRAP))
})

test('the first snapshot of a dynamic quorum is what Kafka writes, byte for byte', () => {
  const voters = [{ nodeId: 1, host: '127.0.0.1', port: 1, directoryId: 'KuMhq1IXThCJN5ifzLB3tg' }]
  const quorum = { kraftVersion: 1, voters, listenerName: 'CONTROLLER' }
  const parts = { lastContainedLogTimestamp: 0x01a1fbd56b3c, quorum, records: [] }
  expect(encodeSnapshot(parts, clock(0x01a1fbd56b45, 0x01a1fbd56b51)).toString('hex')).toBe(hex(QUORUM))
})
