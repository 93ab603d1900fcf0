package main

import "github.com/prismgl/prism/stream/spec"

func (o output) golang(m *spec.Model) {}
