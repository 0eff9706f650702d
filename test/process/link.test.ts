// Links as an installation has them: one that npm made on the way, and names of Kafka's tools on the path.
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { placeEnvironment, withPlace } from '../support/example-place.ts'
import { runProgram } from '../support/run-program.ts'
import { KTOOL } from '../support/start-ktool.ts'

test('links that ktool made are the tools, also through the links of an installation', () =>
  withPlace(async (place) => {
    const installed = join(place.folder, 'installed')
    const links = join(place.folder, 'links')
    mkdirSync(installed)
    mkdirSync(links)
    symlinkSync(KTOOL, join(installed, 'ktool'))
    const env = { ...placeEnvironment(place), PATH: `${links}:${process.env.PATH}` }
    const made = await runProgram(join(installed, 'ktool'), ['link', links], { env })
    expect([made.code, made.stderr]).toEqual([0, ''])
    const listed = await runProgram(
      'sh',
      ['-c', 'kafka-topics.sh --list --exclude-internal && kafka-topics list --exclude-internal'],
      { env },
    )
    expect(listed.stderr).toBe('')
    expect(listed.stdout.toString()).toBe('orders\npayments\norders\npayments\n')
  }))
