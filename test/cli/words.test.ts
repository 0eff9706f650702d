// Actions as words and subjects without an option: what is typed short means what Kafka's options mean.
import { expect, test } from 'vitest'

import type { Command, CommandGroup } from '../../src/cli/command.ts'
import { parseOptions } from '../../src/cli/parsing/parse.ts'
import { findTool } from '../../src/cli/registry.ts'

test.each([
  ['topics create orders --partitions 3', 'topics --create --topic orders --partitions 3'],
  ['topics list', 'topics --list'],
  ['topics describe orders', 'topics --describe --topic orders'],
  ['topics alter orders --partitions 6', 'topics --alter --topic orders --partitions 6'],
  ['topics delete orders', 'topics --delete --topic orders'],
  ['configs describe --topic orders', 'configs --describe --topic orders'],
  ['configs describe topics orders', 'configs --describe --entity-type topics --entity-name orders'],
  [
    'configs alter brokers 1 --add-config a=b',
    'configs --alter --entity-type brokers --entity-name 1 --add-config a=b',
  ],
  ['get-offsets orders --time earliest', 'get-offsets --topic orders --time earliest'],
  ['delete-records offsets.json', 'delete-records --offset-json-file offsets.json'],
  ['log-dirs describe orders', 'log-dirs --describe --topic-list orders'],
  ['cluster unregister 3', 'cluster unregister --id 3'],
  ['features upgrade a=1 b=2', 'features upgrade --feature a=1 --feature b=2'],
  ['features downgrade a=1 --unsafe', 'features downgrade --feature a=1 --unsafe'],
  ['features disable a', 'features disable --feature a'],
  ['features version-mapping 4.0', 'features version-mapping --release-version 4.0'],
  ['features feature-dependencies a=1', 'features feature-dependencies --feature a=1'],
  ['consumer-groups list', 'consumer-groups --list'],
  ['consumer-groups describe billing', 'consumer-groups --describe --group billing'],
  ['consumer-groups delete billing other', 'consumer-groups --delete --group billing --group other'],
  [
    'consumer-groups reset-offsets billing --topic orders --to-earliest',
    'consumer-groups --reset-offsets --group billing --topic orders --to-earliest',
  ],
  [
    'consumer-groups delete-offsets billing --topic orders',
    'consumer-groups --delete-offsets --group billing --topic orders',
  ],
  [
    'share-groups reset-offsets team --topic orders --to-latest --dry-run',
    'share-groups --reset-offsets --group team --topic orders --to-latest --dry-run',
  ],
  ['groups list --share', 'groups --list --share'],
  ['acls list orders', 'acls --list --topic orders'],
  ['acls add orders --allow-principal User:a', 'acls --add --topic orders --allow-principal User:a'],
  ['acls remove a b --force', 'acls --remove --topic a --topic b --force'],
  ['client-metrics alter app --metrics a', 'client-metrics --alter --name app --metrics a'],
  ['client-metrics delete app', 'client-metrics --delete --name app'],
  [
    'delegation-tokens renew AAAA --renew-time-period 1',
    'delegation-tokens --renew --hmac AAAA --renew-time-period 1',
  ],
  ['dump-log a.log --print-data-log', 'dump-log --files a.log --print-data-log'],
  ['storage info server.properties', 'storage info --config server.properties'],
  [
    'storage format server.properties -t AAAAAAAAAAAAAAAAAAAAAQ',
    'storage format --config server.properties --cluster-id AAAAAAAAAAAAAAAAAAAAAQ',
  ],
  ['storage version-mapping 4.0-IV3', 'storage version-mapping --release-version 4.0-IV3'],
  ['storage feature-dependencies a=1', 'storage feature-dependencies --feature a=1'],
])('%s', async (short, long) => {
  expect(await valuesOf(short)).toEqual(await valuesOf(long))
})

async function valuesOf(line: string): Promise<Record<string, unknown>> {
  const [name, ...args] = line.split(' ')
  const tool = await findTool(name!)!.load()
  const command: Command | undefined = 'subcommands' in tool ? subcommandOf(tool, args.shift()) : tool
  return parseOptions(command!, command!.options, args).values
}

const subcommandOf = ({ subcommands }: CommandGroup, name: string | undefined): Command | undefined =>
  subcommands.find((sub) => sub.name === name)
