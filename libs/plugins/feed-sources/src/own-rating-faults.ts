import { parseCvss } from '@clarion/file-formats';
import { asObject, type JsonPath } from '@clarion/file-formats/documents';
import { advisoryStates } from '@clarion/model';
import { checkNames, choice, type JsonMembers, members, type RecordFault, shown } from './own-fault';
import { isCvssVector, severityWords } from './osv-text';

/** OSV's `severity` is a list of CVSS vectors; words are in `database_specific`. */
export function* checkRatings(container: JsonMembers, path: JsonPath): Generator<RecordFault> {
  const { severity, database_specific: own } = container;
  if (severity !== undefined && severity !== null) {
    const at = [...path, 'severity'];
    if (Array.isArray(severity)) {
      for (const [index, score] of (severity as readonly unknown[]).entries()) yield* checkScore(score, [...at, index]);
    } else yield { path: at, message: '"severity" is a list of CVSS vectors; a word belongs into "database_specific"' };
  }
  if (own === undefined || own === null) return;
  const at = [...path, 'database_specific'];
  const specific = asObject(own);
  if (specific === undefined) {
    yield { path: at, message: '"database_specific" is an object { … }' };
    return;
  }
  yield* checkNames(specific, members.own, at);
  yield* checkWord(specific['severity'], [...at, 'severity']);
  const { state } = specific;
  if (state === undefined || state === null) return;
  if (path.length === 0) yield { path: [...at, 'state'], message: 'the state belongs into an entry of "affected"' };
  else if (!advisoryStates.some((known) => known === state))
    yield { path: [...at, 'state'], message: `unknown state ${shown(state)}; ${choice(state, advisoryStates)}` };
}

/** `ecosystem_specific.severity` of an `affected` entry: a word as in `database_specific`. */
export function* checkEcosystemRating(
  { ecosystem_specific: value }: JsonMembers,
  path: JsonPath,
): Generator<RecordFault> {
  if (value === undefined || value === null) return;
  const at = [...path, 'ecosystem_specific'];
  const specific = asObject(value);
  if (specific === undefined) {
    yield { path: at, message: '"ecosystem_specific" is an object { … }' };
    return;
  }
  yield* checkNames(specific, ['severity'], at);
  yield* checkWord(specific['severity'], [...at, 'severity']);
}

function* checkWord(word: unknown, path: JsonPath): Generator<RecordFault> {
  if (word === undefined || word === null) return;
  if (typeof word === 'string' && severityWords.includes(word.trim().toLowerCase())) return;
  yield { path, message: `unknown severity ${shown(word)}; ${choice(word, severityWords, true)}` };
}

/** A score without a severity would leave the vulnerability unrated, and no gate would fail because of it. */
function* checkScore(value: unknown, path: JsonPath): Generator<RecordFault> {
  const { type, score } = asObject(value) ?? {};
  if (isCvssVector(score) && parseCvss(score.trim()) !== undefined) return;
  const at = [...path, 'score'];
  if (type === 'Ubuntu') {
    // Ubuntu's priorities are words.
    yield* checkWord(score ?? 'nothing', at);
    return;
  }
  const example = 'write for example "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"';
  yield { path: at, message: `${shown(score)} ${isCvssVector(score) ? noScore : 'is not a CVSS vector'}; ${example}` };
}

const noScore = 'is a CVSS vector without a score: a base metric is missing, repeated or unknown';
