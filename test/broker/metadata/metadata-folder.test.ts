import { expect, test } from 'vitest'
import { MetadataFolder } from '../../../src/broker/metadata/metadata-folder.ts'
import { encodeMetadataRecord, metadataRecord } from '../../../src/broker/metadata/record.ts'
import { decodeSnapshot, encodeSnapshot, snapshotName } from '../../../src/log/metadata-snapshot.ts'
import { checkQuorumState, decodeQuorumState } from '../../../src/log/quorum-state.ts'
import { FeatureLevelRecord, TopicRecord } from '../../../src/protocol/messages/stored-metadata.ts'
import type { StoredMessage } from '../../../src/protocol/schema.ts'
import { startTestBroker } from '../../support/broker.ts'
import { MemoryFiles } from '../../support/memory-files.ts'

const ID = 'AAAAAAAAAAAAAAAAAAAAKg'
const LOG_FOLDER = '/data/__cluster_metadata-0'
const FIRST_SNAPSHOT = `${LOG_FOLDER}/${snapshotName(0, 0)}`

const level = (name: string, featureLevel: number) => ({
  type: FeatureLevelRecord as unknown as StoredMessage,
  value: { name, featureLevel },
})

function folderWith(files: Record<string, Buffer>) {
  const memory = new MemoryFiles()
  memory.makeFolder(LOG_FOLDER)
  for (const [path, bytes] of Object.entries(files)) memory.writeFile(path, bytes)
  return { memory, folder: new MetadataFolder(memory, '/data') }
}

const snapshotOf = (name: string) =>
  encodeSnapshot(
    {
      lastContainedLogTimestamp: 0,
      records: [{ type: TopicRecord as unknown as StoredMessage, value: { name, topicId: ID } }],
    },
    () => 0,
  )

test('the first start writes what makes the folder that of a quorum of one', async () => {
  const { files } = await startTestBroker()
  const read = (path: string) => files.readFile(path)!
  const quorumState = `${LOG_FOLDER}/quorum-state`
  expect(decodeQuorumState(read(quorumState), quorumState)).toEqual({ leaderId: 1, leaderEpoch: 1 })
  expect(decodeSnapshot(read(FIRST_SNAPSHOT), FIRST_SNAPSHOT)).toEqual([])
  const bootstrap = decodeSnapshot(read('/data/bootstrap.checkpoint'), 'bootstrap.checkpoint')
  const metadataVersion = { name: 'metadata.version', featureLevel: 30 }
  expect(bootstrap[0]).toEqual(encodeMetadataRecord(metadataRecord(FeatureLevelRecord, metadataVersion)))
  expect(bootstrap).toHaveLength(6)
})

test('what was there is left alone', () => {
  const { memory, folder } = folderWith({
    [`${LOG_FOLDER}/quorum-state`]: Buffer.from('kept'),
    '/data/bootstrap.checkpoint': Buffer.from('kept'),
  })
  folder.complete(1, ID, 1, () => 0)
  expect(memory.readFile(`${LOG_FOLDER}/quorum-state`)!.toString()).toBe('kept')
  expect(memory.readFile('/data/bootstrap.checkpoint')!.toString()).toBe('kept')
  expect(memory.size(FIRST_SNAPSHOT)).toBeNull()
})

test('a formatted folder says itself what the cluster starts with', () => {
  const records = [level('metadata.version', 25), level('group.version', 1)]
  const bytes = encodeSnapshot({ lastContainedLogTimestamp: 0, records }, () => 0)
  const { folder } = folderWith({ '/data/bootstrap.checkpoint': bytes })
  expect(folder.read({ startOffset: 0, endOffset: 0 }).bootstrap).toHaveLength(2)
})

test('the newest snapshot is read where the log has lost its beginning', () => {
  const { folder } = folderWith({
    [FIRST_SNAPSHOT]: snapshotOf('first'),
    [`${LOG_FOLDER}/${snapshotName(10, 1)}`]: snapshotOf('old'),
    [`${LOG_FOLDER}/${snapshotName(20, 2)}`]: snapshotOf('new'),
    [`${LOG_FOLDER}/quorum-state`]: Buffer.from('{}'),
  })
  expect(folder.read({ startOffset: 0, endOffset: 0 }).snapshot).toBeNull()
  const { endOffset, records } = folder.read({ startOffset: 15, endOffset: 15 }).snapshot!
  expect(endOffset).toBe(20)
  expect(records[0]!.toString()).toContain('new')
})

test('a snapshot that was not finished is refused', () => {
  const bytes = snapshotOf('orders')
  const { folder } = folderWith({
    [`${LOG_FOLDER}/${snapshotName(10, 1)}`]: bytes.subarray(0, bytes.length - 75),
  })
  expect(() => folder.read({ startOffset: 5, endOffset: 5 })).toThrow('the footer is missing')
})

test('a quorum-state that says nothing has its faults named', () => {
  expect(checkQuorumState(Buffer.from('{}'))).toEqual([
    'leaderId is not a number',
    'leaderEpoch is not a number',
  ])
  expect(checkQuorumState(Buffer.from('{'))[0]).toContain('it is not JSON')
  expect(checkQuorumState(Buffer.from('{"leaderId":1,"leaderEpoch":3}'))).toEqual([])
})
