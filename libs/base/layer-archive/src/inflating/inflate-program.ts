/**
 * The program of a thread that inflates gzip, as text: each app is bundled to one file, so there is no second file to
 * start it from. A job is a stream of several members. Input and output are in buffers that go back and forth, so that
 * nothing is allocated while it runs and output stays in the processor's cache; it calls zlib's own synchronous write,
 * which Node keeps to itself: its streams hop between threads and take fresh memory for every chunk (docs/decisions/0018).
 *
 * To the thread: `open`; `input` with a buffer; `end` after the last; `room`, an output buffer that may be filled again;
 * `drop`. From it: `output` with a buffer; `input`, a buffer that was read; `end`; `error`.
 */
export const inflateProgram = `
const { parentPort, workerData } = require('node:worker_threads');
const { createGunzip, constants } = require('node:zlib');
const { outputBytes, outputBuffers } = workerData;
const nothing = new Uint8Array(0);
const jobs = new Map();
function open(id) {
  const stream = createGunzip();
  const job = { stream, handle: stream._handle, left: stream._writeState, inputs: [], ended: false, at: 0, filled: 0 };
  job.rooms = Array.from({ length: outputBuffers }, () => new Uint8Array(outputBytes));
  job.handle.onerror = (message) => { job.error = message; };
  jobs.set(id, job);
}
function close(id, message) {
  jobs.get(id)?.stream.close();
  if (jobs.delete(id)) parentPort.postMessage({ id, ...message });
}
function give(id, job) {
  const { buffer } = job.rooms.shift();
  parentPort.postMessage({ id, kind: 'output', buffer, bytes: job.filled }, [buffer]);
  job.filled = 0;
}
function finish(id, job) {
  if (job.filled > 0) give(id, job);
  close(id, { kind: 'end' });
}
// Until an output buffer is full, or there is nothing to read, or nowhere to write.
function pump(id) {
  const job = jobs.get(id);
  while (job !== undefined && job.rooms.length > 0 && (job.inputs.length > 0 || job.ended)) {
    const [room] = job.rooms;
    const [input] = job.inputs;
    const from = input ?? nothing;
    const flush = input === undefined ? constants.Z_FINISH : constants.Z_NO_FLUSH;
    job.handle.writeSync(flush, from, job.at, from.length - job.at, room, job.filled, room.length - job.filled);
    if (job.error !== undefined) return close(id, { kind: 'error', error: job.error });
    const [roomLeft, inputLeft] = job.left;
    job.filled = room.length - roomLeft;
    job.at = from.length - inputLeft;
    if (roomLeft === 0) {
      give(id, job);
      return setImmediate(pump, id);
    }
    // With room left zlib reads everything, but for padding behind the last member.
    if (input === undefined || inputLeft > 0) return finish(id, job);
    job.inputs.shift();
    job.at = 0;
    parentPort.postMessage({ id, kind: 'input', buffer: input.buffer }, [input.buffer]);
  }
}
parentPort.on('message', ({ id, kind, buffer, bytes }) => {
  if (kind === 'open') return open(id);
  const job = jobs.get(id);
  if (job === undefined) return;
  if (kind === 'drop') {
    job.stream.close();
    jobs.delete(id);
    return;
  }
  if (kind === 'room') job.rooms.push(new Uint8Array(buffer));
  else if (kind === 'input') job.inputs.push(new Uint8Array(buffer, 0, bytes));
  else job.ended = true;
  pump(id);
});
`;
