// Consumers that join, work, change their mind, leave and die at random, on one group: nobody owns what somebody else
// owns, everybody is answered once, and those who stay end up with a share each.
import { expect, test } from 'vitest'
import type { JoinAnswer, SyncAnswer } from '../../../src/broker/groups/classic-member.ts'
import { randomInteger, seededRandom } from '../../support/random.ts'
import { type Asked, GroupTwin, REBALANCE_MS, SESSION_MS, subscription } from './group-twin.ts'

const PARTS = 8
const HEARTBEAT_MS = 3000

/** What a consumer's library does, one request at a time. */
class Consumer {
  readonly #twin: GroupTwin
  readonly instanceId: string | null
  #memberId = ''
  #generationId = -1
  #topic = 'orders'
  #joining: Asked<JoinAnswer> | null = null
  #syncing: Asked<SyncAnswer> | null = null
  isAlive = true
  /** The parts it owns in its generation; null while it owns none for sure. */
  owned: { generationId: number; parts: string[] } | null = null

  constructor(twin: GroupTwin, instanceId: string | null) {
    this.#twin = twin
    this.instanceId = instanceId
  }

  get #identity() {
    return { groupInstanceId: this.instanceId }
  }

  /** Goes on with what has been answered, or begins anew. */
  step(): void {
    if (!this.isAlive) return
    if (this.#joining) this.#afterJoin(this.#joining)
    else if (this.#syncing) this.#afterSync(this.#syncing)
    else if (this.owned) this.#heartbeat()
    else this.#join()
  }

  #join(): void {
    this.#joining = this.#twin.join(this.#memberId, {
      ...this.#identity,
      knowsMemberIds: true,
      protocols: [{ name: 'range', metadata: subscription(this.#topic) }],
    })
  }

  #afterJoin({ answer, timesAnswered }: Asked<JoinAnswer>): void {
    if (!answer) return
    expect(timesAnswered).toBe(1)
    this.#joining = null
    if (answer.error === 'MEMBER_ID_REQUIRED') this.#memberId = answer.memberId
    else if (answer.error === 'UNKNOWN_MEMBER_ID') this.#memberId = ''
    else if (answer.error === 'FENCED_INSTANCE_ID') this.isAlive = false
    else if (answer.error === 'NONE') this.#sync(answer)
  }

  #sync({ memberId, generationId, members, skipAssignment }: JoinAnswer): void {
    expect(generationId).toBeGreaterThanOrEqual(this.#generationId)
    this.#memberId = memberId
    this.#generationId = generationId
    const shares: Record<string, string> = {}
    for (let part = 0; part < PARTS && members.length > 0 && !skipAssignment; part++) {
      const owner = members[part % members.length]!.memberId
      shares[owner] = `${shares[owner] ?? ''}${part}`
    }
    this.#syncing = this.#twin.sync(memberId, shares, { generationId, ...this.#identity })
  }

  #afterSync({ answer, timesAnswered }: Asked<SyncAnswer>): void {
    if (!answer) return
    expect(timesAnswered).toBeLessThanOrEqual(1)
    this.#syncing = null
    if (answer.error === 'NONE') {
      this.owned = { generationId: this.#generationId, parts: [...String(answer.assignment)] }
    } else this.#giveUp(answer.error)
  }

  #heartbeat(): void {
    const identity = { generationId: this.#generationId, ...this.#identity }
    const error = this.#twin.heartbeat(this.#memberId, identity)
    if (error !== 'NONE') this.#giveUp(error)
  }

  #giveUp(error: string): void {
    this.owned = null
    if (error === 'UNKNOWN_MEMBER_ID') this.#memberId = ''
    if (error === 'FENCED_INSTANCE_ID') this.isAlive = false
  }

  /** Reads something else from now on, which it tells the others by joining again. */
  change(): void {
    this.#topic = this.#topic === 'orders' ? 'payments' : 'orders'
    if (this.owned) this.#join()
    this.owned = null
  }

  leave(): void {
    if (this.#memberId !== '' && !this.#joining && !this.#syncing) {
      this.#twin.leave(this.#memberId, this.instanceId)
    }
    this.die()
  }

  die(): void {
    this.isAlive = false
    this.owned = null
  }
}

function checkGroup({ group }: GroupTwin): void {
  if (group.state === 'Empty') expect(group.members.size).toBe(0)
  else if (group.state !== 'PreparingRebalance') expect(group.members.has(group.leaderId!)).toBe(true)
  if (group.state === 'PreparingRebalance') expect(group.joinDeadline.isSet).toBe(true)
  if (group.state === 'CompletingRebalance') expect(group.syncDeadline.isSet).toBe(true)
  for (const member of group.members.values()) {
    expect(member.session.isSet || member.isExcused).toBe(true)
    expect(member.sync === null || group.state === 'CompletingRebalance').toBe(true)
    expect(member.join === null || group.state === 'PreparingRebalance').toBe(true)
  }
}

/** In one generation nobody owns what somebody else owns; a static member may be there twice until it is fenced. */
function checkOwners(consumers: readonly Consumer[]): void {
  const owners = new Map<string, Consumer | string>()
  for (const consumer of consumers) {
    const { owned, instanceId } = consumer
    for (const part of owned?.parts ?? []) {
      const key = `part ${part} in generation ${owned!.generationId}`
      const owner = instanceId ?? consumer
      expect(owners.get(key) ?? owner, key).toBe(owner)
      owners.set(key, owner)
    }
  }
}

const SEEDS = Array.from({ length: 25 }, (_, seed) => seed)

test.each(SEEDS)('a group survives what its members do, seed %i', (seed) => {
  const random = seededRandom(seed)
  const twin = new GroupTwin()
  if (seed % 4 === 3) twin.values['group.initial.rebalance.delay.ms'] = 3000
  const consumers: Consumer[] = []
  const living = () => consumers.filter(({ isAlive }) => isAlive)
  const someone = () => living()[randomInteger(random, 0, Math.max(1, living().length))]
  let nextGeneration = 0
  for (let turn = 0; turn < 400; turn++) {
    const dice = random()
    if (dice < 0.04 && living().length < 6) {
      const instanceId = random() < 0.3 ? `static-${randomInteger(random, 0, 3)}` : null
      consumers.push(new Consumer(twin, instanceId))
    } else if (dice < 0.055) someone()?.die()
    else if (dice < 0.07) someone()?.leave()
    else if (dice < 0.09) someone()?.change()
    else if (dice < 0.3) twin.clock.pass(randomInteger(random, 0, random() < 0.05 ? SESSION_MS * 2 : 1000))
    else someone()?.step()
    checkGroup(twin)
    checkOwners(consumers)
    expect(twin.group.generationId).toBeGreaterThanOrEqual(nextGeneration)
    nextGeneration = twin.group.generationId
  }
  // Whoever is left now behaves, and the dead time out.
  for (let passedMs = 0; passedMs < 2 * REBALANCE_MS + 5 * SESSION_MS; passedMs += HEARTBEAT_MS) {
    for (let round = 0; round < 4; round++) for (const consumer of living()) consumer.step()
    twin.clock.pass(HEARTBEAT_MS)
    checkGroup(twin)
  }
  const shares = living().map(({ owned }) => owned)
  expect(shares).not.toContain(null)
  expect(shares.flatMap((owned) => owned!.parts).toSorted()).toEqual(
    living().length > 0 ? Array.from({ length: PARTS }, (_, part) => String(part)) : [],
  )
  for (const consumer of living()) consumer.leave()
  expect(twin.group.state).toBe('Empty')
})
