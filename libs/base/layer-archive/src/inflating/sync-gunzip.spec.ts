import { gzipSync } from 'node:zlib';
import { SyncGunzip } from './sync-gunzip';

const start = { read: 0, filled: 0 };

describe('SyncGunzip', () => {
  it('stops where the room is full, and continues in another buffer', () => {
    const gunzip = new SyncGunzip();
    const input = gzipSync('what is longer than a room');
    let progress = start;
    let text = '';
    do {
      const room = new Uint8Array(10);
      progress = gunzip.inflate(input, room, { read: progress.read, filled: 0 });
      text += Buffer.from(room.subarray(0, progress.filled)).toString();
    } while (progress.filled === 10);
    expect(text).toBe('what is longer than a room');
    expect(progress.read).toBe(input.length);
    gunzip.close();
  });

  it('fills a room from several inputs, and leaves padding unread', () => {
    const gunzip = new SyncGunzip();
    const input = Buffer.concat([gzipSync('one '), gzipSync('two'), Buffer.alloc(9)]);
    const room = new Uint8Array(100);
    const half = gunzip.inflate(input.subarray(0, 20), room, start);
    expect(half.read).toBe(20);
    const whole = gunzip.inflate(input, room, half);
    expect(Buffer.from(room.subarray(0, whole.filled)).toString()).toBe('one two');
    expect(input.length - whole.read).toBeGreaterThan(0);
    gunzip.close();
  });

  it.each<[what: string, bytes: Buffer]>([
    ['that is not gzip', Buffer.from('no gzip at all')],
    ['that is cut off', gzipSync('cut off').subarray(0, 15)],
  ])('throws at data %s', (_, bytes) => {
    const gunzip = new SyncGunzip();
    expect(() => {
      const read = gunzip.inflate(bytes, new Uint8Array(100), start);
      gunzip.inflate(undefined, new Uint8Array(100), { read: 0, filled: read.filled });
    }).toThrow();
    gunzip.close();
  });
});
