import { expect, test } from 'vitest'
import { HANDLERS } from '../../../src/broker/handlers.ts'
import { ApiVersions } from '../../../src/protocol/messages/metadata.ts'
import { startTestBroker } from '../../support/broker.ts'

const software = { clientSoftwareName: 'ktool-test', clientSoftwareVersion: '1.0' }

test('every version tells the APIs that have a handler, in order of their keys', async () => {
  const broker = await startTestBroker()
  for (let version = 0; version <= 4; version++) {
    const { apiKeys, errorCode } = await broker.ask(ApiVersions, version, software)
    expect(errorCode).toBe(0)
    expect(apiKeys.map(({ apiKey }) => apiKey)).toEqual([...HANDLERS.keys()].sort((a, b) => a - b))
  }
})

test('Produce is told from version 0 on, which librdkafka takes for the sign of compression', async () => {
  const broker = await startTestBroker()
  const { apiKeys } = await broker.ask(ApiVersions, 3, software)
  expect(apiKeys.find(({ apiKey }) => apiKey === 0)).toEqual({ apiKey: 0, minVersion: 0, maxVersion: 13 })
})

test('a feature that begins at level 0 is told from version 4 on', async () => {
  const broker = await startTestBroker()
  const three = await broker.ask(ApiVersions, 3, software)
  const four = await broker.ask(ApiVersions, 4, software)
  expect(three.supportedFeatures.filter(({ minVersion }) => minVersion === 0)).toEqual([])
  expect(four.supportedFeatures.some(({ minVersion }) => minVersion === 0)).toBe(true)
  expect(three.finalizedFeatures).toContainEqual({
    name: 'metadata.version',
    minVersionLevel: 30,
    maxVersionLevel: 30,
  })
})

test.each([
  ['', '1.0'],
  ['ktool', ''],
  ['-ktool', '1.0'],
  ['ktool', '1.0.'],
  ['k tool', '1.0'],
])('a client that calls itself %j %j is refused', async (clientSoftwareName, clientSoftwareVersion) => {
  const broker = await startTestBroker()
  const answer = await broker.ask(ApiVersions, 3, { clientSoftwareName, clientSoftwareVersion })
  expect(answer).toMatchObject({ errorCode: 42, apiKeys: [] })
})
