import { configuredFeeds } from '@clarion/feed-sources';
import { ecosystemIds } from '@clarion/layer-indexing';
import { ClarionError } from '@clarion/model';
import { versionSchemes } from '@clarion/version-schemes';
import type { Command, Option } from 'commander';
import { isList, takesValue, valuesOf } from '../settings';

/** A command's path and what may follow it. */
interface Completions {
  readonly path: string;
  readonly words: readonly string[];
  readonly descriptions: ReadonlyMap<string, string>;
  /** Options that take a value, with their known values. */
  readonly values: ReadonlyMap<string, OptionValues>;
}

interface OptionValues {
  readonly words: readonly string[];
  /** Accepts several values, separated by commas. */
  readonly list: boolean;
}

/** Words for arguments of a command that are not files. */
type ArgumentWords = ReadonlyMap<string, readonly string[]>;

const imagePrefixes = [
  ...['docker:', 'podman:', 'containerd:', 'registry:'],
  ...['docker-archive:', 'oci-archive:', 'oci:', 'dir:'],
];

/** Words for arguments by the name of the argument. */
function argumentWords(): ArgumentWords {
  return new Map<string, readonly string[]>([
    ['image', imagePrefixes],
    ['other', imagePrefixes],
    ['feed', configuredFeeds({}).map(({ id }) => id)],
    ['scheme', versionSchemes.map(({ id }) => id)],
    ['shell', [...shells.keys()]],
  ]);
}

/** Values that are too expensive to load whenever a command starts are listed here, the others at the option. */
function wordsOf(option: Option): readonly string[] {
  return option.long === '--allow-unread' ? ecosystemIds : valuesOf(option);
}

function optionsOf(command: Command): readonly Option[] {
  const found: Option[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) found.push(...at.options);
  return found.filter(({ long }) => typeof long === 'string');
}

function collect(command: Command, path: string, words: ArgumentWords): Completions[] {
  const descriptions = new Map(command.commands.map((sub) => [sub.name(), sub.description()]));
  for (const argument of command.registeredArguments) {
    for (const word of words.get(argument.name()) ?? []) descriptions.set(word, argument.description);
  }
  const values = new Map<string, OptionValues>();
  for (const option of optionsOf(command)) {
    const { long, description } = option;
    if (typeof long !== 'string') continue;
    descriptions.set(long, description);
    if (takesValue(option)) values.set(long, { words: wordsOf(option), list: isList(option) });
  }
  descriptions.set('--help', 'display help for command');
  const here = { path, words: [...descriptions.keys()], descriptions, values };
  return [
    here,
    ...command.commands.flatMap((sub) => collect(sub, path === '' ? sub.name() : `${path} ${sub.name()}`, words)),
  ];
}

function quoted(text: string): string {
  return `'${text.replace(/'/g, `'\\''`)}'`;
}

/**
 * Values come first: the word after an option that takes a value is neither an option nor a command, wherever the
 * option is.
 */
function bash(tree: readonly Completions[]): string {
  const cases = tree.map(({ path, words }) => `    ${quoted(path)}) words=${quoted(words.join(' '))} ;;`);
  const values = tree.flatMap(({ path, values: options }) =>
    [...options].map(
      ([name, { words, list }]) =>
        `    ${quoted(`${path} ${name}`)}) value=${list ? 'list' : 'one'} words=${quoted(words.join(' '))} ;;`,
    ),
  );
  const taking = tree.map(({ path, values: options }) => {
    const names = [...options.keys()].map((name) => quoted(`${path} ${name}`));
    return `      ${names.join('|')}) ;;`;
  });
  const groups = [...new Set(tree.flatMap(({ path }) => (path.includes(' ') ? [path.replace(/ .*/, '')] : [])))].join(
    '|',
  );
  return `_clarion() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" word words="" value="" before="" previous=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [ "$word" = "=" ] && continue
    case "$path $previous" in
${taking.join('\n')}
      *) case "$word" in -*) ;; *) case "$path" in "") path="$word" ;; ${groups}) path="$path $word" ;; esac ;; esac ;;
    esac
    previous="$word"
  done
  [ "$current" = "=" ] && current=""
  case "$path $previous" in
${values.join('\n')}
  esac
  if [ -n "$value" ]; then
    if [ "$value" = list ]; then
      case "$current" in *,*) before="\${current%,*},"; current="\${current##*,}" ;; esac
    fi
    COMPREPLY=($(compgen -P "$before" -W "$words" -- "$current"))
    [ -z "$words" ] && COMPREPLY+=($(compgen -f -- "$current"))
    return
  fi
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  case "$current" in -*) ;; *) COMPREPLY+=($(compgen -f -- "$current")) ;; esac
  case "\${COMPREPLY[0]}" in *:) compopt -o nospace 2>/dev/null ;; esac
}
complete -o filenames -F _clarion clarion
`;
}

function zsh(tree: readonly Completions[]): string {
  return `#compdef clarion\nautoload -U +X bashcompinit && bashcompinit\n${bash(tree)}`;
}

function fish(tree: readonly Completions[]): string {
  const rules = tree.flatMap(({ path, descriptions, values }) =>
    [...descriptions].map(([word, text]) => {
      const names = path.split(' ').filter((name) => name !== '');
      const condition =
        names.length === 0
          ? '__fish_use_subcommand'
          : names.map((name) => `__fish_seen_subcommand_from ${name}`).join('; and ');
      const taken = values.get(word);
      const offered =
        taken === undefined ? '' : taken.words.length > 0 ? ` -x -a ${quoted(taken.words.join(' '))}` : ' -r';
      const what = word.startsWith('--') ? `-l ${word.slice(2)}${offered}` : `-a ${quoted(word)}`;
      return `complete -c clarion -n ${quoted(condition)} ${what} -d ${quoted(text.split('\n')[0] ?? '')}`;
    }),
  );
  return `${rules.join('\n')}\n`;
}

const shells = new Map([
  ['bash', bash],
  ['zsh', zsh],
  ['fish', fish],
]);

/** The completion script of `shell` for the command tree of `program`. */
export function completion(shell: string, program: Command): string {
  const write = shells.get(shell);
  if (write !== undefined) return write(collect(program, '', argumentWords()));
  throw new ClarionError('invalid-input', `There is no completion for the shell "${shell}"`, {
    remedy: `known: ${[...shells.keys()].join(', ')}`,
  });
}
