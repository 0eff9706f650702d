// A classic group as the log keeps it: with members and assignments once the leader has given them, empty otherwise.
import type { GroupMetadataValue } from '../../protocol/messages/stored-offsets.ts'
import type { RecordOf } from '../../protocol/schema.ts'
import { ClassicGroup } from './classic-group.ts'
import { ClassicMember } from './classic-member.ts'
import type { GroupHost } from './group-host.ts'
import { classicGroupRecord, type GroupRecord } from './group-records.ts'

type Stored = RecordOf<typeof GroupMetadataValue>

/** The group with these assignments, which are not given to its members yet. */
export function recordOfGroup(
  group: ClassicGroup,
  assignmentOf: (member: ClassicMember) => Buffer = ({ assignment }) => assignment,
): GroupRecord {
  return classicGroupRecord(group.id, {
    protocolType: group.protocolType ?? '',
    generation: group.generationId,
    protocol: group.protocolName,
    leader: group.leaderId,
    currentStateTimestamp: group.stateSinceMs,
    members: [...group.members.values()].map((member) => ({
      memberId: member.id,
      groupInstanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeout: member.rebalanceTimeoutMs,
      sessionTimeout: member.sessionTimeoutMs,
      subscription: member.metadata(group.protocolName ?? ''),
      assignment: assignmentOf(member),
    })),
  })
}

/** The group that a record speaks of; its bytes are copied. */
export function restoreGroup(host: GroupHost, id: string, stored: Stored): ClassicGroup {
  const group = new ClassicGroup(host, id)
  for (const member of stored.members) {
    const { memberId, groupInstanceId, clientId, clientHost, rebalanceTimeout, sessionTimeout } = member
    const restored = new ClassicMember(host.clock, {
      id: memberId,
      instanceId: groupInstanceId,
      clientId,
      clientHost,
      // Records of an old Kafka do not say.
      rebalanceTimeoutMs: rebalanceTimeout === -1 ? sessionTimeout : rebalanceTimeout,
      sessionTimeoutMs: sessionTimeout,
      protocols: [{ name: stored.protocol ?? '', metadata: Buffer.from(member.subscription) }],
      assignment: Buffer.from(member.assignment),
    })
    group.add(restored, stored.protocolType)
  }
  group.state = stored.members.length > 0 ? 'Stable' : 'Empty'
  group.stateSinceMs = stored.currentStateTimestamp
  group.generationId = stored.generation
  group.protocolType = stored.protocolType === '' ? null : stored.protocolType
  group.protocolName = stored.protocol
  group.leaderId = stored.leader
  group.noteSubscriptions()
  return group
}
