import { Failure } from '../failures.ts'

export interface UsableBroker {
  readonly id: number
  /** Null when racks do not matter. */
  readonly rack: string | null
}

/** A whole number from 0 up to, but without, `count`. */
export type Chance = (count: number) => number

/**
 * Chooses brokers for the partitions of a topic as Kafka 4.3.1 does it (its StripedReplicaPlacer): leaders go round the
 * racks, followers fill the others before a rack gets a second replica, and each broker leads once before any
 * leads twice. Where it starts is left to chance.
 */
export function placePartitions(
  brokers: readonly UsableBroker[],
  partitionCount: number,
  replicationFactor: number,
  chance: Chance,
): number[][] {
  if (replicationFactor <= 0) {
    throw new Failure(
      `Invalid replication factor ${replicationFactor}: the replication factor must be positive.`,
    )
  }
  if (brokers.length === 0) {
    throw new Failure('All brokers are currently fenced, or have all their log directories cordoned.')
  }
  if (replicationFactor > brokers.length) {
    throw new Failure(
      `The target replication factor of ${replicationFactor} cannot be reached because only ${brokers.length} ` +
        'broker(s) are registered or some brokers have all their log directories cordoned.',
    )
  }
  const racks = new Racks(brokers, chance)
  return Array.from({ length: partitionCount }, () => racks.place(replicationFactor))
}

/** Hands out the brokers of one rack, each once a round; every round begins one further on. */
class Rack {
  readonly brokers: number[]
  #offset: number
  #given = 0
  #round = 0

  constructor(brokers: number[], chance: Chance) {
    this.brokers = brokers.sort((a, b) => a - b)
    this.#offset = chance(brokers.length)
  }

  next(round: number): number | null {
    const { length } = this.brokers
    if (round !== this.#round) {
      this.#round = round
      this.#given = 0
      this.#offset = (this.#offset + 1) % length
    }
    if (this.#given >= length) return null
    return this.brokers[(this.#given++ + this.#offset) % length]!
  }
}

class Racks {
  readonly #racks: Rack[]
  readonly #brokerCount: number
  readonly #chance: Chance
  #round = 0
  #first: number

  constructor(brokers: readonly UsableBroker[], chance: Chance) {
    const byName = new Map<string, number[]>()
    for (const { id, rack } of brokers) {
      const name = rack ?? ''
      if (!byName.get(name)?.push(id)) byName.set(name, [id])
    }
    this.#racks = [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, ids]) => new Rack(ids, chance))
    this.#brokerCount = brokers.length
    this.#chance = chance
    this.#first = chance(this.#racks.length)
  }

  place(replicationFactor: number): number[] {
    // After as many partitions as there are brokers the same sets would come again.
    if (this.#round === this.#brokerCount && this.#brokerCount > 1) {
      shuffle(this.#racks, this.#chance)
      for (const { brokers } of this.#racks) shuffle(brokers, this.#chance)
      this.#round = 0
    }
    const order = this.#racks.map((_, at) => (this.#first + at) % this.#racks.length)
    let leaderRack = -1
    let leader: number | null = null
    for (const at of order) {
      if (leader !== null) break
      leaderRack = at
      leader = this.#racks[at]!.next(this.#round)
    }
    const chosen = [leader!]
    for (let at = 0; chosen.length < replicationFactor; at++) {
      const rack = order[at % order.length]!
      // The leader's rack has one replica: the first time round it is passed over.
      if (at < order.length && rack === leaderRack) continue
      const follower = this.#racks[rack]!.next(this.#round)
      if (follower !== null) chosen.push(follower)
    }
    this.#round++
    this.#first = (this.#first + 1) % this.#racks.length
    return chosen
  }
}

function shuffle<T>(items: T[], chance: Chance): void {
  for (let last = items.length - 1; last > 0; last--) {
    const at = chance(last + 1)
    const moved = items[at]!
    items[at] = items[last]!
    items[last] = moved
  }
}
