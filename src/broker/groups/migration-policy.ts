import type { GroupSettings } from './group-host.ts'

/** Which groups may change their protocol while they have members: group.consumer.migration.policy. */
export function migrationPolicy(settings: GroupSettings) {
  const policy = settings.text('group.consumer.migration.policy').toUpperCase()
  return {
    allowsUpgrade: policy === 'UPGRADE' || policy === 'BIDIRECTIONAL',
    allowsDowngrade: policy === 'DOWNGRADE' || policy === 'BIDIRECTIONAL',
    isDisabled: policy === 'DISABLED',
  }
}
