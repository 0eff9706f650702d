// What worker threads do for the event loop. Arguments and results cross threads, so they are plain data.
import { runCheck } from './check-task.ts'
import { runLookUp } from './look-up-task.ts'

const TASKS = { check: runCheck, lookUp: runLookUp } as const

export type TaskName = keyof typeof TASKS
export type ArgumentsOf<Name extends TaskName> = Parameters<(typeof TASKS)[Name]>[0]
export type ResultOf<Name extends TaskName> = Awaited<ReturnType<(typeof TASKS)[Name]>>

/** To a worker. */
export interface Job {
  readonly id: number
  readonly name: TaskName
  readonly args: ArgumentsOf<TaskName>
}

/** From a worker: what a task returned, or an exception, which is a bug or a lack of memory. */
export type Done =
  | { readonly id: number; readonly result: ResultOf<TaskName> }
  | { readonly id: number; readonly failure: string }

/** The first message of a worker. */
export const READY = 'ready'

/** Runs a task; the arguments must be those of its name. */
export const runTask = (name: TaskName, args: ArgumentsOf<TaskName>): Promise<ResultOf<TaskName>> =>
  (TASKS[name] as (args: ArgumentsOf<TaskName>) => Promise<ResultOf<TaskName>>)(args)
