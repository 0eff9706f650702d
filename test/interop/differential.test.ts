// Sends the same requests to Apache Kafka and to ktool, in every version that ktool has, and compares the answers.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BrokerHandle, startBroker } from '../../src/broker/start.ts'
import { type ApacheKafkaProcess, startApacheKafka } from '../support/apache-kafka.ts'
import { describeWith } from '../support/describe-with.ts'
import { Peer } from './differential/peer.ts'
import { clusterSteps } from './differential/steps-cluster.ts'
import { commitSteps } from './differential/steps-commits.ts'
import { configSteps } from './differential/steps-configs.ts'
import { consumerGroupSteps } from './differential/steps-consumer-groups.ts'
import { fetchSteps } from './differential/steps-fetch.ts'
import { frameSteps } from './differential/steps-frames.ts'
import { groupSteps } from './differential/steps-groups.ts'
import { int64Steps } from './differential/steps-int64.ts'
import { metadataSteps } from './differential/steps-metadata.ts'
import { offsetSteps } from './differential/steps-offsets.ts'
import { produceSteps } from './differential/steps-produce.ts'
import { recordSteps } from './differential/steps-records.ts'
import { sequenceSteps } from './differential/steps-sequences.ts'
import { sessionSteps } from './differential/steps-sessions.ts'
import { topicSteps } from './differential/steps-topics.ts'

/** The cluster id that the script gives to Apache Kafka. */
const CLUSTER_ID = 'MkU3OEVBNTcwNTJENDM2Qg'

const STEP_TIMEOUT_MS = 20_000

const AREAS = {
  frames: frameSteps,
  produce: produceSteps,
  records: recordSteps,
  sequences: sequenceSteps,
  fetch: fetchSteps,
  sessions: sessionSteps,
  offsets: offsetSteps,
  topics: topicSteps,
  metadata: metadataSteps,
  configs: configSteps,
  // Before those of the cluster, which write into the topic of offsets what Kafka cannot load.
  groups: groupSteps,
  commits: commitSteps,
  'consumer groups': consumerGroupSteps,
  'all 64 bits': int64Steps,
  cluster: clusterSteps,
}

describeWith(['apacheKafka'], 'ktool answers as Apache Kafka does', () => {
  let kafka: ApacheKafkaProcess
  let ktool: BrokerHandle
  let peers: [kafka: Peer, ktool: Peer]

  beforeAll(async () => {
    kafka = await startApacheKafka(['group.initial.rebalance.delay.ms=0'])
    ktool = await startBroker({ clusterId: CLUSTER_ID })
    peers = [new Peer(kafka.bootstrapServers), new Peer(ktool.bootstrapServers)]
  })

  afterAll(async () => {
    for (const peer of peers) peer.close()
    await ktool.close()
    await kafka.stop()
  })

  for (const [area, steps] of Object.entries(AREAS)) {
    test.each(steps.map((step) => [step.name, step] as const))(
      `${area}: %s`,
      async (_name, step) => {
        const [expected, actual] = await Promise.all(peers.map((peer) => step.run(peer)))
        expect(actual).toEqual(expected)
      },
      STEP_TIMEOUT_MS,
    )
  }
})
