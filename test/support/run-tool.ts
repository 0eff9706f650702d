import { main } from '../../src/cli/main.ts'
import type { FakeCluster } from './fake-cluster.ts'
import { fakeCluster } from './fake-cluster.ts'
import type { TestIoOptions } from './test-io.ts'
import { testIo } from './test-io.ts'

export interface Ran {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command line against a fake cluster; a string is split at blanks. */
export async function runTool(
  args: string | readonly string[],
  cluster: Pick<FakeCluster, 'connect'> = fakeCluster(),
  options: TestIoOptions = {},
): Promise<Ran> {
  const io = testIo(options)
  const words = typeof args === 'string' ? args.split(' ') : args
  const exit = await main('ktool', words, io, cluster.connect)
  return { exit, stdout: io.stdout, stderr: io.stderr }
}
