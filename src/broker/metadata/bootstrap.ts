// What stands at the start of a metadata log: the features and settings of a new cluster, and the registration of
// each broker, written again when it comes back with another address.

import { randomUuid } from '../../bytes/uuid.ts'
import { Writer } from '../../bytes/writer.ts'
import { codec } from '../../protocol/compile.ts'
import { LeaderChangeMessage } from '../../protocol/messages/stored-control.ts'
import {
  BrokerRegistrationChangeRecord,
  ConfigRecord,
  FeatureLevelRecord,
  RegisterBrokerRecord,
} from '../../protocol/messages/stored-metadata.ts'
import type { BrokerConfig } from '../config/broker-config.ts'
import type { RandomBytes } from '../replicas.ts'
import { INITIAL_FEATURES, SUPPORTED_FEATURES } from './features.ts'
import { type MetadataImage, RESOURCE_TYPES } from './image.ts'
import { encodeMetadataRecord, type MetadataRecord, metadataRecord } from './record.ts'
import { hasDirectories, registerBrokerRecordVersion } from './record-versions.ts'

export interface NodeEndpoint {
  /** The listener's name. */
  readonly name: string
  readonly host: string
  readonly port: number
  /** As in SecurityProtocol: 0 is PLAINTEXT. */
  readonly securityProtocol: number
}

export interface NodeRegistration {
  readonly node: number
  readonly rack: string | null
  readonly endPoints: readonly NodeEndpoint[]
}

/** Fenced and in-shutdown flags of BrokerRegistrationChangeRecord. */
const SET = 1

/** The levels of features that a new cluster has, unless its folder was formatted for others. */
export function initialFeatures(): Buffer[] {
  return INITIAL_FEATURES.map(([name, featureLevel]) =>
    encodeMetadataRecord(metadataRecord(FeatureLevelRecord, { name, featureLevel })),
  )
}

/** With eligible leader replicas (KIP-966), min.insync.replicas must be one value for the whole cluster. */
export function clusterMinInsyncReplicas(config: BrokerConfig): Buffer {
  return encodeMetadataRecord(
    metadataRecord(ConfigRecord, {
      resourceType: RESOURCE_TYPES.BROKER,
      resourceName: '',
      name: 'min.insync.replicas',
      value: config.text('min.insync.replicas'),
    }),
  )
}

/** What a KRaft log starts each epoch with: who leads, here of a quorum of one. */
export function leaderChange(node: number): Buffer {
  const writer = new Writer()
  const voters = [{ voterId: node }]
  codec(LeaderChangeMessage.message, 0).encode(writer, {
    version: 0,
    leaderId: node,
    voters,
    grantingVoters: voters,
  })
  return writer.takeBytes()
}

/** What has to be written so that exactly these brokers are registered and alive. */
export function registrationRecords(
  nodes: readonly NodeRegistration[],
  context: { image: MetadataImage; directoryId: string; randomBytes: RandomBytes },
  nextOffset: number,
): MetadataRecord[] {
  const { image, directoryId, randomBytes } = context
  const version = registerBrokerRecordVersion(image)
  const records: MetadataRecord[] = nodes.map(({ node, rack, endPoints }, index) => {
    const fields = {
      brokerId: node,
      incarnationId: randomUuid(randomBytes),
      // Kafka uses the offset of the record itself as the epoch of the broker.
      brokerEpoch: nextOffset + index,
      endPoints,
      features: SUPPORTED_FEATURES.map(({ name, minVersion, maxVersion }) => ({
        name,
        minSupportedVersion: minVersion,
        maxSupportedVersion: maxVersion,
      })),
      rack,
      fenced: false,
      logDirs: hasDirectories(image) ? [directoryId] : [],
    }
    return metadataRecord(RegisterBrokerRecord, fields, version)
  })
  for (const broker of image.brokers.values()) {
    if (broker.fenced || nodes.some(({ node }) => node === broker.brokerId)) continue
    const { brokerId, brokerEpoch } = broker
    records.push(metadataRecord(BrokerRegistrationChangeRecord, { brokerId, brokerEpoch, fenced: SET }, 0))
  }
  return records
}
