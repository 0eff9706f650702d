// What must hold in the log of a group whatever happened. Each rule gives a sentence per breach.
import type { Commit, Generation, Ownership } from './group-log.ts'
import type { PrintedAssignment } from './printed.ts'

/** The committed offsets of a partition, in the order of the log, never go back: whoever lost it is fenced. */
export function offsetsThatWentBack(commits: readonly Commit[]): string[] {
  const last = new Map<number, Commit>()
  const breaches: string[] = []
  for (const commit of commits) {
    const before = last.get(commit.partition)
    last.set(commit.partition, commit)
    if (before && (commit.committed ?? -1) < (before.committed ?? -1)) {
      breaches.push(`partition ${commit.partition}: ${commitText(before)}, then ${commitText(commit)}`)
    }
  }
  return breaches
}

const commitText = ({ committed, metadata, offset }: Commit): string =>
  `${committed} by '${metadata}' at ${offset}`

/** In a generation each partition has one owner, and generations follow each other. */
export function sharedInGeneration(generations: readonly Generation[]): string[] {
  const breaches: string[] = []
  let last: Generation | null = null
  for (const each of generations) {
    const text = `generation ${each.generation} at ${each.offset}`
    for (const partition of moreThanOnce([...each.owners.values()].flat())) {
      breaches.push(`${text}: partition ${partition} has two owners`)
    }
    if (last && each.generation < last.generation) breaches.push(`${text} follows ${last.generation}`)
    if (last?.generation === each.generation && ownersText(last) !== ownersText(each)) {
      breaches.push(`${text} has changed: ${ownersText(last)}, then ${ownersText(each)}`)
    }
    last = each
  }
  return breaches
}

const ownersText = ({ owners }: Generation): string =>
  [...owners]
    .map(([memberId, partitions]) => `${memberId} ${partitions}`)
    .sort()
    .join('; ')

/** What a member was told to own is what the log says that it owned, in the generation that it was told. */
export function toldOtherwise(
  generations: readonly Generation[],
  told: readonly PrintedAssignment[],
): string[] {
  const known = new Set<string>()
  for (const { generation, owners } of generations) {
    for (const [memberId, partitions] of owners) {
      known.add(`${memberId} - ${partitions}`).add(`${memberId} ${generation} ${partitions}`)
    }
  }
  return told
    .map(({ memberId, generation, partitions }) => `${memberId} ${generation ?? '-'} ${partitions}`)
    .filter((text) => !known.has(text))
}

/** After every write of a consumer group each partition has one owner at most, and epochs of members do not go back. */
export function sharedAmongMembers(ownerships: readonly Ownership[]): string[] {
  const breaches: string[] = []
  const members = new Map<string, Ownership>()
  ownerships.forEach((each, at) => {
    const before = members.get(each.memberId)?.epoch ?? null
    if (before !== null && each.epoch !== null && each.epoch < before) {
      breaches.push(`${each.memberId} at ${each.offset}: epoch ${each.epoch} follows ${before}`)
    }
    if (each.epoch === null) members.delete(each.memberId)
    else members.set(each.memberId, each)
    if (ownerships[at + 1]?.batch === each.batch) return
    for (const partition of moreThanOnce([...members.values()].flatMap(({ partitions }) => partitions))) {
      const owners = [...members.values()].filter(({ partitions }) => partitions.includes(partition))
      breaches.push(`partition ${partition} at ${each.offset}: ${owners.map(ownerText).join(' and ')}`)
    }
  })
  return breaches
}

const ownerText = ({ memberId, epoch }: Ownership): string => `${memberId} in epoch ${epoch}`

function moreThanOnce(partitions: readonly number[]): Set<number> {
  return new Set(partitions.filter((partition, at) => partitions.indexOf(partition) !== at))
}
