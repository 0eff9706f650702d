import { expect, test } from 'vitest'
import { shownArguments } from '../../src/cli/shown-arguments.ts'

test.each<[args: string[], shown: string]>([
  [['--alter', '--topic', 't', '--add-config', 'a=1'], '--alter --topic t --add-config a=1'],
  [['--add-config', 'SCRAM-SHA-256=[iterations=8192,password=a,b]'], '--add-config SCRAM-SHA-256=[hidden]'],
  [['--add-config=SCRAM-SHA-512=[password=x,iterations=4096]'], '--add-config=SCRAM-SHA-512=[hidden]'],
  [['--add-config', 'SCRAM-SHA-256=[password=a]b],x=1'], '--add-config SCRAM-SHA-256=[hidden]'],
  [['--add-config', 'a=1,ssl.key.password=a]b'], '--add-config a=1,ssl.key.password=[hidden]'],
  [
    ['--add-config', 'listener.name.a.ssl.key.password = x y'],
    '--add-config listener.name.a.ssl.key.password = [hidden]',
  ],
  [
    ['--add-config', 'sasl.jaas.config=m required username="a" x="y";'],
    '--add-config sasl.jaas.config=[hidden]',
  ],
  [['--add-config', 'SCRAM-SHA-512=hunter2', '--user', 'u'], '--add-config SCRAM-SHA-512=[hidden] --user u'],
])('%j is shown as %s', (args, shown) => {
  expect(shownArguments(args)).toBe(shown)
})
