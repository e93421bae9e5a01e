{application,jsx,
             [{description,"a streaming, evented json parsing toolkit"},
              {vsn,"3.1.0"},
              {modules,[jsx,jsx_config]},
              {registered,[]},
              {applications,[kernel,stdlib]},
              {licenses,["MIT"]},
              {links,[{"Github","https://example.org/jsx"}]},
              {env,[{limits,#{depth => 10,"size" => <<1,2>>}}]}]}.
