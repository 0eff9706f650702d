import { expect, onTestFinished, test } from 'vitest'
import { Cluster } from '../../../src/client/cluster.ts'
import { fetchCommitted } from '../../../src/client/groups/committed-offsets.ts'
import { describeConsumerGroups } from '../../../src/client/groups/description.ts'
import { errorCode } from '../../../src/protocol/errors.ts'
import { DescribeGroups } from '../../../src/protocol/messages/classic-groups.ts'
import { OffsetFetch } from '../../../src/protocol/messages/commits.ts'
import { FindCoordinator } from '../../../src/protocol/messages/metadata.ts'
import { connectCluster, metadataScript } from '../../support/cluster-scripts.ts'
import { freePort } from '../../support/free-port.ts'
import { on, ScriptedBroker } from '../../support/scripted-broker.ts'

const committed = (groupId: string, committedOffset: number, code = 0) => ({
  groupId,
  errorCode: code,
  topics: [
    {
      name: 'orders',
      partitions: [{ partitionIndex: 0, committedOffset, metadata: '', errorCode: 0 }],
    },
  ],
})

/** Two brokers, of which `owner` says who coordinates a group. */
async function setUp(owner: (group: string) => number, versions: { min?: number; max?: number } = {}) {
  const brokers = [await ScriptedBroker.start([]), await ScriptedBroker.start([])]
  for (const broker of brokers) {
    broker.script(metadataScript(brokers, {}))
    broker.script(
      on(
        FindCoordinator,
        ({ key, coordinatorKeys }, { version }) => {
          const found = (group: string) => ({
            nodeId: owner(group),
            host: '127.0.0.1',
            port: brokers[owner(group) - 1]!.port,
          })
          const nobody = { errorCode: 0, errorMessage: null, nodeId: 0, host: '', port: 0, coordinators: [] }
          if (version < 4) return { ...nobody, ...found(key) }
          const coordinators = coordinatorKeys.map((each) => ({ ...nobody, key: each, ...found(each) }))
          return { ...nobody, coordinators }
        },
        versions,
      ),
    )
  }
  return { brokers, cluster: connectCluster(brokers) }
}

test('many groups are asked for with one request to each coordinator', async () => {
  const { brokers, cluster } = await setUp((group) => (group < 'group-05' ? 1 : 2))
  const asked: number[] = []
  for (const broker of brokers) {
    broker.script(
      on(
        OffsetFetch,
        ({ groups }) => {
          asked.push(groups.length)
          return { groups: groups.map(({ groupId }) => committed(groupId, 7)) }
        },
        { max: 9 },
      ),
    )
  }
  const names = Array.from({ length: 10 }, (_, at) => `group-${String(at).padStart(2, '0')}`)
  const found = await fetchCommitted(cluster, names)
  expect(asked).toEqual([5, 5])
  expect([...found.values()].every(({ answer }) => answer?.[0]?.offset === 7)).toBe(true)
})

test('a group whose coordinator has just moved is asked for again, and a refused one fails alone', async () => {
  let moves = 0
  const { brokers, cluster } = await setUp(() => (moves === 0 ? 1 : 2))
  for (const [at, broker] of brokers.entries()) {
    broker.script(
      on(
        OffsetFetch,
        ({ groups }) => ({
          groups: groups.map(({ groupId }) => {
            if (groupId === 'secret') return committed(groupId, -1, errorCode('GROUP_AUTHORIZATION_FAILED'))
            if (at === 1) return committed(groupId, 3)
            moves++
            return committed(groupId, -1, errorCode('NOT_COORDINATOR'))
          }),
        }),
        { max: 9 },
      ),
    )
  }
  const found = await fetchCommitted(cluster, ['a', 'secret'])
  expect(found.get('a')?.answer).toMatchObject([{ offset: 3 }])
  expect(found.get('secret')?.error).toMatchObject({ code: 'GROUP_AUTHORIZATION_FAILED' })
})

test('brokers that know neither batches nor the newer protocol are asked in the older way', async () => {
  const { brokers, cluster } = await setUp(() => 1, { max: 3 })
  brokers[0]!.script(
    on(OffsetFetch, ({ groupId }) => ({ topics: committed(groupId, groupId.length).topics, errorCode: 0 }), {
      max: 7,
    }),
  )
  brokers[0]!.script(
    on(
      DescribeGroups,
      ({ groups }) => ({
        groups: groups.map((groupId) => ({
          errorCode: 0,
          groupId,
          groupState: groupId === 'none' ? 'Dead' : 'Empty',
          protocolType: 'consumer',
          protocolData: '',
          members: [],
        })),
      }),
      { max: 4 },
    ),
  )
  const offsets = await fetchCommitted(cluster, ['a', 'bb'])
  expect([...offsets.values()].map(({ answer }) => answer?.[0]?.offset)).toEqual([1, 2])
  const groups = await describeConsumerGroups(cluster, ['a', 'none'])
  expect(groups.get('a')?.answer).toMatchObject({ type: 'Classic', state: 'Empty' })
  expect(groups.get('none')?.error).toMatchObject({
    code: 'GROUP_ID_NOT_FOUND',
    message: 'Group none not found.',
  })
})

test('an address where nobody listens is told soon, and not for each group', async () => {
  const bootstrapServers = `127.0.0.1:${await freePort()}`
  const cluster = Cluster.connect({ bootstrapServers, bootstrapTimeoutMs: 0 })
  onTestFinished(() => cluster.close())
  await expect(describeConsumerGroups(cluster, ['a', 'b'])).rejects.toMatchObject({ failure: 'unreachable' })
})
