import { deletedOffsetsListing } from '../../../src/cli/groups/delete-offsets.ts'
import { deletionListing } from '../../../src/cli/groups/deletion-listing.ts'
import { namesOrStatesListing } from '../../../src/cli/groups/list.ts'
import { resetListing } from '../../../src/cli/groups/reset-listing.ts'
import { stateOf } from '../../../src/cli/groups/states-listing.ts'
import type { Listing } from '../../../src/cli/output/listing.ts'
import {
  streamsMembersListing,
  streamsOffsetsListing,
  streamsStatesListing,
} from '../../../src/cli/streams-groups/listings.ts'
import { applicationListing } from '../../../src/cli/streams-reset/reset.ts'
import type { StreamsGroupDescription } from '../../../src/client/groups/streams-groups.ts'

const TASKS = [{ subtopologyId: '0', partitions: [0, 1] }]
const ASSIGNMENT = { activeTasks: TASKS, standbyTasks: TASKS, warmupTasks: TASKS }

export const STREAMS_GROUP: StreamsGroupDescription = {
  groupId: 'g',
  type: 'Streams',
  state: 'Stable',
  coordinatorId: 1,
  groupEpoch: 3,
  targetAssignmentEpoch: 2,
  topologyEpoch: 0,
  subtopologies: [
    {
      subtopologyId: '0',
      sourceTopics: ['a'],
      repartitionSourceTopics: ['g-x-repartition'],
      changelogTopics: ['g-y-changelog', 'odd'],
    },
  ],
  members: [
    {
      memberId: 'm',
      instanceId: null,
      rackId: null,
      clientId: 'c',
      host: '/h',
      processId: 'p',
      epoch: 4,
      topologyEpoch: 0,
      isClassic: false,
      assignment: ASSIGNMENT,
      targetAssignment: { activeTasks: TASKS, standbyTasks: [], warmupTasks: [] },
    },
  ],
}

export const STREAMS_STATE = stateOf(
  { ...STREAMS_GROUP, assignor: null },
  new Map([[1, { nodeId: 1, host: 'h', port: 9092, rack: null }]]),
)

export const STREAMS_OFFSETS = {
  group: 'g',
  state: 'Stable',
  offsets: [
    {
      topic: 'a',
      partition: 0,
      currentOffset: 1,
      leaderEpoch: null,
      logEndOffset: 3,
      lag: 2,
      isActive: true,
      error: null,
    },
  ],
}

/** A sample of what `streams-groups` prints, under the headings of docs/json-fields.md. */
export const STREAMS_GROUP_LISTINGS: Record<string, Listing> = {
  'streams-groups --list': namesOrStatesListing(
    [{ groupId: 'g', type: 'Streams', protocol: 'streams', state: 'Stable' }],
    false,
  ),
  'streams-groups --describe': streamsOffsetsListing([STREAMS_OFFSETS], false),
  'streams-groups --describe --members': streamsMembersListing([STREAMS_GROUP], false),
  'streams-groups --describe --state': streamsStatesListing([STREAMS_STATE], false),
  'streams-groups --reset-offsets': resetListing(
    [{ group: 'g', topic: 'a', partition: 0, currentOffset: 1, newOffset: 2, error: null }],
    ['g'],
  ),
  'streams-groups --delete': deletionListing(new Map([['g', { answer: true, error: null }]]), {
    dryRun: false,
    kind: 'streams',
  }),
  'streams-groups --delete-offsets': deletedOffsetsListing(
    [{ group: 'g', topic: 'a', partition: 0, error: null }],
    '',
  ),
  'streams-application-reset': applicationListing('shop', [
    { topic: 'a', role: 'input', partition: 0, newOffset: 1, error: null },
  ]),
}
