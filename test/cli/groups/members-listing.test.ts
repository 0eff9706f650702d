import { expect, test } from 'vitest'
import { membersListing } from '../../../src/cli/groups/members-listing.ts'
import type { GroupDescription, GroupMember } from '../../../src/client/groups/description.ts'

const member = (memberId: string, more: Partial<GroupMember> = {}): GroupMember => ({
  memberId,
  instanceId: null,
  clientId: 'client',
  host: '/127.0.0.1',
  assignment: [],
  targetAssignment: null,
  epoch: null,
  isUpgraded: null,
  ...more,
})

const group = (members: GroupMember[]): GroupDescription => ({
  groupId: 'g',
  type: 'Consumer',
  state: 'Stable',
  assignor: 'uniform',
  coordinatorId: 1,
  groupEpoch: 3,
  targetAssignmentEpoch: 3,
  members,
})

const lines = (members: GroupMember[], verbose: boolean): string[] =>
  membersListing([group(members)], verbose)
    .text()
    .split('\n')

test('static members give a column for their names', () => {
  expect(lines([member('m1', { instanceId: 'one' }), member('m2')], false)).toEqual([
    '',
    'GROUP           CONSUMER-ID     GROUP-INSTANCE-ID HOST            CLIENT-ID       #PARTITIONS     ',
    'g               m1              one               /127.0.0.1      client          0               ',
    'g               m2                                /127.0.0.1      client          0               ',
    '',
  ])
})

test('members of both protocols give a column that tells them apart', () => {
  const assignment = [
    { topic: 'b', partition: 0 },
    { topic: 'a', partition: 10 },
    { topic: 'a', partition: 9 },
  ]
  const [, header, first, second] = lines(
    [member('m1', { isUpgraded: true, epoch: 3, assignment }), member('m2', { isUpgraded: false })],
    true,
  )
  expect(header).toMatch(/CURRENT-EPOCH +CURRENT-ASSIGNMENT +TARGET-EPOCH +TARGET-ASSIGNMENT +UPGRADED$/)
  expect(first).toMatch(/ 3 +3 +a:9,10;b:0 +3 +- +true$/)
  expect(second).toMatch(/ 0 +- +- +3 +- +false$/)
})
