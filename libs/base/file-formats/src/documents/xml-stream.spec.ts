import { childText, detached, xmlRecords, type XmlElement, type XmlLimits } from './xml-stream';

async function* pieces(text: string | Buffer, size: number): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

interface Input {
  readonly size?: number;
  readonly limits?: XmlLimits;
}

async function records(text: string | Buffer, { size = 7, limits }: Input = {}): Promise<XmlElement[]> {
  const all: XmlElement[] = [];
  const options = {
    root: 'updates',
    isRecord: (name: string) => name === 'update',
    ...(limits === undefined ? {} : { limits }),
  };
  for await (const record of xmlRecords(pieces(text, size), options)) all.push(record);
  return all;
}

describe('xmlRecords', () => {
  const text = `<?xml version="1.0" encoding="UTF-8"?><!-- list --><ns:updates xmlns:ns="urn:x">
    <head><update-not/></head>
    <ns:update id="A&amp;1" size='2'> one <b>größe</b><!-- not text --> two <b/><![CDATA[<x>]]></ns:update>
    <update id="2"/></ns:updates>`;

  it.each([1, 3, 1000])('returns the records, cut into pieces of %i bytes', async (size) => {
    const [first, second, ...rest] = await records(text, { size });
    expect(rest).toEqual([]);
    expect(first).toMatchObject({ name: 'update', attributes: { id: 'A&1', size: '2' } });
    expect(first?.text.replace(/\s+/g, ' ')).toBe(' one two <x>');
    expect(first?.children.map(({ name, text: inner }) => [name, inner])).toEqual([
      ['b', 'größe'],
      ['b', ''],
    ]);
    expect(childText(first, 'b')).toBe('größe');
    expect(second).toMatchObject({ attributes: { id: '2' }, children: [], text: '' });
  });

  it('keeps attribute names that objects also have separate from the prototype', async () => {
    const [record] = await records('<updates><update constructor="1"/></updates>');
    expect(Object.getPrototypeOf(record?.attributes)).toBeNull();
    expect(Object.entries(record?.attributes ?? {})).toEqual([['constructor', '1']]);
  });

  it.each([
    ['nothing', ''],
    ['blanks', ' \n'],
    ['text', 'no markup'],
    ['another root', '<html><update/></html>'],
    ['a record as root', '<update/>'],
    ['a document type', '<!DOCTYPE updates><updates/>'],
    ['own entities', '<!DOCTYPE u [<!ENTITY a "aaaa">]><updates><update>&a;</update></updates>'],
    ['an unknown entity', '<updates><update>&a;</update></updates>'],
    ['a wrong end tag', '<updates><update></updates></update>'],
    ['an early end', '<updates><update></update>'],
    ['an early end inside a tag', '<updates><update id="1'],
    ['two roots', '<updates/><updates/>'],
    ['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><updates/>'],
    ['bytes that are not UTF-8', Buffer.concat([Buffer.from('<updates>'), Buffer.of(0xff), Buffer.from('</updates>')])],
    ['half a character', Buffer.concat([Buffer.from('<updates/>'), Buffer.of(0xc3)])],
  ])('rejects %s', async (_, damaged) => {
    for (const size of [1, 1000])
      await expect(records(damaged, { size })).rejects.toMatchObject({ code: 'corrupt-data' });
  });

  const limits = { depth: 5, elements: 4, characters: 100 };
  it.each([
    ['depth', '<a>'.repeat(6)],
    ['elements of a record', `<update>${'<a/>'.repeat(5)}</update>`],
    ['characters of a record', `<update>${`<a>${'x'.repeat(40)}</a>`.repeat(3)}</update>`],
    ['attributes of a record', `<update a="${'x'.repeat(60)}" b="${'x'.repeat(60)}"/>`],
    ['text without end', 'x'.repeat(200)],
    ['a tag without end', `<update a="${'x'.repeat(200)}`],
    ['a comment without end', `<!-- ${'x'.repeat(200)}`],
  ])('bounds %s', async (_, inner) => {
    const within = records(`<updates>${inner}</updates>`, { limits, size: 20 });
    await expect(within).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('returns a record that is too large without its content, and continues, when the option asks for it', async () => {
    const inner = ['<a/>'.repeat(50), `<a>${'x'.repeat(60)}</a>`.repeat(3)].map(
      (text) => `<update id="1">${text}</update>`,
    );
    const body = Buffer.from(`<updates>${inner.join('')}<update id="2"><a>b</a></update></updates>`);
    const found: unknown[] = [];
    const options = { root: 'updates', isRecord: (name: string) => name === 'update', limits, keepTooLarge: true };
    for await (const { attributes, children, tooLarge } of xmlRecords(pieces(body, 20), options)) {
      found.push([attributes['id'], children.length, tooLarge]);
    }
    expect(found).toEqual([
      ['1', 0, true],
      ['1', 0, true],
      ['2', 1, undefined],
    ]);
  });

  it('applies the limits to every record separately', async () => {
    const record = `<update><a>${'x'.repeat(60)}</a></update>`;
    expect(await records(`<updates>${record.repeat(10)}</updates>`, { limits, size: 20 })).toHaveLength(10);
  });

  it.each(['<updates>', '{', '<!DOCTYPE html>'])('passes on the error of a failing body after %s', async (start) => {
    const failure = new Error('cut');
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(start);
      await Promise.reject(failure);
    }
    const reading = xmlRecords(failing(), { root: 'updates', isRecord: () => true });
    await expect(reading.next()).rejects.toBe(failure);
  });
});

it('detached texts are equal', () => {
  expect(detached('größe \u{1F600}')).toBe('größe \u{1F600}');
});
