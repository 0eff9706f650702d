import { expect, test } from 'vitest'
import { UsageError } from '../../../src/cli/failures.ts'
import { readServerProperties } from '../../../src/cli/serve/server-properties.ts'

const read = (settings: Record<string, string>) => readServerProperties(new Map(Object.entries(settings)))

test('the file that Kafka ships for one node says where to listen and where the data lies', () => {
  expect(
    read({
      'process.roles': 'broker,controller',
      'node.id': '7',
      listeners: 'PLAINTEXT://:9092,CONTROLLER://:9093',
      'controller.listener.names': 'CONTROLLER',
      'advertised.listeners': 'PLAINTEXT://kafka.example:19092,CONTROLLER://kafka.example:9093',
      'log.dirs': '/data/kafka',
    }),
  ).toEqual({
    listeners: [
      {
        name: 'PLAINTEXT',
        host: '0.0.0.0',
        port: 9092,
        advertisedHost: 'kafka.example',
        advertisedPort: 19092,
      },
    ],
    dataDir: '/data/kafka',
    nodeId: 7,
  })
})

test('the listeners of containers are all there, each with the address it advertises', () => {
  const { listeners } = read({
    listeners: 'INSIDE://:29092,OUTSIDE://:9092,CONTROLLER://:9093',
    'advertised.listeners': 'INSIDE://kafka:29092,OUTSIDE://localhost:9092',
    'listener.security.protocol.map': 'INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT',
  })
  expect(listeners).toEqual([
    { name: 'INSIDE', host: '0.0.0.0', port: 29092, advertisedHost: 'kafka', advertisedPort: 29092 },
    { name: 'OUTSIDE', host: '0.0.0.0', port: 9092, advertisedHost: 'localhost', advertisedPort: 9092 },
  ])
})

test('without any of these settings the options and defaults of serve hold', () => {
  expect(read({ 'num.partitions': '3' })).toEqual({ listeners: [], dataDir: undefined, nodeId: undefined })
})

test('a listener may have a name of its own', () => {
  const settings = { listeners: 'HOME://127.0.0.1:19092', 'listener.security.protocol.map': 'HOME:PLAINTEXT' }
  expect(read(settings).listeners).toMatchObject([{ name: 'HOME', host: '127.0.0.1', port: 19092 }])
})

test.each([
  [{ listeners: 'SSL://:9093' }, 'listeners=SSL://:9093: only PLAINTEXT is supported, not SSL'],
  [
    { listeners: 'PLAINTEXT://:1,PLAINTEXT://:2' },
    'listeners=PLAINTEXT://:1,PLAINTEXT://:2: each listener needs a name of its own',
  ],
  [
    { listeners: 'PLAINTEXT://:1,OTHER://:2' },
    'listeners=PLAINTEXT://:1,OTHER://:2: only PLAINTEXT is supported, not OTHER',
  ],
  [
    { listeners: 'PLAINTEXT://:1', 'advertised.listeners': 'OTHER://a:1' },
    "advertised.listeners=OTHER://a:1: 'OTHER' is not among the listeners",
  ],
  [{ listeners: 'localhost:9092' }, "listeners=localhost:9092: 'localhost:9092' is not NAME://host:port"],
  [{ 'log.dirs': '/a,/b' }, 'log.dirs=/a,/b: one data folder is supported'],
  [{ 'node.id': 'one' }, 'node.id=one: not a broker id'],
])('what cannot be honoured is refused by name: %o', (settings, message) => {
  expect(() => read(settings)).toThrow(new UsageError(message))
})
