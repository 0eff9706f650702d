import { expect, test } from 'vitest'
import { parseSetting, parseTopicOption } from '../../../src/cli/serve/topic-option.ts'

test.each([
  ['orders', { name: 'orders', partitions: undefined, configs: {} }],
  ['orders:3', { name: 'orders', partitions: 3, configs: {} }],
  [
    'orders:3:retention.ms=1000,cleanup.policy=compact,delete,segment.bytes=1048576',
    {
      name: 'orders',
      partitions: 3,
      configs: { 'retention.ms': '1000', 'cleanup.policy': 'compact,delete', 'segment.bytes': '1048576' },
    },
  ],
])('--topic %s', (text, topic) => {
  expect(parseTopicOption(text)).toEqual(topic)
})

test('what is no topic or no setting is refused with the text in question', () => {
  expect(() => parseTopicOption('orders:three')).toThrow("--topic: 'orders:three' is not NAME")
  expect(() => parseTopicOption('orders:3:retention.ms')).toThrow("--topic: 'retention.ms' is not key=value")
  expect(() => parseSetting('=1', '--config')).toThrow("--config: '=1' is not key=value")
})
