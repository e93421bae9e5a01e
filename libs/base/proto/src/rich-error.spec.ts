import { Metadata, status } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { codeOfStatus, fileDescriptorSet, isErrorCode, readRichStatus, richStatus, statusOfCode } from './index';

const key = 'grpc-status-details-bin';

describe('richStatus', () => {
  it.each([
    ['a code', { status: status.NOT_FOUND, reason: 'not-found', message: 'No image' }],
    ['a remedy', { status: status.INVALID_ARGUMENT, reason: 'invalid-input', message: 'Bad', remedy: 'write x' }],
    ['a delay', { status: status.UNAVAILABLE, reason: 'queue-full', message: 'Full', retryAfterSeconds: 30 }],
    [
      'violations',
      {
        status: status.INVALID_ARGUMENT,
        reason: 'invalid-input',
        message: 'Bad',
        violations: [{ field: 'digest', description: 'is not a digest' }],
      },
    ],
  ])('reports %s in a form that can be read back', (_, { status: code, ...rest }) => {
    const sent = richStatus({ status: code, ...rest });
    expect(sent).toMatchObject({ code, details: rest.message });
    expect(readRichStatus(sent)).toEqual(rest);
  });

  it('has the wire format of google.rpc.Status', () => {
    const sent = richStatus({ status: status.NOT_FOUND, reason: 'r', message: 'm' });
    // Status { 1: 5, 2: "m", 3: Any { 1: type URL, 2: ErrorInfo { 1: "r", 2: "clarion" } } } written by hand.
    const info = Buffer.concat([
      Buffer.from([0x0a, 1]),
      Buffer.from('r'),
      Buffer.from([0x12, 7]),
      Buffer.from('clarion'),
    ]);
    const url = Buffer.from('type.googleapis.com/google.rpc.ErrorInfo');
    const any = Buffer.concat([Buffer.from([0x0a, url.length]), url, Buffer.from([0x12, info.length]), info]);
    const expected = Buffer.concat([Buffer.from([0x08, 5, 0x12, 1, 0x6d, 0x1a, any.length]), any]);
    expect(sent.metadata.get(key)).toEqual([expected]);
  });

  it('limits the size of trailers', () => {
    const sent = richStatus({
      status: status.INTERNAL,
      reason: 'internal',
      message: 'x'.repeat(1e6),
      remedy: 'y'.repeat(1e6),
    });
    expect(sent.details).toHaveLength(1024);
    expect((sent.metadata.get(key)[0] as Buffer).length).toBeLessThan(4096);
  });

  it.each([
    ['nothing', undefined],
    ['garbage', Buffer.from('ffffffffff', 'hex')],
    ['a status without details', Buffer.from([0x08, 5])],
  ])('reads nothing out of %s', (_, value) => {
    const metadata = new Metadata();
    if (value !== undefined) metadata.set(key, value);
    expect(readRichStatus({ metadata })).toBeUndefined();
    expect(readRichStatus({})).toBeUndefined();
  });
});

describe('status codes', () => {
  it('lead back to a code with the same status, except those used for rejected callers', () => {
    const unlike = Object.entries(statusOfCode).filter(([, code]) => {
      const back = codeOfStatus(code);
      return statusOfCode[back] !== code;
    });
    expect(unlike.map(([code]) => code)).toEqual([
      'digest-mismatch',
      'conflict',
      'switched-off',
      'history-pruned',
      'no-data',
    ]);
  });

  it.each([
    [status.UNAUTHENTICATED, 'unauthorized'],
    [status.DEADLINE_EXCEEDED, 'upstream-unavailable'],
    [status.INTERNAL, 'upstream-unavailable'],
    [status.DATA_LOSS, 'corrupt-data'],
  ])('takes status %s for %s', (code, expected) => {
    expect(codeOfStatus(code)).toBe(expected);
  });

  it.each(['__proto__', 'toString', 'queue-full', ''])('does not accept %j as a code', (code) => {
    expect(isErrorCode(code)).toBe(false);
  });
});

describe('fileDescriptorSet', () => {
  it('describes the services', () => {
    const names = Object.keys(loadFileDescriptorSetFromBuffer(fileDescriptorSet()));
    expect(names).toEqual(
      expect.arrayContaining(['clarion.detector.v1.DetectorService', 'clarion.detector.v1.Feature']),
    );
  });
});
