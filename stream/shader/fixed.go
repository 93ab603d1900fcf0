package shader

// The compatibility profile's matrices. Those that GL makes of others are made of them here too: GL rounds their product, and
// the bound of what that does is then part of the position's.

const (
	modelView  = "gl_ModelViewMatrix"
	projection = "gl_ProjectionMatrix"
)

// derivedMatrix is scalar at of a matrix that follows from modelView and projection.
func (m *machine) derivedMatrix(s *symbol, at int) (scalar, bool) {
	if len(s.name) < 3 || s.name[:3] != "gl_" || !s.isMatrix() || s.cols != 4 || s.rows != 4 {
		return scalar{}, false
	}
	column, row := at/4, at%4
	switch s.name {
	case "gl_ModelViewProjectionMatrix":
		return m.mvp(row, column), true
	case "gl_ModelViewProjectionMatrixTranspose":
		return m.mvp(column, row), true
	case "gl_ModelViewMatrixTranspose":
		return m.fixedElement(modelView, column, row), true
	case "gl_ProjectionMatrixTranspose":
		return m.fixedElement(projection, column, row), true
	case modelView, projection:
		return m.fixedElement(s.name, row, column), true
	}
	return scalar{}, false
}

func (m *machine) mvp(row, column int) scalar {
	var p, mv []scalar
	for i := range 4 {
		p = append(p, m.fixedElement(projection, row, i))
		mv = append(mv, m.fixedElement(modelView, i, column))
	}
	return m.dot(p, mv)
}

// fixedElement reads a matrix that GL itself keeps, whether or not the source names it.
func (m *machine) fixedElement(name string, row, column int) scalar {
	s := m.fixedSymbol(name)
	key := uniformKey{s, 0}
	i, ok := m.uniforms.known[key]
	if !ok {
		i = len(m.uniforms.list)
		m.uniforms.known[key] = i
		m.uniforms.list = append(m.uniforms.list, Uniform{Name: name, Index: -1, Type: "mat4", Columns: 4, Rows: 4, BuiltIn: true, Location: -1, Offset: -1})
	}
	return scalar{c: m.g.node(exprNode{op: opLoad, a: expr(i), b: expr(4*column + row)})}
}

func (m *machine) fixedSymbol(name string) *symbol {
	s := m.fixed[name]
	if s == nil {
		s = &symbol{name: name}
		m.fixed[name] = s
	}
	return s
}

// ftransform is the position that fixed functions compute of gl_Vertex.
func (m *machine) ftransform() []scalar {
	const name = "gl_Vertex"
	var s *symbol
	for _, o := range m.tree.symbols {
		if o.name == name && o.storage == stInput {
			s = o
		}
	}
	if s == nil {
		if s = m.fixed[name]; s == nil {
			s = &symbol{name: name, shape: &shape{basic: "float", vec: 4}, qualifier: qualifier{storage: stInput, builtIn: "Vertex", location: -1}}
			s.finish()
			m.fixed[name] = s
		}
	}
	vertex := make([]scalar, 4)
	for i := range vertex {
		vertex[i] = m.input(s, i)
	}
	// A driver may go through eye space instead: the same terms, rounded as often.
	matrix := make([]scalar, 0, 16)
	for column := range 4 {
		for row := range 4 {
			matrix = append(matrix, m.mvp(row, column))
		}
	}
	return m.product(matrix, 4, 4, vertex, 1)
}
