import { residentMegabytes } from './measure.ts'
import type { Question } from './question.ts'
import { inTurn } from './servers.ts'

const SETTLE_MS = 3000

export const memory: Question = {
  name: 'memory',
  question: 'What does a broker hold that has nothing to do?',
  async measure() {
    const idle = await inTurn(async ({ pid }) => {
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
      return residentMegabytes(pid)
    })
    return [{ what: 'resident memory, idle', unit: 'MB', ...idle }]
  },
}
