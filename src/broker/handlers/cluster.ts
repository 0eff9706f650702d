import { errorCode, KafkaError } from '../../protocol/errors.ts'
import { DescribeLogDirs, UnregisterBroker } from '../../protocol/messages/cluster.ts'
import { DescribeCluster } from '../../protocol/messages/metadata.ts'
import { UnregisterBrokerRecord } from '../../protocol/messages/stored-metadata.ts'
import { handle } from '../handle.ts'
import { metadataRecord } from '../metadata/record.ts'
import { ALL_CLUSTER_OPERATIONS, NO_OPERATIONS } from '../operations.ts'

const BROKERS = 1

export const describeCluster = handle(DescribeCluster, {
  run(request, context) {
    const { broker, node } = context
    const { endpointType } = request
    if (endpointType !== BROKERS) {
      // 2 asks for controllers, which only a controller knows; anything else nobody knows (KIP-919).
      const error = endpointType === 2 ? 'MISMATCHED_ENDPOINT_TYPE' : 'UNSUPPORTED_ENDPOINT_TYPE'
      const errorMessage =
        endpointType === 2
          ? 'The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER'
          : `Unsupported endpoint type ${endpointType}`
      return { errorCode: errorCode(error), errorMessage, endpointType: BROKERS, clusterId: '', brokers: [] }
    }
    return {
      errorCode: 0,
      clusterId: broker.clusterId,
      controllerId: node,
      brokers: broker
        .endpoints(context)
        .map(({ nodeId, host, port, rack }) => ({ brokerId: nodeId, host, port, rack, isFenced: false })),
      clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
        ? ALL_CLUSTER_OPERATIONS
        : NO_OPERATIONS,
    }
  },
  refuse: ({ code, message }) => ({
    errorCode: errorCode(code),
    errorMessage: message,
    clusterId: '',
    brokers: [],
  }),
})

export const describeLogDirs = handle(DescribeLogDirs, {
  run(request, { broker, node }) {
    const wanted =
      request.topics && new Map(request.topics.map(({ topic, partitions }) => [topic, partitions]))
    const topics: {
      name: string
      partitions: { partitionIndex: number; partitionSize: number; offsetLag: number; isFutureKey: boolean }[]
    }[] = []
    for (const topic of broker.image.topics.values()) {
      const chosen = wanted?.get(topic.name)
      if (wanted && !chosen) continue
      const partitions = topic.partitions
        .filter(({ partition, replicas }) => replicas.includes(node) && (chosen?.includes(partition) ?? true))
        .flatMap(({ partition }) => {
          const log = broker.logs.get(topic.name, partition)
          return log
            ? [
                {
                  partitionIndex: partition,
                  partitionSize: log.sizeInBytes,
                  offsetLag: 0,
                  isFutureKey: false,
                },
              ]
            : []
        })
      if (partitions.length > 0) topics.push({ name: topic.name, partitions })
    }
    const { totalBytes, usableBytes } = broker.logs.diskSpace()
    return {
      errorCode: 0,
      results: [{ errorCode: 0, logDir: broker.logs.folder, topics, totalBytes, usableBytes }],
    }
  },
  refuse: ({ code }) => ({ errorCode: errorCode(code), results: [] }),
})

/** Takes a broker that is gone out of the cluster. */
export const unregisterBroker = handle(UnregisterBroker, {
  run({ brokerId }, { broker: { controller } }) {
    const registered = controller.image.brokers.get(brokerId)
    if (!registered) {
      throw new KafkaError('BROKER_ID_NOT_REGISTERED', `Broker ID ${brokerId} is not currently registered`)
    }
    // Differs: Kafka also strikes off a broker that runs; here it would be this very process.
    if (controller.replicas.isLive(brokerId)) {
      throw new KafkaError(
        'INVALID_REQUEST',
        `Broker ID ${brokerId} is running; stop it before unregistering it`,
      )
    }
    const { brokerEpoch } = registered
    controller.commit([metadataRecord(UnregisterBrokerRecord, { brokerId, brokerEpoch })])
    return { errorCode: 0, errorMessage: null }
  },
  refuse: ({ code, message }) => ({ errorCode: errorCode(code), errorMessage: message }),
})
