import { partitionName } from '../../client/topic-partition.ts'
import type { Listing } from '../output/listing.ts'
import type { Reassignment } from './ask.ts'

const REASSIGNMENT_COLUMNS = ['topic', 'partition', 'replicas', 'addingReplicas', 'removingReplicas'] as const

/** What --list prints. */
export function reassignmentListing(underWay: readonly Reassignment[]): Listing {
  return {
    text: () =>
      underWay.length === 0
        ? 'No partition reassignments found.\n'
        : ['Current partition reassignments:', ...underWay.map(reassignmentText)]
            .map((line) => `${line}\n`)
            .join(''),
    columns: REASSIGNMENT_COLUMNS,
    items: underWay.map(({ topic, partition, replicas, addingReplicas, removingReplicas }) => ({
      topic,
      partition,
      replicas,
      addingReplicas,
      removingReplicas,
    })),
    names: () => [...new Set(underWay.map(({ topic }) => topic))],
  }
}

function reassignmentText(reassignment: Reassignment): string {
  const { replicas, addingReplicas, removingReplicas } = reassignment
  const adding = addingReplicas.length === 0 ? '' : ` adding: ${addingReplicas.join(',')}.`
  const removing = removingReplicas.length === 0 ? '' : ` removing: ${removingReplicas.join(',')}.`
  return `${partitionName(reassignment)}: replicas: ${replicas.join(',')}.${adding}${removing}`
}
