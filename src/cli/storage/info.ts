import { join } from 'node:path'
import { type FolderIdentity, folderState, META_PROPERTIES, readIdentity } from './data-folder.ts'

export interface StorageInfo {
  found: string[]
  /** Of the first folder that has one. */
  identity: FolderIdentity | null
  problems: string[]
}

/** Looks at the data folders of a server. */
export function inspectFolders(directories: readonly string[]): StorageInfo {
  const info: StorageInfo = { found: [], identity: null, problems: [] }
  for (const directory of directories) {
    const state = folderState(directory)
    if (state === 'missing') info.problems.push(`${directory} does not exist`)
    else if (state === 'file') info.problems.push(`${directory} is not a directory`)
    else {
      info.found.push(directory)
      if (state === 'unformatted') info.problems.push(`${directory} is not formatted.`)
      else compareIdentity(directory, info)
    }
  }
  if (info.identity?.version === 0) {
    info.problems.push(
      'The kafka configuration file appears to be for a cluster in KRaft mode, but the directories are formatted for legacy mode.',
    )
  }
  return info
}

function compareIdentity(directory: string, info: StorageInfo): void {
  try {
    const identity = readIdentity(directory)
    if (info.identity === null) info.identity = identity
    else if (info.identity.clusterId !== identity.clusterId) {
      info.problems.push('Mismatched cluster IDs between storage directories.')
    } else if (info.identity.nodeId !== identity.nodeId) {
      info.problems.push('Mismatched node IDs between storage directories.')
    }
  } catch (error) {
    info.problems.push(`Error loading ${join(directory, META_PROPERTIES)}: ${(error as Error).message}`)
  }
}

/** Kafka's text of what was found; the problems are told apart. */
export function infoText({ found, identity }: StorageInfo): string {
  const heading = found.length === 1 ? 'Found log directory:' : 'Found log directories:'
  const folders = found.length === 0 ? [] : [heading, ...found.map((directory) => `  ${directory}`), '']
  const shown = identity && [...identity.properties].map(([name, value]) => `${name}=${value}`).join(', ')
  const metadata = shown === null ? [] : [`Found metadata: {${shown}}`, '']
  return [...folders, ...metadata].map((line) => `${line}\n`).join('')
}

export function problemsText(problems: readonly string[]): string {
  if (problems.length === 0) return ''
  const heading = problems.length === 1 ? 'Found problem:' : 'Found problems:'
  return [heading, ...problems.map((problem) => `  ${problem}`), ''].map((line) => `${line}\n`).join('')
}
