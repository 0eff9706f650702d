#!/usr/bin/env node
const { endProcess, main, processIo } = require('../dist/cli/main.js')

const [, program, ...args] = process.argv
main(program, args, processIo(process)).then((code) => endProcess(process, code))
