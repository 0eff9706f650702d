// The difference between topics as they are and as they are to be.
import type { TopicSpec } from './manifest.ts'

export interface ConfigChange {
  readonly name: string
  /** Null where the topic had no setting of its own. */
  readonly from: string | null
  /** Null where it is to go back to the default. */
  readonly to: string | null
}

/** What is to be done to one topic. */
export type TopicChange =
  | { readonly action: 'create'; readonly topic: TopicSpec }
  | {
      readonly action: 'alter'
      readonly name: string
      /** Null when the partitions stay as many as they are. */
      readonly partitions: { readonly from: number; readonly to: number } | null
      readonly configs: readonly ConfigChange[]
    }
  | { readonly action: 'delete'; readonly name: string }

export interface Plan {
  readonly changes: readonly TopicChange[]
  /** What cannot be done, in sentences; nothing is done then. */
  readonly refusals: readonly string[]
}

export const nameOf = (change: TopicChange): string =>
  change.action === 'create' ? change.topic.name : change.name

/** What makes `current` into `wanted`; with `prune`, topics that the file does not name are deleted. */
export function planChanges(
  wanted: readonly TopicSpec[],
  current: readonly TopicSpec[],
  { prune }: { readonly prune: boolean },
): Plan {
  const known = new Map(current.map((topic) => [topic.name, topic]))
  const refusals: string[] = []
  const changes = wanted.flatMap((topic): TopicChange[] => {
    const old = known.get(topic.name)
    if (old === undefined) return [{ action: 'create', topic }]
    refusals.push(...impossible(topic, old))
    return alteration(topic, old)
  })
  const named = new Set(wanted.map(({ name }) => name))
  const others = prune ? current.filter(({ name }) => !named.has(name)) : []
  return {
    changes: [...changes, ...others.map(({ name }) => ({ action: 'delete', name }) as const)],
    refusals,
  }
}

function impossible(topic: TopicSpec, old: TopicSpec): string[] {
  const refusals: string[] = []
  if (topic.partitions !== null && topic.partitions < old.partitions!) {
    refusals.push(
      `topic '${topic.name}' has ${old.partitions} partitions, and cannot have fewer: ${topic.partitions} are asked for`,
    )
  }
  if (topic.replicationFactor !== null && topic.replicationFactor !== old.replicationFactor) {
    refusals.push(
      `topic '${topic.name}' has the replication factor ${old.replicationFactor}, not ${topic.replicationFactor}: ` +
        'that takes reassign-partitions',
    )
  }
  return refusals
}

function alteration(topic: TopicSpec, old: TopicSpec): TopicChange[] {
  const isMore = topic.partitions !== null && topic.partitions > old.partitions!
  const partitions = isMore ? { from: old.partitions!, to: topic.partitions! } : null
  const configs = topic.configs === null ? [] : configChanges(topic.configs, old.configs!)
  if (partitions === null && configs.length === 0) return []
  return [{ action: 'alter', name: topic.name, partitions, configs }]
}

function configChanges(
  wanted: ReadonlyMap<string, string>,
  old: ReadonlyMap<string, string>,
): ConfigChange[] {
  const names = [...new Set([...wanted.keys(), ...old.keys()])].sort()
  return names
    .map((name) => ({ name, from: old.get(name) ?? null, to: wanted.get(name) ?? null }))
    .filter(({ from, to }) => from !== to)
}
