import { expect, test } from 'vitest'
import { MalformedError } from '../../../src/bytes/reader.ts'
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from '../../../src/client/groups/consumer-protocol.ts'

// As Java's console consumer wrote them, read from __consumer_offsets with GroupMetadataMessageFormatter.
const SUBSCRIPTION = 'AAMAAAABAAppbnRlcm5hbC1h/////wAAAAD///////8='
const ASSIGNMENT = 'AAMAAAABAAppbnRlcm5hbC1hAAAAAQAAAAD/////'

test("subscriptions and assignments are Java's to the byte", () => {
  expect(encodeSubscription(['internal-a']).toString('base64')).toBe(SUBSCRIPTION)
  expect(encodeAssignment([{ topic: 'internal-a', partition: 0 }]).toString('base64')).toBe(ASSIGNMENT)
  expect(decodeSubscription(Buffer.from(SUBSCRIPTION, 'base64'))).toEqual(['internal-a'])
  expect(decodeAssignment(Buffer.from(ASSIGNMENT, 'base64'))).toEqual([{ topic: 'internal-a', partition: 0 }])
})

test('a subscription of version 0 under a later number, as kafkajs writes it, can be read', () => {
  const fields = '0001 00000001 0006 6f7264657273 00000000'
  expect(decodeSubscription(Buffer.from(fields.replaceAll(' ', ''), 'hex'))).toEqual(['orders'])
})

test('a member without an assignment has no partitions, and a torn one is malformed', () => {
  expect(decodeAssignment(Buffer.alloc(0))).toEqual([])
  expect(() => decodeAssignment(Buffer.from(ASSIGNMENT, 'base64').subarray(0, 12))).toThrow(MalformedError)
})
