import { expect, test } from 'vitest'
import { initialLevels } from '../../../src/cli/storage/feature-levels.ts'
import { parseScram } from '../../../src/cli/storage/scram.ts'
import { parseVoters } from '../../../src/cli/storage/voters.ts'

const salt = (size: number): Buffer => Buffer.alloc(size, 'x')

test('a credential with a salted password is what Kafka makes of it', () => {
  const credential = parseScram(
    'SCRAM-SHA-512=[name=alice,iterations=8192,salt="N3E=",saltedpassword="YCE="]',
    salt,
  )
  expect(credential).toMatchObject({ name: 'alice', mechanism: 2, iterations: 8192, salt: Buffer.from('7q') })
  expect(credential.storedKey.toString('base64')).toBe(
    'cXajSfkesuEdmelXMIE1FvL2RXPfwlrmGKyq6ai/1my6GnQBkALTiDfj8bysiAAVsysjd15xpW2sEiappLOxvQ==',
  )
  expect(credential.serverKey.toString('base64')).toBe(
    'TGF8Dt3uWsZYXy+/UBt86VtHDWvwHxtUnCY8GKG1QG6muF9I08fZ3MQ0cupwRZ2uY6KK9INaZHi4OxHCDwYMBw==',
  )
})

test('a credential with a password is what Kafka makes of it, given its salt', () => {
  const kafkaSalt = Buffer.from('b3RnbDRiZTJ5cmg0NHA2bGIwdzV2dmd4Mw==', 'base64')
  const credential = parseScram('SCRAM-SHA-256=[name=alice,password=alice-secret]', () => kafkaSalt)
  expect(credential.storedKey.toString('base64')).toBe('xA/3l/PZX/fkGZl5wpbOPFBVYUEJHpK8/DbhPD13wlE=')
  expect(credential.serverKey.toString('base64')).toBe('bi0Vn6K4TpgsEHZ9xbORQQZGd/ZRbUDYvQoKmVzk8mc=')
})

test.each([
  ['nonsense', "Failed to find equals sign in SCRAM argument 'nonsense'"],
  ['SCRAM-SHA-1=[name=a]', 'The add-scram mechanism SCRAM-SHA-1 is not supported.'],
  ['SCRAM-SHA-256=name=a', 'Expected configuration string to start with ['],
  ['SCRAM-SHA-256=[name=a', 'Expected configuration string to end with ]'],
  ['SCRAM-SHA-256=[name]', 'No equals sign found in SCRAM component: name'],
  ['SCRAM-SHA-256=[name=a,password=b,hunter2]', 'No equals sign found in SCRAM component: [hidden]'],
  ['SCRAM-SHA-256=[name=a,salt=YCE=,saltedpassword=#]', 'Failed to decode given saltedPassword: [hidden]'],
  ['SCRAM-SHA-256=[password=b]', "You must supply 'name' to add-scram"],
  ['SCRAM-SHA-256=[name=a]', "You must supply one of 'password' or 'saltedpassword' to add-scram"],
  ['SCRAM-SHA-256=[name=a,saltedpassword=YCE=]', "You must supply 'salt' with 'saltedpassword' to add-scram"],
  ['SCRAM-SHA-256=[name=a,password=b,x=y]', 'Unknown SCRAM configurations: x'],
  ['SCRAM-SHA-256=[name=a,password=b,iterations=many]', 'Failed to parse iterations count: many'],
  ['SCRAM-SHA-256=[name=a,password=b,salt=#]', 'Failed to decode given salt: #'],
  [
    'SCRAM-SHA-256=[name=a,password=b,iterations=100]',
    "The 'iterations' value must be >= 4096 for add-scram using SCRAM_SHA_256",
  ],
  [
    'SCRAM-SHA-256=[name=a,password=b,iterations=99999]',
    "The 'iterations' value must be <= 16384 for add-scram using SCRAM_SHA_256",
  ],
])('the credential %s is refused: %s', (text, message) => {
  expect(() => parseScram(text, salt)).toThrow(message)
})

const ID = 'JEXY6aqzQY-32P5TStzaFg'

test('voters are ordered by node, and IPv6 addresses written out', () => {
  expect(parseVoters(`2@h:6:${ID}, 1@[::1]:5:${ID}`)).toEqual([
    { nodeId: 1, host: '0:0:0:0:0:0:0:1', port: 5, directoryId: ID },
    { nodeId: 2, host: 'h', port: 6, directoryId: ID },
  ])
})

test.each([
  ['', 'No voters given.'],
  ['nonsense', 'No @ found in dynamic voter string.'],
  ['@h:1:x', 'Invalid @ at beginning of dynamic voter string.'],
  ['x@h:1:x', 'Failed to parse node id in dynamic voter string.'],
  ['-1@h:1:x', 'Invalid negative node id -1 in dynamic voter string.'],
  ['1@', 'No hostname found after node id.'],
  ['1@[::1', 'Hostname began with left bracket, but no right bracket was found.'],
  ['1@h', 'No colon following hostname could be found.'],
  ['1@[::1]5', 'Port section must start with a colon.'],
  ['1@h:1', 'No colon following port could be found.'],
  ['1@h:x:y', 'Failed to parse port in dynamic voter string.'],
  ['1@h:70000:y', 'Invalid port 70000 in dynamic voter string.'],
  ['1@h:1:y', 'Failed to parse directory ID in dynamic voter string.'],
  [`1@h:1:${ID},1@g:2:${ID}`, 'Node id 1 was specified more than once.'],
])('the voters %j are refused: %s', (text, message) => {
  expect(() => parseVoters(text)).toThrow(message)
})

const levels = (features: string[], releaseVersion?: string, hasDynamicQuorum = true) =>
  Object.fromEntries(initialLevels({ features, releaseVersion, hasDynamicQuorum }))

test('features start at the levels of the release', () => {
  expect(levels([])).toEqual({
    'metadata.version': 30,
    'kraft.version': 1,
    'transaction.version': 2,
    'group.version': 1,
    'eligible.leader.replicas.version': 1,
    'share.version': 1,
    'streams.version': 1,
  })
  expect(levels([], '4.0')).toMatchObject({ 'metadata.version': 25, 'group.version': 1, 'share.version': 0 })
  expect(levels(['group.version=0', 'metadata.version=29'])).toMatchObject({
    'metadata.version': 29,
    'group.version': 0,
  })
  expect(levels([], '3.7', false)).toMatchObject({ 'metadata.version': 19, 'kraft.version': 0 })
})

test.each<[string[], string | undefined, boolean, string]>([
  [
    ['group.version'],
    undefined,
    true,
    "Can't parse feature=level string group.version: equals sign not found.",
  ],
  [
    ['group.version=x'],
    undefined,
    true,
    "Can't parse feature=level string group.version=x: unable to parse x as a short.",
  ],
  [['group.version=9'], undefined, true, 'No feature:group.version with feature level 9'],
  [
    ['nonsense=1'],
    undefined,
    true,
    'Unsupported feature: nonsense. Supported features are: eligible.leader.replicas.version, group.version, kraft.version,',
  ],
  [
    ['metadata.version=25'],
    '3.9',
    true,
    'Use --release-version instead of --feature metadata.version=X to avoid ambiguity.',
  ],
  [['metadata.version=31'], undefined, true, 'metadata.version 4.4-IV0 is not yet stable.'],
  [
    ['metadata.version=99'],
    undefined,
    true,
    'No MetadataVersion with feature level 99. Valid feature levels are from 7 to 31.',
  ],
  [[], '4.4', true, "Unknown metadata.version '4.4'. Supported metadata.version are: 3.3-IV3, 3.4-IV0,"],
  [
    ['kraft.version=0'],
    undefined,
    true,
    'Cannot set kraft.version to 0 if controller.quorum.voters is empty',
  ],
  [
    ['kraft.version=1'],
    undefined,
    false,
    'Cannot set kraft.version to 1 unless controller.quorum.voters is empty',
  ],
  [
    ['eligible.leader.replicas.version=1'],
    '3.9',
    true,
    'eligible.leader.replicas.version could not be set to 1 because it depends on metadata.version level 23',
  ],
])('the features %j with release %s are refused', (features, release, isDynamic, message) => {
  expect(() => levels(features, release, isDynamic)).toThrow(message)
})
