import { expect, test } from 'vitest'
import { errorName } from '../../../src/protocol/errors.ts'
import { UpdateFeatures } from '../../../src/protocol/messages/cluster.ts'
import { startTestBroker, type TestBroker } from '../../support/broker.ts'

const UPGRADE = 1
const SAFE = 2
const UNSAFE = 3

type Update = readonly [feature: string, maxVersionLevel: number, upgradeType: number]

async function update(broker: TestBroker, updates: readonly Update[], validateOnly = false) {
  const featureUpdates = updates.map(([feature, maxVersionLevel, upgradeType]) => ({
    feature,
    maxVersionLevel,
    upgradeType,
  }))
  const { errorCode, errorMessage, results } = await broker.ask(UpdateFeatures, 2, {
    featureUpdates,
    validateOnly,
  })
  expect(results).toEqual([])
  return [errorName(errorCode), errorMessage]
}

const prefix = 'The update failed for all features since the following feature had an error: '
const noDowngrade =
  "Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade."

// The sentences of Apache Kafka 4.3.1.
test.each<[...Update, sentence: string]>([
  [
    'no.such',
    1,
    UPGRADE,
    'Invalid update version 1 for feature no.such. Local controller 1 does not support this feature.',
  ],
  ['no.such', 0, SAFE, 'Invalid update version 0 for feature no.such. Feature no.such not found.'],
  [
    'share.version',
    9,
    UPGRADE,
    'Invalid update version 9 for feature share.version. Local controller 1 only supports versions 0-1',
  ],
  [
    'share.version',
    -1,
    UPGRADE,
    'Invalid update version -1 for feature share.version. A feature version cannot be less than 0.',
  ],
  [
    'transaction.version',
    1,
    UPGRADE,
    `Invalid update version 1 for feature transaction.version. ${noDowngrade}`,
  ],
  [
    'transaction.version',
    1,
    9,
    'Invalid update version 1 for feature transaction.version. The controller does not support the given upgrade type.',
  ],
  [
    'kraft.version',
    0,
    SAFE,
    "Invalid update version 0 for feature kraft.version. Can't downgrade the version of this feature.",
  ],
  [
    'metadata.version',
    29,
    SAFE,
    'Unsupported metadata.version downgrade from 30 to 29. Refusing to perform the requested downgrade because it might delete metadata information.',
  ],
  [
    'metadata.version',
    7,
    UNSAFE,
    'Unsupported metadata.version downgrade from 30 to 7. Unsafe metadata downgrade is not supported in this version.',
  ],
])('%s cannot go to level %d in a change of type %d', async (feature, level, type, sentence) => {
  const broker = await startTestBroker()
  expect(await update(broker, [[feature, level, type]])).toEqual([
    'INVALID_UPDATE_VERSION',
    prefix + sentence,
  ])
})

test('levels change together and survive a restart', async () => {
  const broker = await startTestBroker()
  const changes: Update[] = [
    ['transaction.version', 1, SAFE],
    ['group.version', 0, UNSAFE],
  ]
  expect(await update(broker, changes)).toEqual(['NONE', null])
  await broker.restart()
  const finalized = Object.fromEntries(
    broker.broker.features().finalized.map(({ name, maxVersionLevel }) => [name, maxVersionLevel]),
  )
  expect(finalized).toMatchObject({ 'transaction.version': 1, 'kraft.version': 1 })
  expect(finalized).not.toHaveProperty('group.version')
  expect(await update(broker, [['transaction.version', 2, UPGRADE]])).toEqual(['NONE', null])
})

test('one wrong level, or a mere validation, changes none', async () => {
  const broker = await startTestBroker()
  await update(broker, [
    ['transaction.version', 1, SAFE],
    ['no.such', 1, UPGRADE],
  ])
  await update(broker, [['transaction.version', 1, SAFE]], true)
  expect(broker.broker.image.features.get('transaction.version')).toBe(2)
})

test('version 0 allows a downgrade with a flag, and answers for each feature', async () => {
  const broker = await startTestBroker()
  const featureUpdates = [{ feature: 'transaction.version', maxVersionLevel: 1, allowDowngrade: true }]
  const { errorCode, results } = await broker.ask(UpdateFeatures, 0, { featureUpdates })
  expect(errorCode).toBe(0)
  expect(results).toEqual([{ feature: 'transaction.version', errorCode: 0, errorMessage: 'NONE' }])
})
