import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CONFIG_SOURCES } from '../../../src/broker/config/config-source.ts'
import { SETTING_TYPES } from '../../../src/broker/config/setting-type.ts'
import { RESOURCE_TYPES } from '../../../src/broker/metadata/image.ts'
import { DescribeConfigs } from '../../../src/protocol/messages/configs.ts'
import { startTestBroker } from '../../support/broker.ts'

const recorded = readFileSync(new URL('apache-kafka-settings.tsv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('\t'))

const typeName = (id: number) => Object.entries(SETTING_TYPES).find(([, number]) => number === id)?.[0]
const sourceName = (id: number) => Object.entries(CONFIG_SOURCES).find(([, number]) => number === id)?.[0]

async function describe(resourceType: number, resourceName: string): Promise<string[][]> {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const resources = [{ resourceType, resourceName, configurationKeys: null }]
  const { results } = await broker.ask(DescribeConfigs, 4, { resources, includeSynonyms: true })
  return results[0]!.configs.map((entry) => [
    entry.name,
    typeName(entry.configType)!,
    entry.readOnly ? 'read-only' : 'changeable',
    entry.isSensitive ? 'sensitive' : '-',
    String(entry.value),
    entry.synonyms.map(({ name, value, source }) => `${sourceName(source)}:${name}=${value}`).join('; '),
  ])
}

test.each([
  ['topic', RESOURCE_TYPES.TOPIC, 'orders'],
  ['group', RESOURCE_TYPES.GROUP, 'billing'],
  ['client-metrics', RESOURCE_TYPES.CLIENT_METRICS, 'slow'],
])(
  'every setting of a %s is described as Apache Kafka describes it, in its order',
  async (kind, type, name) => {
    const expected = recorded.filter(([resource]) => resource === kind).map(([, ...rest]) => rest)
    expect(await describe(type, name)).toEqual(expected)
  },
)

test('every setting of a broker is described as Apache Kafka describes it', async () => {
  const byName = (a: string[], b: string[]) => (a[0]! < b[0]! ? -1 : 1)
  const expected = recorded.filter(([resource]) => resource === 'broker').map(([, ...rest]) => rest)
  const described = await describe(RESOURCE_TYPES.BROKER, '1')
  const given = new Set(expected.filter(([, , , , value]) => value === '*').map(([name]) => name))
  given.add('log.dirs')
  const masked = (row: string[]) => (given.has(row[0]!) ? row.slice(0, 4) : row)
  expect(described.map(masked).sort(byName)).toEqual(expected.map((row) => masked(row)).sort(byName))
})
