// meta.properties: the identity of a data folder, as Java properties: version=1, cluster.id, node.id, directory.id.

import { type Files, replaceFile } from './files.ts'
import { StorageError } from './storage-error.ts'

export const META_PROPERTIES_FILE = 'meta.properties'
const VERSION = '1'

export interface MetaProperties {
  clusterId: string
  nodeId: number
  /** Tells the folders of one broker apart; null where it was written by a Kafka before 3.7. */
  directoryId: string | null
}

/** The text as Java writes properties: a comment line, then keys in ascending order. */
export function encodeMetaProperties(meta: MetaProperties, writtenAt: string): Buffer {
  const directory = meta.directoryId === null ? '' : `directory.id=${meta.directoryId}\n`
  const text = `#\n#${writtenAt}\ncluster.id=${meta.clusterId}\n${directory}node.id=${meta.nodeId}\nversion=${VERSION}\n`
  return Buffer.from(text)
}

function parse(bytes: Buffer): Map<string, string> {
  const values = new Map<string, string>()
  for (const line of bytes.toString().split(/\r?\n/)) {
    const [, key, value] = /^\s*([^#!\s=:][^\s=:]*)\s*[=:]?\s*(.*)$/.exec(line) ?? []
    if (key !== undefined) values.set(key, value!)
  }
  return values
}

/** What is wrong with the text: a line per fault. */
export function checkMetaProperties(bytes: Buffer): string[] {
  const values = parse(bytes)
  const faults: string[] = []
  if (values.get('version') !== VERSION) faults.push(`version '${values.get('version')}' is not known`)
  if ((values.get('cluster.id') ?? '') === '') faults.push('cluster.id is missing')
  if (!/^\d+$/.test(values.get('node.id') ?? '')) faults.push('node.id is missing')
  return faults
}

/** The identity in the text; throws LOG_CORRUPT where it makes no sense. */
export function decodeMetaProperties(bytes: Buffer, path: string): MetaProperties {
  const faults = checkMetaProperties(bytes)
  if (faults.length > 0) throw new StorageError('LOG_CORRUPT', `'${path}': ${faults.join(', ')}`)
  const values = parse(bytes)
  return {
    clusterId: values.get('cluster.id')!,
    nodeId: Number(values.get('node.id')),
    directoryId: values.get('directory.id') ?? null,
  }
}

/** The identity of a data folder; null when it was not formatted. */
export function readMetaProperties(files: Files, folder: string): MetaProperties | null {
  const path = `${folder}/${META_PROPERTIES_FILE}`
  const bytes = files.readFile(path)
  return bytes === null ? null : decodeMetaProperties(bytes, path)
}

/** Gives a data folder its identity. */
export function writeMetaProperties(files: Files, folder: string, meta: MetaProperties, nowMs: number): void {
  const bytes = encodeMetaProperties(meta, new Date(nowMs).toUTCString())
  replaceFile(files, `${folder}/${META_PROPERTIES_FILE}`, bytes, true)
}
