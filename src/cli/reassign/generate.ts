import type { Cluster } from '../../client/cluster.ts'
import { comparePartitions } from '../../client/topic-partition.ts'
import type { Context } from '../context.ts'
import { Failure } from '../failures.ts'
import type { Listing } from '../output/listing.ts'
import { askPlaced, requireTopics } from './ask.ts'
import { type Chance, placePartitions, type UsableBroker } from './place.ts'
import { type Placed, planText } from './plan-file.ts'

/** Proposes where the partitions of topics could be on these brokers. */
export async function generate(
  cluster: Cluster,
  {
    topics,
    brokers,
    rackAware,
  }: { readonly topics: readonly string[]; readonly brokers: readonly number[]; readonly rackAware: boolean },
  context: Context,
): Promise<void> {
  const described = await requireTopics(cluster, topics)
  const partitions = topics.flatMap((topic) =>
    described.get(topic)!.partitions.map(({ partition, replicas }) => ({ topic, partition, replicas })),
  )
  const current = await askPlaced(cluster, partitions)
  const usable = usableBrokers(await cluster.brokers(), brokers, rackAware)
  const chance: Chance = (count) => context.io.randomBytes(4).readUInt32BE() % count
  const proposed = topics.flatMap((topic) => {
    const ofTopic = current.filter((placed) => placed.topic === topic)
    const replicationFactor = ofTopic[0]?.replicas.length ?? 0
    return placePartitions(usable, ofTopic.length, replicationFactor, chance).map((replicas, partition) => ({
      topic,
      partition,
      replicas,
      logDirs: replicas.map(() => null),
    }))
  })
  await context.print(proposalListing(current, proposed.sort(comparePartitions)))
}

function usableBrokers(
  alive: readonly { readonly nodeId: number; readonly rack: string | null }[],
  wanted: readonly number[],
  rackAware: boolean,
): UsableBroker[] {
  const usable = alive
    .filter(({ nodeId }) => wanted.includes(nodeId))
    .map(({ nodeId, rack }) => ({ id: nodeId, rack: rackAware ? rack : null }))
  const rackless = usable.filter(({ rack }) => rack === null).length
  if (!rackAware || rackless === 0 || rackless === usable.length) return usable
  throw new Failure(
    'Not all brokers have rack information. Add --disable-rack-aware in command line to make replica assignment ' +
      'without rack information.',
  )
}

const PROPOSAL_COLUMNS = ['topic', 'partition', 'replicas', 'logDirs', 'proposedReplicas'] as const

/** What --generate prints. */
export function proposalListing(current: readonly Placed[], proposed: readonly Placed[]): Listing {
  return {
    text: () =>
      `Current partition replica assignment\n${planText(current)}\n\n` +
      `Proposed partition reassignment configuration\n${planText(proposed)}\n`,
    columns: PROPOSAL_COLUMNS,
    items: current.map(({ topic, partition, replicas, logDirs }, at) => ({
      topic,
      partition,
      replicas,
      logDirs,
      proposedReplicas: proposed[at]!.replicas,
    })),
    names: () => [...new Set(current.map(({ topic }) => topic))],
  }
}
