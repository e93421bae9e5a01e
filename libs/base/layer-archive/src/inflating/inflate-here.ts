import { setImmediate as nextTurn } from 'node:timers/promises';
import { SyncGunzip } from './sync-gunzip';

/** Fits into the cache of a processor together with its input. */
const roomBytes = 256 * 1024;
/** Rooms that are kept for the next stream. */
const keptRooms = 4;
/** Bytes after which other work of the process gets a turn: some ten milliseconds. */
const bytesOfTurn = 4 * 1024 * 1024;

const rooms: Uint8Array[] = [];

/**
 * As `gunzip`, on this thread: for little data, where another thread costs more than it takes over. Each chunk is valid
 * until the next one is requested: all of them are in the same memory, which the next stream uses again.
 */
export async function* inflateHere(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const engine = new SyncGunzip();
  const room = rooms.pop() ?? new Uint8Array(roomBytes);
  let produced = 0;
  let isOver = false;
  try {
    // All of the source is read, even after the end of the stream: the caller counts and hashes all of it.
    for await (const chunk of chunks) {
      if (isOver) continue;
      for (let read = 0, isFull = true; isFull;) {
        const progress = engine.inflate(chunk, room, { read, filled: 0 });
        ({ read } = progress);
        isFull = progress.filled === room.length;
        // If room is left, zlib has read everything, except padding after the last member.
        isOver = !isFull && read < chunk.length;
        if (progress.filled > 0) yield room.subarray(0, progress.filled);
        produced += progress.filled;
        if (produced < bytesOfTurn) continue;
        produced = 0;
        await nextTurn();
      }
    }
    for (let isFull = !isOver; isFull;) {
      const { filled } = engine.inflate(undefined, room, { read: 0, filled: 0 });
      isFull = filled === room.length;
      if (filled > 0) yield room.subarray(0, filled);
    }
  } finally {
    engine.close();
    if (rooms.length < keptRooms) rooms.push(room);
  }
}
