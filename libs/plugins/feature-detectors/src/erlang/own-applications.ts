/**
 * Applications that OTP consists of, in any of its releases. Hex does not allow packages of these names.
 * @see https://www.erlang.org/doc/applications
 */
const otp = [
  ...['appmon', 'asn1', 'common_test', 'compiler', 'cosEvent', 'cosEventDomain', 'cosFileTransfer', 'cosNotification'],
  ...['cosProperty', 'cosTime', 'cosTransactions', 'crypto', 'debugger', 'dialyzer', 'diameter', 'docbuilder', 'edoc'],
  ...['eldap', 'erl_docgen', 'erl_interface', 'erts', 'et', 'eunit', 'ftp', 'gs', 'hipe', 'ic', 'inets', 'inviso'],
  ...[
    'jinterface',
    'kernel',
    'megaco',
    'mnesia',
    'observer',
    'odbc',
    'orber',
    'os_mon',
    'ose',
    'otp_mibs',
    'parsetools',
  ],
  ...['percept', 'pman', 'public_key', 'reltool', 'runtime_tools', 'sasl', 'snmp', 'ssh', 'ssl', 'stdlib'],
  ...['syntax_tools', 'test_server', 'tftp', 'toolbar', 'tools', 'tv', 'typer', 'webtool', 'wx', 'xmerl'],
];

/** Applications that Elixir consists of, and the tools that install packages, which are not packages of Hex themselves. */
const elixirAndTools = ['eex', 'elixir', 'ex_unit', 'iex', 'logger', 'mix', 'hex', 'rebar', 'rebar3'];

const names: ReadonlySet<string> = new Set([...otp, ...elixirAndTools]);

/** Whether an application is part of OTP or Elixir, or a tool of theirs, and no package of Hex. */
export function isOwnApplication(name: string): boolean {
  return names.has(name);
}
