import { expect, test } from 'vitest'

import { javaDouble, javaFixed, javaFloat } from '../../../src/cli/java/double.ts'
import { javaHashOrder } from '../../../src/cli/java/order.ts'

// Printed by jshell 17.
test.each([
  [0, '0.0'],
  [-0, '-0.0'],
  [1024, '1024.0'],
  [1.5, '1.5'],
  [0.001, '0.001'],
  [0.0001, '1.0E-4'],
  [9_999_999, '9999999.0'],
  [1e7, '1.0E7'],
  [20_000_000, '2.0E7'],
  [12_345_678.9, '1.23456789E7'],
  [-3e-9, '-3.0E-9'],
  [-1_234_567, '-1234567.0'],
  [123.456, '123.456'],
  [1.5e-7, '1.5E-7'],
  [1e21, '1.0E21'],
  [Infinity, 'Infinity'],
  [-Infinity, '-Infinity'],
  [Number.NaN, 'NaN'],
])('%d is written as Java writes it', (value, text) => {
  expect(javaDouble(value)).toBe(text)
})

test.each([
  [1.005, 2, '1.01'],
  [0.125, 2, '0.13'],
  [9.999, 2, '10.00'],
  [-0.5, 0, '-1'],
  [1e-9, 6, '0.000000'],
  [12, 3, '12.000'],
  [Number.NaN, 2, 'NaN'],
  [Infinity, 1, 'Infinity'],
])('%d with %d decimals is %s', (value, decimals, text) => {
  expect(javaFixed(value, decimals)).toBe(text)
})

test.each([
  [-0, '-0.0'],
  [0.1, '0.1'],
  [16_777_216, '1.6777216E7'],
  [-3.4028235e38, '-3.4028235E38'],
  [Number.NaN, 'NaN'],
])('the 32 bits of %d are written as Java writes them', (value, text) => {
  expect(javaFloat(Math.fround(value))).toBe(text)
})

// Order seen from Apache Kafka 4.3.1: kafka-configs --describe --user bob.
test('strings come in the order of a HashMap of the right size', () => {
  const quotas = [
    'request_percentage',
    'producer_byte_rate',
    'consumer_byte_rate',
    'controller_mutation_rate',
  ]
  expect(javaHashOrder(quotas, 4)).toEqual([
    'producer_byte_rate',
    'consumer_byte_rate',
    'controller_mutation_rate',
    'request_percentage',
  ])
})
