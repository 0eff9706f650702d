import { expect, test } from 'vitest'
import type { Assignment, DatedAssignment, TopicPartitions } from '../../../src/broker/groups/assignment.ts'
import { type MemberOwnership, NEW_OWNERSHIP } from '../../../src/broker/groups/consumer-member.ts'
import { reconcile } from '../../../src/broker/groups/reconciliation.ts'
import { KafkaError } from '../../../src/protocol/errors.ts'

/** 'a0@1 a1@2': partition 0 of topic a since epoch 1, partition 1 since 2. */
function partitions(text: string): DatedAssignment {
  const result = new Map<string, Map<number, number>>()
  for (const [, topic, partition, epoch] of text.matchAll(/(\w)(\d+)(?:@(\d+))?/g)) {
    const dated = result.get(topic!) ?? new Map<number, number>()
    result.set(topic!, dated.set(Number(partition), Number(epoch ?? 0)))
  }
  return result
}

const target = (text: string): Assignment =>
  new Map([...partitions(text)].map(([topic, dated]) => [topic, new Set(dated.keys())]))

const list = (text: string): TopicPartitions[] =>
  [...partitions(text)].map(([topicId, dated]) => ({ topicId, partitions: [...dated.keys()] }))

const show = (assignment: DatedAssignment): string =>
  [...assignment]
    .flatMap(([topic, dated]) => [...dated].map(([partition, epoch]) => `${topic}${partition}@${epoch}`))
    .sort()
    .join(' ')

/** 'state epoch/previous: assigned | revoking' */
const describeOwnership = ({
  state,
  memberEpoch,
  previousMemberEpoch,
  assigned,
  revoking,
}: MemberOwnership) => `${state} ${memberEpoch}/${previousMemberEpoch}: ${show(assigned)} | ${show(revoking)}`

interface Row {
  name: string
  state?: MemberOwnership['state']
  epoch: number
  assigned?: string
  revoking?: string
  targetEpoch: number
  target: string
  /** What the member says that it owns; left out when it does not say. */
  owned?: string
  /** Owned by others. */
  taken?: string
  /** Topics that it reads. */
  reads?: string
  changed?: boolean
  next: string
}

const ROWS: Row[] = [
  {
    name: 'a new member gets everything that is free',
    epoch: 0,
    targetEpoch: 2,
    target: 'a0 a1',
    owned: '',
    next: 'STABLE 2/0: a0@2 a1@2 | ',
  },
  {
    name: 'a new member waits for what others own',
    epoch: 0,
    targetEpoch: 3,
    target: 'a0 a1',
    owned: '',
    taken: 'a1',
    next: 'UNRELEASED_PARTITIONS 3/0: a0@3 | ',
  },
  {
    name: 'a new member without a share is in the epoch at once',
    epoch: 0,
    targetEpoch: 2,
    target: '',
    owned: '',
    next: 'STABLE 2/0:  | ',
  },
  {
    name: 'a member whose share has not changed gets to the next epoch',
    epoch: 2,
    assigned: 'a0@2',
    targetEpoch: 3,
    target: 'a0',
    next: 'STABLE 3/2: a0@2 | ',
  },
  {
    name: 'a member gives back before it gets anything, and stays in its epoch',
    epoch: 2,
    assigned: 'a0@2 a1@2',
    targetEpoch: 3,
    target: 'a1 a2',
    owned: 'a0 a1',
    next: 'UNREVOKED_PARTITIONS 2/2: a1@2 | a0@2',
  },
  {
    name: 'a member that does not say what it owns still owns what was taken from it',
    epoch: 2,
    assigned: 'a0@2',
    targetEpoch: 3,
    target: '',
    next: 'UNREVOKED_PARTITIONS 2/2:  | a0@2',
  },
  {
    name: 'a member that has given back before it was asked moves on at once',
    epoch: 2,
    assigned: 'a0@2 a1@2',
    targetEpoch: 3,
    target: 'a1 a2',
    owned: 'a1',
    next: 'STABLE 3/2: a1@2 a2@3 | ',
  },
  {
    name: 'without a word of what it owns a member keeps giving back',
    state: 'UNREVOKED_PARTITIONS',
    epoch: 2,
    assigned: 'a1@2',
    revoking: 'a0@2',
    targetEpoch: 3,
    target: 'a1 a2',
    next: 'same',
  },
  {
    name: 'having given back, a member gets its share in the new epoch',
    state: 'UNREVOKED_PARTITIONS',
    epoch: 2,
    assigned: 'a1@2',
    revoking: 'a0@2',
    targetEpoch: 3,
    target: 'a1 a2',
    owned: 'a1',
    next: 'STABLE 3/2: a1@2 a2@3 | ',
  },
  {
    name: 'having given back, a member may have to give back more for a newer target',
    state: 'UNREVOKED_PARTITIONS',
    epoch: 2,
    assigned: 'a1@2 a2@2',
    revoking: 'a0@2',
    targetEpoch: 4,
    target: 'a1',
    owned: 'a1 a2',
    next: 'UNREVOKED_PARTITIONS 2/2: a1@2 | a2@2',
  },
  {
    name: 'a member gets back what it was about to give back, though it still counts as owned',
    state: 'UNREVOKED_PARTITIONS',
    epoch: 2,
    assigned: 'a1@2',
    revoking: 'a0@2',
    targetEpoch: 4,
    target: 'a0 a1',
    owned: 'a1',
    taken: 'a0',
    next: 'STABLE 4/2: a0@4 a1@2 | ',
  },
  {
    name: 'a waiting member gets what has been given back',
    state: 'UNRELEASED_PARTITIONS',
    epoch: 3,
    assigned: 'a0@3',
    targetEpoch: 3,
    target: 'a0 a1',
    next: 'STABLE 3/3: a0@3 a1@3 | ',
  },
  {
    name: 'a waiting member gets what has been given back and waits for the rest',
    state: 'UNRELEASED_PARTITIONS',
    epoch: 3,
    assigned: 'a0@3',
    targetEpoch: 3,
    target: 'a0 a1 a2',
    taken: 'a2',
    next: 'UNRELEASED_PARTITIONS 3/3: a0@3 a1@3 | ',
  },
  {
    name: 'a waiting member follows a newer target',
    state: 'UNRELEASED_PARTITIONS',
    epoch: 3,
    assigned: 'a0@3',
    targetEpoch: 4,
    target: 'a1',
    owned: 'a0',
    next: 'UNREVOKED_PARTITIONS 3/3:  | a0@3',
  },
  {
    name: 'nothing changes for a member that is where it should be',
    epoch: 3,
    assigned: 'a0@3',
    targetEpoch: 3,
    target: 'a0',
    next: 'same',
  },
  {
    name: 'a topic that the member no longer reads is taken from it before there is a new target',
    epoch: 3,
    assigned: 'a0@3 b0@3',
    targetEpoch: 3,
    target: 'a0 b0',
    owned: 'a0 b0',
    reads: 'a',
    changed: true,
    next: 'UNREVOKED_PARTITIONS 3/3: a0@3 | b0@3',
  },
  {
    name: 'a topic that the member neither reads nor owns any longer is just gone',
    epoch: 3,
    assigned: 'a0@3 b0@3',
    targetEpoch: 3,
    target: 'a0 b0',
    owned: 'a0',
    reads: 'a',
    changed: true,
    next: 'STABLE 3/3: a0@3 | ',
  },
  {
    name: 'while it gives back one topic, a member may stop reading another',
    state: 'UNREVOKED_PARTITIONS',
    epoch: 2,
    assigned: 'b0@2',
    revoking: 'a0@2',
    targetEpoch: 3,
    target: 'b0',
    reads: 'a',
    changed: true,
    next: 'UNREVOKED_PARTITIONS 2/2:  | a0@2 b0@2',
  },
  {
    name: 'what the target says of a topic that is not read does not count',
    epoch: 2,
    targetEpoch: 3,
    target: 'a0 b0',
    reads: 'a',
    owned: '',
    next: 'STABLE 3/2: a0@3 | ',
  },
  {
    name: 'a member in an unknown state that owns nothing starts anew',
    state: 'UNKNOWN',
    epoch: 7,
    targetEpoch: 9,
    target: 'a0',
    owned: '',
    next: 'STABLE 9/7: a0@9 | ',
  },
  {
    name: 'a member in an unknown state that owns something is fenced',
    state: 'UNKNOWN',
    epoch: 7,
    assigned: 'a0@7',
    targetEpoch: 9,
    target: 'a0',
    owned: 'a0',
    next: 'FENCED_MEMBER_EPOCH',
  },
]

test.each(ROWS)('$name', (row) => {
  const before: MemberOwnership = {
    ...NEW_OWNERSHIP,
    state: row.state ?? 'STABLE',
    memberEpoch: row.epoch,
    previousMemberEpoch: row.epoch,
    assigned: partitions(row.assigned ?? ''),
    revoking: partitions(row.revoking ?? ''),
  }
  const taken = partitions(row.taken ?? '')
  const step = () => {
    const after = reconcile(before, {
      targetEpoch: row.targetEpoch,
      target: target(row.target),
      isSubscribed: (topic) => (row.reads ?? 'ab').includes(topic),
      hasSubscriptionChanged: row.changed ?? false,
      isOwned: (topic, partition) => taken.get(topic)?.has(partition) ?? false,
      owned: row.owned === undefined ? null : list(row.owned),
    })
    return after === before ? 'same' : describeOwnership(after)
  }
  expect(codeOr(step)).toBe(row.next)
})

function codeOr(step: () => string): string {
  try {
    return step()
  } catch (error) {
    if (error instanceof KafkaError) return error.code
    throw error
  }
}
