import { quoted } from '../bytes/printable.ts'
import { randomUuid } from '../bytes/uuid.ts'
import type { Clock } from './clock.ts'
import type { Files } from './files.ts'
import { type MetaProperties, writeMetaProperties } from './meta-properties.ts'
import { StorageError } from './storage-error.ts'

/** Which broker a folder belongs to. */
export interface FolderIdentity {
  /** Absolute path. */
  folder: string
  /** Identity given to a folder that has none; a cluster id that contradicts the folder's is refused. */
  nodeId: number
  /** Without it, the one of the folder, or a new one. */
  clusterId?: string
  clock: Clock
  /** Bytes for ids, and for the jitter of segments. */
  randomBytes: (size: number) => Buffer
}

/** What the folder says of itself, `found`, if it is not another broker's; a folder that says nothing is given the identity. */
export function identifyFolder(
  files: Files,
  identity: FolderIdentity,
  found: MetaProperties | null,
): MetaProperties {
  const { folder, nodeId, clusterId, clock, randomBytes } = identity
  if (found !== null) {
    if ((clusterId ?? found.clusterId) === found.clusterId && found.nodeId === nodeId) return found
    throw new StorageError(
      'FOLDER_MISMATCH',
      `'${folder}' belongs to node ${found.nodeId} of cluster ${quoted(found.clusterId)}, not to node ${nodeId}${clusterId === undefined ? '' : ` of ${quoted(clusterId)}`}`,
    )
  }
  const meta = {
    clusterId: clusterId ?? randomUuid(randomBytes),
    nodeId,
    directoryId: randomUuid(randomBytes),
  }
  writeMetaProperties(files, folder, meta, clock.now())
  return meta
}
