// Finds words in documents, messages and names that are not the field's, or not plain present-day English.
// Usage: node tools/checks/words.mjs [FILE…]     Documents: prose of *.md. Programs: names, messages and comments,
// of specs too.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = join(import.meta.dirname ?? fileURLToPath(new URL('.', import.meta.url)), '..', '..');

/** What to avoid, and what to write. Whole words, in any case. */
export const avoided = [
  { pattern: /\banew\b/gi, instead: 'again' },
  { pattern: /\bwho(?:m)?ever\b/gi, instead: 'the caller, the reader, …' },
  { pattern: /\b(?:un)?told\b|\btells?\b|\btelling\b/gi, instead: 'show, report, say, notify; pending' },
  { pattern: /\bwitness(?:es)?\b/gi, instead: 'check, proof' },
  { pattern: /(?<!\bthere )\b(?:is|are) none\b/gi, instead: 'is not a …' },
  { pattern: /\b(?:is|are) said to\b/gi, instead: 'comes from, should' },
  { pattern: /\bit is looked\b/gi, instead: 'checks' },
  { pattern: /\b(?:held|hold|holds) against\b|\bweighed\b/gi, instead: 'evaluate, compare with' },
  { pattern: /\bbears? on\b/gi, instead: 'affects' },
  { pattern: /\bverdicts?\b|\bjudge?ments?\b/gi, instead: 'VersionMatch, Decision, PolicyResult; result' },
  { pattern: /\bholders?\b/gi, instead: 'owner (of a lease), images with the package' },
  { pattern: /\brefusals?\b/gi, instead: 'error, rejected request' },
  { pattern: /\bnews\b/gi, instead: 'events' },
  { pattern: /\bsayings?\b|\blent\b|\bgives? back\b/gi, instead: 'what it does: borrow, release' },
  { pattern: /(?<!VEX )(?<!CSAF )\bstatements?\b/gi, instead: 'advisory (statement only for VEX)' },
  { pattern: /\bceases? to\b|\bnobody who\b|\bas it comes\b/gi, instead: 'plain English' },
];

/** Words that no name of a program has: in identifiers (`toldIds`), and in names of files. */
export const avoidedInNames = [
  {
    words: ['told', 'untold', 'tell', 'tells', 'news', 'announced'],
    instead: 'event, publish, notify, show',
  },
  { words: ['anew', 'whoever', 'witness', 'sayings', 'advice'], instead: 'what it is or does' },
  { words: ['weigh', 'weighed', 'bears'], instead: 'evaluate, compare, affects' },
  {
    words: ['verdict', 'verdicts', 'judge', 'judges', 'judged', 'judgement', 'judgment'],
    instead: 'match, decision, result',
  },
  { words: ['holder', 'holders'], instead: 'owner, …WithPackage' },
  { words: ['refusal', 'refusals'], instead: 'error, rejected request' },
  { words: ['face', 'faces', 'door', 'doors'], instead: 'API, entry point' },
  { words: ['wants', 'lent'], instead: 'filter; borrowed' },
];

/** Words that no type name of a program ends with: `LinkPlace`. */
export const avoidedAtEndOfTypes = [
  { words: ['place', 'places'], instead: 'Location, Position, Target, …' },
  { words: ['outcome', 'outcomes', 'news'], instead: 'Result, Decision' },
];

/** Names that stay as they are, in the folder that begins so, and why. */
const allowedNames = [
  { name: 'told', within: 'libs/adapters/store-mongo/', why: 'a member of stored documents' },
  { name: 'holder', within: 'libs/adapters/store-', why: 'a member of stored leases, and a kind of stored records' },
  { name: 'OpenInPlace', within: 'libs/', why: 'the idiom' },
];

/** Words of the table in a text: where, which, and what to write instead. */
export function wordsIn(text) {
  return avoided
    .flatMap(({ pattern, instead }) =>
      [...text.matchAll(pattern)].map((found) => ({ at: found.index, word: found[0], instead })),
    )
    .sort((a, b) => a.at - b.at);
}

/** Prose of a document: code blocks, inline code, addresses and comments are blanks of the same length. */
export function proseOf(markdown) {
  const blank = (text) => text.replace(/[^\n]/g, ' ');
  return markdown
    .replace(/^```[\s\S]*?^```/gm, blank)
    .replace(/<!--[\s\S]*?-->/g, blank)
    .replace(/`[^`\n]*`/g, blank)
    .replace(/\]\([^)\s]*\)/g, blank)
    .replace(/https?:\/\/[^\s)>]+/g, blank);
}

/** `source` within `ranges`, and as many blanks elsewhere. */
function within(source, ranges) {
  const pieces = [];
  let at = 0;
  for (const [start, end] of ranges.toSorted(([a], [b]) => a - b)) {
    if (start < at) continue;
    pieces.push(source.slice(at, start).replace(/[^\n]/g, ' '), source.slice(start, end));
    at = end;
  }
  return pieces.join('') + source.slice(at).replace(/[^\n]/g, ' ');
}

/** Every token of a program, and what stands between them. */
function visitAll(parsed, visit) {
  const next = (node) => {
    visit(node);
    node.getChildren(parsed).forEach(next);
  };
  next(parsed);
}

/** Literals of a program that people may read: those with a blank in them; everything else is as many blanks. */
export function messagesOf(file, source) {
  const parsed = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const kept = [];
  visitAll(parsed, (node) => {
    const isText =
      ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node);
    if (isText && / /.test(node.text)) kept.push([node.getStart(parsed), node.getEnd()]);
  });
  return within(source, kept);
}

/** Comments of a program, without code in them; everything else is as many blanks. */
export function commentsOf(file, source) {
  const parsed = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const kept = new Map();
  visitAll(parsed, (node) => {
    const found = [
      ...(ts.getLeadingCommentRanges(source, node.pos) ?? []),
      ...(ts.getTrailingCommentRanges(source, node.end) ?? []),
    ];
    for (const { pos, end } of found) kept.set(pos, end);
  });
  return proseOf(within(source, [...kept]));
}

/** Parts of a name in small letters: `toldIds`, `told-ids` and `TOLD_IDS` are `told` and `ids`. */
function wordsOfName(name) {
  return name
    .split(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+/)
    .filter(Boolean)
    .map((word) => word.toLowerCase());
}

/** The first word of a name to avoid, and what to write instead; undefined where it has none. */
function wordIn(name) {
  const words = wordsOfName(name);
  const anywhere = avoidedInNames.find((row) => row.words.some((word) => words.includes(word)));
  if (anywhere !== undefined || !/^[A-Z][a-z]/.test(name)) return anywhere;
  return avoidedAtEndOfTypes.find((row) => row.words.includes(words.at(-1)));
}

function isAllowed(name, file) {
  return allowedNames.some((one) => one.name === name && file.startsWith(one.within));
}

/** Names of a program with words to avoid; the file's own name stands at its start. */
export function namesIn(file, source) {
  const found = [];
  const base = basename(file);
  const ofFile = wordIn(base);
  if (ofFile !== undefined) found.push({ at: 0, word: base, instead: ofFile.instead });
  const parsed = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const visit = (node) => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) {
      const hit = wordIn(node.text.replace(/^#/, ''));
      if (hit !== undefined && !isAllowed(node.text, file))
        found.push({ at: node.getStart(parsed), word: node.text, instead: hit.instead });
    }
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  return found;
}

/** Files whose words are checked: generated ones say what their sources say. */
function isChecked(file) {
  return !/(?:^|\/)(?:testdata|generated|node_modules)\/|\/words\./.test(file);
}

/** Comments and values of protocols, manifests and the package description. */
const isPlainText = (file) => /\.(?:proto|ya?ml|tpl)$|(?:^|\/)package\.json$/.test(file);

/** Specs, and what they share, name statements of VEX and of databases. */
const isTestCode = (file) => /\.spec\.ts$|\/testing\//.test(file);

function findingsIn(file, source) {
  if (file.endsWith('.md')) return wordsIn(proseOf(source));
  if (isPlainText(file)) return wordsIn(source);
  if (!/\.(?:ts|mjs|cjs)$/.test(file)) return [];
  const messages = wordsIn(messagesOf(file, source)).filter(({ word }) => !isAllowed(word, file));
  const comments = wordsIn(commentsOf(file, source));
  // A statement is also what programs and databases execute.
  const isStatement = ({ word }) => /^statement/i.test(word);
  return [
    ...namesIn(file, source),
    ...messages.filter((one) => !isTestCode(file) || !isStatement(one)),
    ...comments.filter((one) => !isStatement(one)),
  ];
}

/** Lines `FILE:LINE: "word": write … instead` for the files below `directory`. */
export function checkWords(directory, files) {
  return files.filter(isChecked).flatMap((file) => {
    const source = readFileSync(join(directory, file), 'utf8');
    return findingsIn(file, source).map(({ at, word, instead }) => {
      const line = source.slice(0, at).split('\n').length;
      return `${file}:${line}: "${word}": write ${instead}`;
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const given = process.argv.slice(2);
  const files =
    given.length > 0
      ? given
      : spawnSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
  const found = checkWords(resolve(root), files);
  for (const line of found) console.error(line);
  console.log(`${found.length} words to avoid in documents, names, messages and comments`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
