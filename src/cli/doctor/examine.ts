// The whole examination: the addresses that were given, what the cluster says of itself, the addresses that it
// advertises, and what this client may do there.

import { type Address, formatAddress, parseAddresses } from '../../client/wire/addresses.ts'
import type { Connection } from '../../client/wire/connection.ts'
import { itemError } from '../../protocol/errors.ts'
import { DescribeCluster, Metadata } from '../../protocol/messages/metadata.ts'
import type { DecodedResponseOf } from '../../protocol/schema.ts'
import { operationNames } from '../acls/acl.ts'
import { messageOf } from '../failures.ts'
import { plural } from '../output/plural.ts'
import { type Finding, fine, wrong } from './finding.ts'
import { type Probed, type ProbeOptions, probe } from './probe.ts'

export interface Patient extends ProbeOptions {
  readonly addresses: string
  /** Where the addresses are from. */
  readonly source: string
  /** security.protocol */
  readonly protocol: string
  /** Topics whose authorization is looked at. */
  readonly topics: readonly string[]
}

type Answer = DecodedResponseOf<typeof Metadata>

/** Findings as they are made. */
export async function* examine(patient: Patient): AsyncGenerator<Finding, void, undefined> {
  const source = patient.source === 'default' ? 'the default' : `from ${patient.source}`
  yield fine('settings', patient.addresses, `${source}, ${patient.protocol}`)
  const probed = new Map<string, Probed>()
  try {
    for (const address of parseAddresses(patient.addresses)) {
      const result = await probe(address, patient)
      probed.set(formatAddress(address), result)
      yield* result.findings
    }
    const connections = [...probed.values()].flatMap(({ connection }) => connection ?? [])
    const [connection] = connections
    if (connection === undefined) return
    const answer = await askMetadata(connection, patient.topics)
    yield await describeCluster(connections, answer)
    for (const broker of answer.brokers) yield await examineBroker(broker, probed, patient)
    yield* await examineRights(connection, answer)
  } finally {
    for (const { connection } of probed.values()) connection?.close()
  }
}

const askMetadata = (connection: Connection, topics: readonly string[]): Promise<Answer> =>
  connection.request(Metadata, {
    topics: topics.map((name) => ({ name, topicId: undefined })),
    allowAutoTopicCreation: false,
    includeTopicAuthorizedOperations: connection.version(Metadata) >= 8,
  })

/** All addresses should lead into the same cluster. */
async function describeCluster(connections: readonly Connection[], answer: Answer): Promise<Finding> {
  const { clusterId, controllerId, brokers } = answer
  const subject = `cluster ${clusterId ?? 'of an old version'}`
  for (const connection of connections.slice(1)) {
    const other = await askMetadata(connection, [])
    if (other.clusterId !== clusterId) {
      const found = `${connection.address} belongs to another cluster, ${other.clusterId}`
      return wrong('metadata', subject, found, 'name addresses of one cluster only')
    }
  }
  const count = plural(brokers.length, 'broker')
  if (brokers.length === 0) return wrong('metadata', subject, 'no brokers', 'wait until one has registered')
  return fine('metadata', subject, `${count}, controller ${controllerId}`)
}

/** Clients are sent on to the addresses that brokers advertise, whichever they were given. */
async function examineBroker(
  { nodeId, host, port }: Address & { readonly nodeId: number },
  probed: ReadonlyMap<string, Probed>,
  options: ProbeOptions,
): Promise<Finding> {
  const subject = `broker ${nodeId}`
  const at = formatAddress({ host, port })
  const known = probed.get(at)
  const { findings, connection } = known ?? (await probe({ host, port }, options))
  if (known === undefined) connection?.close()
  const failed = findings.find(({ isOk }) => !isOk)
  if (failed === undefined) return fine('advertised', subject, at)
  return wrong(
    'advertised',
    subject,
    `${at}: ${failed.found}`,
    `the broker tells its clients to go there: set advertised.listeners to an address that can be reached from here`,
  )
}

/** What this client may do, as far as the brokers tell. */
async function examineRights(connection: Connection, { topics }: Answer): Promise<Finding[]> {
  const findings: Finding[] = []
  const { apiVersions } = connection
  if (apiVersions.apiKeys.some(({ apiKey }) => apiKey === DescribeCluster.key)) {
    const answer = await connection.request(DescribeCluster, { includeClusterAuthorizedOperations: true })
    const error = itemError(answer)
    findings.push(
      error
        ? wrong('authorization', 'the cluster', messageOf(error), 'ask for DESCRIBE on the cluster')
        : fine('authorization', 'the cluster', allowed(answer.clusterAuthorizedOperations)),
    )
  }
  for (const topic of topics) {
    const subject = `topic ${topic.name}`
    const error = itemError(topic)
    if (error === undefined)
      findings.push(fine('authorization', subject, allowed(topic.topicAuthorizedOperations)))
    else findings.push(wrong('authorization', subject, error.message, remedyForTopic(error.code, topic.name)))
  }
  return findings
}

const remedyForTopic = (code: string, name: string | null): string | null =>
  code === 'TOPIC_AUTHORIZATION_FAILED'
    ? `somebody who may: ktool acls --add --allow-principal User:NAME --operation describe --topic ${name}`
    : code === 'UNKNOWN_TOPIC_OR_PARTITION'
      ? 'check its name, or that DESCRIBE is allowed: a broker does not tell the two apart'
      : null

function allowed(bits: number): string {
  const names = operationNames(bits)
  if (names === null) return 'the broker does not tell'
  return names.length === 0 ? 'nothing is allowed' : `allowed: ${names.join(', ')}`
}
