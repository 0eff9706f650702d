// Lets worker threads load the sources as they are, on versions of Node that do not know TypeScript.
import { register } from 'node:module'
import { isMainThread } from 'node:worker_threads'

if (!isMainThread && !process.features.typescript) register('./typescript-loader.mjs', import.meta.url)
