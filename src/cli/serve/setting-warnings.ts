import { BROKER_SETTINGS, listenerSetting } from '../../broker/config/broker-settings.ts'

/** Settings of Kafka's that ask for something this broker does not have, by how they begin. */
const WITHOUT_EFFECT: readonly (readonly [names: RegExp, missing: string])[] = [
  [
    /^(authorizer\.class\.name|super\.users|allow\.everyone\.if\.no\.acl\.found|principal\.builder)/,
    'there are no ACLs',
  ],
  [/^(ssl|sasl|password|security\.providers)\b/, 'there is no TLS or SASL'],
  [/^delegation\.token\b/, 'there are no delegation tokens'],
  [/^(client\.quota|quota|controller\.quota)\b/, 'there are no quotas'],
  [/^(transaction|transactional)\b/, 'there are no transactions'],
  [/^log\.cleaner\./, 'logs are not compacted'],
  [/^(remote\.log|remote\.fetch|remote\.list)\b/, 'there is no tiered storage'],
  [/^(share|group\.share|streams|group\.streams)\b/, 'there are no share or streams groups'],
]

/** What to say of settings that were given and change nothing, one line each. */
export function settingWarnings(names: Iterable<string>): string[] {
  return [...names].flatMap((given) => {
    const name = listenerSetting(given) ?? given
    if (!BROKER_SETTINGS.has(name)) return [`warning: '${given}' is not a setting that this broker knows`]
    const missing = WITHOUT_EFFECT.find(([names]) => names.test(name))?.[1]
    return missing === undefined ? [] : [`warning: '${given}' has no effect: ${missing} in this broker yet`]
  })
}
