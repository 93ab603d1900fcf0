#version 120
invariant gl_Position;
void main() {
	gl_FrontColor = gl_Color;
	gl_PointSize = 3.0;
	gl_Position = gl_ModelViewProjectionMatrix * gl_Vertex;
}
