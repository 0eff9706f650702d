// Settings that are accepted and change nothing: the user is warned about each by name.

import { BROKER_SETTINGS, listenerSetting } from './broker-settings.ts'
import { listItems } from './setting-type.ts'
import { TOPIC_SETTINGS } from './topic-config.ts'

/** Settings that ask for something this broker does not have, by how they begin. */
const MISSING: readonly (readonly [names: RegExp, reason: string])[] = [
  [
    /^(authorizer\.class\.name|super\.users|allow\.everyone\.if\.no\.acl\.found|principal\.builder)/,
    'there are no ACLs',
  ],
  [/^(ssl|sasl|password|security\.providers)\b/, 'there is no TLS or SASL'],
  [/^delegation\.token\b/, 'there are no delegation tokens'],
  [/^(client\.quota|quota|controller\.quota)\b/, 'there are no quotas'],
  [/^(transaction|transactional)\b/, 'there are no transactions'],
  [
    /^(log\.cleaner\.|delete\.retention\.ms|(min|max)\.compaction\.lag\.ms|min\.cleanable\.dirty\.ratio)/,
    'logs are not compacted',
  ],
  [/^(remote\.|local\.retention|log\.local\.retention)/, 'there is no tiered storage'],
  [/^(share|group\.share|streams|group\.streams)\b/, 'there are no share or streams groups'],
]

/** Warnings about settings that a broker was given, one line each; those without a reason worth a line share one. */
export function brokerSettingWarnings(given: Iterable<readonly [name: string, value: string]>): string[] {
  const warnings: string[] = []
  const others: string[] = []
  for (const [name, value] of given) {
    const base = listenerSetting(name) ?? name
    const setting = BROKER_SETTINGS.get(base)
    const reason = missingFor(base, value)
    if (setting === undefined) warnings.push(`'${name}' is not a setting that this broker knows`)
    else if (reason !== undefined) warnings.push(withoutEffect(name, reason))
    // A setting is documented when the broker obeys it; what is given for one listener is not looked at.
    else if (setting.documentation === undefined || base !== name) others.push(name)
  }
  if (others.length > 0) warnings.push(`no effect in this broker: ${others.join(', ')}`)
  return warnings
}

/** Warnings about settings that a topic was given. */
export function topicSettingWarnings(
  topic: string,
  given: Iterable<readonly [name: string, value: string]>,
): string[] {
  return [...given].flatMap(([name, value]) => {
    const isObeyed = TOPIC_SETTINGS.get(name)?.documentation !== undefined
    const reason = missingFor(name, value)
    if (reason !== undefined) return [`topic '${topic}': ${withoutEffect(`${name}=${value}`, reason)}`]
    return isObeyed ? [] : [`topic '${topic}': '${name}' has no effect in this broker`]
  })
}

function missingFor(name: string, value: string): string | undefined {
  const isCompaction = /^(log\.)?cleanup\.policy$/.test(name) && listItems(value).includes('compact')
  if (isCompaction) return 'logs are not compacted'
  return MISSING.find(([names]) => names.test(name))?.[1]
}

const withoutEffect = (setting: string, reason: string): string =>
  `'${setting}' has no effect: ${reason} in this broker yet`
