import { expect, test } from 'vitest'
import { Context } from '../../src/cli/context.ts'
import type { Cluster, ClusterOptions } from '../../src/client/cluster.ts'
import { testIo } from '../support/test-io.ts'

function setUp() {
  const connected: ClusterOptions[] = []
  const connect = (options: ClusterOptions): Cluster => {
    connected.push(options)
    return { close() {} } as unknown as Cluster
  }
  const given = { has: () => false, texts: () => [], order: [], command: null }
  const context = new Context(testIo(), { args: [], given, format: 'text', color: false, connect })
  return { context, connected }
}

test('all is closed, last things first, also when one of them cannot be', async () => {
  const { context } = setUp()
  const closed: string[] = []
  context.onClose(() => closed.push('first'))
  context.onClose(() => {
    throw new Error('stuck')
  })
  context.onClose(async () => closed.push('last'))
  await expect(context.close()).rejects.toThrow('stuck')
  expect(closed).toEqual(['last', 'first'])
})

test('a tool that only reads says so, whatever the context allows', async () => {
  const { context, connected } = setUp()
  await context.cluster({ bootstrapServer: 'a:1' }, { readOnly: 'only read' })
  expect(connected).toMatchObject([{ readOnly: 'only read' }])
})
