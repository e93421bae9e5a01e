module example.test/shop

go 1.26.8

require (
	golang.org/x/text v0.3.7
	gopkg.in/yaml.v3 v3.0.0
)
