module example.test/old

go 1.16

require (
	golang.org/x/text v0.3.7
	gopkg.in/yaml.v3 v3.0.0
)
