import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { additionListing } from '../../src/cli/acls/add.ts'
import { aclListing } from '../../src/cli/acls/list.ts'
import { removalListing } from '../../src/cli/acls/remove.ts'
import { apiVersionListing } from '../../src/cli/api-versions/listing.ts'
import { alteredListing, deletedListing as deletedSubscription } from '../../src/cli/client-metrics/change.ts'
import { subscriptionListing, subscriptionNames } from '../../src/cli/client-metrics/describe.ts'
import { clusterIdListing, endpointListing } from '../../src/cli/cluster/endpoints.ts'
import { deletedListing } from '../../src/cli/commands/delete-records.ts'
import { configListing } from '../../src/cli/configs/listing.ts'
import { contextListing, detailsListing, importListing } from '../../src/cli/contexts/listing.ts'
import { copyListing } from '../../src/cli/copy/listing.ts'
import { doctorListing } from '../../src/cli/doctor/listing.ts'
import { electedListing } from '../../src/cli/election/elect.ts'
import { featureListing } from '../../src/cli/features/describe.ts'
import { dependencyListing, mappingListing } from '../../src/cli/features/mapping.ts'
import { deletedOffsetsListing } from '../../src/cli/groups/delete-offsets.ts'
import { deletionListing } from '../../src/cli/groups/deletion-listing.ts'
import { consumerGroupListing, groupListing } from '../../src/cli/groups/list.ts'
import { membersListing } from '../../src/cli/groups/members-listing.ts'
import { offsetsListing } from '../../src/cli/groups/offsets-listing.ts'
import { resetListing } from '../../src/cli/groups/reset-listing.ts'
import { statesListing } from '../../src/cli/groups/states-listing.ts'
import { lagListing } from '../../src/cli/lag/listing.ts'
import { linkListing } from '../../src/cli/link/links.ts'
import { logDirListing } from '../../src/cli/log-dirs/listing.ts'
import { planListing } from '../../src/cli/manifest/plan-listing.ts'
import { manifestListing } from '../../src/cli/manifest/write.ts'
import { offsetListing } from '../../src/cli/offsets/listing.ts'
import type { Listing } from '../../src/cli/output/listing.ts'
import { render } from '../../src/cli/output/listing.ts'
import { replicationListing, statusListing } from '../../src/cli/quorum/listings.ts'
import { cancelledListing } from '../../src/cli/reassign/cancel.ts'
import { startedListing } from '../../src/cli/reassign/execute.ts'
import { proposalListing } from '../../src/cli/reassign/generate.ts'
import { reassignmentListing } from '../../src/cli/reassign/list.ts'
import { stateListing } from '../../src/cli/reassign/verify.ts'
import { reportListing } from '../../src/cli/replicas/compare.ts'
import { smokeListing } from '../../src/cli/smoke/listing.ts'
import { expiryListing, tokenListing } from '../../src/cli/tokens/listing.ts'
import { createdListing } from '../../src/cli/topics/create.ts'
import { descriptionListing } from '../../src/cli/topics/description.ts'
import { topicListing } from '../../src/cli/topics/list.ts'
import { descriptionListing as transactionDescription } from '../../src/cli/transactions/describe.ts'
import { hangingListing } from '../../src/cli/transactions/hanging.ts'
import { transactionListing } from '../../src/cli/transactions/list.ts'
import { producerListing } from '../../src/cli/transactions/producers.ts'
import { waitListing } from '../../src/cli/wait/listing.ts'
import type { GroupDescription } from '../../src/client/groups/description.ts'
import { topic } from '../support/fake-cluster.ts'
import { PERF_LISTINGS } from './perf/samples.ts'
import { SHARE_GROUP_LISTINGS } from './share-groups/samples.ts'
import { STREAMS_GROUP_LISTINGS } from './streams-groups/samples.ts'

const filter = { underReplicated: false, unavailable: false, underMinIsr: false, atMinIsr: false }
const partition = {
  partition: 0,
  leader: 1,
  replicas: [1],
  isr: [1],
  elr: [],
  lastKnownElr: [],
  addingReplicas: null,
  removingReplicas: null,
}
const config = {
  name: 'a',
  value: '1',
  source: 'DEFAULT_CONFIG',
  isSensitive: false,
  isReadOnly: false,
  synonyms: [{ name: 'a', value: '1', source: 'DEFAULT_CONFIG' }],
}

const PRODUCER = {
  producerId: 1,
  producerEpoch: 0,
  coordinatorEpoch: 0,
  lastSequence: 1,
  lastTimestamp: 1,
  transactionStartOffset: 1,
}
const PLACED = { topic: 'a', partition: 0, replicas: [1], logDirs: ['/d'] }
const REPLICA = {
  id: 1,
  directoryId: 'd',
  endpoints: ['CONTROLLER://h:1'],
  logEndOffset: 5,
  lastFetchMs: 1,
  lastCaughtUpMs: 1,
}
const QUORUM = {
  leaderEpoch: 1,
  highWatermark: 5,
  leader: REPLICA,
  voters: [REPLICA],
  observers: [{ ...REPLICA, id: 2 }],
}

const LISTED = { groupId: 'g', type: 'Classic', protocol: 'consumer', state: 'Stable' } as const
const MEMBER = {
  memberId: 'm',
  instanceId: null,
  clientId: 'c',
  host: '/h',
  assignment: [{ topic: 'a', partition: 0 }],
  targetAssignment: [{ topic: 'a', partition: 0 }],
  epoch: 1,
  isUpgraded: true,
}
const GROUP: GroupDescription = {
  groupId: 'g',
  type: 'Consumer',
  state: 'Stable',
  assignor: 'uniform',
  coordinatorId: 1,
  groupEpoch: 1,
  targetAssignmentEpoch: 1,
  members: [MEMBER],
}
const OFFSET_ROW = {
  group: 'g',
  topic: 'a',
  partition: 0,
  leaderEpoch: 0,
  currentOffset: 1,
  logEndOffset: 2,
  lag: 1,
  member: MEMBER,
  error: null,
}
const GROUP_LAG = { group: 'g', state: 'Stable', members: [MEMBER], partitions: [OFFSET_ROW], error: null }

const ACL = {
  resourceType: 'TOPIC',
  resourceName: 'a',
  patternType: 'LITERAL',
  principal: 'User:a',
  host: '*',
  operation: 'READ',
  permissionType: 'ALLOW',
} as const

const CONTEXT_ENTRY = { bootstrapServers: 'h:1', properties: {}, readOnly: false }
const CONTEXT_FILE = {
  kind: 'user',
  path: '/c',
  current: undefined,
  contexts: new Map([['a', CONTEXT_ENTRY]]),
  json: {},
} as const
const TOKEN = {
  tokenId: 'a',
  hmac: 'AAAA',
  owner: 'User:a',
  requester: null,
  renewers: ['User:b'],
  issueTimestamp: 1,
  expiryTimestamp: 2,
  maxTimestamp: 3,
}

/** A sample of what each tool prints, under the heading it has in docs/json-fields.md. */
const LISTINGS: Record<string, Listing> = {
  'topics --list': topicListing([topic('a')]),
  'topics --create': createdListing({ name: 'a', topicId: 'x', numPartitions: 1, replicationFactor: 1 }),
  'topics --describe': descriptionListing(
    [
      {
        name: 'a',
        topicId: 'x',
        isInternal: false,
        configs: [],
        minInsyncReplicas: 1,
        partitions: [partition],
      },
    ],
    { filter, overridesOnly: false },
  ),
  'configs --describe': configListing([{ entity: { topic: 'a' }, title: 'a', configs: [config] }]),
  'get-offsets': offsetListing([{ topic: 'a', partition: 0, offset: 1 }], -1),
  'delete-records': deletedListing([{ topic: 'a', partition: 0, lowWatermark: 1, error: null }]),
  'log-dirs --describe': logDirListing([
    {
      broker: 1,
      logDir: '/d',
      error: null,
      partitions: [{ topic: 'a', partition: 0, size: 1, offsetLag: 0, isFuture: false }],
    },
  ]),
  'cluster cluster-id': clusterIdListing('x'),
  'cluster list-endpoints': endpointListing([
    { id: 1, host: 'h', port: 1, rack: null, state: 'unfenced', endpointType: 'broker' },
  ]),
  'features describe': featureListing([
    { feature: 'a', minVersion: 0, maxVersion: 1, finalizedLevel: 1, epoch: 1 },
  ]),
  'features version-mapping': mappingListing('4.0'),
  'features feature-dependencies': dependencyListing([{ feature: 'share.version', level: 1 }]),
  'metadata-quorum describe --status': statusListing(QUORUM, 'x'),
  'metadata-quorum describe --replication': replicationListing(QUORUM),
  'leader-election': electedListing([
    { topic: 'a', partition: 0, electionType: 'PREFERRED', result: 'elected', error: null },
  ]),
  'reassign-partitions --generate': proposalListing([PLACED], [PLACED]),
  'reassign-partitions --execute': startedListing([PLACED], [PLACED]),
  'reassign-partitions --verify': stateListing(
    [{ ...PLACED, state: 'completed', currentReplicas: [1] }],
    [
      {
        topic: 'a',
        partition: 0,
        broker: 1,
        logDir: '/d',
        state: 'completed',
        currentLogDir: '/d',
        futureLogDir: null,
      },
    ],
  ),
  'reassign-partitions --cancel': cancelledListing([PLACED], [PLACED], []),
  'reassign-partitions --list': reassignmentListing([
    { ...PLACED, addingReplicas: [2], removingReplicas: [] },
  ]),
  'transactions list': transactionListing([
    { transactionalId: 't', coordinator: 1, producerId: 1, state: 'Ongoing' },
  ]),
  'transactions describe': transactionDescription(
    {
      coordinatorId: 1,
      transactionalId: 't',
      producerId: 1,
      producerEpoch: 0,
      state: 'Ongoing',
      timeoutMs: 1,
      startTimeMs: 1,
      partitions: [{ topic: 'a', partition: 0 }],
    },
    2,
  ),
  'transactions describe-producers': producerListing([PRODUCER]),
  'transactions find-hanging': hangingListing([
    { topic: 'a', partition: 0, producer: PRODUCER, durationMinutes: 20 },
  ]),
  'replica-verification': reportListing(
    { timeMs: 1, maxLag: 0, topic: 'a', partition: 0, offset: 1, partitionCount: 1, mismatches: 0 },
    String,
  ),
  'broker-api-versions': apiVersionListing([
    { nodeId: 1, host: 'h', port: 1, rack: null, isFenced: false, error: null, apis: [] },
  ]),
  ...PERF_LISTINGS,
  'consumer-groups --list': consumerGroupListing([LISTED], { withType: false, withState: false }),
  'consumer-groups --describe': offsetsListing([{ group: 'g', state: 'Stable', rows: [OFFSET_ROW] }], false),
  'consumer-groups --describe --members': membersListing([GROUP], false),
  'consumer-groups --describe --state': statesListing(
    [{ ...GROUP, memberCount: 1, coordinator: null }],
    false,
  ),
  'consumer-groups --reset-offsets': resetListing(
    [{ group: 'g', topic: 'a', partition: 0, currentOffset: 1, newOffset: 2, error: null }],
    ['g'],
  ),
  'consumer-groups --delete': deletionListing(new Map([['g', { answer: true, error: null }]]), {
    dryRun: false,
    kind: 'consumer',
  }),
  'consumer-groups --delete-offsets': deletedOffsetsListing(
    [{ group: 'g', topic: 'a', partition: 0, error: null }],
    '',
  ),
  ...SHARE_GROUP_LISTINGS,
  ...STREAMS_GROUP_LISTINGS,
  'groups --list': groupListing([LISTED]),
  'acls --list': aclListing([ACL], []),
  'acls --add': additionListing([{ acl: ACL, existed: false, isAdded: true, error: null }]),
  'acls --remove': removalListing([{ acl: ACL, isRemoved: true, error: null }]),
  'delegation-tokens --describe': tokenListing([TOKEN], ''),
  'delegation-tokens --renew': expiryListing('renew', 3),
  'client-metrics --list': subscriptionNames(['a']),
  'client-metrics --describe': subscriptionListing([{ name: 'a', configs: new Map([['metrics', 'b']]) }]),
  'client-metrics --alter': alteredListing('a', { set: new Map(), remove: [] }, false),
  'client-metrics --delete': deletedSubscription('a', false),
  lag: lagListing([GROUP_LAG], 'topic'),
  'lag --by group': lagListing([GROUP_LAG], 'group'),
  'lag --by member': lagListing([GROUP_LAG], 'member'),
  'lag --by partition': lagListing([GROUP_LAG], 'partition'),
  wait: waitListing({ what: 'topic', subject: 'a', isMet: true, found: '1 partition', waitedMs: 1 }),
  smoke: smokeListing({
    bootstrapServers: 'h:1',
    topic: 'a',
    steps: [{ step: 'connect', ms: 1, detail: '1 broker', error: null }],
  }),
  'context list': contextListing([CONTEXT_FILE], null),
  'context show': detailsListing(
    { name: 'a', entry: CONTEXT_ENTRY, file: CONTEXT_FILE, chosenBy: null },
    new Map([['acks', 'all']]),
  ),
  'context import': importListing(
    [{ name: 'a', bootstrapServers: 'h:1', isImported: true, leftOut: [], error: null }],
    false,
  ),
  apply: planListing([{ action: 'delete', name: 'a' }], new Map()),
  export: manifestListing([{ name: 'a', partitions: 1, replicationFactor: 1, configs: new Map() }]),
  doctor: doctorListing([{ step: 'dns', subject: 'h', isOk: false, found: 'unknown', remedy: null }]),
  link: linkListing([
    { name: 'kafka-topics', path: '/b/kafka-topics', tool: 'topics', state: 'made', error: null },
  ]),
  copy: copyListing(
    { clusterId: 'x', topic: 'a' },
    { clusterId: 'y', topic: 'b' },
    [{ partition: 0, next: 0, end: 0, until: 1 }],
    new Map([[0, { acknowledged: 1, next: 1 }]]),
  ),
}

const sections = readFileSync('docs/json-fields.md', 'utf8')
  .split(/^## /m)
  .slice(1)
  .map((section) => ({
    title: section.split('\n')[0]!,
    fields: [...section.matchAll(/^\| `(.+?)` \|/gm)].map((match) => match[1]!),
    columns: /^Columns: (.*?)\. Names/m.exec(section)?.[1]?.split(', '),
  }))

test('every listing has its section', () => {
  expect(sections.map(({ title }) => title)).toEqual(Object.keys(LISTINGS))
})

test.each(sections)(
  '$title prints the fields and columns that are documented',
  async ({ title, fields, columns }) => {
    const listing = LISTINGS[title]!
    const [item] = JSON.parse(await render('json', listing, { borders: false, color: false })) as Record<
      string,
      unknown
    >[]
    expect(fieldsOf(item!)).toEqual(fields)
    expect(
      (await render('csv', listing, { borders: false, color: false })).split('\n')[0]!.split(','),
    ).toEqual(columns)
  },
)

/** Names of fields, those within arrays of objects behind the array's. */
function fieldsOf(item: Record<string, unknown>): string[] {
  return Object.entries(item).flatMap(([name, value]) => {
    const [first] = Array.isArray(value) ? value : []
    const inner =
      typeof first === 'object' && first !== null ? fieldsOf(first as Record<string, unknown>) : []
    return [name, ...inner.map((field) => `${name}[].${field}`)]
  })
}
