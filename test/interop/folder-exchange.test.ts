// The test of truth for what is on disk: Apache Kafka goes on where ktool stopped, and ktool where Kafka did.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { METADATA_TOPIC } from '../../src/broker/metadata/metadata-log.ts'
import { type BrokerHandle, startBroker } from '../../src/broker/start.ts'
import { ZERO_UUID } from '../../src/bytes/uuid.ts'
import { Cluster } from '../../src/client/cluster.ts'
import { IncrementalAlterConfigs } from '../../src/protocol/messages/configs.ts'
import { Metadata } from '../../src/protocol/messages/metadata.ts'
import { CreateTopics, DeleteTopics } from '../../src/protocol/messages/topics.ts'
import { runKafkaTool, startApacheKafka } from '../support/apache-kafka.ts'
import { describeWith } from '../support/describe-with.ts'

const LIMIT_MS = 120_000

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ktool-exchange-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'data'))
  return folder
}

async function withCluster<T>(bootstrapServers: string, use: (cluster: Cluster) => Promise<T>): Promise<T> {
  const cluster = Cluster.connect({ bootstrapServers, clientId: 'exchange' })
  try {
    return await use(cluster)
  } finally {
    await cluster.close()
  }
}

const createTopic = (
  cluster: Cluster,
  name: string,
  numPartitions: number,
  configs: Record<string, string> = {},
) =>
  cluster.request(CreateTopics, {
    topics: [
      {
        name,
        numPartitions,
        replicationFactor: 1,
        assignments: [],
        configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
      },
    ],
  })

/** Name, id, and number of partitions with a leader, of every topic. */
async function topicsOf(bootstrapServers: string): Promise<string[]> {
  return withCluster(bootstrapServers, async (cluster) => {
    const { topics } = await cluster.request(Metadata, { topics: null })
    return topics
      .map(({ name, topicId, partitions }) => {
        const led = partitions.filter(({ leaderId }) => leaderId === 1)
        return `${name} ${topicId} ${led.length}/${partitions.length}`
      })
      .sort()
  })
}

async function fill({ bootstrapServers }: BrokerHandle): Promise<void> {
  await withCluster(bootstrapServers, async (cluster) => {
    await createTopic(cluster, 'orders', 3, { 'retention.ms': '123456789' })
    await createTopic(cluster, 'doomed', 2)
    await cluster.request(DeleteTopics, {
      topics: [{ name: 'doomed', topicId: ZERO_UUID }],
      topicNames: [],
      timeoutMs: 5000,
    })
    await cluster.request(IncrementalAlterConfigs, {
      resources: [
        {
          resourceType: 2,
          resourceName: 'orders',
          configs: [{ name: 'segment.ms', configOperation: 0, value: '3600000' }],
        },
      ],
      validateOnly: false,
    })
  })
}

describeWith(['apacheKafka'], 'Apache Kafka and ktool', () => {
  test('take over each other’s data folder', { timeout: LIMIT_MS }, async () => {
    const folder = temporaryFolder()
    const dataDir = join(folder, 'data')
    const first = await startBroker({ dataDir })
    await fill(first)
    const before = await topicsOf(first.bootstrapServers)
    expect(before).toEqual([expect.stringMatching(/^orders \S{22} 3\/3$/)])
    await first.close()

    const log = join(dataDir, `${METADATA_TOPIC}-0`, '00000000000000000000.log')
    const dump = await runKafkaTool('dump-log', ['--cluster-metadata-decoder', '--files', log])
    const dumped = dump.stdout.toString()
    expect(dumped).not.toMatch(/isvalid: false|Could not deserialize|Error/i)
    for (const type of ['FEATURE_LEVEL', 'REGISTER_BROKER', 'TOPIC', 'PARTITION', 'CONFIG', 'REMOVE_TOPIC']) {
      expect(dumped).toContain(`"type":"${type}_RECORD"`)
    }

    const kafka = await startApacheKafka([], folder)
    try {
      expect(await topicsOf(kafka.bootstrapServers)).toEqual(before)
      const described = await runKafkaTool('configs', [
        ...['--bootstrap-server', kafka.bootstrapServers],
        ...['--describe', '--topic', 'orders'],
      ])
      expect(described.stdout.toString()).toContain('retention.ms=123456789')
      expect(described.stdout.toString()).toContain('segment.ms=3600000')
      await withCluster(kafka.bootstrapServers, (cluster) => createTopic(cluster, 'of-kafka', 2))
    } finally {
      await kafka.stop()
    }

    const second = await startBroker({ dataDir })
    try {
      expect(await topicsOf(second.bootstrapServers)).toEqual([
        expect.stringMatching(/^of-kafka \S{22} 2\/2$/),
        ...before,
      ])
    } finally {
      await second.close()
    }
  })
})
