// Loaded before a service by NODE_OPTIONS: its thread is busy without end from when BUSY_FOLDER holds a file with its
// name, and says so with another one.
const { existsSync, writeFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');
const { isMainThread } = require('node:worker_threads');

// Threads that the service starts are not kept busy.
if (process.env.BUSY_THREAD === undefined && !isMainThread) {
  process.env.BUSY_THREAD = 'taken';
  setInterval(() => {
    const name = join(process.env.BUSY_FOLDER, basename(dirname(process.argv[1])));
    if (!existsSync(`${name}.wanted`)) return;
    writeFileSync(`${name}.busy`, '');
    for (;;);
  }, 10).unref();
}
