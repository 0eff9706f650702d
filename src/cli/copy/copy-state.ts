// Where a copy stands, written down so that it can go on after it was interrupted. One small JSON file for each pair of
// topics; clusters are known by their ids, so that it does not matter by which address they were reached.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Int64 } from '../../bytes/int64.ts'
import { Failure, messageOf } from '../failures.ts'
import type { Io } from '../io.ts'
import { jsonText, parseExactJson } from '../records/exact-json.ts'

export interface TopicPlace {
  readonly clusterId: string
  readonly topic: string
}

export interface PartitionState {
  readonly partition: number
  /** The offset in the source to go on with: everything before it has been acknowledged. */
  readonly next: Int64
  /** The offset in the target behind the last record that is known to be acknowledged. */
  readonly end: Int64
}

export interface CopyState {
  readonly from: TopicPlace
  readonly to: TopicPlace
  readonly partitions: readonly PartitionState[]
}

const VERSION = 1

/** `ktool/copy/….json` in the folder for a user's state (XDG Base Directory Specification). */
export function defaultStateFile(from: TopicPlace, to: TopicPlace, env: Io['env']): string {
  const pair = JSON.stringify([from.clusterId, from.topic, to.clusterId, to.topic])
  const name = createHash('sha256').update(pair).digest('hex').slice(0, 32)
  return join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'ktool', 'copy', `${name}.json`)
}

/** Null when there is none; Failure when it cannot be read, or is that of another pair of topics. */
export function readCopyState(path: string, from: TopicPlace, to: TopicPlace): CopyState | null {
  let state: CopyState & { version: number }
  try {
    state = parseExactJson(readFileSync(path, 'utf8')) as CopyState & { version: number }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw new Failure(`${path}: ${messageOf(error)}`, { cause: error, hint: '--restart starts anew' })
  }
  const isSame = (a: TopicPlace, b: TopicPlace) => a?.clusterId === b.clusterId && a.topic === b.topic
  if (state.version !== VERSION || !isSame(state.from, from) || !isSame(state.to, to)) {
    throw new Failure(`${path} is not the state of this copy`, { hint: '--restart starts anew' })
  }
  return state
}

export function writeCopyState(path: string, state: CopyState): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.tmp`, `${jsonText({ version: VERSION, ...state })}\n`)
  renameSync(`${path}.tmp`, path)
}
