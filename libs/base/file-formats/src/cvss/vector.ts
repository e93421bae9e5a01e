/** A vector that conforms to its specification. */
export interface CvssParts {
  readonly version: '2.0' | '3.0' | '3.1' | '4.0';
  /** Value of each metric that is present, including `X` and `ND` (not defined). */
  readonly metrics: ReadonlyMap<string, string>;
}

interface Grammar {
  /** Metrics that a base score requires. */
  readonly mandatory: readonly string[];
  /** Values of each metric. */
  readonly values: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Longest vector that is parsed: all metrics of v4.0 make some 180 characters. */
const longest = 300;

/**
 * Reads a CVSS vector strictly: every metric known, with one of its values, once, and all base metrics present.
 * Undefined for anything else. The order of metrics is not checked: v3 and v2 do not require one either, and v4 vectors
 * in other orders are published. https://www.first.org/cvss/
 */
export function parseCvss(text: string): CvssParts | undefined {
  if (text.length > longest) return undefined;
  const prefix = /^CVSS:(3\.0|3\.1|4\.0)\//.exec(text);
  const version = (prefix?.[1] ?? '2.0') as CvssParts['version'];
  const grammar = grammars[version];
  const metrics = new Map<string, string>();
  for (const part of metricsText(text, prefix?.[0]).split('/')) {
    const colon = part.indexOf(':');
    const name = part.slice(0, Math.max(colon, 0));
    const value = part.slice(colon + 1);
    if (metrics.has(name) || grammar.values.get(name)?.has(value) !== true) return undefined;
    metrics.set(name, value);
  }
  return grammar.mandatory.every((name) => metrics.has(name)) ? { version, metrics } : undefined;
}

/** Without the version prefix, or the parentheses that v2 vectors often have. */
function metricsText(text: string, prefix: string | undefined): string {
  if (prefix !== undefined) return text.slice(prefix.length);
  return text.startsWith('(') && text.endsWith(')') ? text.slice(1, -1) : text;
}

/** `AV:LAN` names a metric with one-letter values, `RL:OF,TF` one with longer ones. */
function grammar(base: string, optional: string): Grammar {
  const read = (list: string): (readonly [string, ReadonlySet<string>])[] =>
    list.split(' ').map((item) => {
      const [name = '', values = ''] = item.split(':');
      return [name, new Set(values.includes(',') ? values.split(',') : values)];
    });
  const mandatory = read(base);
  return { mandatory: mandatory.map(([name]) => name), values: new Map([...mandatory, ...read(optional)]) };
}

const version3 = grammar(
  'AV:NALP AC:LH PR:NLH UI:NR S:UC C:HLN I:HLN A:HLN',
  'E:XHFPU RL:XUWTO RC:XCRU CR:XHML IR:XHML AR:XHML ' +
    'MAV:XNALP MAC:XLH MPR:XNLH MUI:XNR MS:XUC MC:XNLH MI:XNLH MA:XNLH',
);

const grammars: Readonly<Record<CvssParts['version'], Grammar>> = {
  '2.0': grammar(
    'AV:LAN AC:HML Au:MSN C:NPC I:NPC A:NPC',
    'E:U,POC,F,H,ND RL:OF,TF,W,U,ND RC:UC,UR,C,ND CDP:N,L,LM,MH,H,ND TD:N,L,M,H,ND ' +
      'CR:L,M,H,ND IR:L,M,H,ND AR:L,M,H,ND',
  ),
  '3.0': version3,
  '3.1': version3,
  '4.0': grammar(
    'AV:NALP AC:LH AT:NP PR:NLH UI:NPA VC:HLN VI:HLN VA:HLN SC:HLN SI:HLN SA:HLN',
    'E:XAPU CR:XHML IR:XHML AR:XHML MAV:XNALP MAC:XLH MAT:XNP MPR:XNLH MUI:XNPA ' +
      'MVC:XHLN MVI:XHLN MVA:XHLN MSC:XHLN MSI:XSHLN MSA:XSHLN ' +
      'S:XNP AU:XNY R:XAUI V:XDC RE:XLMH U:X,Clear,Green,Amber,Red',
  ),
};
