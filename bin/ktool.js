#!/usr/bin/env node
import { main, processIo } from '../dist/main.js'

const [, program, ...args] = process.argv
process.exit(await main(program, args, processIo(process)))
