// meta.properties: the identity of a data folder, as Java properties: version=1, cluster.id, node.id, directory.id.

import { quoted } from '../bytes/printable.ts'
import { isUuid } from '../bytes/uuid.ts'
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

/** The text as Java writes these properties: a comment with the time, then the keys in the order of its hash table. */
export function encodeMetaProperties(meta: MetaProperties, writtenAt: string): Buffer {
  const directory = meta.directoryId === null ? '' : `directory.id=${meta.directoryId}\n`
  const text = `#\n#${writtenAt}\nnode.id=${meta.nodeId}\n${directory}version=${VERSION}\ncluster.id=${meta.clusterId}\n`
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
  if (values.get('version') !== VERSION)
    faults.push(`version ${quoted(values.get('version') ?? '')} is not known`)
  const [clusterId = '', nodeId = ''] = [values.get('cluster.id'), values.get('node.id')]
  const directoryId = values.get('directory.id')
  if (clusterId === '') faults.push('cluster.id is missing')
  else if (!/^[\x21-\x7e]+$/.test(clusterId)) faults.push(`cluster.id ${quoted(clusterId)} is not an id`)
  if (nodeId === '') faults.push('node.id is missing')
  else if (!/^\d{1,10}$/.test(nodeId)) faults.push(`node.id ${quoted(nodeId)} is not a broker id`)
  if (directoryId !== undefined && !isUuid(directoryId)) {
    faults.push(`directory.id ${quoted(directoryId)} is not an id of 22 base64url characters`)
  }
  return faults
}

/** The identity in the text; throws LOG_CORRUPT where it makes no sense. */
export function decodeMetaProperties(bytes: Buffer, path: string): MetaProperties {
  const faults = checkMetaProperties(bytes)
  if (faults.length > 0) throw new StorageError('LOG_CORRUPT', `'${path}' is damaged: ${faults.join(', ')}`)
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
  const bytes = encodeMetaProperties(meta, javaDate(nowMs))
  replaceFile(files, `${folder}/${META_PROPERTIES_FILE}`, bytes, true)
}

/** As java.util.Date.toString in UTC: `Sat Nov 21 02:00:30 UTC 2026`. */
function javaDate(ms: number): string {
  const [weekday, day, month, year, time] = new Date(ms).toUTCString().replace(',', '').split(' ')
  return `${weekday} ${month} ${day} ${time} UTC ${year}`
}
