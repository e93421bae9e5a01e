import type { detectorV1 } from '@clarion/proto';
import { receiveFiles } from './receive-files';
import { chunkBytes, detectFrames } from './send-files';

type Frame = NonNullable<detectorV1.DetectRequest['frame']>;

const selection: Frame = { $case: 'selection', value: { detectors: ['d', 'e'] } };
const header = (size: number | bigint, wantedBy = [0], path = 'a'): Frame => {
  return { $case: 'header', value: { path, size: BigInt(size), wantedBy, excerpt: undefined } };
};
const part = (size: bigint): detectorV1.FilePart => {
  return { name: 'm', within: '', offset: 0n, size, fullSize: size, address: undefined, noteType: undefined };
};
const excerpted = (size: number, parts: readonly bigint[]): Frame => {
  const excerpt = { fileSize: 9n, parts: parts.map(part), archives: [], executables: [], leftOut: [] };
  return { $case: 'header', value: { path: 'a', size: BigInt(size), wantedBy: [0], excerpt } };
};
const chunk = (text: string): Frame => ({ $case: 'chunk', value: Buffer.from(text) });
const end: Frame = { $case: 'end', value: {} };

async function* stream(frames: readonly (Frame | undefined)[]): AsyncGenerator<detectorV1.DetectRequest> {
  for (const frame of frames) yield await Promise.resolve({ frame });
}

const limits = { bytes: 10, files: 2, parts: 3, detectors: 2, pathBytes: 5 };

describe('receiveFiles', () => {
  it('puts files together from chunks of any size', async () => {
    const frames = [selection, header(4, [1, 0, 1]), chunk('a'), chunk(''), chunk('bcd'), end, header(0, [1]), end];
    const { requests, files, bytes } = await receiveFiles(stream(frames), limits);
    expect({ files, bytes }).toEqual({ files: 2, bytes: 4 });
    const abcd = { path: 'a', content: Buffer.from('abcd') };
    expect(requests).toEqual([
      { detector: 'd', files: [abcd] },
      { detector: 'e', files: [abcd, { path: 'a', content: Buffer.alloc(0) }] },
    ]);
  });

  it.each<[string, (Frame | undefined)[], string]>([
    ['no selection', [], 'The stream selects no detectors'],
    ['a selection that comes late', [header(1)], 'A file begins before detectors are selected'],
    ['two selections', [selection, selection], 'The stream selects detectors twice'],
    ['a file in a file', [selection, header(1), header(1)], 'A file begins before'],
    ['a chunk without a file', [selection, chunk('a')], 'A chunk belongs to no file'],
    ['an end without a file', [selection, end], 'A file ends that has not begun'],
    ['more bytes than stated', [selection, header(1), chunk('ab')], 'A file has more bytes than its header says'],
    ['fewer bytes than stated', [selection, header(2), chunk('a'), end], 'A file has fewer bytes'],
    ['a file that is cut off', [selection, header(1), chunk('a')], 'The stream ends within a file'],
    ['a file for nobody', [selection, header(1, [])], 'A file is wanted by no selected detector'],
    ['a file for somebody else', [selection, header(1, [0, 2])], 'A file is wanted by no selected detector'],
    ['parts of another size', [selection, excerpted(3, [1n, 1n])], 'The parts of an excerpt do not have the size'],
    ['a frame of the future', [selection, undefined], 'A frame of the stream is empty or of an unknown kind'],
  ])('rejects %s', async (_, frames, message) => {
    await expect(receiveFiles(stream(frames), limits)).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining(message) as string,
    });
  });

  it.each<[string, Frame[]]>([
    ['10 bytes of files', [selection, header(6), chunk('abcdef'), end, header(5)]],
    ['10 bytes of files', [selection, header(2n ** 63n)]],
    ['2 files', [selection, header(0), end, header(0), end, header(0)]],
    ['5 bytes in one path', [selection, header(0, [0], 'äöü')]],
    ['3 parts of files', [selection, excerpted(2, [1n, 1n]), chunk('ab'), end, excerpted(2, [1n, 1n])]],
    ['2 detectors', [{ $case: 'selection', value: { detectors: ['a', 'b', 'c'] } }]],
  ])('accepts no more than %s', async (limit, frames) => {
    await expect(receiveFiles(stream(frames), limits)).rejects.toMatchObject({
      code: 'limit-exceeded',
      message: `The stream has more than ${limit}`,
    });
  });
});

describe('detectFrames', () => {
  const content = Buffer.alloc(chunkBytes + 1, 7);
  const shared = { path: 'a', content };

  it('sends a file once for all detectors that need it, in chunks that are views of it', () => {
    const files = [shared, { path: 'b', content }];
    const requests = [
      { detector: 'd', files },
      { detector: 'e', files: [shared] },
    ];
    const frames = [...detectFrames(requests)].map(({ frame }) => frame);
    expect(frames.map((frame) => frame?.$case)).toEqual([
      'selection',
      ...['header', 'chunk', 'chunk', 'end'],
      ...['header', 'chunk', 'chunk', 'end'],
    ]);
    expect(frames[1]?.value).toEqual({ path: 'a', size: BigInt(content.length), wantedBy: [0, 1] });
    expect(frames[5]?.value).toMatchObject({ path: 'b', wantedBy: [0] });
    const chunks = frames.flatMap((frame) => (frame?.$case === 'chunk' ? [frame.value] : []));
    expect(chunks.map(({ length }) => length)).toEqual([chunkBytes, 1, chunkBytes, 1]);
    expect(chunks.every(({ buffer }) => buffer === content.buffer)).toBe(true);
  });

  it('sends a file twice to a detector that receives it twice', async () => {
    const { requests } = await receiveFiles(
      (async function* () {
        yield* await Promise.resolve([...detectFrames([{ detector: 'd', files: [shared, shared] }])]);
      })(),
    );
    expect(requests[0]?.files).toEqual([shared, shared]);
  });
});
