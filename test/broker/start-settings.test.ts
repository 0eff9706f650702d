import { expect, test } from 'vitest'
import { ConfigError } from '../../src/broker/config/config-error.ts'
import { type PlaceOptions, readPlace } from '../../src/broker/start-settings.ts'

const read = (settings: Record<string, string>, options: PlaceOptions = {}) =>
  readPlace(options, new Map(Object.entries(settings)))

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

test('without any of these settings the options and their defaults hold', () => {
  const listener = { name: 'PLAINTEXT', host: '127.0.0.1', port: 0 }
  expect(read({ 'num.partitions': '3' })).toEqual({ listeners: [listener], dataDir: undefined, nodeId: 1 })
  expect(read({}, { host: '::1', port: 7, dataDir: '/a', nodeId: 5 })).toEqual({
    listeners: [{ ...listener, host: '::1', port: 7 }],
    dataDir: '/a',
    nodeId: 5,
  })
  expect(read({}, { listeners: [listener] }).listeners).toEqual([listener])
})

test('advertised.listeners alone is for the default listener', () => {
  const advertised = { 'advertised.listeners': 'PLAINTEXT://kafka.example:19092' }
  expect(read(advertised, { port: 21004 }).listeners).toEqual([
    {
      name: 'PLAINTEXT',
      host: '127.0.0.1',
      port: 21004,
      advertisedHost: 'kafka.example',
      advertisedPort: 19092,
    },
  ])
})

test('options may repeat what a setting says', () => {
  const settings = {
    listeners: 'PLAINTEXT://127.0.0.1:9092',
    'log.dirs': '/a',
    'node.id': '3',
    'broker.id': '3',
  }
  const options = { host: '127.0.0.1', port: 9092, dataDir: '/a', nodeId: 3 }
  expect(read(settings, options)).toEqual(read(settings))
})

test.each([
  [{ listeners: 'PLAINTEXT://:9092' }, { port: 21003 }, "the port '21003' contradicts it; give one of them"],
  [{ listeners: 'PLAINTEXT://:9092' }, { host: '127.0.0.1' }, "the host '127.0.0.1' contradicts it"],
  [
    {
      listeners: 'PLAINTEXT://:1,A://:2',
      'listener.security.protocol.map': 'A:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    },
    { port: 1 },
    "the port '1' contradicts it",
  ],
  [{ listeners: 'PLAINTEXT://:9092' }, { listeners: [] }, "the listeners 'of the options' contradicts it"],
  [
    { 'advertised.listeners': 'PLAINTEXT://a:1' },
    { advertisedHost: 'b' },
    "the advertised address 'b' contradicts it",
  ],
  [{ 'log.dirs': '/a' }, { dataDir: '/b' }, "the data folder '/b' contradicts it"],
  [{ 'log.dir': '/a' }, { dataDir: '/b' }, "the data folder '/b' contradicts it"],
  [{ 'node.id': '1' }, { nodeId: 2 }, "the broker id '2' contradicts it"],
  [{ 'node.id': '1', 'broker.id': '2' }, {}, 'broker.id=2: it contradicts node.id=1'],
  [{ listeners: 'CONTROLLER://:9093' }, {}, 'there is no listener for clients'],
  [{ listeners: 'PLAINTEXT://:70000' }, {}, 'is not NAME://host:port'],
] as const)('settings %o and options %o contradict each other', (settings, options, message) => {
  expect(() => read(settings, options)).toThrow(ConfigError)
  expect(() => read(settings, options)).toThrow(message)
})

test('a listener may have a name of its own', () => {
  const settings = { listeners: 'HOME://127.0.0.1:19092', 'listener.security.protocol.map': 'HOME:PLAINTEXT' }
  expect(read(settings).listeners).toMatchObject([{ name: 'HOME', host: '127.0.0.1', port: 19092 }])
})

test.each([
  [{ listeners: 'SSL://:9093' }, 'listeners=SSL://:9093: only PLAINTEXT is supported, not SSL'],
  [
    { listeners: 'PLAINTEXT://:1,PLAINTEXT://:2' },
    'listeners=PLAINTEXT://:1,PLAINTEXT://:2: each listener needs another name',
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
  expect(() => read(settings)).toThrow(new ConfigError(message))
})
