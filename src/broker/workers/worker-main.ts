// The entry of a worker thread.
import { parentPort } from 'node:worker_threads'
import { type Done, type Job, READY, runTask } from './tasks.ts'

async function answer({ id, name, args }: Job): Promise<Done> {
  try {
    return { id, result: await runTask(name, args) }
  } catch (error) {
    return { id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

parentPort?.on('message', async (job: Job) => parentPort?.postMessage(await answer(job)))
parentPort?.postMessage(READY)
