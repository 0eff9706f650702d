// A consumer group goes on as a classic one when its last member of the new protocol has left.

import { NOTHING_ASSIGNED } from './assignment.ts'
import { ClassicGroup, CONSUMER_PROTOCOL } from './classic-group.ts'
import { ClassicMember } from './classic-member.ts'
import { keepAlive, prepareRebalance } from './classic-rebalance.ts'
import { recordOfGroup } from './classic-records.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import { type ConsumerMember, isClassic } from './consumer-member.ts'
import { writeAssignment } from './consumer-protocol.ts'
import { migrationPolicy } from './migration-policy.ts'

/** Whether the group, with these members, becomes a classic one. */
export function isDowngradeDue({ host }: ConsumerGroup, members: readonly ConsumerMember[]): boolean {
  const { settings } = host
  return (
    members.length > 0 &&
    members.every(isClassic) &&
    migrationPolicy(settings).allowsDowngrade &&
    members.length <= settings.number('group.max.size')
  )
}

/** Puts a classic group with these members in the place of the consumer group; throws KafkaError. */
export function downgrade(
  group: ConsumerGroup,
  members: readonly ConsumerMember[],
  rebalances: boolean,
): void {
  const { host } = group
  const classic = new ClassicGroup(host, group.id)
  classic.state = 'Stable'
  classic.generationId = group.epoch
  for (const member of members) classic.add(classicMember(group, member), CONSUMER_PROTOCOL)
  classic.protocolName = classic.voteProtocol()
  classic.noteSubscriptions()
  for (const member of classic.members.values()) {
    const metadata = member.metadata(classic.protocolName ?? '')
    member.assignment = writeAssignment(
      group.targets.get(member.id) ?? NOTHING_ASSIGNED,
      metadata,
      host.image,
    )
  }
  host.write([...group.tombstones(), recordOfGroup(classic)])
  group.unload()
  host.replace(classic)
  for (const member of classic.members.values()) keepAlive(classic, member)
  if (rebalances) prepareRebalance(classic)
}

function classicMember({ host }: ConsumerGroup, { id, profile }: ConsumerMember): ClassicMember {
  const { instanceId, clientId, clientHost, rebalanceTimeoutMs, classic } = profile
  return new ClassicMember(host.clock, {
    id,
    instanceId,
    clientId,
    clientHost,
    rebalanceTimeoutMs,
    sessionTimeoutMs: classic!.sessionTimeoutMs,
    protocols: classic!.supportedProtocols,
  })
}
