{application,template,[{modules,[]}]}.
