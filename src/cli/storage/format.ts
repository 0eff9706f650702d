import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { randomUuid } from '../../bytes/uuid.ts'
import { realFiles, replaceFile } from '../../log/files.ts'
import { writeMetaProperties } from '../../log/meta-properties.ts'
import {
  BOOTSTRAP_FILE,
  encodeSnapshot,
  FIRST_SNAPSHOT,
  type SnapshotRecord,
  type Voter,
} from '../../log/metadata-snapshot.ts'
import { FeatureLevelRecord } from '../../protocol/messages/stored-metadata.ts'
import { UserScramCredentialRecord } from '../../protocol/messages/stored-security.ts'
import type { StoredMessage } from '../../protocol/schema.ts'
import { Failure } from '../failures.ts'
import { KRAFT_VERSION, METADATA_VERSION, releaseName } from '../features/releases.ts'
import { folderState, META_PROPERTIES, readIdentity } from './data-folder.ts'
import type { ScramCredential } from './scram.ts'
import type { ServerConfig } from './server-config.ts'

export interface FormatPlan {
  readonly config: ServerConfig
  readonly clusterId: string
  readonly levels: ReadonlyMap<string, number>
  readonly credentials: readonly ScramCredential[]
  /** Null where the log does not hold them. */
  readonly voters: readonly Voter[] | null
  readonly ignoresFormatted: boolean
}

export interface FormatTools {
  /** Prints a line. */
  print(line: string): void
  now(): number
  randomBytes(size: number): Buffer
  /** Writes nothing. */
  isDryRun: boolean
}

/** Formats the folders that are not formatted yet. Failure in Kafka's words. */
export function formatFolders(plan: FormatPlan, tools: FormatTools): void {
  const { config, clusterId, ignoresFormatted } = plan
  const formatted = config.directories.filter((directory) => folderState(directory) === 'formatted')
  for (const directory of formatted) checkIdentity(directory, clusterId, config.nodeId)
  if (formatted.length > 0 && !ignoresFormatted) {
    throw new Failure(
      `Log directory ${formatted[0]} is already formatted. Use --ignore-formatted to ignore this directory and format the others.`,
    )
  }
  const unusable = config.directories.filter((directory) => folderState(directory) === 'file')
  for (const directory of unusable)
    tools.print(`I/O error trying to read log directory ${directory}. Ignoring...`)
  const empty = config.directories.filter((directory) =>
    ['missing', 'unformatted'].includes(folderState(directory)),
  )
  if (empty.length > 0) formatEmpty(empty, plan, tools)
  else if (formatted.length === 0) throw new Failure('No available log directories to format.')
  else tools.print('All of the log directories are already formatted.')
}

function checkIdentity(directory: string, clusterId: string, nodeId: number): void {
  const path = join(directory, META_PROPERTIES)
  const identity = readIdentity(directory)
  if (identity.clusterId !== undefined && identity.clusterId !== clusterId) {
    throw new Failure(`Invalid cluster.id in: ${path}. Expected ${clusterId}, but read ${identity.clusterId}`)
  }
  if (identity.nodeId !== undefined && identity.nodeId !== String(nodeId)) {
    throw new Failure(
      `Stored node id ${identity.nodeId} doesn't match previous node id ${nodeId} in ${path}. ` +
        'If you moved your data, make sure your configured node id matches. ' +
        'If you intend to create a new node, you should remove all data in your data directories.',
    )
  }
}

function formatEmpty(directories: readonly string[], plan: FormatPlan, tools: FormatTools): void {
  const { config, levels } = plan
  const metadataLevel = levels.get(METADATA_VERSION)!
  const records = bootstrapRecords(plan)
  tools.print(
    `Bootstrap metadata: BootstrapMetadata(records=[${records.map(recordText).join(', ')}], metadataVersionLevel=${metadataLevel}, source=format command)`,
  )
  for (const directory of directories) {
    const voter = directory === config.metadataDirectory ? voterOf(plan) : undefined
    tools.print(
      `Formatting ${folderKind(directory, plan)} ${directory} with metadata.version ${releaseName(metadataLevel)}.`,
    )
    if (tools.isDryRun) continue
    mkdirSync(directory, { recursive: true })
    const bootstrap = encodeSnapshot({ lastContainedLogTimestamp: 0, records }, tools.now)
    replaceFile(realFiles, join(directory, BOOTSTRAP_FILE), bootstrap, true)
    if (directory === config.metadataDirectory && plan.voters) writeQuorum(directory, plan, tools)
    const directoryId = voter?.directoryId ?? randomUuid(tools.randomBytes)
    const identity = { clusterId: plan.clusterId, nodeId: config.nodeId, directoryId }
    // Last, since it is what makes a folder count as formatted.
    writeMetaProperties(realFiles, directory, identity, tools.now())
  }
}

const voterOf = ({ voters, config }: FormatPlan): Voter | undefined =>
  voters?.find(({ nodeId }) => nodeId === config.nodeId)

function folderKind(directory: string, plan: FormatPlan): string {
  if (directory !== plan.config.metadataDirectory) return 'data directory'
  if (plan.voters === null) return 'metadata directory'
  return voterOf(plan) ? 'dynamic metadata voter directory' : 'dynamic metadata directory'
}

function writeQuorum(directory: string, { config, levels, voters }: FormatPlan, tools: FormatTools): void {
  const folder = join(directory, '__cluster_metadata-0')
  const quorum = {
    kraftVersion: levels.get(KRAFT_VERSION)!,
    voters: voters!,
    listenerName: config.controllerListenerName,
  }
  mkdirSync(folder, { recursive: true })
  const path = join(folder, FIRST_SNAPSHOT)
  const snapshot = encodeSnapshot({ lastContainedLogTimestamp: tools.now(), quorum, records: [] }, tools.now)
  replaceFile(realFiles, path, snapshot, true)
  // A finished snapshot is never written again.
  chmodSync(path, 0o400)
}

/** What a new cluster starts with. The level of kraft.version stands in control records instead. */
function bootstrapRecords({ levels, credentials }: FormatPlan): SnapshotRecord[] {
  const others = [...levels].filter(
    ([name, level]) => name !== METADATA_VERSION && name !== KRAFT_VERSION && level > 0,
  )
  others.sort(([a], [b]) => (a < b ? -1 : 1))
  const features: [string, number][] = [[METADATA_VERSION, levels.get(METADATA_VERSION)!], ...others]
  return [
    ...features.map(([name, featureLevel]) => ({
      type: FeatureLevelRecord as unknown as StoredMessage,
      value: { name, featureLevel },
    })),
    ...credentials.map((value) => ({ type: UserScramCredentialRecord as unknown as StoredMessage, value })),
  ]
}

/** A record as Java's toString shows it. */
function recordText({ type, value }: SnapshotRecord): string {
  const fields = Object.keys(type.message.fields).map((name) => {
    const field = (value as Record<string, unknown>)[name]
    if (typeof field === 'string') return `${name}='${field}'`
    if (Buffer.isBuffer(field)) return `${name}=[${[...new Int8Array(field)].join(', ')}]`
    return `${name}=${field}`
  })
  return `ApiMessageAndVersion(${type.message.name}(${fields.join(', ')}) at version 0)`
}
