{application,logger,
             [{applications,[kernel,stdlib,elixir]},
              {description,"logger"},
              {vsn,"1.14.0"},
              {env,[{format,'Elixir.Logger'},{level,"a \"quoted\" text"}]}]}.
