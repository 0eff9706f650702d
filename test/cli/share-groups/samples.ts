import { deletionListing } from '../../../src/cli/groups/deletion-listing.ts'
import { namesOrStatesListing } from '../../../src/cli/groups/list.ts'
import { resetListing } from '../../../src/cli/groups/reset-listing.ts'
import { stateOf } from '../../../src/cli/groups/states-listing.ts'
import type { Listing } from '../../../src/cli/output/listing.ts'
import { deletedTopicsListing } from '../../../src/cli/share-groups/delete-offsets.ts'
import {
  shareMembersListing,
  shareOffsetsListing,
  shareStatesListing,
} from '../../../src/cli/share-groups/listings.ts'
import type { ShareGroupDescription } from '../../../src/client/groups/share-groups.ts'

export const SHARE_GROUP: ShareGroupDescription = {
  groupId: 'g',
  type: 'Share',
  state: 'Stable',
  assignor: 'simple',
  coordinatorId: 1,
  groupEpoch: 3,
  targetAssignmentEpoch: 2,
  members: [
    {
      memberId: 'm',
      rackId: null,
      clientId: 'c',
      host: '/h',
      epoch: 4,
      subscribedTopics: ['a', 'b'],
      assignment: [
        { topic: 'b', partition: 1 },
        { topic: 'a', partition: 10 },
        { topic: 'a', partition: 2 },
      ],
    },
  ],
}

export const SHARE_STATE = stateOf(
  SHARE_GROUP,
  new Map([[1, { nodeId: 1, host: 'h', port: 9092, rack: null }]]),
)

export const SHARE_OFFSETS = {
  group: 'g',
  state: 'Stable',
  offsets: [
    { topic: 'a', partition: 0, startOffset: 3, leaderEpoch: 0, lag: 1, error: null },
    { topic: 'a', partition: 1, startOffset: null, leaderEpoch: null, lag: null, error: null },
  ],
}

/** A sample of what `share-groups` prints, under the headings of docs/json-fields.md. */
export const SHARE_GROUP_LISTINGS: Record<string, Listing> = {
  'share-groups --list': namesOrStatesListing(
    [{ groupId: 'g', type: 'Share', protocol: 'share', state: 'Stable' }],
    false,
  ),
  'share-groups --describe': shareOffsetsListing([SHARE_OFFSETS], false),
  'share-groups --describe --members': shareMembersListing([SHARE_GROUP], false),
  'share-groups --describe --state': shareStatesListing([SHARE_STATE], false),
  'share-groups --reset-offsets': resetListing(
    [{ group: 'g', topic: 'a', partition: 0, currentOffset: 1, newOffset: 2, error: null }],
    ['g'],
  ),
  'share-groups --delete': deletionListing(new Map([['g', { answer: true, error: null }]]), {
    dryRun: false,
    kind: 'share',
  }),
  'share-groups --delete-offsets': deletedTopicsListing([{ group: 'g', topic: 'a', error: null }]),
}
