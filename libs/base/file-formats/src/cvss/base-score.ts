import { type CvssParts, parseCvss } from './vector';

/**
 * Base score (0.0–10.0) of a CVSS vector of any version, from its base metrics alone; undefined for an invalid vector.
 * v2 and v3 are computed here: loading the calculator package takes longer than a scan may take for all its findings,
 * so it is loaded only for v4.0, whose scores come from tables.
 */
export async function cvssBaseScore(vector: string): Promise<number | undefined> {
  const parts = parseCvss(vector);
  if (parts === undefined) return undefined;
  if (parts.version === '4.0') return await scoreOfV4(parts);
  return parts.version === '2.0' ? scoreOfV2(parts) : scoreOfV3(parts);
}

type Weights = Readonly<Record<string, number>>;

function weightOf({ metrics }: CvssParts, name: string, weights: Weights): number {
  return weights[metrics.get(name) ?? ''] ?? 0;
}

const impactV2: Weights = { N: 0, P: 0.275, C: 0.66 };

/** https://www.first.org/cvss/v2/guide, section 3.2.1. */
function scoreOfV2(parts: CvssParts): number {
  const left = (name: string): number => 1 - weightOf(parts, name, impactV2);
  const impact = 10.41 * (1 - left('C') * left('I') * left('A'));
  const exploitability =
    20 *
    weightOf(parts, 'AV', { L: 0.395, A: 0.646, N: 1 }) *
    weightOf(parts, 'AC', { H: 0.35, M: 0.61, L: 0.71 }) *
    weightOf(parts, 'Au', { M: 0.45, S: 0.56, N: 0.704 });
  const score = (0.6 * impact + 0.4 * exploitability - 1.5) * (impact === 0 ? 0 : 1.176);
  return Math.round(score * 10) / 10;
}

const impactV3: Weights = { N: 0, L: 0.22, H: 0.56 };

/** https://www.first.org/cvss/v3.1/specification-document, section 7.1; v3.0 differs in rounding only. */
function scoreOfV3(parts: CvssParts): number {
  const left = (name: string): number => 1 - weightOf(parts, name, impactV3);
  const changed = parts.metrics.get('S') === 'C';
  const base = 1 - left('C') * left('I') * left('A');
  const impact = changed ? 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15 : 6.42 * base;
  if (impact <= 0) return 0;
  const exploitability =
    8.22 *
    weightOf(parts, 'AV', { N: 0.85, A: 0.62, L: 0.55, P: 0.2 }) *
    weightOf(parts, 'AC', { L: 0.77, H: 0.44 }) *
    weightOf(parts, 'PR', changed ? { N: 0.85, L: 0.68, H: 0.5 } : { N: 0.85, L: 0.62, H: 0.27 }) *
    weightOf(parts, 'UI', { N: 0.85, R: 0.62 });
  const sum = Math.min(changed ? 1.08 * (impact + exploitability) : impact + exploitability, 10);
  return parts.version === '3.0' ? Math.ceil(sum * 10) / 10 : roundUp(sum);
}

/** Appendix A of v3.1: whole numbers, so that no machine rounds a score up by its last bit. */
function roundUp(score: number): number {
  const whole = Math.round(score * 100_000);
  return whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10;
}

async function scoreOfV4({ metrics }: CvssParts): Promise<number | undefined> {
  const { Cvss4P0 } = await import('ae-cvss-calculator');
  const text = [...metrics].map(([name, value]) => `${name}:${value}`).join('/');
  return new Cvss4P0(`CVSS:4.0/${text}`).calculateScores().baseMetricsOnly;
}
