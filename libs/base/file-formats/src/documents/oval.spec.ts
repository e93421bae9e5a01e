import { type OvalDefinition, ovalDefinitions } from './oval';
import type { OvalLimits, OvalNode, OvalTest } from './oval-definition';
import { alternativesOf, UnsupportedCriteria } from './oval-criteria';
import { evrOf, rangeOf } from './oval-rpm';
import type { XmlElement } from './xml-stream';

async function* pieces(text: string, size = 50): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

interface Parts {
  readonly criteria?: string;
  readonly tests?: string;
  readonly objects?: string;
  readonly states?: string;
}

const test =
  '<l:rpminfo_test id="t:1" check="all" comment="c"><l:object object_ref="o:1"/><l:state state_ref="s:1"/></l:rpminfo_test>';
const object = '<l:rpminfo_object id="o:1"><l:name> bash </l:name></l:rpminfo_object>';
const state = '<l:rpminfo_state id="s:1"><l:evr operation="less than">0:1-2</l:evr></l:rpminfo_state>';

function document({ criteria = '', tests = test, objects = object, states = state }: Parts = {}): string {
  const definition = `<definition id="def:1" class="patch"><notes><note>n</note></notes><metadata><title>T</title></metadata>
    <criteria>${criteria}</criteria></definition>`;
  return `<oval_definitions xmlns:l="urn:l"><generator><definition id="no"/></generator><definitions>${definition}</definitions>
    <tests>${tests}</tests><objects>${objects}</objects><states>${states}</states></oval_definitions>`;
}

const criterion = (id: string): string => `<criterion test_ref="${id}" comment="its comment"/>`;

async function read(xml: string, limits?: OvalLimits): Promise<readonly OvalDefinition<string>[]> {
  const factsOf = (metadata: XmlElement | undefined): string => metadata?.children[0]?.text ?? '';
  const definitions: OvalDefinition<string>[] = [];
  const options = limits === undefined ? { factsOf } : { factsOf, limits };
  for await (const definition of ovalDefinitions(pieces(xml), options)) definitions.push(definition);
  return definitions;
}

async function onlyTest(parts: Parts): Promise<OvalTest | undefined> {
  const [definition] = await read(document({ criteria: criterion('t:1'), ...parts }));
  const node = definition?.criteria;
  const child = node?.kind === 'criteria' ? node.children[0] : undefined;
  return child?.kind === 'criterion' ? child.test : undefined;
}

describe('ovalDefinitions', () => {
  it('joins definitions with the tests, objects and states that follow them', async () => {
    const definitions = await read(document({ criteria: criterion('t:1') }));
    expect(definitions).toMatchObject([{ id: 'def:1', class: 'patch', facts: 'T' }]);
    expect(await onlyTest({})).toMatchObject({
      id: 't:1',
      kind: 'rpminfo_test',
      comment: '',
      check: 'all',
      checkExistence: 'at_least_one_exists',
      stateOperator: 'AND',
      object: { kind: 'rpminfo_object', entities: [{ name: 'name', operation: 'equals', value: 'bash' }] },
      states: [{ kind: 'rpminfo_state', entities: [{ name: 'evr', operation: 'less than', value: '0:1-2' }] }],
    });
  });

  it.each<[string, Parts, object]>([
    ['test', { tests: '' }, { kind: '', comment: 'its comment' }],
    ['object', { objects: '' }, { object: { kind: '', entities: [] } }],
    ['state', { states: '' }, { states: [{ kind: '', entities: [] }] }],
  ])('shows that a %s is missing', async (_, parts, expected) => {
    expect(await onlyTest(parts)).toMatchObject(expected);
  });

  it('returns definitions in the order of the document', async () => {
    const more = ['2', '3'].map((id) => `<definition id="${id}"><criteria/></definition>`).join('');
    const definitions = await read(document().replace('</definitions>', `${more}</definitions>`));
    expect(definitions.map(({ id }) => id)).toEqual(['def:1', '2', '3']);
  });

  it('takes the first of two equal ids', async () => {
    const other = state.replace('0:1-2', '0:9-9');
    expect((await onlyTest({ states: state + other }))?.states[0]?.entities[0]?.value).toBe('0:1-2');
  });

  it('keeps negation, operators and what it does not support', async () => {
    const criteria =
      '<criteria operator="OR" negate="true"><criterion test_ref="a" negate="1"/><extend_definition definition_ref="d"/></criteria>';
    const [definition] = await read(document({ criteria }));
    expect(definition?.criteria).toMatchObject({
      operator: 'AND',
      negate: false,
      children: [
        {
          operator: 'OR',
          negate: true,
          children: [
            { kind: 'criterion', negate: true },
            { kind: 'unsupported', name: 'extend_definition' },
          ],
        },
      ],
    });
  });

  it('defines both uses of one test alike', async () => {
    const [definition] = await read(document({ criteria: criterion('t:1') + criterion('t:1') }));
    const children = definition?.criteria?.kind === 'criteria' ? definition.criteria.children : [];
    expect(children).toHaveLength(2);
    expect(children[0]).toMatchObject({ test: { id: 't:1', kind: 'rpminfo_test', states: [{ id: 's:1' }] } });
    expect(children[0]).toEqual(children[1]);
  });

  const few = { definitions: 1, nodes: 3, items: 2 };
  it.each([
    ['definitions', document().replace('</definitions>', '<definition id="2"/></definitions>')],
    ['criteria', document({ criteria: criterion('a').repeat(3) })],
    ['tests', document({ criteria: criterion('a') + criterion('b') })],
  ])('bounds %s', async (what, xml) => {
    const limits = what === 'tests' ? { ...few, items: 1 } : few;
    await expect(read(xml, limits)).rejects.toMatchObject({
      code: 'limit-exceeded',
      message: expect.stringContaining(what) as string,
    });
  });

  it.each([
    ['another document', '<rss/>'],
    ['a document that ends early', document().slice(0, -30)],
    ['a document type', `<!DOCTYPE oval_definitions [<!ENTITY a "b">]>${document()}`],
  ])('rejects %s', async (_, xml) => {
    await expect(read(xml)).rejects.toMatchObject({ code: 'corrupt-data' });
  });
});

describe('alternativesOf', () => {
  const leaf = (id: string): OvalNode => ({ kind: 'criterion', negate: false, test: { id } as OvalTest });
  const of = (operator: string, ...children: OvalNode[]): OvalNode => ({
    kind: 'criteria',
    operator,
    negate: false,
    children,
  });
  const read = ({ id }: OvalTest): string | undefined => (id === 'key' ? undefined : id);

  it.each<[string, OvalNode, readonly (readonly string[])[]]>([
    ['a test', leaf('a'), [['a']]],
    ['a test that is always true', leaf('key'), [[]]],
    ['and', of('AND', leaf('a'), leaf('key'), leaf('b')), [['a', 'b']]],
    ['or', of('OR', leaf('a'), leaf('b')), [['a'], ['b']]],
    [
      'and over or over and',
      of('AND', leaf('8'), of('OR', of('AND', leaf('x86'), of('OR', leaf('a'), leaf('b'))), leaf('arm'))),
      [
        ['8', 'x86', 'a'],
        ['8', 'x86', 'b'],
        ['8', 'arm'],
      ],
    ],
    [
      'or beside or',
      of('AND', of('OR', leaf('a'), leaf('b')), of('OR', leaf('c'), leaf('d'))),
      [
        ['a', 'c'],
        ['a', 'd'],
        ['b', 'c'],
        ['b', 'd'],
      ],
    ],
    ['nothing', of('OR'), []],
  ])('%s', (_, node, expected) => {
    expect(alternativesOf(node, read)).toEqual(expected);
  });

  it('rejects criteria that multiply excessively', () => {
    const wide = of('OR', ...Array.from({ length: 100 }, (_, index) => leaf(String(index))));
    expect(() => alternativesOf(of('AND', wide, wide, wide), read)).toThrow(UnsupportedCriteria);
  });
});

describe('versions', () => {
  it.each([
    ['0:1.0-2.el8', '1.0-2.el8'],
    ['00:1.0-2.el8', '1.0-2.el8'],
    ['30:9.3.3-8.el5', '30:9.3.3-8.el5'],
    ['1.0-2', '1.0-2'],
    ['0: 1.20.10-1.azl3', '1.20.10-1.azl3'],
    ['', undefined],
    ['1.0 -2', undefined],
    ['1:2:3-4', undefined],
    ['x:1-2', undefined],
  ])('%s', (text, expected) => {
    expect(evrOf(text)).toBe(expected);
  });

  it.each([
    ['less than', '0:1-2', { fixed: '1-2' }],
    ['less than or equal', '1:1-2', { lastAffected: '1:1-2' }],
    ['equals', '0:1-2', 'versions "equals"'],
    ['less than', 'soon', { fixed: 'soon' }],
    ['less than', 'as soon', '"as soon" is not a version'],
  ])('%s %s', (operation, value, expected) => {
    expect(rangeOf({ name: 'evr', operation, value })).toEqual(expected);
  });
});
