// Members that are not heard of, or do not give back what they must, are taken out of the group.
import { KafkaError } from '../../protocol/errors.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import { type ConsumerMember, isClassic } from './consumer-member.ts'
import { removeMembers } from './consumer-removal.ts'
import { consumerSetting } from './consumer-settings.ts'
import type { Deadline } from './deadline.ts'

/** When the log cannot be written, the member stays a little longer. */
const RETRY_MS = 500

/** Lets the time of a group run that was read from the log. */
export function resumeMembers(group: ConsumerGroup): void {
  for (const member of group.members.values()) {
    expectHeartbeat(group, member)
    expectRevocation(group, member)
  }
}

/** Gives the member its session timeout until it has to be heard of again. */
export function expectHeartbeat(group: ConsumerGroup, { id, profile }: ConsumerMember): void {
  const { session } = group.timersOf(id)
  const timeoutMs =
    profile.classic?.sessionTimeoutMs ?? consumerSetting(group.host, group.id, 'session.timeout.ms')
  expireIn(group, id, session, timeoutMs, 'was not heard of in time')
}

/** Gives the member its rebalance timeout to give back what it must; to be called when what it owns has changed. */
export function expectRevocation(group: ConsumerGroup, member: ConsumerMember): void {
  // Who speaks the classic protocol gives back by joining again, for which it has a time of its own.
  if (isClassic(member)) return
  const { rebalance } = group.timersOf(member.id)
  if (member.ownership.state !== 'UNREVOKED_PARTITIONS') rebalance.clear()
  else
    expireIn(
      group,
      member.id,
      rebalance,
      member.profile.rebalanceTimeoutMs,
      'did not give back its partitions',
    )
}

/** Removes the member unless the deadline is put off or cleared. */
export function expireIn(
  group: ConsumerGroup,
  memberId: string,
  deadline: Deadline,
  timeoutMs: number,
  what: string,
): void {
  deadline.set(timeoutMs, () => {
    const member = group.members.get(memberId)
    if (!member) return
    group.host.logger.info(`group ${group.id}: member ${memberId} ${what}`)
    try {
      removeMembers(group, [member])
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      group.host.logger.error(
        `group ${group.id}: that member ${memberId} is gone could not be written`,
        error,
      )
      expireIn(group, memberId, deadline, RETRY_MS, what)
    }
  })
}
