import { expect, test } from 'vitest'
import { BROKER_SETTINGS } from '../../../src/broker/config/broker-settings.ts'
import { settingWarnings } from '../../../src/cli/serve/setting-warnings.ts'

test.each([
  ['num.partitions', []],
  ['some.plugin.setting', ["warning: 'some.plugin.setting' is not a setting that this broker knows"]],
  [
    'authorizer.class.name',
    ["warning: 'authorizer.class.name' has no effect: there are no ACLs in this broker yet"],
  ],
  [
    'listener.name.inside.ssl.keystore.location',
    [
      "warning: 'listener.name.inside.ssl.keystore.location' has no effect: there is no TLS or SASL in this broker yet",
    ],
  ],
  [
    'log.cleaner.threads',
    ["warning: 'log.cleaner.threads' has no effect: logs are not compacted in this broker yet"],
  ],
])('%s', (name, expected) => {
  expect(settingWarnings([name])).toEqual(expected)
})

test('settings of logs, listeners and classic groups are heeded', () => {
  const warned = settingWarnings(BROKER_SETTINGS.keys()).join('\n')
  for (const name of ['log.retention.ms', 'listeners', 'group.min.session.timeout.ms', 'message.max.bytes']) {
    expect(warned).not.toContain(`'${name}'`)
  }
})
