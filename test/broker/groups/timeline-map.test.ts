import { expect, test } from 'vitest'
import { TimelineMap } from '../../../src/broker/groups/timeline-map.ts'
import { OffsetCommit, OffsetFetch } from '../../../src/protocol/messages/commits.ts'
import { startCoordinator } from './wire-member.ts'

/** `topic:partitions` of several topics, as commits and answers have them. */
const parse = (text: string) =>
  text.split(' ').map((topic) => {
    const [name = '', partitions = ''] = topic.split(':')
    return { name, partitions: partitions.split(',').map(Number) }
  })

// Commits, one after the other, and in which order Apache Kafka 4.3.1 listed them.
const COMMITS: [commits: string[], listed: string][] = [
  [['a-10:6,5 pay-25:4,11,1,0 pay-37:6,8,0,1,2,9'], 'pay-37:0,2,9,1,6,8 pay-25:0,4,1,11 a-10:5,6'],
  [
    [
      'users-14:4,6,2,9 log.x-15:4,1 a-10:6',
      'log.x-9:5,11,1 log.x-21:1 pay-13:5,0,7,1,2 a-22:5,0,6,4,9 log.x-33:5,0,3,6,8,1',
      'orders-24:4 a-16:2,9,7,3',
    ],
    'log.x-15:4,1 log.x-33:0,5,1,6,3,8 a-22:0,5,4,9,6 orders-24:4 log.x-9:5,1,11 a-16:2,7,9,3 pay-13:2,0,5,7,1 log.x-21:1 users-14:2,4,9,6 a-10:6',
  ],
  [
    [
      'orders-6:3,8 b-11:2,3,5 users-20:7,10,4 pay-25:7,1,5,10,0 a:8,10,11,7 b-17:2,8,3,6,5 orders-18:1,8,4 users-14:0,2',
    ],
    'b-17:5,2,6,3,8 orders-6:8,3 users-20:10,4,7 b-11:5,2,3 users-14:2,0 orders-18:4,1,8 a:10,7,11,8 pay-25:0,10,5,7,1',
  ],
]

test.each(COMMITS)(
  'OffsetFetch lists the topics and partitions of %j as Kafka does',
  async (commits, listed) => {
    const topics = commits.flatMap(parse)
    const broker = await startCoordinator({
      topics: Object.fromEntries(topics.map(({ name }) => [name, 12])),
    })
    for (const commit of commits) {
      const answer = await broker.ask(OffsetCommit, 8, {
        groupId: 'g',
        memberId: '',
        topics: parse(commit).map(({ name, partitions }) => ({
          name,
          partitions: partitions.map((partitionIndex) => ({
            partitionIndex,
            committedOffset: 1,
            committedMetadata: '',
          })),
        })),
      })
      expect(
        answer.topics.flatMap(({ partitions }) => partitions.filter(({ errorCode }) => errorCode !== 0)),
      ).toEqual([])
    }
    const { groups } = await broker.ask(OffsetFetch, 8, { groups: [{ groupId: 'g', topics: null }] })
    const found = groups[0]!.topics.map(
      ({ name, partitions }) => `${name}:${partitions.map(({ partitionIndex }) => partitionIndex)}`,
    )
    expect(found.join(' ')).toBe(listed)
  },
)

test('a map holds what it is given, whatever the order', () => {
  const map = new TimelineMap<number, string>()
  for (let key = 0; key < 1000; key++) map.set(key, `${key}`)
  for (let key = 0; key < 1000; key += 2) map.delete(key)
  expect(map.size).toBe(500)
  expect([map.get(1), map.get(2)]).toEqual(['1', undefined])
  expect(map.inOrder().sort(([a], [b]) => a - b)).toEqual([...map])
})
