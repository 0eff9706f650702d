// Prometheus' own checker reads the metrics of `lag`.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../support/describe-with.ts'
import { promtool } from '../support/outside.ts'
import { runProgram } from '../support/run-program.ts'
import { type KtoolProcess, runKtool, startKtool } from '../support/start-ktool.ts'

describeWith(['promtool'], 'metrics', () => {
  let broker: KtoolProcess

  beforeAll(async () => {
    broker = await startKtool({ args: ['--topic', 'orders:2', '--topic', 'bills:1'] })
  })
  afterAll(async () => {
    await broker?.stop()
  })

  test('of lag are what Prometheus reads, and it dislikes nothing but names that kafka_exporter has chosen', async () => {
    const at = ['--bootstrap-server', broker.bootstrapServers]
    for (const group of ['shop', 'a "quoted" \\group']) {
      const plan = [
        '--reset-offsets',
        '--group',
        group,
        '--topic',
        'orders',
        '--topic',
        'bills',
        '--to-latest',
      ]
      expect((await runKtool(['consumer-groups', ...at, ...plan, '--execute'])).code).toBe(0)
    }
    const { stdout } = await runKtool(['lag', ...at, '-o', 'prometheus'])
    expect(stdout.toString()).toContain(
      'kafka_consumergroup_lag{consumergroup="shop",partition="1",topic="orders"} 0',
    )
    const checked = await runProgram(promtool!, ['check', 'metrics'], { input: stdout })
    const complaints = `${checked.stdout}${checked.stderr}`.split('\n').filter((line) => line.trim() !== '')
    const isAboutSums = (line: string): boolean =>
      /^kafka_consumergroup_(lag|current_offset)_sum .*should not have "_sum" suffix$/.test(line)
    expect(complaints.filter((line) => !isAboutSums(line))).toEqual([])
  })
})
