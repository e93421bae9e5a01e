import fc from 'fast-check';
import { linesOfFunctions } from './go-function-names';

function linesOf(texts: Buffer): readonly (readonly [path: string, names: readonly string[]])[] {
  const read = (at: number, length: number): Buffer => texts.subarray(at, at + length);
  const lines = linesOfFunctions(read, texts.length).bytes().toString().trimEnd();
  return lines === ''
    ? []
    : lines.split('\n').map((line) => {
        const [path = '', ...names] = line.split('\t');
        return [path, names];
      });
}

function groups(...names: string[]): unknown {
  return Object.fromEntries(linesOf(Buffer.from(names.map((name) => `${name}\0`).join(''))));
}

describe('names of functions of Go', () => {
  it.each<[name: string, path: string, symbols: readonly string[]]>([
    ['net/http.Get', 'net/http', ['Get']],
    ['net/http.(*Client).Do', 'net/http', ['Client.Do']],
    ['net/http.Header.Get', 'net/http', ['Header.Get']],
    ['net/http.(*Client).Do-fm', 'net/http', ['Client.Do']],
    ['net/http.(*Client).Do.func1', 'net/http', ['Client.Do', 'Client']],
    ['net/http.Get.func1', 'net/http', ['Get']],
    ['net/http.Get.func1.2', 'net/http', ['Get']],
    ['net/http.Get.gowrap2', 'net/http', ['Get']],
    ['net/http.Get.deferwrap1', 'net/http', ['Get']],
    ['net/http.Get-range1', 'net/http', ['Get']],
    ['net/http.Get.(*Client).do.func1', 'net/http', ['Get']],
    ['net/http.init.0', 'net/http', ['init']],
    ['net/http.glob..func1', 'net/http', ['glob']],
    ['slices.Sort[...]', 'slices', ['Sort']],
    ['slices.Sort[go.shape.[]example.com/a.T].func1', 'slices', ['Sort']],
    ['sync/atomic.(*Pointer[...]).Load', 'sync/atomic', ['Pointer.Load']],
    ['a.b/c.(*M[go.shape.int]).Each.func1[...]', 'a.b/c', ['M.Each', 'M']],
    ['gopkg.in/yaml%2ev3.Unmarshal', 'gopkg.in/yaml.v3', ['Unmarshal']],
    ['go.uber.org/zap.New', 'go.uber.org/zap', ['New']],
    ['vendor/golang.org/x/net/idna.ToASCII', 'vendor/golang.org/x/net/idna', ['ToASCII']],
    ['a.b/c.Größe', 'a.b/c', ['Größe']],
    ['main.main', 'main', ['main']],
  ])('%s', (name, path, symbols) => {
    expect(groups(name)).toEqual({ [path]: symbols });
  });

  it.each([
    ...['', '_cgo_init', 'type:.eq.net/http.Header', 'go:buildid', 'type..hash.a.b/c.D', '.x'],
    ...['a.b/c.D E', 'a.b/c.[D', 'a.b/c%09.D'],
  ])('%j is no function of a package, or of none that can be read', (name) => {
    expect(Object.values(groups(name) as Record<string, unknown[]>).flat()).toEqual([]);
  });

  it('are in the result once', () => {
    expect(groups('a.b/c.F', 'd.F', 'a.b/c.F.func1', 'a.b/c.G')).toEqual({ 'a.b/c': ['F', 'G'], d: ['F'] });
  });

  it('may be cut off at the end', () => {
    expect(Object.fromEntries(linesOf(Buffer.from('a.F\0a.G')))).toEqual({ a: ['F', 'G'] });
  });

  it('are limited in number, and none is longer than 4096 bytes', () => {
    expect(groups(`a.${'F'.repeat(4095)}`)).toEqual({});
    expect(() => linesOf(Buffer.from('a.F\0'.repeat(2_000_001)))).toThrow('more than 2000000 functions');
  });

  it('are read in pieces, and none is cut', () => {
    const names = Array.from({ length: 60_000 }, (_, at) => `example.com/package${at % 7}/sub.(*Type${at}).Method`);
    const found = linesOf(Buffer.from(names.map((name) => `${name}\0`).join('')));
    expect(found).toHaveLength(7);
    expect(new Set(found.flatMap(([, of]) => of))).toEqual(new Set(names.map((_, at) => `Type${at}.Method`)));
  });

  it('are any bytes', () => {
    const pieces = fc.array(
      fc.constantFrom('a', '.', '/', '[', ']', '(', '*', ')', '%0a', '%2', '-', '\0', 'func1', '\t'),
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        for (const [path, symbols] of linesOf(Buffer.from(parts.join('')))) {
          expect([path, ...symbols].join('')).not.toMatch(/[\0\t\n]/);
        }
      }),
    );
  });
});
