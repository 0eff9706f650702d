import { expect, test } from 'vitest'
import { MetadataImage } from '../../../src/broker/metadata/image.ts'
import {
  hasDirectories,
  partitionRecordVersion,
  registerBrokerRecordVersion,
} from '../../../src/broker/metadata/record-versions.ts'
import { Replicas } from '../../../src/broker/replicas.ts'

test.each([
  [7, 0, 1, false],
  [16, 0, 2, false],
  [17, 1, 3, true],
  [22, 1, 3, true],
  [25, 2, 3, true],
  [30, 2, 4, true],
])(
  'a cluster at metadata.version %d is given records that it can read',
  (level, partition, broker, directories) => {
    const image = new MetadataImage()
    image.features.set('metadata.version', level)
    expect([
      partitionRecordVersion(image),
      registerBrokerRecordVersion(image),
      hasDirectories(image),
    ]).toEqual([partition, broker, directories])
    const id = 'AAAAAAAAAAAAAAAAAAAAKg'
    const replicas = new Replicas(image, id, (size) => Buffer.alloc(size))
    expect(replicas.newPartition(id, 0, [1]).version).toBe(partition)
  },
)
