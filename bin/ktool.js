#!/usr/bin/env node
const { main, processIo } = require('../dist/cli/main.js')

const [, program, ...args] = process.argv
main(program, args, processIo(process)).then((code) => process.exit(code))
