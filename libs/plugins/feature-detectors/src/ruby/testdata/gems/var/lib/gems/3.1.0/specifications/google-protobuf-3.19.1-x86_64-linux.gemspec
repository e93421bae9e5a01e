# -*- encoding: utf-8 -*-
# stub: google-protobuf 3.19.1 x86_64-linux lib

Gem::Specification.new do |s|
  s.name = "google-protobuf".freeze
  s.version = "3.19.1"
  s.require_paths = ["lib".freeze]
end
