Gem::Specif
  s.name = "foo"
