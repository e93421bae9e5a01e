import { ClarionError } from '@clarion/model';
import { describeError, describeErrorAsJson, exitWith, printable } from './failure';

describe('describeError', () => {
  it.each([
    ['a plain error', new Error('disk is full'), 'disk is full'],
    [
      'a remedy',
      new ClarionError('not-found', 'x.tar does not exist', { remedy: 'check the path' }),
      'x.tar does not exist; check the path',
    ],
    ['several lines become one', new Error('first\n   second'), 'first second'],
    ['not an error at all', 'text', 'text'],
  ])('%s', (_name, error, expected) => {
    expect(describeError(error)).toBe(expected);
  });
});

describe('describeErrorAsJson', () => {
  it('carries the code for programs', () => {
    const error = new ClarionError('digest-mismatch', 'layer 1 differs', { remedy: 'pull again' });
    expect(JSON.parse(describeErrorAsJson(error))).toEqual({
      error: { code: 'digest-mismatch', message: 'layer 1 differs', remedy: 'pull again' },
    });
  });

  it('calls everything else internal', () => {
    expect(JSON.parse(describeErrorAsJson(new Error('oops')))).toEqual({
      error: { code: 'internal', message: 'oops', remedy: null },
    });
  });
});

describe('printable', () => {
  it('escapes what a terminal would act upon', () => {
    expect(printable('a\u001b[31mred\u202eevil')).toBe('a\\u{1b}[31mred\\u{202e}evil');
  });
});

describe('exitWith', () => {
  let written: string;
  const original = process.exitCode;
  beforeEach(() => {
    written = '';
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      written += String(text);
      return true;
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
    process.exitCode = original ?? 0;
  });

  it.each([
    ['missing data', new ClarionError('no-data', 'nothing stored'), 4],
    ['an abort', Object.assign(new Error('aborted'), { name: 'AbortError' }), 130],
    ['anything else', new ClarionError('corrupt-data', 'bad tar'), 1],
  ])('%s', (_name, error, code) => {
    exitWith(error, false);
    expect(process.exitCode).toBe(code);
    expect(written).toBe(`clarion: ${error.message}\n`);
  });
});
