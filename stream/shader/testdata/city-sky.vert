#version 330 core
uniform vec3 u_ray;
uniform vec3 u_right;
uniform vec3 u_up;

out vec3 v_ray;

// One triangle over the picture, at the far plane.
void main() {
	vec2 p = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1)) * 2.0;
	v_ray = u_ray + u_right * p.x + u_up * p.y;
	gl_Position = vec4(p * 2.0 - 1.0, 1.0, 1.0);
}
