import { logSuite } from '../suites/log-suite.ts'
import { memoryFolder, realFolder } from '../support/logs.ts'

logSuite('memory files', memoryFolder)
logSuite('real files', realFolder)
