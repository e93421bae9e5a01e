%% Comments, as OTP has them
{application, ssl,
   [{description, "Erlang/OTP SSL application"},
    {vsn, "10.8.7"},
    {modules, [ssl,
	       tls_connection % a comment
	      ]},
    {applications, [crypto, public_key, kernel, stdlib]},
    {env, []},
    {runtime_dependencies, ["stdlib-4.1","public_key-1.11.3", "kernel-8.4"
			    "erts-13.0"]}]}.
